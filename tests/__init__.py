"""Tests, laid out as src/limner is."""

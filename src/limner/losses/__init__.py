"""Losses: pure functions, one equation each."""

"""Numbers that docs/results.md shows, each by one command."""

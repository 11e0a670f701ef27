"""Data sets: pairs of photo and sketch, read, checked and augmented."""

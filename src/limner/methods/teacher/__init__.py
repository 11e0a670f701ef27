"""`teacher`: a small network that has seen many photos, or many sketches, and restores damaged ones."""

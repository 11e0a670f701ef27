"""`instruct`: an instruction learned from one pair, on a frozen diffusion prior that edits by instruction."""

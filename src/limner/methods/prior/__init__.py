"""`prior`: the stand-in of the diffusion prior and of CLIP, in four stages, on picture edits of portraits."""

"""Where faces are in a picture, and how to bring them into a style's frame.

The same code stands before training, drawing and scoring, so that a style meets only faces laid out
as those it learned from.
"""

from limner.faces.align import Frame, invert, similarity, warp
from limner.faces.face import Face
from limner.faces.find import find

__all__ = ["Face", "Frame", "find", "invert", "similarity", "warp"]

"""Where faces are in a picture, and how to bring them into a style's frame.

The same code stands before training, drawing and scoring, so that a style meets only faces laid out
as those it learned from.
"""

from limner.faces.align import invert, similarity, warp
from limner.faces.face import Face, FaceError
from limner.faces.find import find
from limner.faces.given import given
from limner.faces.overlay import overlay
from limner.faces.patchwork import draw_faces
from limner.faces.portraits import draw_fitted, draw_portraits
from limner.frame import Frame

__all__ = [
    "Face",
    "FaceError",
    "Frame",
    "draw_faces",
    "draw_fitted",
    "draw_portraits",
    "find",
    "given",
    "invert",
    "overlay",
    "similarity",
    "warp",
]

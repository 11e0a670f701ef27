"""Pictures in and out of files, and the one value range that networks see.

A *picture* is an array of uint8, RGB (H, W, 3) or grey (H, W), upright, in sRGB. Networks see float32 in
[0, 1], channels first: `to_unit` and `from_unit` are the only way between the two.

`read` takes whatever a camera, a scanner or a browser left behind and either gives the whole picture or
raises `ImageError`; `write` leaves a whole file or none.
"""

from limner.image.converting import from_pil
from limner.image.error import ImageError
from limner.image.finding import PICTURE_SUFFIXES, expand
from limner.image.guarding import MAX_PIXELS
from limner.image.reading import read
from limner.image.unit import GREY, Picture, from_unit, to_unit
from limner.image.writing import check_suffix, write

__all__ = [
    "GREY",
    "MAX_PIXELS",
    "PICTURE_SUFFIXES",
    "ImageError",
    "Picture",
    "check_suffix",
    "expand",
    "from_pil",
    "from_unit",
    "read",
    "to_unit",
    "write",
]

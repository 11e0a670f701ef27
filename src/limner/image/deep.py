"""Grey images of more than 8 bits: what black and white are in them, and how they become 8 bits."""

from typing import NamedTuple, cast

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from limner.image.unit import to_levels


class Levels(NamedTuple):
    """What black and white are; white may be the lower one."""

    black: float
    white: float


def find_levels(image: Image.Image) -> Levels:
    """What black and white are in an image of mode I, I;16 or F.

    A TIFF says it in its tags: bits per sample (258), sample format (339; 2: signed), and a photometric
    interpretation (262) that is 0 where white is zero. Other files of whole numbers have 16 bits.
    """
    if isinstance(image, TiffImageFile) and image.mode != "F":
        bits = int(image.tag_v2.get(258, (16,))[0])
        is_signed = image.tag_v2.get(339, (1,))[0] == 2
        highest = 2.0 ** (bits - is_signed) - 1
        return Levels(highest, 0) if image.tag_v2.get(262) == 0 else Levels(0, highest)
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format):
        return Levels(0, 65535)
    # Infinity is no white: nothing could be divided by it.
    highest = min(cast("tuple[float, float]", image.getextrema())[1], float(np.finfo(np.float32).max))
    usual = (1, 255, 65535) if image.mode == "F" else (255, 65535)
    return Levels(0, next((white for white in usual if highest <= white), highest))


def to_grey(strip: Image.Image, levels: Levels) -> Image.Image:
    """The strip in mode L; where it has the transparent key value, it is white."""
    values = np.asarray(strip, np.float64)
    if np.isnan(values).any():
        raise ValueError("values that are not numbers")
    if strip.mode == "I" and max(levels) >= 2**31:
        values %= 2**32  # unsigned in the file, where Pillow knows only signed
    grey = to_levels((values - levels.black) / ((levels.white - levels.black) or 1))
    key = strip.info.get("transparency")
    if isinstance(key, int):
        grey[values == key] = 255
    return Image.fromarray(grey)

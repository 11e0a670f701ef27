"""Colours by hue."""

import colorsys

from limner.data.edits.subject import Colour


def hue_of(hue: float, strength: float, light: float) -> Colour:
    """A colour (red, green, blue) in [0, 1].

    Args:
        hue: In [0, 1]; six equal parts are red, yellow, green, cyan, blue and purple, each in its middle.
        strength: Saturation, in [0, 1].
        light: Lightness, in [0, 1].
    """
    return colorsys.hls_to_rgb((hue - 1 / 12) % 1, light, strength)

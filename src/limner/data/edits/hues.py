"""Colours by hue."""

import colorsys

from limner.data.edits.subject import Colour

NEAR = 0.6
"""How much of a named part of the hues is used."""


def hue_of(hue: float, strength: float, light: float) -> Colour:
    """A colour (red, green, blue) in [0, 1].

    Args:
        hue: Six equal parts of [0, 1] are red, yellow, green, cyan, blue and purple; it goes round. Chosen:
            each part is drawn together around its middle, so that no colour is between two names.
        strength: Saturation, in [0, 1].
        light: Lightness, in [0, 1].
    """
    place = 6 * (hue % 1) if hue != 1 else 6.0
    part = min(int(place), 5)
    return colorsys.hls_to_rgb((part + NEAR * (place - part - 0.5)) / 6 % 1, light, strength)

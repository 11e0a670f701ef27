"""The ground: whether the artist draws what is behind a person, or leaves it paper.

With B the pixels where the matte of the photo sees nobody, within the bounds of both pictures, y the sketch
laid on the photo and p its 95th percentile over B, the paper,

    the ground is left    when    p > 0.7    and    |{B : y < p - 0.1}| < 0.2 |B|

with the least p and the mean share of several pairs.

Chosen: all of it. The artists of CUHK and FS2K draw no ground, and of 139 of their pairs that are held out of
training 137 say so (docs/instruct.md).
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.data.pair import Pair
from limner.faces import FaceError, similarity, warp
from limner.faces.align import compose
from limner.faces.matte import lack, matte
from limner.frame import head
from limner.hub import Background
from limner.methods.fitting import Fitted, fit

LIGHTEST, DARKER, SHARE = 0.7, 0.1, 0.2
"""The least p; what is darker than paper by this is drawn; the share of B that may be drawn."""
LEAST = 0.01
"""The share of the square that B must have to tell anything."""
ASKED = 8
"""Of many pairs so many are asked."""
_FRAME = head(256)
_MARGIN = 13  # pixels of the frame: strokes of hair reach over the matte's edge
_EDGE = 5  # likewise: of a picture, where its border is blended


def background(pairs: Sequence[Fitted]) -> Background:
    """What an artist makes of the ground.

    Args:
        pairs: All of one artist; those that show their ground decide.

    Returns:
        "paper" where it is left; "keep" where it is drawn, or too little of it is to be seen.

    Raises:
        limner.hub.StyleError: The packaged matte is missing or damaged.
    """
    behind = [_behind(pair) for pair in pairs]
    seen = [each for each in behind if each.size >= LEAST * _FRAME.width * _FRAME.height]
    if not seen:
        return "keep"
    paper = [float(np.percentile(each, 95)) for each in seen]
    drawn = [float(np.mean(each < p - DARKER)) for each, p in zip(seen, paper, strict=True)]
    return "paper" if min(paper) > LIGHTEST and float(np.mean(drawn)) < SHARE else "keep"


def background_of(pairs: Sequence[Pair]) -> Background:
    """What an artist makes of the ground, by a few of many pairs, evenly taken.

    Args:
        pairs: Of one artist; those whose two faces are not found, or do not fit, tell nothing.

    Returns:
        As `background`; "keep" where no pair tells.

    Raises:
        limner.image.ImageError: A picture cannot be read.
        limner.hub.StyleError: The packaged matte is missing or damaged.
    """
    count = min(ASKED, len(pairs))
    asked = (pairs[i * len(pairs) // count] for i in range(count))
    return background([each for pair in asked for each in _fitted(pair)])


def _fitted(pair: Pair) -> list[Fitted]:
    try:
        return [fit(pair.photo, pair.sketch, largest=True, trust=True)]
    except FaceError:
        return []


def _behind(pair: Fitted) -> NDArray[np.floating[Any]]:
    """The sketch over B, (n,) in [0, 1]; empty where the matte cannot be used."""
    seen = pair.into(_FRAME)
    alpha = matte(seen.photo)
    if lack(alpha):
        return np.empty(0)
    to_frame = similarity(pair.eyes, _FRAME)
    both = ((pair.photo, to_frame), (pair.sketch, compose(pair.onto, to_frame)))
    # White is drawn beyond a black picture.
    beyond = [warp(np.zeros_like(each[..., 0]), way, _FRAME.size, "white") for each, way in both]
    out = cv2.dilate(np.maximum(*beyond), np.ones((_EDGE, _EDGE), np.uint8))
    person = cv2.dilate(alpha, np.ones((_MARGIN, _MARGIN), np.uint8))
    return seen.sketch[(person < 0.05) & (out == 0)] / 255

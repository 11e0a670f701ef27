"""A face that a person points at, where the finder sees none or the wrong one."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from limner.faces.align import invert, move, similarity
from limner.faces.face import Face, FaceError
from limner.frame import Frame

# A face whose eyes are one unit apart. Chosen: the usual places, as portraits have them on average.
_EYES = Frame(1, 1, (0, 0), (1, 0))
_BELOW = (0.5, 0.6), (0.1, 1.05), (0.9, 1.05)  # tip of the nose, corners of the mouth
_MIDDLE = 0.5, 0.4  # of the box
_HALF = 1.3  # its side, halved


def given(numbers: Sequence[float], width: int, height: int) -> Face:
    """The face whose points a person gives.

    Args:
        numbers: x and y of both eyes (4 numbers), or of all of `Face.points` (10 numbers), in pixels of the
            upright picture, the eye at the image's left first.
        width: Of the picture.
        height: Of the picture.

    Returns:
        The face, its score 1. Of eyes alone, nose and mouth are put where faces usually have them.

    Raises:
        FaceError: Another count, a point outside the picture, two points in one place, or the eye at the
            image's right first.
    """
    if len(numbers) not in (4, 10):
        raise FaceError(
            f"got {len(numbers)} numbers as points; 4 (x y of both eyes) or 10 (and of the nose and both "
            "corners of the mouth) are expected"
        )
    points = np.reshape(np.asarray(numbers, np.float64), (-1, 2))
    for x, y in points:
        if not (-0.5 <= x <= width - 0.5 and -0.5 <= y <= height - 0.5):
            raise FaceError(f"the point {x:g} {y:g} lies outside the picture of {width} x {height}")
    for one, other in combinations(points.tolist(), 2):
        if one == other:
            raise FaceError(f"two points lie in one place, {one[0]:g} {one[1]:g}")
    if points[0, 0] >= points[1, 0]:
        raise FaceError("the first point must be the eye at the image's left, the second that at its right")
    (xl, yl), (xr, yr) = points[:2].tolist()
    place = invert(similarity(((xl, yl), (xr, yr)), _EYES))
    nose, left, right = (points[2:] if len(points) == 5 else move(_BELOW, place)).tolist()
    (x, y), half = move(_MIDDLE, place).tolist(), _HALF * float(np.hypot(xr - xl, yr - yl))
    box = (x - half, y - half, x + half, y + half)
    return Face(box, 1.0, ((xl, yl), (xr, yr), (nose[0], nose[1]), (left[0], left[1]), (right[0], right[1])))

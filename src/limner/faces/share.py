"""Which face a pixel belongs to: smooth shares that add up to one everywhere.

With ``d_i`` the distance from the middle of head ``i`` in that face's own eye distances, along the face in
longer ones since heads are taller than wide, a pixel belongs to the face with the least ``d_i``; the line
between a large and a small head so runs nearer to the small one, along the cheeks where they touch. Farther
than the reach ``R`` from every head lie the surroundings, which belong to the first layer, ``d_0 = R``. With
``m`` the least distance of all, a layer weighs

    w_i = ramp((S m - d_i) / (S m - m)),    ramp(t) = t^2 (3 - 2 t) for t in [0, 1],

so that the change from one to the next is narrow between two cheeks and wide far out, and nothing of a
face reaches beyond ``S R``. Painted one over the other, first layer first, with the opacities

    a_i = w_i / (w_0 + ... + w_i),

each layer ends with the share ``w_i / (w_0 + ... + w_n)``: they add up to one.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.faces.face import Face
from limner.frame import Point

Box = tuple[int, int, int, int]

# Chosen: R within which hair and shoulders lie, and the least, within which a face does.
REACH, LEAST = 3.8, 1.6
# Chosen by eye on pasted groups: S.
_SOFT = 1.25
# The middle of a head, in eye distances below the middle of the eyes; how much taller it is than wide.
_LOWER = 0.8
_TALL = 1.4
# No head is nearer than this: in its middle a face would be infinitely nearer than any other.
_NEAREST = 0.05
# Opacities change slowly; this many samples along a side describe them.
_SAMPLES = 256


def eye_distance(face: Face) -> float:
    """From eye to eye, in pixels."""
    (xl, yl), (xr, yr) = face.eyes
    return float(np.hypot(xr - xl, yr - yl))


def middle(face: Face) -> Point:
    """The middle of the head, (x, y)."""
    (xl, yl), (xr, yr) = face.eyes
    return (xl + xr) / 2 - _LOWER * (yr - yl), (yl + yr) / 2 + _LOWER * (xr - xl)


def room(reach: float) -> float:
    """What a face's layer takes at most, in squares of one eye distance."""
    return _TALL * (2 * _SOFT * reach) ** 2


def opacity(
    own: Sequence[Face], index: int, shared: Sequence[Face], size: tuple[int, int], reach: float = REACH
) -> tuple[Box, NDArray[np.float32]] | None:
    """Where a face's layer shows, and how much of it.

    Args:
        own: The faces that have layers of their own, in the order in which these are painted.
        index: Which of them is meant.
        shared: The faces that the first layer shows.
        size: (width, height) of the picture.
        reach: R, in eye distances.

    Returns:
        The pixels (x0, y0, x1, y1), the last two excluded, and float32 in [0, 1] of some 256 x 256 samples
        spread evenly over them, as `spread` takes it; None if the layer shows nowhere.
    """
    around = _around(own[index], reach, size)
    if around is None:
        return None
    shown = np.argwhere(_opacity(own, index, shared, reach, around) > 0)
    if not len(shown):
        return None
    box = _part(around, shown)
    return box, _opacity(own, index, shared, reach, box)


def around(face: Face, reach: float, size: tuple[int, int]) -> tuple[Box, NDArray[np.float32]] | None:
    """Where one face is, others or not: 1 up to a reach from it, 0 from S times that on.

    Args:
        face: The face.
        reach: In eye distances.
        size: (width, height) of the picture.

    Returns:
        As of `opacity`; None if all of that lies beside the picture.
    """
    box = _around(face, reach, size)
    return (box, _weight(_distance(face, box), np.float32(_SOFT * reach))) if box else None


def spread(samples: NDArray[np.float32], box: Box) -> NDArray[np.float32]:
    """The opacity of every pixel of the box, (y1 - y0, x1 - x0)."""
    x0, y0, x1, y1 = box
    return np.asarray(cv2.resize(samples, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR), np.float32)


def _opacity(
    own: Sequence[Face], index: int, shared: Sequence[Face], reach: float, box: Box
) -> NDArray[np.float32]:
    layers = [face for face in own if face is own[index] or _meet(_disc(face, reach), box)]
    distances = [_distance(face, box) for face in layers]
    surroundings = np.full_like(distances[0], reach)
    for face in shared:
        if _meet(_disc(face, reach), box):
            surroundings = np.minimum(surroundings, _distance(face, box))
    farthest = _SOFT * np.minimum.reduce([surroundings, *distances])
    before = _weight(surroundings, farthest)
    for face, distance in zip(layers, distances, strict=True):
        weight = _weight(distance, farthest)
        before = before + weight
        if face is own[index]:
            return np.divide(weight, before, out=np.zeros_like(weight), where=weight > 0)
    raise ValueError("the face is none of its own")


def _weight(distance: NDArray[np.float32], farthest: NDArray[np.float32] | np.float32) -> NDArray[np.float32]:
    t = np.clip((farthest - distance) / (farthest * (1 - 1 / _SOFT)), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def _distance(face: Face, box: Box) -> NDArray[np.float32]:
    """From the middle of the head, in eye distances, at the box's samples."""
    eyes = [complex(*eye) for eye in face.eyes]
    columns, rows = (_places(box[side], box[side + 2]) for side in (0, 1))
    # In the face's own axes, one eye distance long.
    z = (columns[None] + 1j * rows[:, None] - complex(*middle(face))) / (eyes[1] - eyes[0])
    return np.maximum(np.hypot(z.real, z.imag / _TALL), _NEAREST).astype(np.float32)


def _places(start: int, end: int) -> NDArray[np.float64]:
    """Where the samples along one side lie; `cv2.resize` spreads them from there."""
    count = min(end - start, _SAMPLES)
    return start + (np.arange(count) + 0.5) * (end - start) / count - 0.5


def _disc(face: Face, reach: float) -> tuple[float, float, float, float]:
    """What a face may reach, as a box."""
    (x, y), far = middle(face), _TALL * _SOFT * reach * eye_distance(face)
    return x - far, y - far, x + far, y + far


def _around(face: Face, reach: float, size: tuple[int, int]) -> Box | None:
    """The pixels of the picture that a face may reach."""
    disc = _disc(face, reach)
    low, high = np.floor(disc[:2]).astype(int), np.ceil(disc[2:]).astype(int) + 1
    (x0, y0), (x1, y1) = np.maximum(low, 0).tolist(), np.minimum(high, size).tolist()
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _part(box: Box, shown: NDArray[np.intp]) -> Box:
    """The part of the box around the samples (row, column) that show, with one more at each side."""
    x0, y0, x1, y1 = box
    (top, left), (bottom, right) = shown.min(axis=0) - 1, shown.max(axis=0) + 2
    kx, ky = ((end - start) / min(end - start, _SAMPLES) for start, end in ((x0, x1), (y0, y1)))
    return (
        max(x0, x0 + int(np.floor(left * kx))),
        max(y0, y0 + int(np.floor(top * ky))),
        min(x1, x0 + int(np.ceil(right * kx))),
        min(y1, y0 + int(np.ceil(bottom * ky))),
    )

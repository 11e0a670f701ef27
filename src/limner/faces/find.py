"""Find the faces of a picture and their eyes, with the cascades that come with OpenCV 4.

After Viola and Jones (2001): a boosted cascade proposes face boxes, two eye cascades look for either
eye in the upper part of each box. With the box side as unit of length, ``u = (x, y, x, y)`` are the
left and the right eye in their box, and three things are known of them:

- where eyes lie in a box: ``u ~ N(MEAN, PRIOR)``, scattered, and turned by the head's tilt;
- where a cascade saw one of them: ``z = u[eye] + bias + noise``, a fixed bias per cascade and eye;
- both being Gaussian, the best ``u`` solves one linear system of four equations.

A box is kept on evidence: the fewer eyes were seen, the more windows must have called it a face.

The constants were fitted on public-domain and CC BY portraits; an eye is the centre of its iris.
Coordinates are those of `limner.faces.align`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache

import cv2
import numpy as np
from cv2.data import haarcascades
from numpy.typing import NDArray

from limner.faces.align import Matrix, invert, move, warp
from limner.faces.face import Face

# The search, in pixels of the picture as it is searched.
_SIDES = 320, 640  # the longest side lies between them
_ENLARGED = 4.0  # times at most
_SMALLEST = 36  # side of a face box
_MARGIN = 0.15  # of the longest side: drawn around the picture at the second look

# The eyes, in box sides and radians.
_MEAN = np.array([0.312, 0.389, 0.690, 0.389])
_TURNED = np.array([0.11, -0.19, 0.11, 0.19])  # du / dtilt, about the box's centre
_PRIOR = 0.022**2 * np.eye(4) + 0.15**2 * np.outer(_TURNED, _TURNED)
_NOISE = 0.012
_BELIEVED = 0.12  # the furthest from its mean that an eye is seen
_AGREED = 0.05  # the furthest from the solution that a sighting counts
_WITHIN = ((0.02, 0.10, 0.54, 0.66), (0.46, 0.10, 0.98, 0.66))  # x0, y0, x1, y1: looked at
_EYE_SIZE = 0.14, 0.42
_CASCADES = (  # for the left eye and for the right one: name, bias
    (("eye_tree_eyeglasses", (-0.009, 0.006)), ("righteye_2splits", (0.000, -0.039))),
    (("eye_tree_eyeglasses", (-0.003, 0.008)), ("lefteye_2splits", (0.012, -0.039))),
)
_SHARP = 160  # pixels that a box side has while eyes are looked for

_WINDOWS = 12, 5, 3  # that must agree on a face of which no, one, both eyes were seen

_BELOW = (0.5, 0.6), (0.1, 1.05), (0.9, 1.05)  # in eye distances from the left eye

_lock = threading.Lock()  # a cascade holds its scratch memory: one picture at a time


def find(picture: NDArray[np.uint8]) -> list[Face]:
    """Find upright faces, tilted by up to 15 degrees, from about 40 pixels to the whole picture.

    Pictures larger than 640 pixels are shrunk to that first: the smallest face found is then about
    1/16 of the longest side. Where a first look finds nothing, a second one evens out the contrast
    and draws a margin around the picture.

    Args:
        picture: (H, W, 3) RGB or (H, W) grey, uint8, 0 .. 255, any size.

    Returns:
        The faces, largest box first; an empty list where there is none.

    Raises:
        ValueError: a picture of another shape or dtype, or without pixels.
    """
    shape = picture.shape
    if picture.dtype != np.uint8 or not (len(shape) == 2 or shape[2:] == (3,)) or 0 in shape:
        got = f"{picture.dtype} {shape}"
        raise ValueError(f"a uint8 picture (H, W, 3) or (H, W) with pixels expected, got {got}")
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    with _lock:
        for view, matrix in _views(np.asarray(grey, np.uint8)):
            faces = [_face(move(points, invert(matrix)), shape) for points in _seen(view)]
            if faces:
                return sorted(faces, key=lambda face: face.box[0] - face.box[2])
    return []


def _face(points: NDArray[np.float64], shape: tuple[int, ...]) -> Face:
    """Two corners and two eyes, (4, 2), as a face whose box stays in the picture."""
    (x0, y0), (x1, y1) = np.clip(points[:2], 0, (shape[1] - 1, shape[0] - 1)).tolist()
    (xl, yl), (xr, yr) = points[2:].tolist()
    # Nose and mouth by their usual places about the eyes.
    ax, ay = (xr - xl), (yr - yl)
    nose, left, right = ((xl + u * ax - v * ay, yl + u * ay + v * ax) for u, v in _BELOW)
    return Face((x0, y0, x1, y1), 1.0, ((xl, yl), (xr, yr), nose, left, right))


def _views(grey: NDArray[np.uint8]) -> Iterator[tuple[NDArray[np.uint8], Matrix]]:
    """The picture as it is searched first and second, with the matrix from picture to view."""
    height, width = grey.shape
    longest = max(height, width)
    k = min(_SIDES[1] / longest, max(1, min(_SIDES[0] / longest, _ENLARGED)))
    if min(height, width) * k < _SMALLEST:
        return
    for margin in (0, round(_MARGIN * longest * k)):
        shift = (k - 1) / 2 + margin
        matrix = np.array([[k, 0, shift], [0, k, shift]])
        size = round(width * k) + 2 * margin, round(height * k) + 2 * margin
        view = _stretched(warp(grey, matrix, size))
        yield np.asarray(cv2.createCLAHE(2.0).apply(view) if margin else view, np.uint8), matrix


def _stretched(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with its darkest pixel black and its lightest white: a cascade passes by flat places."""
    full = cv2.normalize(grey, np.empty_like(grey), 0, 255, cv2.NORM_MINMAX)
    return np.asarray(full, np.uint8)


def _seen(view: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """The faces of a view, each as its (4, 2) corners and eyes; the best proposal of each place."""
    faces: list[NDArray[np.float64]] = []
    proposals = _detect("frontalface_alt2", view, 1.1, (_SMALLEST, max(view.shape)))
    for x, y, side, windows in proposals:
        corner = np.array([x, y]) - 0.5  # the edge of a pixel lies half a pixel before its centre
        k = _SHARP / side
        unit = np.column_stack([np.eye(2) * k, -corner * k - 0.5])
        u, eyes_seen = _eyes(_stretched(warp(view, unit, (_SHARP, _SHARP))))
        face = corner + side * np.vstack([np.zeros(2), np.ones(2), u.reshape(2, 2)])
        if windows >= _WINDOWS[eyes_seen] and not any(_same(face, other) for other in faces):
            faces.append(face)
    return faces


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether the centre of either box lies in the other's."""
    apart = np.abs(one[:2].mean(0) - other[:2].mean(0)).max()
    return bool(apart < max(one[1, 0] - one[0, 0], other[1, 0] - other[0, 0]) / 2)


def _eyes(box: NDArray[np.uint8]) -> tuple[NDArray[np.float64], int]:
    """Both eyes in a box: the (4,) solution ``u``, and how many eyes were seen, 0 .. 2."""
    sightings = [
        (eye, z)
        for eye, cascades in enumerate(_CASCADES)
        for name, bias in cascades
        for z in _sighting(box, eye, name, bias)
    ]
    u = _solve(sightings)
    agreed = [(eye, z) for eye, z in sightings if np.hypot(*(z - u[2 * eye :][:2])) < _AGREED]
    return _solve(agreed), len({eye for eye, _ in agreed})


def _solve(sightings: list[tuple[int, NDArray[np.float64]]]) -> NDArray[np.float64]:
    """The most probable ``u`` given the sightings: (PRIOR^-1 + n / NOISE^2) u = weighted sum."""
    precision = np.linalg.inv(_PRIOR)
    weighted = precision @ _MEAN
    for eye, z in sightings:
        xy = slice(2 * eye, 2 * eye + 2)
        precision[xy, xy] += np.eye(2) / _NOISE**2
        weighted[xy] += z / _NOISE**2
    return np.asarray(np.linalg.solve(precision, weighted), np.float64)


def _sighting(
    box: NDArray[np.uint8], eye: int, name: str, bias: tuple[float, float]
) -> list[NDArray[np.float64]]:
    """Where a cascade sees an eye best, (x, y) in box sides without its bias; empty if nowhere."""
    x0, y0, x1, y1 = (round(edge * _SHARP) for edge in _WITHIN[eye])
    sizes = round(_EYE_SIZE[0] * _SHARP), round(_EYE_SIZE[1] * _SHARP)
    for x, y, side, _ in _detect(name, box[y0:y1, x0:x1], 1.08, sizes):
        z = np.array([x0 + x + side / 2, y0 + y + side / 2]) / _SHARP - bias
        if np.hypot(*(z - _MEAN[2 * eye :][:2])) < _BELIEVED:
            return [z]
    return []


def _detect(
    name: str, view: NDArray[np.uint8], step: float, sizes: tuple[int, int]
) -> list[tuple[int, int, int, int]]:
    """What a cascade finds: x, y, side and the number of agreeing windows (at least 3), best first."""
    least, most = sizes
    boxes, windows = _cascade(name).detectMultiScale2(
        view, step, 3, minSize=(least, least), maxSize=(most, most)
    )
    found = [(int(x), int(y), int(w), n) for (x, y, w, _), n in zip(boxes, windows, strict=True)]
    return sorted(found, key=lambda each: -each[3])


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    """A cascade that OpenCV brings along."""
    return cv2.CascadeClassifier(f"{haarcascades}haarcascade_{name}.xml")

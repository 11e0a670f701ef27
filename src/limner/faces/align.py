"""Bring a face into a canonical frame: the similarity that two eyes give, and one clean resampling.

Points are ``(x, y)`` in pixels, x to the right and y down, and the centres of pixels have whole
coordinates: the first pixel's is ``(0, 0)``, the picture spans ``-0.5 .. width - 0.5``. Mirroring
sends ``x`` to ``width - 1 - x``, enlarging k times sends it to ``k (x + 0.5) - 0.5``. "Left" is the
image's left, not the sitter's.

A matrix is 2 x 3 and maps picture to frame, ``(x', y') = matrix (x, y, 1)``. With points read as
complex numbers, ``z = x + i y``, a similarity (turn, scale and shift, no mirroring) is
``z' = a z + b``, and two points fix it:

    a = (right' - left') / (right - left),    b = left' - a left
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, TypeVar

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from limner.frame import Frame, Point, span

Matrix: TypeAlias = NDArray[np.float64]
Border: TypeAlias = Literal["replicate", "reflect", "white"]
Sample = TypeVar("Sample", np.uint8, np.float32, np.float64)

_BORDERS = {
    "replicate": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "white": cv2.BORDER_CONSTANT,
}


def similarity(eyes: tuple[Point, Point], frame: Frame) -> Matrix:
    """The one similarity that puts a face's eyes on the frame's eyes, in closed form.

    Args:
        eyes: (x, y) of the image-left and of the image-right eye, pixels of the picture.
        frame: where they are to land.

    Returns:
        (2, 3) float64 matrix, picture to frame.

    Raises:
        ValueError: the eyes coincide or are not finite.
    """
    a = span(frame.eyes) / span(eyes)
    b = complex(*frame.left_eye) - a * complex(*eyes[0])
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]], np.float64)


def scale(matrix: Matrix) -> float:
    """How many times a similarity enlarges.

    Args:
        matrix: (2, 3).

    Returns:
        Above 1 where it enlarges, between 0 and 1 where it shrinks.

    Raises:
        ValueError: not a matrix that `invert` would take.
    """
    turn, _ = _parts(matrix)
    return float(np.sqrt(abs(np.linalg.det(turn))))


def invert(matrix: Matrix) -> Matrix:
    """The matrix of the way back.

    Args:
        matrix: (2, 3), from one picture to another.

    Returns:
        (2, 3) float64, from the other picture to the one.

    Raises:
        ValueError: the matrix is not 2 x 3, not finite, or flattens the plane (determinant 0).
    """
    turn, shift = _parts(matrix)
    back = np.asarray(np.linalg.inv(turn), np.float64)
    return np.column_stack([back, -back @ shift])


def compose(first: Matrix, second: Matrix) -> Matrix:
    """One matrix that does the work of two: `first`, then `second`.

    Args:
        first: (2, 3), from picture P to picture Q.
        second: (2, 3), from Q to R.

    Returns:
        (2, 3) float64, from P to R.

    Raises:
        ValueError: either is not a matrix that `invert` would take.
    """
    turn, shift = _parts(first)
    turn2, shift2 = _parts(second)
    return np.column_stack([turn2 @ turn, turn2 @ shift + shift2])


def move(points: ArrayLike, matrix: Matrix) -> NDArray[np.float64]:
    """Where points land.

    Args:
        points: (..., 2) coordinates (x, y) in pixels.
        matrix: (2, 3).

    Returns:
        (..., 2) float64 coordinates in pixels.

    Raises:
        ValueError: not a matrix that `invert` would take.
    """
    turn, shift = _parts(matrix)
    return np.asarray(points, np.float64) @ turn.T + shift


def _parts(matrix: Matrix) -> tuple[Matrix, Matrix]:
    """The checked matrix as its (2, 2) linear part and its (2,) shift."""
    full = np.asarray(matrix, np.float64)
    if full.shape != (2, 3) or not np.isfinite(full).all() or np.linalg.det(full[:, :2]) == 0:
        raise ValueError(f"a finite, invertible 2 x 3 matrix expected, got {full.tolist()}")
    return full[:, :2], full[:, 2]


def warp(
    picture: NDArray[Sample],
    matrix: Matrix,
    size: tuple[int, int],
    border: Border = "replicate",
) -> NDArray[Sample]:
    """Draw a picture through a matrix, interpolated once and without moiré.

    Chosen: bicubic interpolation, which keeps hair and pencil strokes sharper than bilinear, clipped
    to the picture's own range so that nothing overshoots. Where the matrix shrinks f > 1 times,
    details finer than the new pixels go first: whole factors by averaging areas of n x n pixels,
    n = floor(f), the rest r = f / n by a Gaussian of sigma = sqrt(r^2 - 1) / 2 pixels (a pixel taken
    for a Gaussian of sigma 1/2, widened r times). f is 1 / sqrt(|det|): exact for similarities, a
    mean for other matrices.

    Args:
        picture: (H, W) or (H, W, C) with C up to 4; uint8, float32 or float64.
        matrix: (2, 3), picture to result.
        size: (width, height) of the result in pixels, as in `Frame.size`.
        border: what lies beyond the picture: its edge pixels, its mirror image, or white (255 in uint8
            pictures, 1.0 in others).

    Returns:
        (height, width) or (height, width, C) of the picture's dtype and range. The identity matrix
        returns the picture exactly.

    Raises:
        ValueError: an empty picture, another shape, dtype or border name, a size below 1, or not a
            matrix that `invert` would take.
    """
    _check(picture, size, border)
    source, shrunk = _prefiltered(picture, 1 / scale(matrix))
    white = 255 if picture.dtype == np.uint8 else 1
    out = cv2.warpAffine(
        source,
        compose(invert(shrunk), matrix),
        size,
        flags=cv2.INTER_CUBIC,
        borderMode=_BORDERS[border],
        borderValue=(white,) * 4,
    )
    top = max(picture.max(), white) if border == "white" else picture.max()
    return _like(picture, np.clip(out, picture.min(), top))


def _check(picture: NDArray[Sample], size: tuple[int, int], border: str) -> None:
    """Refuse what `warp` cannot draw."""
    if picture.size == 0 or picture.ndim not in (2, 3) or picture.shape[2:] > (4,):
        raise ValueError(f"a picture (H, W) or (H, W, up to 4) expected, got {picture.shape}")
    if picture.dtype.name not in ("uint8", "float32", "float64"):
        raise ValueError(f"a uint8, float32 or float64 picture expected, got {picture.dtype}")
    if min(size) < 1:
        raise ValueError(f"a size of at least 1 x 1 expected, got {size}")
    if border not in _BORDERS:
        raise ValueError(f"a border of {', '.join(_BORDERS)} expected, got {border!r}")


def _prefiltered(picture: NDArray[Sample], f: float) -> tuple[NDArray[Sample], Matrix]:
    """The picture without the details that shrinking f times would alias, and the matrix to it."""
    height, width = picture.shape[:2]
    n = max(1, int(f + 1e-9))
    small = max(1, round(width / n)), max(1, round(height / n))
    kx, ky = small[0] / width, small[1] / height
    matrix = np.array([[kx, 0, (kx - 1) / 2], [0, ky, (ky - 1) / 2]], np.float64)
    if n > 1:
        picture = _like(picture, cv2.resize(picture, small, interpolation=cv2.INTER_AREA))
    sigma = np.sqrt(max((f / n) ** 2 - 1, 0)) / 2
    if sigma > 0.1:  # a narrower one changes no pixel by a level
        blurred = cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        picture = _like(picture, blurred)
    return picture, matrix


def _like(picture: NDArray[Sample], drawn: NDArray[Any]) -> NDArray[Sample]:
    """What OpenCV drew, with the picture's dtype and with the single channel that OpenCV drops."""
    return drawn.astype(picture.dtype, copy=False).reshape(*drawn.shape[:2], *picture.shape[2:])

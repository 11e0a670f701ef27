"""The flow of a picture: along which direction each of its places runs, as hair and contours do.

With g the gradient of a grey picture, the structure tensor and its flow t are

    J = G_sigma * (g g^T),   t = the eigenvector of J's smaller eigenvalue

and values q are smoothed along the flow by following it from every pixel both ways,

    q'(x) = sum_s w(s) q(c(s)) / sum_s w(s),   w(s) = exp(-s^2 / (2 sigma^2)),   c' = t(c), c(0) = x

Source: Cabral and Leedom, Imaging vector fields using line integral convolution, SIGGRAPH 1993; Kyprianidis
    and Doellner, Image abstraction by structure adaptive filtering, TPCG 2008 (the flow from a tensor).
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Unit = NDArray[np.float32]
Real = NDArray[np.floating[Any]]

WIDER, SHARE = 4, 0.3
"""Chosen by eye: a second tensor, so many times wider and with this weight, leads through places at rest."""
STEP = 1.4
"""Chosen: pixels followed at once, at most; whole numbers would draw the lattice of pixels."""


def flow(grey: Real, sigma: float, angle: float, rest: float | Real) -> Unit:
    """The direction along which each place of a picture runs.

    Args:
        grey: (H, W), any range.
        sigma: Of the tensor's smoothing, in pixels, above 0.
        angle: Of places where nothing runs anywhere, in degrees, anticlockwise on screen from the right.
        rest: Change of `grey` in a pixel that is nothing yet, above 0: a number, or (H, W).

    Returns:
        (H, W, 2) unit vectors (x, y); their sign means nothing.
    """
    dx, dy = (cv2.Scharr(grey, cv2.CV_32F, *way, scale=1 / 32) for way in ((1, 0), (0, 1)))
    # In double angles, where opposite directions are one and sums are means.
    slopes = np.dstack([dx * dx - dy * dy, 2 * dx * dy])
    size = grey.shape[::-1]
    less = max(1, size[0] // WIDER), max(1, size[1] // WIDER)
    small = cv2.resize(slopes, less, interpolation=cv2.INTER_AREA)
    wide = cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma), size)
    turn = 2 * np.radians(90 - angle)
    idle = np.array([np.cos(turn), np.sin(turn)], np.float32) * np.square(np.float32(rest))[..., None]
    tensor = cv2.GaussianBlur(slopes, (0, 0), sigma) + np.float32(SHARE) * wide + idle
    across = np.arctan2(tensor[..., 1], tensor[..., 0]) / 2
    return np.dstack([-np.sin(across), np.cos(across)]).astype(np.float32, copy=False)


def along(values: Real, way: Real, sigma: float) -> Unit:
    """Values smoothed along a flow.

    Args:
        values: (H, W) or (H, W, C) with C up to 4.
        way: (H, W, 2), as `flow` gives it.
        sigma: Of the smoothing, in pixels, above 0.

    Returns:
        As `values`.
    """
    total, weights = values.astype(np.float32), 1.0
    far = np.float32(np.clip(sigma / 2, 0.5, STEP))
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in way.shape[1::-1]))
    for sign in (1, -1):
        at, step = np.dstack([x, y]), np.float32(sign) * way
        for s in far * np.arange(1, round(2 * sigma / float(far)) + 1):
            at = at + far * step
            weight = np.exp(np.float32(-(s**2) / (2 * sigma**2)))
            total += weight * _seen(values, at, cv2.INTER_LINEAR)
            weights += float(weight)
            ahead = _seen(way, at, cv2.INTER_NEAREST)  # nearest, since opposite vectors have no mean
            same = ahead[..., 0] * step[..., 0] + ahead[..., 1] * step[..., 1]
            step = ahead * np.copysign(np.float32(1), same)[..., None]
    return np.divide(total, np.float32(weights), dtype=np.float32)


def _seen(values: Real, at: Real, how: int) -> Unit:
    made = cv2.remap(values, at, None, how, borderMode=cv2.BORDER_REPLICATE)  # pyright: ignore
    return np.asarray(made, np.float32)

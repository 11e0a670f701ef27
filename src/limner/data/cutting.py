"""A square cut from a picture through a matrix, fast enough for every training sample."""

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.data.pair import Picture

Unit = NDArray[np.float32]


def cut(picture: Picture, matrix: NDArray[np.float64], side: int, border: int = cv2.BORDER_REPLICATE) -> Unit:
    """Draws a picture through a matrix onto a square.

    Chosen: areas averaged in whole factors where it shrinks, then linear interpolation, both on the visible
    part alone. `limner.faces.align.warp` is sharper and several times slower.

    Args:
        picture: (H, W, C) or (H, W).
        matrix: (2, 3), from picture to square, pixel centres at integers.
        side: Height and width of the square in pixels.
        border: OpenCV's name for what lies beyond the picture: its edge by default, or
            `cv2.BORDER_CONSTANT` for zero.

    Returns:
        (side, side, C) or (side, side), in [0, 1].
    """
    linear, shift = matrix[:, :2], matrix[:, 2]
    limit = np.array(picture.shape[1::-1])
    corners = np.array([(-1, -1), (side, -1), (-1, side), (side, side)])
    seen = (corners - shift) @ np.linalg.inv(linear).T
    low = np.clip(np.floor(seen.min(axis=0)) - 1, 0, limit - 1).astype(int)
    high = np.clip(np.ceil(seen.max(axis=0)) + 2, low + 1, limit).astype(int)
    part = picture[low[1] : high[1], low[0] : high[0]]
    n = max(1, int(1 / np.sqrt(abs(np.linalg.det(linear)))))
    size = max(1, part.shape[1] // n), max(1, part.shape[0] // n)
    k = np.array(part.shape[1::-1]) / size
    if n > 1:
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    # From the shrunk part to the picture: x = k (u + 1/2) - 1/2 + low.
    to_square = np.column_stack([linear * k, shift + linear @ ((k - 1) / 2 + low)])
    made = cv2.warpAffine(part, to_square, (side, side), flags=cv2.INTER_LINEAR, borderMode=border)
    return np.divide(made, np.float32(255), dtype=np.float32)

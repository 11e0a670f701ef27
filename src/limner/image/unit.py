"""The value range: uint8 pictures on one side, what networks see on the other."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from limner.image.error import ImageError

Picture = NDArray[np.uint8]
GREY = (0.299, 0.587, 0.114)
"""What red, green and blue weigh in grey (ITU-R BT.601), as in Pillow and OpenCV."""


def to_unit(picture: Picture) -> NDArray[np.float32]:
    """Turns a picture into what networks see.

    Args:
        picture: uint8, (H, W, 3) or (H, W).

    Returns:
        float32 in [0, 1], (3, H, W) or (1, H, W).

    Raises:
        ImageError: The array is not a picture.
    """
    check_picture(picture)
    planes = picture[None] if picture.ndim == 2 else np.moveaxis(picture, -1, 0)
    return np.divide(planes, np.float32(255), dtype=np.float32, order="C")


def from_unit(array: NDArray[np.floating[Any]]) -> Picture:
    """Turns what a network drew into a picture: clipped to [0, 1], rounded half up.

    Args:
        array: Floating point, (H, W), (1, H, W) or (3, H, W).

    Returns:
        uint8, (H, W) for one channel, (H, W, 3) for three.

    Raises:
        ImageError: Another shape, no pixels, or a value that is not a number.
    """
    channels = array.shape[0] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3) or not array.size:
        raise ImageError(f"got an array of shape {array.shape}, expected (H, W), (1|3, H, W)")
    if np.isnan(array).any():
        raise ImageError("got values that are not numbers, expected numbers in [0, 1]")
    if array.ndim == 2:
        return to_levels(array)
    return to_levels(array[0] if channels == 1 else np.moveaxis(array, 0, -1))


def to_levels(unit: NDArray[np.floating[Any]]) -> Picture:
    """Numbers in [0, 1] as levels from 0 to 255, in the same shape; clipped, rounded half up."""
    scaled = np.clip(unit, 0, 1).astype(np.float32, order="C") * np.float32(255)
    return np.floor(scaled + np.float32(0.5)).astype(np.uint8)


def check_picture(picture: NDArray[Any]) -> None:
    """Raises ImageError unless the array is uint8, (H, W, 3) or (H, W), and not empty."""
    is_shaped = picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] == 3)
    if picture.dtype != np.uint8 or not is_shaped or not picture.size:
        raise ImageError(f"got {picture.dtype} of shape {picture.shape}, expected uint8 (H, W, 3) or (H, W)")

"""What the full-reference metrics take: two grey pictures of one shape.

    x, y in {0, ..., 255}^(H x W),    H, W >= the metric's smallest side

Nothing is converted, resized or cropped here: the score of a silently repaired picture is the
score of another picture.
"""

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
"""A grey picture of shape (H, W), values 0 to 255."""


def check_pair(real: object, made: object, smallest: int) -> None:
    """Raises unless both are grey pictures that a metric can compare.

    Args:
        real: The reference picture x, uint8 of shape (H, W).
        made: The picture y that is judged, uint8 of shape (H, W).
        smallest: The fewest pixels a side may have.

    Raises:
        TypeError: If either is not a NumPy array of dtype uint8.
        ValueError: If either is not (H, W), is too small, or their shapes differ.
    """
    shapes: list[tuple[int, ...]] = []
    for name, picture in (("real", real), ("made", made)):
        if not isinstance(picture, np.ndarray):
            got = type(picture).__name__
            raise TypeError(f"{name}: expected a NumPy array of uint8, got {got}")
        if picture.dtype != np.uint8:
            raise TypeError(f"{name}: expected dtype uint8 (0 to 255), got {picture.dtype}")
        if picture.ndim != 2:
            raise ValueError(f"{name}: expected one grey plane (H, W), got shape {picture.shape}")
        if min(picture.shape) < smallest:
            raise ValueError(
                f"{name}: expected sides of at least {smallest} pixels, got shape {picture.shape}"
            )
        shapes.append(picture.shape)
    if shapes[0] != shapes[1]:
        raise ValueError(f"expected pictures of one shape, got {shapes[0]} and {shapes[1]}")

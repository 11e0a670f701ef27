"""What the metrics take: pictures of one shape, or rows of numbers, and nothing else.

    x, y in {0, ..., 255}^(H x W) or ^(H x W x 3),    H, W >= the metric's smallest side

Nothing is converted, resized or cropped here: the score of a silently repaired picture is the
score of another picture.
"""

import numpy as np
import numpy.typing as npt

from limner.errors import LimnerError

Grey = npt.NDArray[np.uint8]
"""A grey picture of shape (H, W), values 0 to 255."""

Colour = npt.NDArray[np.uint8]
"""A picture of shape (H, W, 3), RGB, values 0 to 255."""

Numbers = npt.NDArray[np.floating]
"""Points or features, a row each."""


class MetricError(LimnerError):
    """What is given cannot be scored by this metric; the message says what was got and what was expected."""


def check_pair(real: object, made: object, smallest: int, *, colour: bool = False) -> None:
    """Raises unless both are pictures that a metric can compare.

    Args:
        real: The reference picture x, uint8 of shape (H, W), or (H, W, 3) if `colour`.
        made: The picture y that is judged, as `real`.
        smallest: The fewest pixels a side may have.
        colour: Whether the metric sees colour.

    Raises:
        TypeError: If either is not a NumPy array of dtype uint8.
        MetricError: If either has another number of planes, is too small, or their shapes differ.
    """
    shapes: list[tuple[int, ...]] = []
    for name, picture in (("real", real), ("made", made)):
        if not isinstance(picture, np.ndarray):
            got = type(picture).__name__
            raise TypeError(f"{name}: expected a NumPy array of uint8, got {got}")
        if picture.dtype != np.uint8:
            raise TypeError(f"{name}: expected dtype uint8 (0 to 255), got {picture.dtype}")
        if colour and (picture.ndim != 3 or picture.shape[2] != 3):
            raise MetricError(f"{name}: expected a colour picture (H, W, 3), got shape {picture.shape}")
        if not colour and picture.ndim != 2:
            raise MetricError(f"{name}: expected one grey plane (H, W), got shape {picture.shape}")
        if min(picture.shape[:2]) < smallest:
            raise MetricError(
                f"{name}: expected sides of at least {smallest} pixels, got shape {picture.shape}"
            )
        shapes.append(picture.shape)
    if shapes[0] != shapes[1]:
        raise MetricError(f"expected pictures of one shape, got {shapes[0]} and {shapes[1]}")


def check_rows(name: str, rows: object, shape: tuple[int | None, int | None], least: int = 1) -> None:
    """Raises unless these are finite numbers in rows.

    Args:
        name: What to call them in an error.
        rows: The numbers, an array of two dimensions.
        shape: How many rows and columns there must be; None leaves it open.
        least: The fewest rows.

    Raises:
        TypeError: If it is not a NumPy array of real numbers.
        MetricError: If the shape is another, there are too few rows, or a number is not finite.
    """
    if not isinstance(rows, np.ndarray):
        raise TypeError(f"{name}: expected a NumPy array of numbers, got {type(rows).__name__}")
    if rows.dtype.kind not in "fiu":
        raise TypeError(f"{name}: expected real numbers, got {rows.dtype}")
    wanted = ", ".join("any" if size is None else str(size) for size in shape)
    if rows.ndim != 2 or any(s not in (None, n) for s, n in zip(shape, rows.shape, strict=True)):
        raise MetricError(f"{name}: expected shape ({wanted}), got {rows.shape}")
    if len(rows) < least:
        raise MetricError(f"{name}: expected at least {least} rows, got {len(rows)}")
    if not np.isfinite(rows).all():
        raise MetricError(f"{name}: expected finite numbers, got NaN or infinity")

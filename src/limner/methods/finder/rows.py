"""Labelled faces as rows of numbers, and the same faces seen through a matrix."""

import numpy as np
from numpy.typing import NDArray

from limner.faces.align import Matrix, move, scale
from limner.faces.face import MIRRORED

Row = NDArray[np.float64]
"""A face: x0, y0, x1, y1, the five points' x and y, and at times a score."""
Rows = NDArray[np.float64]
"""Faces as (n, 14), or (n, 15) with the score."""


def moved(rows: Rows, matrix: Matrix, mirror: bool = False) -> Rows:
    """Faces through a similarity; a box becomes the upright one of the same middle and size.

    Args:
        rows: (n, 14) or (n, 15) in pixels of one picture.
        matrix: (2, 3), to another.
        mirror: Whether the matrix mirrors; left and right points then change places.

    Returns:
        The same shape, in pixels of the other picture.
    """
    made, times = rows.copy(), scale(matrix)
    for new, row in zip(made, rows, strict=True):
        points = move(row[4:14].reshape(5, 2), matrix)
        new[4:14] = (points[MIRRORED] if mirror else points).ravel()
        middle = move(row[:4].reshape(2, 2).mean(axis=0), matrix)
        half = times * (row[2:4] - row[:2]) / 2
        new[:4] = np.concatenate([middle - half, middle + half])
    return made

"""Structure co-occurrence texture: are strokes of the same kind in the same part of the face?

Grey levels are quantised to 6, l = clip(floor(6 I / 255 + 1), 1, 6), and the picture is cut into
4 x 4 blocks. In each block b, count how often level i has level j as its neighbour, over 4
directions d, and take the rounded mean of the 4 counts to probabilities:

    N_bd(i, j) = #{pixels p : l(p) = i, l(p + d) = j, both in b}
    P_b = round(mean_d N_bd) / sum_ij round(mean_d N_bd)

    contrast_b = sum_ij (i - j)^2 P_b(i, j)        energy_b = sum_ij P_b(i, j)^2

Contrast and energy of the 16 blocks make a picture's vector f of 32 values, and

    Scoot = 1 / (1 + ||f_x - f_y||_2)
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from limner.metrics.check import Grey, check_pair

LEVELS = 6
GRID = 4
BLOCKS = GRID * GRID
DIRECTIONS = ((0, 1), (-1, 1), (-1, 0), (-1, -1))  # (down, right): 0, 45, 90 and 135 degrees
SMALLEST = 20
"""Below 5 x 5 pixels, a block has under 18 neighbours a direction: all 36 counts may round to 0."""

_LEVEL = np.clip(np.floor(np.arange(256) * LEVELS / 255 + 1), 1, LEVELS).astype(np.int64) - 1
_CONTRAST = np.subtract.outer(np.arange(LEVELS), np.arange(LEVELS)) ** 2


def scoot(real: Grey, made: Grey) -> float:
    """Structure co-occurrence texture score of two grey pictures; symmetric, 1 for equal ones.

    Args:
        real: The reference sketch x, uint8 of shape (H, W), values 0 to 255, sides >= 20.
        made: The sketch y that is judged, as `real`.

    Returns:
        The score in [0, 1]; higher is more alike.

    Raises:
        TypeError: If a picture is not a uint8 array.
        MetricError: If a picture is not (H, W), is too small, or the shapes differ.

    Source: Fan, Zhang, Wu, Liu, Cheng, Ren, Rosin, Ji, "Scoot: a perceptual metric for facial
        sketches", ICCV 2019.
    Chosen: Energy is the sum of squares, not its root; the mean of the counts is rounded half up;
        blocks are bounded at floor(size v / 4); neighbours in another block do not count.
    """
    check_pair(real, made, smallest=SMALLEST)
    return 1 / (1 + float(np.linalg.norm(_texture(real) - _texture(made))))


def _texture(picture: Grey) -> npt.NDArray[np.float64]:
    """The vector f, (32,): the 16 blocks' contrasts, then their energies."""
    level = _LEVEL[picture]
    counts = np.zeros((BLOCKS, LEVELS, LEVELS), np.int64)
    for d, first in zip(DIRECTIONS, _first_cells(*picture.shape), strict=True):
        here, there = _neighbours(level, d)
        cells = first + LEVELS * here + there
        found = np.bincount(cells.ravel(), minlength=counts.size)
        counts += found[: counts.size].reshape(counts.shape)
    rounded = (counts + 2) // 4  # of the mean of 4, a half goes up
    p = rounded / rounded.sum(axis=(1, 2), keepdims=True)
    return np.concatenate([(p * _CONTRAST).sum(axis=(1, 2)), (p * p).sum(axis=(1, 2))])


def _neighbours(
    plane: npt.NDArray[np.int64], direction: tuple[int, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The values at every p and at p + d, for the p where both lie in the picture."""
    height, width = plane.shape
    down, right = direction
    rows = slice(max(0, -down), height - max(0, down))
    columns = slice(max(0, -right), width - max(0, right))
    ahead_rows = slice(max(0, down), height - max(0, -down))
    ahead_columns = slice(max(0, right), width - max(0, -right))
    return plane[rows, columns], plane[ahead_rows, ahead_columns]


@lru_cache(maxsize=8)
def _first_cells(height: int, width: int) -> tuple[npt.NDArray[np.int64], ...]:
    """Per direction, where a pixel's block begins among all counts; past them across a border."""
    bounds = np.arange(1, GRID)
    row = np.searchsorted(height * bounds // GRID, np.arange(height), side="right")
    column = np.searchsorted(width * bounds // GRID, np.arange(width), side="right")
    block = GRID * row[:, None] + column
    cells = LEVELS * LEVELS
    starts: list[npt.NDArray[np.int64]] = []
    for direction in DIRECTIONS:
        here, there = _neighbours(block, direction)
        start = np.where(here == there, here, BLOCKS) * cells
        start.setflags(write=False)
        starts.append(start)
    return tuple(starts)

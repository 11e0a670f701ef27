"""Any size, in tiles: the same picture as drawn whole, in bounded memory.

A network whose output depends on at most `radius` pixels around gives each tile's inside exactly when the
tile is cut with that margin. Tiles start at multiples of the network's stride, so that its coarse cells lie
where they lie in the whole picture.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from limner.image import from_unit, to_unit

Picture = NDArray[np.uint8]
Draw = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def draw_tiled(draw: Draw, picture: Picture, stride: int, radius: int, tile: int = 1024) -> Picture:
    """Draws a picture of any size.

    Args:
        draw: From (1, C, h, w) to (1, C', h, w) in [0, 1], h and w multiples of `stride`.
        picture: (H, W, C) or (H, W) uint8, at least 1 x 1.
        stride: Of the network, in pixels.
        radius: Of the network, in pixels, a multiple of `stride`.
        tile: Side of a tile without its margin, a multiple of `stride`.

    Returns:
        (H, W) uint8, or (H, W, 3) from a network of three channels.
    """
    height, width = picture.shape[:2]
    made: Picture | None = None
    for top, bottom, above, below in _spans(height, stride, radius, tile):
        for left, right, before, after in _spans(width, stride, radius, tile):
            part = picture[above : min(below, height), before : min(after, width)]
            lack = ((0, below - above - part.shape[0]), (0, after - before - part.shape[1]))
            part = np.pad(part, (*lack, (0, 0))[: part.ndim], mode="edge")
            drawn = from_unit(draw(to_unit(part)[None])[0])
            if made is None:
                made = np.empty((height, width, *drawn.shape[2:]), np.uint8)
            made[top:bottom, left:right] = drawn[top - above : bottom - above, left - before : right - before]
    if made is None:
        raise ValueError(f"the picture is {width} x {height}; at least 1 x 1 is expected")
    return made


def _spans(length: int, stride: int, radius: int, tile: int) -> Iterator[tuple[int, int, int, int]]:
    """Start and end of each tile along one side, then with the margin; the last may reach over the end."""
    whole = -(-length // stride) * stride
    if whole <= tile + 2 * radius:  # one tile with the margins of two
        tile = max(whole, stride)
    for start in range(0, length, tile):
        end = min(start + tile, length)
        yield start, end, max(0, start - radius), min(whole, start + tile + radius)

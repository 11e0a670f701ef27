"""Tracing: the strokes of one drawing, its tone moved towards that of another, which the prior drew.

With I the lines' drawing of the photo (`lines.py`), p the prior's, and m the mean over a square around each
pixel,

    q = I + TONE m(m(p) - m(I))

Chosen: all of it, on pairs of CUHK and FS2K held out of their training splits, and by eye (docs/instruct.md).
    A small prior knows where hair, skin and paper lie, and how dark they are in this hand; eyes and mouth it
    knows to a few pixels, which is no likeness. The mean is taken twice, for a window without edges. An
    eighth of what the lines' tone lacks by it is made up, since it errs too.
"""

import torch.nn.functional as F
from torch import Tensor

RADIUS = 1 / 16
"""Half the square's side, in sides of the picture."""
TONE = 1 / 8
"""How much of the difference in tone is made up: 0 leaves the lines', 1 takes the prior's."""


def mean(x: Tensor) -> Tensor:
    """Means of (N, C, side, side) over the square around each pixel, likewise; beyond the edge, mirrored."""
    radius = max(1, round(RADIUS * x.shape[-1]))
    # One way after the other, since the time of a pool grows with its area.
    whole = F.pad(x, (radius,) * 4, mode="reflect")
    return F.avg_pool2d(F.avg_pool2d(whole, (2 * radius + 1, 1), 1), (1, 2 * radius + 1), 1)


def traced(drawn: Tensor, lines: Tensor) -> Tensor:
    """A drawing on given lines.

    Args:
        drawn: (N, 1, side, side) in [0, 1]: p.
        lines: Likewise: I.

    Returns:
        q, likewise.
    """
    return (lines + TONE * mean(mean(drawn) - mean(lines))).clamp(0, 1)

"""Tracing: lines of one drawing in the tone of another, which the prior drew.

With I the lines' drawing of the photo (`lines.py`), p the prior's, and means over a square around each pixel,

    a = max(cov(I, p) / (var(I) + eps), s),    b = mean(p) - a mean(I),    q = mean(a) I + mean(b)

Source: He, Sun, Tang, Guided image filtering (TPAMI 35(6), 2013), equations 5, 6 and 8.
Differs: a is at least s, so that lines stay where the tone is one: on skin that was filled.
Chosen: that a drawing guides; radius, eps and s, on pairs of CUHK held out of its training split, and by eye.
    A small prior knows where hair, skin and paper lie, and how dark they are in this hand; eyes and mouth it
    knows to a few pixels, which is no likeness.
"""

import torch.nn.functional as F
from torch import Tensor

RADIUS = 1 / 16
"""Half the square's side, in sides of the picture."""
EPSILON = 1e-4
SLOPE = 0.7


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
    centre, level = mean(lines), mean(drawn)
    a = (mean(lines * drawn) - centre * level) / (mean(lines**2) - centre**2 + EPSILON)
    a = a.clamp(min=SLOPE)
    return (mean(a) * lines + mean(level - a * centre)).clamp(0, 1)

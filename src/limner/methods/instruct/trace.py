"""Tracing: the lines of limner's own pencil, in the tone of what the prior drew.

With I the pencil's drawing of the photo, p the prior's, and means over a square around each pixel,

    a = max(cov(I, p) / (var(I) + eps), s),    b = mean(p) - a mean(I),    q = mean(a) I + mean(b)

Source: He, Sun, Tang, Guided image filtering (TPAMI 35(6), 2013), equations 5, 6 and 8.
Differs: a is at least s, so that lines stay where the tone is one: on skin that was filled.
Chosen: that a drawing guides, and which; radius, eps and s, on pairs of CUHK held out of its training split,
    s by eye too. A small prior knows where hair, skin and paper lie, and how dark they are in this hand; eyes
    and mouth it knows to a few pixels, which is no likeness.
"""

import json
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from limner import hub
from limner.frame import head
from limner.runtime import Net

PENCIL = "pencil"
"""The packaged style whose lines are traced."""
RADIUS = 1 / 32
"""Half the square's side, in sides of the picture."""
EPSILON = 1e-4
SLOPE = 0.4


def traced(drawn: Tensor, lines: Tensor) -> Tensor:
    """A drawing on given lines.

    Args:
        drawn: (N, 1, side, side) in [0, 1]: p.
        lines: Likewise: I.

    Returns:
        q, likewise.
    """
    radius = max(1, round(RADIUS * drawn.shape[-1]))

    def mean(x: Tensor) -> Tensor:
        return F.avg_pool2d(F.pad(x, (radius,) * 4, mode="reflect"), 2 * radius + 1, 1)

    centre, level = mean(lines), mean(drawn)
    a = (mean(lines * drawn) - centre * level) / (mean(lines**2) - centre**2 + EPSILON)
    a = a.clamp(min=SLOPE)
    return (mean(a) * lines + mean(level - a * centre)).clamp(0, 1)


def pencilled(photo: Tensor) -> Tensor:
    """The pencil's drawing of faces that stand as `limner.frame.head` says.

    Args:
        photo: (N, 3, side, side) in [0, 1].

    Returns:
        (N, 1, side, side) in [0, 1], on the photo's device.
    """
    net = _pencil()
    side, stride = photo.shape[-1], int(net.about["stride"])
    told = json.loads(net.about["frame"])
    eyes, ours = told["right_eye"][0] - told["left_eye"][0], head(side)
    scale = eyes / (ours.right_eye[0] - ours.left_eye[0])
    large = max(1, round(side * scale / stride)) * stride
    seen = F.interpolate(photo.float().cpu(), (large, large), mode="bicubic").clamp(0, 1)
    made = torch.from_numpy(net(seen.numpy()))
    return F.interpolate(made, (side, side), mode="area").to(photo.device, photo.dtype)


@lru_cache
def _pencil() -> Net:
    return Net(hub.packaged(hub.cards()[PENCIL]), f"the style {PENCIL}")

"""The network of the `matte` method, and how far a made matte is from the true one."""

import json
from collections.abc import Mapping

import torch.nn.functional as F
from torch import Tensor

from limner.methods.matte.config import Config
from limner.nn.generator import Generator

CELL = 8


def matter(config: Config) -> Generator:
    """The network that gives the matte."""
    return Generator(3, 1, config.widths, config.depth)


def build(about: Mapping[str, str]) -> Generator:
    """The untrained network, as a weight file tells of it.

    Args:
        about: Holds, as JSON, `config` with `widths` and `depth`.
    """
    told = json.loads(about["config"])
    return Generator(3, 1, tuple(told["widths"]), int(told["depth"]))


def excess(made: Tensor, true: Tensor) -> Tensor:
    """How far a made matte is off, signed; beyond 0 or 1 on the true side it is not off at all.

    Chosen: so the net, whose last layer is linear, answers as far past sure as it likes, and a cut to [0, 1]
    leaves person and backdrop whole.

    Args:
        made: (N, 1, H, W), any value.
        true: (N, 1, H, W) in [0, 1].
    """
    return made.where(true < 1, made.clamp(max=1)).where(true > 0, made.clamp(min=0)) - true


def slope_error(off: Tensor) -> Tensor:
    """Mean absolute difference of neighbours, across and down, of what a matte is off by: `E |grad(a - a')|`."""
    across = (off[..., :, 1:] - off[..., :, :-1]).abs().mean()
    return across + (off[..., 1:, :] - off[..., :-1, :]).abs().mean()


def coarse_error(off: Tensor) -> Tensor:
    """Mean absolute difference of the means over cells."""
    return F.avg_pool2d(off, CELL).abs().mean()

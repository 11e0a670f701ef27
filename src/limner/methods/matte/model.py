"""The network of the `matte` method, and how far a made matte is from the true one."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from limner.methods.matte.config import Config
from limner.nn.blocks import Up

FOLD = 4
"""Pixels a side that are folded into channels at first, and unfolded at last."""


class Norm(nn.Module):
    """Batch normalisation, which in use is a fixed scale and shift: a pixel's neighbourhood stays bounded.

    Source: Ioffe and Szegedy (ICML 2015). Differs from torch's: it keeps no count of batches, so that all it
    holds can be averaged.

    Args:
        width: Channels.
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("variance", torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Takes and gives (N, width, H, W)."""
        return F.batch_norm(x, self.mean, self.variance, self.weight, self.bias, self.training)


class Matter(nn.Module):
    """Photo to matte, a small U-Net.

    Chosen: it works at a quarter of the size and below, and the last layer unfolds 4 x 4; full size belongs
    to the guided filter of `limner.faces.matte`. Normalised by batches, the same with one finer level was
    further after 200 steps of 8 than the sketch generator, which is not normalised, after 400 of 6.

    Args:
        widths: Channels at 1/4, 1/8, 1/16, ... of the picture's size.
        depth: Residual blocks at the coarsest level.
    """

    def __init__(self, widths: Sequence[int], depth: int) -> None:
        super().__init__()
        self.levels, self.depth = len(widths), depth
        self.fold = nn.PixelUnshuffle(FOLD)
        self.stem = _layer(3 * FOLD**2, widths[0])
        self.encode = nn.ModuleList(_layer(w, w) for w in widths[:-1])
        self.down = nn.ModuleList(_layer(a, b, stride=2) for a, b in pairwise(widths))
        self.middle = nn.ModuleList(
            nn.Sequential(_layer(widths[-1], widths[-1]), _layer(widths[-1], widths[-1]))
            for _ in range(depth)
        )
        self.up = nn.ModuleList(Up(b, a) for a, b in zip(widths[-2::-1], widths[:0:-1], strict=True))
        self.decode = nn.ModuleList(_layer(w, w) for w in widths[-2::-1])
        self.last = nn.Conv2d(widths[0], FOLD**2, 3, padding=1)
        self.unfold = nn.PixelShuffle(FOLD)

    @property
    def stride(self) -> int:
        """Height and width must be multiples of this many pixels."""
        return FOLD * 2 ** (self.levels - 1)

    @property
    def radius(self) -> int:
        """A pixel's alpha depends on the photo at most this many pixels away (a multiple of the stride)."""
        cells = [FOLD * 2**level for level in range(self.levels)]
        reach = 2 * cells[0]  # the stem and the last layer
        reach += sum(3 * cell for cell in cells[:-1]) + sum(cells[1:])  # encode, down, decode, up
        reach += 2 * self.depth * cells[-1]
        return (reach // self.stride + 2) * self.stride

    def logits(self, x: Tensor) -> Tensor:
        """The matte before it is brought to [0, 1] by the logistic function; shapes as `forward`'s."""
        x = self.stem(self.fold(4 * x - 2))
        skips: list[Tensor] = []
        for block, down in zip(self.encode, self.down, strict=True):
            x = block(x)
            skips.append(x)
            x = down(x)
        for block in self.middle:
            x = x + block(x)
        for up, block, skip in zip(self.up, self.decode, reversed(skips), strict=True):
            x = block(up(x, skip))
        return self.unfold(self.last(x))

    def forward(self, x: Tensor) -> Tensor:
        """Gives the matte.

        Args:
            x: (N, 3, H, W) in [0, 1]; H and W multiples of `stride`.

        Returns:
            (N, 1, H, W) in [0, 1].
        """
        return torch.sigmoid(self.logits(x))


def _layer(width_in: int, width_out: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(width_in, width_out, 3, stride, padding=1, bias=False)
    nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
    return nn.Sequential(convolution, Norm(width_out), nn.ReLU())


def matter(config: Config) -> Matter:
    """The network that gives the matte."""
    return Matter(config.widths, config.depth)


def build(about: Mapping[str, str]) -> Matter:
    """The untrained network, as a weight file tells of it.

    Args:
        about: Holds, as JSON, `config` with `widths` and `depth`.
    """
    told = json.loads(about["config"])
    return Matter(tuple(told["widths"]), int(told["depth"]))


def slope_error(off: Tensor) -> Tensor:
    """Mean difference of neighbours, across and down, of what a matte (N, 1, H, W) is off by."""
    across = (off[..., :, 1:] - off[..., :, :-1]).abs().mean()
    return across + (off[..., 1:, :] - off[..., :-1, :]).abs().mean()

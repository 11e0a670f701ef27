"""The encoder of the teachers: four maps of a picture, at 1/2, 1/4, 1/8 and 1/16 of its size.

It is not normalised over the picture, so a place of a map depends on a bounded neighbourhood only.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from limner.nn.blocks import Residual, he_init


class Encoder(nn.Module):
    """Picture to maps, each of half the size of the one before.

    Chosen: one residual block a level and none at half size, where it would cost as much as all others.

    Args:
        widths: Channels at 1/2, 1/4, ... of the picture's size.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.fold = nn.PixelUnshuffle(2)
        self.stem = nn.Conv2d(12, widths[0], 3, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairwise(widths))
        self.blocks = nn.ModuleList(Residual(width) for width in widths[1:])
        he_init(self)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Gives the maps.

        Args:
            x: (N, 3, H, W), about zero and of variance about one; sides multiples of 2 to the number of maps.

        Returns:
            Of each width (N, width, h, w), finest first.
        """
        maps = [torch.relu(self.stem(self.fold(x)))]
        for down, block in zip(self.down, self.blocks, strict=True):
            maps.append(block(torch.relu(down(maps[-1]))))
        return maps

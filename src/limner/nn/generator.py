"""The generator: a small U-Net of residual blocks that works on any size, in tiles or whole.

A photo is folded 2 x 2 into channels, goes down to 1/16 of its size, is worked on there, and comes up
again through skips; the last layers work at full size, where the strokes are. Without normalisation,
an output pixel depends only on the photo within `radius` pixels of it.
"""

import copy
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from limner.nn.blocks import Residual, Up, he_init
from limner.nn.manner import Manner


class Trace(NamedTuple):
    """A drawing, and what the network saw on its way.

    Attributes:
        encoded: The encoder's maps at 1/2, 1/4, 1/8, ... of the size, the coarsest after the middle.
        decoded: The decoder's maps at 1/2, 1/4, 1/8, ...; the coarsest size has none.
        made: (N, channels_out, H, W), as `Generator.forward` gives it.
    """

    encoded: list[Tensor]
    decoded: list[Tensor]
    made: Tensor


class Generator(nn.Module):
    """Photo to sketch or sketch to photo, values in [0, 1] on both sides.

    Chosen: widths, depth and the 1x1 steps up, so that one 512 x 512 picture costs 13 GMAC, a fifteenth of
    the ResNet-9 with 64 channels of CycleGAN (Zhu et al., ICCV 2017).

    Args:
        channels_in: 3 for a photo, 1 for a sketch.
        channels_out: 1 for a sketch, 3 for a photo.
        widths: Channels at 1/2, 1/4, 1/8 and 1/16 of the picture's size.
        depth: Residual blocks at the coarsest level.
        hands: Artists between whom the decoder is told apart; 0 for one who is not named.
    """

    def __init__(
        self,
        channels_in: int = 3,
        channels_out: int = 1,
        widths: Sequence[int] = (32, 64, 128, 192),
        depth: int = 3,
        hands: int = 0,
    ) -> None:
        super().__init__()
        self.levels, self.depth = len(widths), depth
        fine = widths[0] // 2
        self.fold = nn.PixelUnshuffle(2)
        self.stem = nn.Conv2d(4 * channels_in, widths[0], 3, padding=1)
        self.encode = nn.ModuleList(Residual(w) for w in widths[:-1])
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairwise(widths))
        self.middle = nn.Sequential(*(Residual(widths[-1]) for _ in range(depth)))
        self.up = nn.ModuleList(Up(b, a) for a, b in zip(widths[-2::-1], widths[:0:-1], strict=True))
        self.decode = nn.ModuleList(Residual(w) for w in widths[-2::-1])
        coarse_to_fine = widths[::-1] if hands else ()
        self.manners = nn.ModuleList(Manner(hands, w) for w in coarse_to_fine)
        final = nn.Conv2d(fine, channels_out, 3, padding=1)
        self.last = nn.Sequential(
            nn.Conv2d(widths[0], fine, 1),
            nn.Upsample(scale_factor=2, mode="nearest"),
            nn.Conv2d(fine, fine, 3, padding=1),
            nn.ReLU(),
            final,
        )
        he_init(self)
        # Near grey at first.
        final.weight.data.mul_(0.05)
        final.bias.data.fill_(0.5)  # pyright: ignore[reportOptionalMemberAccess]

    @property
    def stride(self) -> int:
        """Height and width must be multiples of this many pixels."""
        return 2**self.levels

    @property
    def radius(self) -> int:
        """A made pixel depends on the photo at most this many pixels away (a multiple of the stride).

        Each 3x3 convolution reaches one cell further at its level's cell size, each step up one coarse cell.
        """
        cells = [2 * 2**level for level in range(self.levels)]
        reach = 2 + cells[0]  # two fine convolutions, the stem
        reach += sum(4 * cell + cell for cell in cells[:-1]) + sum(cells[1:])  # encode, decode, down, up
        reach += 2 * self.depth * cells[-1]
        return (reach // self.stride + 2) * self.stride

    def forward(self, x: Tensor, hand: Tensor | None = None) -> Tensor:
        """Draws.

        Args:
            x: (N, channels_in, H, W) in [0, 1]; H and W multiples of `stride`.
            hand: (N, hands), how much of each artist, one of them 1 and the others 0; None where the network
                knows only one.

        Returns:
            (N, channels_out, H, W) in [0, 1]. In training mode values are not cut to that range: where a cut
            or a sigmoid has no slope, a page that has once turned white would stay white.
        """
        return self.trace(x, hand).made

    def trace(self, x: Tensor, hand: Tensor | None = None) -> Trace:
        """Draws, and keeps the maps; arguments as for `forward`."""
        encoded: list[Tensor] = []
        decoded: list[Tensor] = []
        x = torch.relu(self.stem(self.fold(2 * x - 1)))
        for block, down in zip(self.encode, self.down, strict=True):
            encoded.append(block(x))
            x = torch.relu(down(encoded[-1]))
        x = self.middle(x)
        skips = encoded[::-1]
        encoded.append(x)
        x = self._by(hand, 0, x)
        for i, (up, block, skip) in enumerate(zip(self.up, self.decode, skips, strict=True)):
            x = self._by(hand, i + 1, block(up(x, skip)))
            decoded.append(x)
        made = self.last(x)
        return Trace(encoded, decoded[::-1], made if self.training else made.clamp(0, 1))

    def alone(self, hand: Tensor) -> "Generator":
        """The network that draws as one of its artists, and knows no others.

        A manner, y = (1 + g) x + b, comes before a 1 x 1 convolution, W y + c: one with the weights
        W (1 + g) and the bias c + W b does the same.

        Args:
            hand: (1, hands), 1 for the artist.
        """
        plain = copy.deepcopy(self)
        after = (*(cast(Up, up).project for up in plain.up), cast(nn.Conv2d, plain.last[0]))
        with torch.no_grad():
            for manner, conv in zip(cast("list[Manner]", self.manners), after, strict=True):
                bias = cast(Tensor, conv.bias)
                bias += conv.weight[..., 0, 0] @ manner.shift(hand)[0]
                conv.weight *= 1 + manner.gain(hand)[0][:, None, None]
        plain.manners = nn.ModuleList()
        return plain

    def _by(self, hand: Tensor | None, level: int, x: Tensor) -> Tensor:
        """A map, as the artist would have it."""
        return x if hand is None else self.manners[level](x, hand)

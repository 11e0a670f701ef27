"""The finder's network: a small convolutional net with one answer for each cell of 8 x 8 pixels."""

import json
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from limner.faces.find import CELL, FACE, FOUND, PLACE, SHIFTS, VOTE_UNIT, VOTES
from limner.methods.finder.config import Config
from limner.nn.blocks import Residual, he_init

CHANNELS = FACE.stop


class Finder(nn.Module):
    """Answers on two questions at once, cell by cell.

    First look, at any picture: is a face of 18 to 43 pixels centred here, where are its box and points?
    Second look, at one face upright and large: how much does this cell know of each point, and where is it?

    Args:
        width: Channels at an eighth of the size.
        depth: Residual blocks there.
    """

    def __init__(self, width: int = 64, depth: int = 5) -> None:
        super().__init__()
        self.depth = depth
        self.stem = nn.Sequential(
            nn.Conv2d(3, width // 4, 3, 2, 1),
            nn.ReLU(),
            nn.Conv2d(width // 4, width // 2, 3, 2, 1),
            nn.ReLU(),
            nn.Conv2d(width // 2, width, 3, 2, 1),
            nn.ReLU(),
        )
        self.body = nn.Sequential(*(Residual(width) for _ in range(depth)), nn.ReLU())
        self.head = nn.Conv2d(width, CHANNELS, 1)
        he_init(self)
        self.head.weight.data.mul_(0.05)
        # At first, hardly any cell holds a face (Lin et al., Focal loss, ICCV 2017, section 4.1).
        self.head.bias.data[FOUND] = -4.0  # pyright: ignore[reportOptionalMemberAccess]

    @property
    def stride(self) -> int:
        """Height and width must be multiples of this many pixels."""
        return CELL

    @property
    def radius(self) -> int:
        """An answer depends on the picture at most this many pixels away from its cell."""
        return CELL * (2 * self.depth + 2)

    def raw(self, x: Tensor) -> Tensor:
        """As a call, with logits in the place of probabilities."""
        return self.head(self.body(self.stem(2 * x - 1)))

    def forward(self, x: Tensor) -> Tensor:
        """Looks.

        Args:
            x: (N, 3, H, W) in [0, 1]; H and W multiples of `stride`.

        Returns:
            (N, 31, H/8, W/8): the probability that a face is centred in the cell; x0, y0, x1, y1 and the five
            points of that face from the cell's centre, in 32 pixels; the logarithm of each point's vote,
            over 8; where that vote places the point from the cell's centre, in 16 pixels; the probability
            that a view centred here shows a face.
        """
        y = self.raw(x)
        found, sure = torch.sigmoid(y[:, FOUND]), torch.sigmoid(y[:, FACE])
        return torch.cat([found, y[:, PLACE], y[:, VOTES] / VOTE_UNIT, y[:, SHIFTS], sure], 1)


def network(config: Config) -> Finder:
    """The untrained network."""
    return Finder(config.width, config.depth)


def build(about: Mapping[str, str]) -> Finder:
    """The untrained network, as a weight file tells of it.

    Args:
        about: Holds, as JSON, `config` with `width` and `depth`.
    """
    told = json.loads(about["config"])
    return Finder(int(told["width"]), int(told["depth"]))

"""The finder's networks: small convolutional nets with one answer for each cell of the picture.

`Finder` finds faces, in cells of 8 x 8 pixels; `Points` places the points of a face, in cells of 4 x 4.
"""

import json
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from limner.faces.find import CELL, FACE, FOUND, NEAR_CELL, NEAR_SHIFTS, PLACE, SHIFTS, VOTE_UNIT, VOTES
from limner.nn.blocks import Residual, Up, he_init

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


class Points(nn.Module):
    """Answers where the five points of a face are: how much each cell knows of each, and where it places it.

    Finer cells than the `Finder`'s, and a way down and up again, by which each sees the whole face.

    Args:
        width: Channels at a quarter of the size; twice as many at an eighth and a sixteenth.
    """

    stride = 4 * NEAR_CELL
    """Height and width must be multiples of this many pixels."""
    radius = 208
    """An answer depends on the picture at most this many pixels away from its cell."""

    def __init__(self, width: int = 40) -> None:
        super().__init__()
        relu = nn.ReLU()
        self.stem = nn.Sequential(
            nn.Conv2d(3, width // 2, 3, 2, 1),
            relu,
            nn.Conv2d(width // 2, width, 3, 2, 1),
            relu,
            *(Residual(width) for _ in range(2)),
        )
        self.down = nn.Sequential(relu, nn.Conv2d(width, 2 * width, 3, 2, 1), relu, Residual(2 * width))
        self.low = nn.Sequential(
            relu, nn.Conv2d(2 * width, 2 * width, 3, 2, 1), relu, *(Residual(2 * width) for _ in range(2))
        )
        self.up = Up(2 * width, 2 * width)
        self.top = Up(2 * width, width)
        self.last = nn.Sequential(relu, *(Residual(width) for _ in range(2)), relu)
        self.head = nn.Conv2d(width, NEAR_SHIFTS.stop, 1)
        he_init(self)
        self.head.weight.data.mul_(0.05)

    def forward(self, x: Tensor) -> Tensor:
        """Looks.

        Args:
            x: (N, 3, H, W) in [0, 1]; H and W multiples of `stride`.

        Returns:
            (N, 15, H/4, W/4): the logarithm of each point's vote, over 64; where that vote places the point
            from the cell's centre, in 128 pixels.
        """
        fine = self.stem(2 * x - 1)
        middle = self.down(fine)
        # Far cells place points a whole view away: in these units all answers are of the order of 1, as
        # `limner export` expects, which compares them with those of torch.
        return self.head(self.last(self.top(self.up(self.low(middle), middle), fine))) / 16


def build(about: Mapping[str, str]) -> Finder | Points:
    """The untrained network, as a weight file tells of it.

    Args:
        about: Holds, as JSON, `config` with `width` and `depth`; of stage `points`, `near` and there `width`.
    """
    told = json.loads(about["config"])
    # Files from before there were stages hold the finder.
    if told.get("stage") == "points":
        return Points(int(told["near"]["width"]))
    return Finder(int(told["width"]), int(told["depth"]))

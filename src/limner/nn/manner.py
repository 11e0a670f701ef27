"""An artist's manner: what one hand changes in a network that many artists share."""

from torch import Tensor, nn


class Manner(nn.Module):
    """`y_c = (1 + g_c(a)) x_c + b_c(a)`: each channel c stronger or weaker, and shifted, for artist a.

    Source: Dumoulin, Shlens, Kudlur, A learned representation for artistic style (ICLR 2017), equation 5.
    Differs: nothing is normalised first, so that a drawn pixel depends on a bounded neighbourhood; both start
    at zero, so that all artists begin alike.

    Args:
        hands: Number of artists.
        width: Channels of x.
    """

    def __init__(self, hands: int, width: int) -> None:
        super().__init__()
        self.gain = nn.Linear(hands, width, bias=False)
        self.shift = nn.Linear(hands, width, bias=False)
        nn.init.zeros_(self.gain.weight)
        nn.init.zeros_(self.shift.weight)

    def forward(self, x: Tensor, hand: Tensor) -> Tensor:
        """Takes (N, width, H, W) and the share (N, hands) of each artist; gives the former's shape."""
        return x + self.gain(hand)[..., None, None] * x + self.shift(hand)[..., None, None]

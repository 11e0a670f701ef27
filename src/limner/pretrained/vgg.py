"""The convolutions of VGG-16 and VGG-19, and the layers that metrics and losses take from them.

Names of parameters are those of torchvision's file, whose classifier is left out.
"""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = (64, 128, 256, 512, 512)
"""Channels a stage."""


class L2Pool(nn.Module):
    """Halves a layer by the root of the windowed mean of its squares, which does not alias as a maximum does.

    Source: Henaff and Simoncelli, "Geodesics of learned representations" (ICLR 2016), as in DISTS: a 3 x 3
        Hann window (1/4, 1/2, 1/4) on either axis.
    """

    window: Tensor

    def __init__(self) -> None:
        super().__init__()
        taps = torch.tensor([0.25, 0.5, 0.25])
        self.register_buffer("window", torch.outer(taps, taps), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Takes (N, C, H, W); gives (N, C, ceil(H / 2), ceil(W / 2))."""
        channels = x.shape[1]
        window = self.window.expand(channels, 1, 3, 3)
        return torch.sqrt(F.conv2d(x * x, window, stride=2, padding=1, groups=channels) + 1e-12)


class VGG(nn.Module):
    """Picture to one rectified layer of each of five stages.

    Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition"
        (ICLR 2015), configurations D (VGG-16) and E (VGG-19).

    Args:
        depths: Convolutions of each stage; of the last, those up to its tap are enough.
        taps: After which convolution of each stage its layer is taken, from 1.
        pool: Makes what halves the size between stages: a maximum over 2 x 2 in the paper, `L2Pool` in DISTS.
    """

    def __init__(
        self,
        depths: Sequence[int],
        taps: Sequence[int],
        pool: Callable[[], nn.Module] = lambda: nn.MaxPool2d(2),
    ) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        self.ends: list[int] = []
        given = 3
        for depth, tap, width in zip(depths, taps, WIDTHS, strict=True):
            if parts:
                parts.append(pool())
            self.ends.append(len(parts) + 2 * tap - 1)
            for _ in range(depth):
                parts += [nn.Conv2d(given, width, 3, padding=1), nn.ReLU()]
                given = width
        self.features = nn.Sequential(*parts)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Takes (N, 3, H, W), normalised, sides >= 16; gives five layers (N, C, h, w)."""
        layers: list[Tensor] = []
        for i, part in enumerate(self.features):
            x = part(x)
            if i in self.ends:
                layers.append(x)
        return layers


def vgg16(pool: Callable[[], nn.Module] = lambda: nn.MaxPool2d(2)) -> VGG:
    """VGG-16 to the end of each stage, as LPIPS and DISTS see through it."""
    return VGG((2, 2, 3, 3, 3), (2, 2, 3, 3, 3), pool)


def vgg19() -> VGG:
    """VGG-19 to the first layer of each stage, and no further.

    Source: the layers are those whose statistics Gatys et al. match (Image style transfer using convolutional
    neural networks, CVPR 2016, section 2).
    """
    return VGG((2, 2, 4, 4, 1), (1, 1, 1, 1, 1))

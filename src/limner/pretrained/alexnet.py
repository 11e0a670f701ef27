"""AlexNet's convolutions, and the five layers that LPIPS takes from them.

Names of parameters are those of torchvision's file, whose classifier is left out.
"""

from collections.abc import Sequence

from torch import Tensor, nn

WIDTHS = (64, 192, 384, 256, 256)


class AlexNet(nn.Module):
    """Picture to its rectified answers after each of five convolutions.

    Source: Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (arXiv 1404.5997,
        2014), the variant on one device.

    Args:
        widths: Channels after each convolution.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        a, b, c, d, e = widths
        self.features = nn.Sequential(
            nn.Conv2d(3, a, 11, stride=4, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(a, b, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(b, c, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(c, d, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(d, e, 3, padding=1),
            nn.ReLU(),
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        """Takes (N, 3, H, W), normalised, sides >= 31; gives five layers (N, C, h, w)."""
        layers: list[Tensor] = []
        for part in self.features:
            x = part(x)
            if isinstance(part, nn.ReLU):
                layers.append(x)
        return layers

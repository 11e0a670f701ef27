"""The patch discriminator: is each 70 x 70 patch of this pair drawn by the artist or made?"""

from torch import Tensor, nn


class PatchGAN(nn.Module):
    """One score a patch, for a photo and a sketch stacked along the channels.

    Source: Isola et al., Image-to-image translation with conditional adversarial networks (CVPR 2017),
    section 3.2.2: C64-C128-C256-C512, 4x4 convolutions, leaky ReLU 0.2.
    Differs: instance instead of batch normalisation, as later work of the same family does; a width of 32
    where the paper has 64, which costs a quarter.

    Args:
        channels: Channels of the stacked pair.
        width: Channels of the first layer.
    """

    def __init__(self, channels: int = 4, width: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for i, stride in enumerate((2, 2, 1)):
            a, b = width * 2**i, width * 2 ** (i + 1)
            layers += [nn.Conv2d(a, b, 4, stride, 1), nn.InstanceNorm2d(b), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, 1, 1))

    def features(self, pair: Tensor) -> list[Tensor]:
        """What each layer makes of a pair, after its rectifier; the last are the scores that a call gives."""
        made: list[Tensor] = []
        x = 2 * pair - 1
        for layer in self.layers:
            x = layer(x)
            if isinstance(layer, nn.LeakyReLU):
                made.append(x)
        return [*made, x]

    def forward(self, pair: Tensor) -> Tensor:
        """Takes (N, channels, H, W) in [0, 1], H and W at least 32; gives (N, 1, H/8 - 2, W/8 - 2)."""
        return self.features(pair)[-1]

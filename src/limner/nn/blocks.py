"""Building blocks of the generators: a residual block and a step up, both without normalisation.

Neither reads statistics of the whole picture, so an output pixel depends on a bounded neighbourhood
only: any size can be drawn, and tiles equal the whole.
"""

from torch import Tensor, nn


def he_init(net: nn.Module) -> None:
    """Starts all convolutions of a network so that a signal neither grows nor fades from layer to layer.

    Without normalisation, PyTorch's own start would shrink it sixfold in variance at each layer.
    Source: He et al., Delving deep into rectifiers (ICCV 2015), equation 10; biases zero. The second
    convolution of a `Residual` starts at a tenth of that.

    Args:
        net: Changed in place.
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for module in net.modules():
        if isinstance(module, Residual):
            module.second.weight.data.mul_(0.1)


class Residual(nn.Module):
    """`y = x + conv(relu(conv(x)))`, the second convolution started small.

    Source: He et al., Deep residual learning (CVPR 2016).
    Differs: no normalisation; the second convolution starts at a tenth of its usual size instead, which
    keeps a deep stack near the identity when training begins (the idea of Zhang et al., Fixup, ICLR 2019).
    `he_init` of the whole network comes first.

    Args:
        width: Channels in and out.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Takes and gives (N, width, H, W)."""
        return x + self.second(self.relu(self.first(x)))


class Up(nn.Module):
    """A 1x1 convolution, then twice the size by linear interpolation, plus the encoder's map of that size.

    Resizing before the next convolution, instead of a transposed one, leaves no checkerboard.
    Source: Odena et al., Deconvolution and checkerboard artifacts (Distill 2016).
    Chosen: linear, because repeated pixels of the coarse levels showed as steps along cheeks and hair.

    Args:
        width_in: Channels of the coarse map.
        width_out: Channels of the fine map and of the skip.
    """

    def __init__(self, width_in: int, width_out: int) -> None:
        super().__init__()
        self.project = nn.Conv2d(width_in, width_out, 1)
        self.resize = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """Takes (N, width_in, H, W) and (N, width_out, 2H, 2W), gives the latter's shape."""
        return self.resize(self.project(x)) + skip

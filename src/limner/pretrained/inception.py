"""Inception-v3 up to its last pool, in the variant that FID is defined by.

    stem -> 3 x A (35 x 35) -> Reduce -> 4 x C (17 x 17) -> Reduce -> 2 x E (8 x 8) -> mean: 2048 numbers

Names of modules are those of the published file, so that its parameters load by name; the classifier is left
out.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Pool = Callable[[Tensor], Tensor]


def mean_pool(x: Tensor) -> Tensor:
    """Mean over 3 x 3; zeros beyond the border do not count, as in TensorFlow."""
    return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


def max_pool(x: Tensor) -> Tensor:
    """Maximum over 3 x 3."""
    return F.max_pool2d(x, 3, stride=1, padding=1)


class Conv(nn.Module):
    """Convolution without bias, batch normalisation, rectifier.

    Args:
        given: Channels that go in.
        width: Channels that come out.
        size: Of the window, (height, width) if it is no square.
        stride: Pixels from window to window.
        inside: Whether only windows that lie in the picture whole count, as always with a stride.
    """

    def __init__(
        self, given: int, width: int, size: int | tuple[int, int], stride: int = 1, *, inside: bool = False
    ) -> None:
        super().__init__()
        height, across = (size, size) if isinstance(size, int) else size
        padding = (0, 0) if inside or stride > 1 else (height // 2, across // 2)
        self.conv = nn.Conv2d(given, width, (height, across), stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(width, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        """Takes (N, given, H, W); gives (N, width, h, w)."""
        return F.relu(self.bn(self.conv(x)))


class A(nn.Module):
    """1 x 1, 5 x 5, twice 3 x 3, and pooled; gives 224 channels and `pooled`."""

    def __init__(self, given: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = Conv(given, 64, 1)
        self.branch5x5_1, self.branch5x5_2 = Conv(given, 48, 1), Conv(48, 64, 5)
        self.branch3x3dbl_1, self.branch3x3dbl_2 = Conv(given, 64, 1), Conv(64, 96, 3)
        self.branch3x3dbl_3 = Conv(96, 96, 3)
        self.branch_pool = Conv(given, pooled, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Takes (N, given, H, W); gives (N, 224 + pooled, H, W)."""
        five = self.branch5x5_2(self.branch5x5_1(x))
        three = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), five, three, self.branch_pool(mean_pool(x))], 1)


class B(nn.Module):
    """Halves the size: 3 x 3, twice 3 x 3, and the maximum; from 288 to 768 channels."""

    def __init__(self) -> None:
        super().__init__()
        self.branch3x3 = Conv(288, 384, 3, stride=2)
        self.branch3x3dbl_1, self.branch3x3dbl_2 = Conv(288, 64, 1), Conv(64, 96, 3)
        self.branch3x3dbl_3 = Conv(96, 96, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """Takes (N, 288, H, W); gives (N, 768, h, w)."""
        three = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), three, F.max_pool2d(x, 3, stride=2)], 1)


class C(nn.Module):
    """1 x 1, 7 x 7 once and twice, each as 1 x 7 and 7 x 1, and pooled; keeps 768 channels."""

    def __init__(self, width: int) -> None:
        super().__init__()
        wide, high = (1, 7), (7, 1)
        self.branch1x1 = Conv(768, 192, 1)
        self.branch7x7_1, self.branch7x7_2 = Conv(768, width, 1), Conv(width, width, wide)
        self.branch7x7_3 = Conv(width, 192, high)
        self.branch7x7dbl_1, self.branch7x7dbl_2 = Conv(768, width, 1), Conv(width, width, high)
        self.branch7x7dbl_3, self.branch7x7dbl_4 = Conv(width, width, wide), Conv(width, width, high)
        self.branch7x7dbl_5 = Conv(width, 192, wide)
        self.branch_pool = Conv(768, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Takes and gives (N, 768, H, W)."""
        once = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        twice = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        twice = self.branch7x7dbl_5(self.branch7x7dbl_4(twice))
        return torch.cat([self.branch1x1(x), once, twice, self.branch_pool(mean_pool(x))], 1)


class D(nn.Module):
    """Halves the size: 3 x 3, 7 x 7 and 3 x 3, and the maximum; from 768 to 1280 channels."""

    def __init__(self) -> None:
        super().__init__()
        self.branch3x3_1, self.branch3x3_2 = Conv(768, 192, 1), Conv(192, 320, 3, stride=2)
        self.branch7x7x3_1, self.branch7x7x3_2 = Conv(768, 192, 1), Conv(192, 192, (1, 7))
        self.branch7x7x3_3, self.branch7x7x3_4 = Conv(192, 192, (7, 1)), Conv(192, 192, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """Takes (N, 768, H, W); gives (N, 1280, h, w)."""
        seven = self.branch7x7x3_4(self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x))))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), seven, F.max_pool2d(x, 3, stride=2)], 1)


class E(nn.Module):
    """1 x 1, 3 x 3 once and twice, each split into 1 x 3 beside 3 x 1, and pooled; gives 2048 channels."""

    def __init__(self, given: int, pool: Pool) -> None:
        super().__init__()
        self.pool = pool
        self.branch1x1 = Conv(given, 320, 1)
        self.branch3x3_1 = Conv(given, 384, 1)
        self.branch3x3_2a, self.branch3x3_2b = Conv(384, 384, (1, 3)), Conv(384, 384, (3, 1))
        self.branch3x3dbl_1, self.branch3x3dbl_2 = Conv(given, 448, 1), Conv(448, 384, 3)
        self.branch3x3dbl_3a, self.branch3x3dbl_3b = Conv(384, 384, (1, 3)), Conv(384, 384, (3, 1))
        self.branch_pool = Conv(given, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Takes (N, given, H, W); gives (N, 2048, H, W)."""
        once = self.branch3x3_1(x)
        twice = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        split = [self.branch3x3_2a(once), self.branch3x3_2b(once)]
        split += [self.branch3x3dbl_3a(twice), self.branch3x3dbl_3b(twice)]
        return torch.cat([self.branch1x1(x), *split, self.branch_pool(self.pool(x))], 1)


class Inception(nn.Module):
    """Picture to the 2048 numbers of the last pool.

    Source: Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, "Rethinking the Inception architecture for computer
        vision" (CVPR 2016).
    Differs, as does the network of 2015-12-05 that FID's authors took: pooled branches take the mean without
        what lies beyond the border, and that of the last block the maximum.
    Chosen: pictures are brought to 299 x 299 by plain bilinear interpolation, as pytorch-fid does.
        TensorFlow's own differs by a fraction of a pixel, and neither smooths before it shrinks.
    """

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(3, 32, 3, stride=2)
        self.Conv2d_2a_3x3 = Conv(32, 32, 3, inside=True)
        self.Conv2d_2b_3x3 = Conv(32, 64, 3)
        self.Conv2d_3b_1x1 = Conv(64, 80, 1)
        self.Conv2d_4a_3x3 = Conv(80, 192, 3, inside=True)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = A(192, 32), A(256, 64), A(288, 64)
        self.Mixed_6a = B()
        self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e = C(128), C(160), C(160), C(192)
        self.Mixed_7a = D()
        self.Mixed_7b, self.Mixed_7c = E(1280, mean_pool), E(2048, max_pool)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Takes (N, 3, H, W) in [-1, 1], any size; gives one layer (N, 2048, 1, 1)."""
        x = F.interpolate(x, size=(299, 299), mode="bilinear", align_corners=False)
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(F.max_pool2d(x, 3, stride=2)))
        x = F.max_pool2d(x, 3, stride=2)
        for block in (self.Mixed_5b, self.Mixed_5c, self.Mixed_5d, self.Mixed_6a, self.Mixed_6b):
            x = block(x)
        for block in (self.Mixed_6c, self.Mixed_6d, self.Mixed_6e, self.Mixed_7a):
            x = block(x)
        x = self.Mixed_7c(self.Mixed_7b(x))
        return [x.mean((2, 3), keepdim=True)]

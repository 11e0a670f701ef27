"""Are strokes as strong as the artist's where the artist has them, wherever each single one lies?

An L1 distance punishes a stroke beside the artist's twice, once for lying here and once for lacking there, so
the safest answer to hair is a flat tone. What an artist's hair has for certain is how much neighbours
in it differ. With |d_x y| and |d_y y| the differences of neighbours across and down, M_k the mean over
windows of k x k pixels, half overlapping, and y_s the picture with areas of s x s pixels averaged:

    c_s(y) = M_(w/s) (|d_x y_s|, |d_y y_s|)                    local contrast
    L_tex = 1/2 sum_(s in {1, 2}) E |c_s(y) - c_s(G(x))|

Chosen: all of it; in the spirit of Portilla and Simoncelli, A parametric texture model based on joint
statistics of complex wavelet coefficients (IJCV 2000), reduced to the one statistic that drawings lacked.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

WINDOW = 32
"""w, in pixels: a few strokes wide in a frame of 400 x 500."""
SCALES = (1, 2)


def texture_loss(real: Tensor, made: Tensor) -> Tensor:
    """L_tex, a scalar.

    Args:
        real: The artist's picture y, (N, C, H, W), H and W at least 34.
        made: The made one, as `real`.
    """
    apart = [(_contrast(real, s) - _contrast(made, s)).abs().mean() for s in SCALES]
    return torch.stack(apart).mean()


def _contrast(picture: Tensor, scale: int) -> Tensor:
    """c_s: (N, 2 C, h, w), the mean difference of neighbours across, then down, window by window."""
    y = F.avg_pool2d(picture, scale)
    here = y[..., 1:, 1:]
    across, down = (here - y[..., 1:, :-1]).abs(), (here - y[..., :-1, 1:]).abs()
    side = WINDOW // scale
    return F.avg_pool2d(torch.cat([across, down], 1), side, side // 2)

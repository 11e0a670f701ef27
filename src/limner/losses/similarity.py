"""Structural similarity as a loss: lines must stay where they are, as strong as they are.

With w an 11 x 11 Gaussian window of sigma 1.5 that sums to one, mu = w * x and so on, channel by channel:

    L_ssim = 1 - E (2 mu_x mu_y + C1) (2 cov + C2) / ((mu_x^2 + mu_y^2 + C1) (var_x + var_y + C2)),
    C1 = 0.01^2,  C2 = 0.03^2

over the pixels whose whole window lies inside the picture, as the metric `limner.metrics.ssim` counts them.

Source: Wang, Bovik, Sheikh, Simoncelli, Image quality assessment: from error visibility to structural
similarity (IEEE TIP 2004), equation 13; as a loss: Zhao et al., Loss functions for image restoration with
neural networks (IEEE TCI 2017).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

WINDOW, SIGMA = 11, 1.5
C1, C2 = 0.01**2, 0.03**2


def similarity_loss(real: Tensor, made: Tensor) -> Tensor:
    """L_ssim, a scalar in [0, 2], 0 for equal pictures; in float32, since variances cancel in half of that.

    Args:
        real: The true picture, (N, C, H, W) in [0, 1], H and W at least 11.
        made: The made one, as `real`; it may leave [0, 1].
    """
    with torch.autocast(real.device.type, enabled=False):
        x, y = real.float(), made.float()
        mu_x, mu_y = _windowed(x), _windowed(y)
        cov = _windowed(x * y) - mu_x * mu_y
        energy = mu_x.square() + mu_y.square()
        variances = _windowed(x.square() + y.square()) - energy
        similar = (2 * mu_x * mu_y + C1) * (2 * cov + C2) / ((energy + C1) * (variances + C2))
        return 1 - similar.mean()


def _windowed(picture: Tensor) -> Tensor:
    """W * picture where the window lies inside: (N, C, H - 10, W - 10)."""
    places = torch.arange(WINDOW, dtype=picture.dtype, device=picture.device) - WINDOW // 2
    weights = torch.exp(-places.square() / (2 * SIGMA**2))
    channels = picture.shape[1]
    row = (weights / weights.sum()).expand(channels, 1, 1, WINDOW)
    across = F.conv2d(picture, row, groups=channels)
    return F.conv2d(across, row.transpose(2, 3), groups=channels)

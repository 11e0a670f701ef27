"""The least-squares adversarial losses, and what else a discriminator can teach.

Source: Mao et al., Least squares generative adversarial networks (ICCV 2017), equation 9 (a=0, b=c=1);
Wang et al., High-resolution image synthesis and semantic manipulation with conditional GANs (pix2pixHD, CVPR
2018), equation 4.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def discriminator_loss(real: Tensor, made: Tensor) -> Tensor:
    """`L_D = 1/2 E[(D(real) - 1)^2] + 1/2 E[D(made)^2]`, a scalar.

    Args:
        real: The discriminator's scores of real pictures, any shape.
        made: Its scores of made ones (from detached pictures), any shape.
    """
    return 0.5 * (real - 1).square().mean() + 0.5 * made.square().mean()


def generator_loss(made: Tensor) -> Tensor:
    """`L_G = 1/2 E[(D(made) - 1)^2]`, a scalar.

    Args:
        made: The discriminator's scores of made pictures, any shape.
    """
    return 0.5 * (made - 1).square().mean()


def matching_loss(real: Sequence[Tensor], made: Sequence[Tensor]) -> Tensor:
    """`L_FM = 1/T sum_i |D_i(real) - D_i(made)|_1 / N_i`, a scalar: both look alike to the discriminator.

    Differs: the mean over the T layers, where the paper has the sum.

    Args:
        real: The discriminator's features of the real picture, layer by layer; no gradient goes there.
        made: Those of the made one, the same shapes.
    """
    pairs = zip(real, made, strict=True)
    return torch.stack([(r.detach() - m).abs().mean() for r, m in pairs]).mean()

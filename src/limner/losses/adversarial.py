"""The least-squares adversarial losses.

Source: Mao et al., Least squares generative adversarial networks (ICCV 2017), equation 9 (a=0, b=c=1).
"""

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

"""The perceptual loss: two pictures are alike where a trained network sees them alike.

Source: Johnson, Alahi and Fei-Fei, Perceptual losses for real-time style transfer and super-resolution (ECCV
2016), equation 2.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def perceptual_loss(real: Sequence[Tensor], made: Sequence[Tensor]) -> Tensor:
    """`L = 1/J sum_j |phi_j(real) - phi_j(made)|_2^2 / (C_j H_j W_j)`, a scalar.

    Differs: the mean over J layers, where the paper takes one.

    Args:
        real: What a network sees in the real picture, phi_1 to phi_J; no gradient goes there.
        made: What it sees in the made one, the same shapes.
    """
    pairs = zip(real, made, strict=True)
    return torch.stack([(r.detach() - m).square().mean() for r, m in pairs]).mean()

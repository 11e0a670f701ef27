"""Learned perceptual similarity: how far apart are two pictures for a network that knows objects?

With u^x_l = x_l / (|x_l| + eps) the layer l of picture x, (C, h, w), brought to unit length over its
channels, and w_l >= 0 learned from people's judgements,

    LPIPS = sum_l mean_hw sum_c w_lc (u^x_lc - u^y_lc)^2
"""

import numpy as np
import numpy.typing as npt

from limner.metrics.check import Colour, check_pair
from limner.metrics.deep import SMALLEST, Features, Layer

EPSILON = 1e-10


def lpips(real: Colour, made: Colour, features: Features) -> float:
    """Learned perceptual distance of two pictures; symmetric, 0 for equal ones.

    Args:
        real: The reference picture x, uint8 of shape (H, W, 3), values 0 to 255, sides >= 32.
        made: The picture y that is judged, as `real`.
        features: Five layers and a weight (C,) a layer: network "lpips-alex" or "lpips-vgg" of
            `limner.pretrained`. Scores of the two are not comparable.

    Returns:
        The distance from 0 up; lower is more alike.

    Raises:
        TypeError: If a picture is not a uint8 array.
        MetricError: If a picture is not (H, W, 3), is too small, or the shapes differ.

    Source: Zhang, Isola, Efros, Shechtman, Wang, "The unreasonable effectiveness of deep features as a
        perceptual metric", CVPR 2018, equation 1, with the weights of version 0.1 ("lin").
    Chosen: epsilon is that of the authors' program.
    """
    check_pair(real, made, SMALLEST, colour=True)
    total = 0.0
    for x, y, weight in zip(features(real), features(made), features.weights, strict=True):
        apart = _unit(x) - _unit(y)
        total += float(weight @ (apart * apart).mean((1, 2)))
    return total


def _unit(layer: Layer) -> npt.NDArray[np.float64]:
    """u, of unit length over the channels wherever the layer answers at all, (C, h, w)."""
    x = layer.astype(np.float64)
    return x / (np.sqrt((x * x).sum(0)) + EPSILON)

"""Structure and texture similarity: do two pictures agree in each channel's mean and in what varies with it?

With mu, s^2 and c the mean, variance and covariance of a channel over all of its pixels, for the picture
itself (l = 0) and five layers of a network,

    texture_lc   = (2 mu_x mu_y + c1) / (mu_x^2 + mu_y^2 + c1)
    structure_lc = (2 c_xy + c2) / (s_x^2 + s_y^2 + c2)

    DISTS = 1 - sum_lc (alpha_lc texture_lc + beta_lc structure_lc),        sum_lc (alpha_lc + beta_lc) = 1
"""

import numpy as np
import numpy.typing as npt

from limner.metrics.check import Colour, check_pair
from limner.metrics.deep import SMALLEST, Features, Layer

C1 = C2 = 1e-6


def dists(real: Colour, made: Colour, features: Features) -> float:
    """Structure and texture distance of two pictures; symmetric, 0 for equal ones.

    Args:
        real: The reference picture x, uint8 of shape (H, W, 3), values 0 to 255, sides >= 32.
        made: The picture y that is judged, as `real`.
        features: The picture in [0, 1] and five layers, with alpha and beta, (2, C), a layer: network "dists"
            of `limner.pretrained`. They need not sum to one yet.

    Returns:
        The distance in [0, 2]; lower is more alike. Only opposed structure brings it above 1.

    Raises:
        TypeError: If a picture is not a uint8 array.
        MetricError: If a picture is not (H, W, 3), is too small, or the shapes differ.

    Source: Ding, Ma, Wang, Simoncelli, "Image quality assessment: unifying structure and texture similarity",
        IEEE TPAMI 2022.
    Differs: The paper brings the shorter side to 256 pixels first; faces are scored at the size they have.
    """
    check_pair(real, made, SMALLEST, colour=True)
    similar = weights = 0.0
    for x, y, (alpha, beta) in zip(features(real), features(made), features.weights, strict=True):
        texture, structure = _similarities(x, y)
        similar += float(alpha @ texture + beta @ structure)
        weights += float(alpha.sum(dtype=np.float64) + beta.sum(dtype=np.float64))
    return 1 - similar / weights


def _similarities(x: Layer, y: Layer) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """texture_l and structure_l of a layer, (C,) each."""
    u, v = (layer.reshape(len(layer), -1).astype(np.float64) for layer in (x, y))
    mu_x, mu_y = u.mean(1), v.mean(1)
    u, v = u - mu_x[:, None], v - mu_y[:, None]
    texture = (2 * mu_x * mu_y + C1) / (mu_x**2 + mu_y**2 + C1)
    structure = (2 * (u * v).mean(1) + C2) / ((u * u).mean(1) + (v * v).mean(1) + C2)
    return texture, structure

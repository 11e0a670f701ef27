"""Kernel inception distance: how far apart are two sets of pictures, with no Gaussian assumed?

The squared maximum mean discrepancy of a network's features under a cubic kernel, in its unbiased estimator
(a picture is never compared with itself):

    k(x, y) = (x . y / d + 1)^3

    KID = sum_{i != j} k(x_i, x_j) / (n (n - 1)) + sum_{i != j} k(y_i, y_j) / (m (m - 1))
        - 2 sum_{ij} k(x_i, y_j) / (n m)
"""

import numpy as np
import numpy.typing as npt

from limner.metrics.check import Numbers, check_rows


def kid(real: Numbers, made: Numbers) -> float:
    """Unbiased kernel distance of two sets of features; symmetric.

    Args:
        real: Features of the real pictures, (n, d), n >= 2; for the published score, of Inception's last pool
            (`limner.pretrained`, network "inception", d = 2048).
        made: Features of the made pictures, (m, d), m >= 2.

    Returns:
        The distance; lower is more alike. Its expectation is 0 for sets from one source, so a score may lie a
        little below 0. Unlike FID it does not grow as the sets shrink.

    Raises:
        TypeError: If either is not an array of numbers.
        MetricError: If either is not (n, d) or not finite, has fewer than two rows, or the widths differ.

    Source: Binkowski, Sutherland, Arbel, Gretton, "Demystifying MMD GANs", ICLR 2018.
    Chosen: All pictures at once. Common programs average the same estimator over random subsets (100 of 1000
        pictures), which has the same expectation and more noise. Not multiplied by 100 or 1000 as some
        tables do.
    """
    check_rows("real", real, (None, None), least=2)
    check_rows("made", made, (None, real.shape[1]), least=2)
    x, y = real.astype(np.float64), made.astype(np.float64)
    return _among(x) + _among(y) - 2 * float(_kernel(x, y).mean())


def _kernel(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The kernel of every row with every row, (n, m)."""
    return (x @ y.T / x.shape[1] + 1) ** 3


def _among(x: npt.NDArray[np.float64]) -> float:
    """Mean of k over the pairs of two different rows."""
    k = _kernel(x, x)
    return float((k.sum() - np.trace(k)) / (len(x) * (len(x) - 1)))

"""Frechet inception distance: how far apart are two sets of pictures, each taken for a Gaussian?

With mu and S the mean and the covariance of a network's features over a set,

    FID = |mu_x - mu_y|^2 + tr S_x + tr S_y - 2 tr (S_x S_y)^(1/2)

No matrix root is needed. With S_x = A^T A and S_y = B^T B, the eigenvalues of S_x S_y are the squared
singular values of A B^T, so the last trace is the sum of those singular values. A is the centred features
over sqrt(n - 1), or its triangular factor where there are more pictures than features.
"""

import numpy as np
import numpy.typing as npt

from limner.metrics.check import Numbers, check_rows


def fid(real: Numbers, made: Numbers) -> float:
    """Frechet distance of two sets of features; symmetric, 0 for equal ones.

    Args:
        real: Features of the real pictures, (n, d), n >= 2; for the published score, of Inception's last pool
            (`limner.pretrained`, network "inception", d = 2048).
        made: Features of the made pictures, (m, d), m >= 2.

    Returns:
        The distance from 0 up; lower is more alike. Sets of few pictures (below about 2048) make it too
        large, so compare equal n only, and give KID beside it.

    Raises:
        TypeError: If either is not an array of numbers.
        MetricError: If either is not (n, d) or not finite, has fewer than two rows, or the widths differ.

    Source: Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter, "GANs trained by a two time-scale update rule
        converge to a local Nash equilibrium", NeurIPS 2017, equation 6.
    Differs: Published programs take a matrix root and drop its imaginary part; the trace is the same number.
        What rounding leaves below 0 is 0.
    """
    check_rows("real", real, (None, None), least=2)
    check_rows("made", made, (None, real.shape[1]), least=2)
    gap = real.mean(0, dtype=np.float64) - made.mean(0, dtype=np.float64)
    a, b = _root(real), _root(made)
    shared = np.linalg.svd(a @ b.T, compute_uv=False).sum()
    return max(0.0, float(gap @ gap + (a * a).sum() + (b * b).sum() - 2 * shared))


def _root(rows: Numbers) -> npt.NDArray[np.float64]:
    """A with S = A^T A, (min(n, d), d)."""
    centred = (rows - rows.mean(0, dtype=np.float64)) / np.sqrt(len(rows) - 1)
    return centred if len(rows) <= rows.shape[1] else np.asarray(np.linalg.qr(centred, mode="r"))

"""Peak signal-to-noise ratio: how small is the mean squared difference, in decibels?

MSE = mean over pixels of (x - y)^2,        PSNR = 10 log10(255^2 / MSE)
"""

import math

import numpy as np

from limner.metrics.check import Grey, check_pair


def psnr(real: Grey, made: Grey) -> float:
    """Peak signal-to-noise ratio of two grey pictures; symmetric.

    Args:
        real: The reference picture x, uint8 of shape (H, W), values 0 to 255.
        made: The picture y that is judged, as `real`.

    Returns:
        Decibels, from 0 (black against white) up; higher is more alike. Equal pictures have no noise: inf.

    Raises:
        TypeError: If a picture is not a uint8 array.
        MetricError: If a picture is not (H, W), or the shapes differ.

    Chosen: The peak is 255, whatever the brightest pixel is.
    """
    check_pair(real, made, smallest=1)
    difference = real.astype(np.float64) - made
    error = float((difference * difference).mean())
    return 10 * math.log10(255**2 / error) if error else math.inf

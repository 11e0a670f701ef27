"""Structural similarity: do two pictures agree in local mean, contrast and structure?

With w an 11 x 11 Gaussian window of sigma 1.5 that sums to one, at every pixel

    mu_x = w * x        var_x = w * x^2 - mu_x^2        cov = w * (x y) - mu_x mu_y

            (2 mu_x mu_y + C1) (2 cov + C2)
    SSIM = ---------------------------------------- ,    C1 = (0.01 L)^2,  C2 = (0.03 L)^2,  L = 255
           (mu_x^2 + mu_y^2 + C1) (var_x + var_y + C2)

and the score is the mean over the pixels whose whole window lies inside the picture.
"""

import cv2
import numpy as np
import numpy.typing as npt

from limner.metrics.check import Grey, check_pair

Plane = npt.NDArray[np.float64]

WINDOW = 11
SIGMA = 1.5
C1 = (0.01 * 255) ** 2
C2 = (0.03 * 255) ** 2


def ssim(real: Grey, made: Grey) -> float:
    """Mean structural similarity of two grey pictures; symmetric, 1 for equal ones.

    Args:
        real: The reference picture x, uint8 of shape (H, W), values 0 to 255, sides >= 11.
        made: The picture y that is judged, as `real`.

    Returns:
        The score in [-1, 1]; higher is more alike.

    Raises:
        TypeError: If a picture is not a uint8 array.
        MetricError: If a picture is not (H, W), is smaller than the window, or the shapes differ.

    Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to
        structural similarity", IEEE TIP 2004, equations 13 to 17.
    Chosen: Only pixels with the whole window inside the picture count, as in the authors' own
        program, and variances divide by N, not N - 1 (the window's weights sum to one).
    Differs: The picture is not halved beforehand; faces are scored at the size they are drawn.
    """
    check_pair(real, made, smallest=WINDOW)
    x, y = real.astype(np.float64), made.astype(np.float64)

    # The denominator needs the variances only as a sum: four windowed means do.
    mu_x, mu_y, squares, product = map(_windowed, (x, y, x * x + y * y, x * y))
    means, energy = mu_x * mu_y, mu_x * mu_x + mu_y * mu_y
    similar = (2 * means + C1) * (2 * (product - means) + C2)
    similar /= (energy + C1) * (squares - energy + C2)
    return float(similar.mean())


def _windowed(plane: Plane) -> Plane:
    """The window's mean, w * plane, where it lies inside the picture: (H - 10, W - 10)."""
    edge = WINDOW // 2
    mean = cv2.GaussianBlur(plane, (WINDOW, WINDOW), SIGMA)
    return mean[edge:-edge, edge:-edge].astype(np.float64)

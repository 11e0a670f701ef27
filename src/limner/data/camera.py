"""What a camera and a file leave of a picture: blur or coarse pixels, noise, JPEG."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Unit = NDArray[np.float32]


@dataclass(frozen=True)
class Camera:
    """How often a picture is spoilt, as shares of all pictures. Chosen: all values."""

    blur: float = 0.25
    """Blurred, up to a sigma of 1.5 pixels."""
    coarse: float = 0.25
    """Instead seen in fewer pixels, down to 0.4 of them a side; with `blur` at most 1."""
    noise: float = 0.5
    """With noise, up to a standard deviation of 0.06."""
    jpeg: float = 0.5
    """Compressed, to a quality between 15 and 95."""

    def take(self, photo: Unit, rng: np.random.Generator) -> Unit:
        """A picture (H, W, 3), about [0, 1], as this camera gives it; the same shape, in [0, 1]."""
        kind = rng.random()
        if kind < self.blur:
            photo = np.asarray(cv2.GaussianBlur(photo, (0, 0), float(rng.uniform(0.3, 1.5))), np.float32)
        elif kind < self.blur + self.coarse:
            photo = coarsened(photo, float(rng.uniform(0.4, 0.9)))
        if rng.random() < self.noise:
            photo = noisy(photo, rng.uniform(0, 0.06), rng)
        photo = np.clip(photo, 0, 1)
        if rng.random() < self.jpeg:
            return compressed(photo, int(rng.integers(15, 95)))
        return photo


def coarsened(photo: Unit, k: float) -> Unit:
    """A picture of k times as many pixels a side (k below 1), enlarged to its old size again."""
    size = photo.shape[1::-1]
    small = max(1, round(k * size[0])), max(1, round(k * size[1]))
    coarse = cv2.resize(photo, small, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(coarse, size), np.float32)


def noisy(photo: Unit, sigma: float, rng: np.random.Generator) -> Unit:
    """A picture with normal noise of a standard deviation; it may leave [0, 1]."""
    return photo + np.float32(sigma) * rng.standard_normal(photo.shape, np.float32)


def compressed(photo: Unit, quality: int) -> Unit:
    """A picture (H, W, 3) in [0, 1], RGB, after JPEG of a quality from 1 to 100."""
    levels = np.rint(255 * photo).astype(np.uint8)[..., ::-1]
    file = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    opened = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
    return np.divide(opened, np.float32(255), dtype=np.float32)

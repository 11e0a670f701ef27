"""OS-Sketch: 400 pairs to test on, 40 from the web, 100 of CUFS, 110 of CUFSF and 150 of WildSketch.

Source: Wu et al., One-shot face sketch synthesis in the wild via generative diffusion prior and instruction
tuning (arXiv 2506.15312). Known are the counts, the points that sketches are aligned by, the contrast rule.
Chosen: the layout, since none could be read, and least squares for the alignment.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageEnhance

from limner.data.dataset import DataSet
from limner.data.layout import gather, plain
from limner.data.pair import Picture
from limner.data.split import splits

POINTS = (36, 45, 30, 48, 54)
"""Of dlib's 68 points: the outer corners of both eyes, the tip of the nose, the corners of the mouth."""
CONTRAST = 1.5
"""How many times the contrast of every sketch is raised before it is scored."""


def alignment(sketch: ArrayLike, photo: ArrayLike) -> NDArray[np.float64]:
    """The similarity (turn, scale, shift, no mirroring) that brings a sketch's points closest to a photo's.

    With points read as complex numbers z and w, and their means subtracted, `w = a z` has the least squared
    error at `a = sum(conj(z) w) / sum(|z|^2)`.

    Args:
        sketch: (N, 2) points (x, y) of the sketch in pixels, N at least 2; here those of `POINTS`.
        photo: (N, 2) the same points of the photo.

    Returns:
        (2, 3) float64 matrix, sketch to photo, as `limner.faces.warp` takes it.

    Raises:
        ValueError: Another shape, numbers that are not finite, or points of the sketch, or its best fit, that
            all fall into one.
    """
    z, w = (np.asarray(points, np.float64) for points in (sketch, photo))
    if z.shape != w.shape or z.ndim != 2 or z.shape[1] != 2 or not np.isfinite([z, w]).all():
        raise ValueError(f"two times N finite points (x, y) are expected, got {z.shape} and {w.shape}")
    z, w = (points[:, 0] + 1j * points[:, 1] for points in (z, w))
    spread = z - z.mean()
    size = float(np.sum(np.abs(spread) ** 2))
    a = np.vdot(spread, w - w.mean()) / size if size else 0
    if a == 0:
        raise ValueError("points that lie apart are expected, got points that all fall into one")
    b = w.mean() - a * z.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]], np.float64)


def contrast(sketch: Picture) -> Picture:
    """A sketch as it is scored: grey, its contrast raised.

    Each value goes `CONTRAST` times as far from the picture's rounded mean, cut off at 0 and 255.

    Args:
        sketch: (H, W, 3) or (H, W) uint8.

    Returns:
        (H, W) uint8.
    """
    return np.asarray(ImageEnhance.Contrast(Image.fromarray(sketch).convert("L")).enhance(CONTRAST))


OS_SKETCH = DataSet(
    name="os-sketch",
    title="OS-Sketch, 400 pairs for testing. Wu et al., One-shot face sketch synthesis in the wild, "
    "arXiv 2506.15312",
    licence="non-commercial, not to be redistributed",
    layout="photos and sketches in folders called after them at any depth, partners alone named alike",
    read=lambda folder: gather(folder, plain),
    splits=splits("os-sketch-all"),
)

"""Photos turned into drawings by plain filters, so that a net learns lines without one artist's picture.

Not for looking at: for showing a finder of faces, trained on free photos alone, what faces look like in
pencil and ink.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Unit = NDArray[np.float32]


def drawn(photo: Unit, rng: np.random.Generator) -> Unit:
    """A photo as one of four kinds of drawing, with random strength, line width and paper.

    Args:
        photo: (H, W, 3) in [0, 1].
        rng: The source of chance.

    Returns:
        (H, W, 3) in [0, 1], usually grey, at times on toned paper.
    """
    grey = photo @ np.array([0.299, 0.587, 0.114], np.float32)
    kinds = (dodge_and_burn, difference_of_gaussians, gradient, hatching)
    made = kinds[rng.integers(len(kinds))](grey, rng)
    if rng.random() < 0.3:  # some tone of the photo under the lines
        share = np.float32(rng.uniform(0.3, 0.8))
        made = made * (share + (1 - share) * grey)
    paper = np.ones(3) if rng.random() < 0.6 else rng.uniform(0.75, 1, 3)
    return (made[..., None] * paper).astype(np.float32)


def dodge_and_burn(grey: Unit, rng: np.random.Generator) -> Unit:
    """The photo divided by its blur: dark lines where it is darker than its surroundings."""
    around = cv2.GaussianBlur(grey, (0, 0), rng.uniform(1.5, 6))
    divided = np.clip(grey / np.maximum(around, 0.02), 0, 1)
    return (divided ** rng.uniform(1, 5)).astype(np.float32)


def difference_of_gaussians(grey: Unit, rng: np.random.Generator) -> Unit:
    """Ink: a soft threshold of the difference of two blurs (Winnemoeller et al., XDoG, 2012)."""
    sigma, p = rng.uniform(0.5, 1.4), rng.uniform(5, 25)
    fine, coarse = cv2.GaussianBlur(grey, (0, 0), sigma), cv2.GaussianBlur(grey, (0, 0), 1.6 * sigma)
    sharp = (1 + p) * fine - p * coarse
    over = np.tanh(rng.uniform(2, 10) * (sharp - rng.uniform(0.3, 0.7)))
    return (1 + np.minimum(over, 0)).clip(0, 1).astype(np.float32)


def gradient(grey: Unit, rng: np.random.Generator) -> Unit:
    """Contours alone: the paper minus the slope of the photo."""
    soft = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.4, 1.2))
    slope = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    return np.clip(1 - rng.uniform(0.4, 2.0) * slope, 0, 1).astype(np.float32)


def hatching(grey: Unit, rng: np.random.Generator) -> Unit:
    """Contours, and strokes in one direction that are the denser the darker the photo."""
    noise = rng.random(grey.shape, np.float32)
    length = int(rng.integers(3, 12))
    stroke = np.zeros((length, length), np.float32)
    cv2.line(stroke, (0, int(rng.integers(length))), (length - 1, int(rng.integers(length))), (1.0,))
    strokes = cv2.filter2D(noise, -1, stroke / max(1.0, float(stroke.sum())))
    strokes = (strokes - strokes.mean()) / max(1e-6, float(strokes.std()))
    dark = (1 - grey) ** rng.uniform(0.8, 2)
    shade = 1 - np.clip(dark * (0.7 + rng.uniform(0.15, 0.5) * strokes), 0, 1)
    return (shade * gradient(grey, rng)).astype(np.float32)

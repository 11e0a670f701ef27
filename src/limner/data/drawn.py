"""Photos turned into drawings by plain filters, so that a net learns lines without one artist's picture.

Not for looking at: for showing a finder of faces, trained on free photos alone, what faces look like in
pencil, ink and chalk.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.image import GREY

Unit = NDArray[np.float32]


def drawn(photo: Unit, rng: np.random.Generator) -> Unit:
    """A photo as a painting, seldom, or one of six kinds of drawing, with random strength, ink and paper.

    Args:
        photo: (H, W, 3) in [0, 1].
        rng: The source of chance.

    Returns:
        (H, W, 3) in [0, 1], black on white as often as not.
    """
    if rng.random() < 0.15:
        return painting(photo, rng)
    grey = photo @ np.array(GREY, np.float32)
    size = grey.shape[::-1]
    if rng.random() < 0.4:  # lines finer than a pixel, as a large drawing's are when it is shrunk
        grey = _grey(cv2.resize(grey, (2 * size[0], 2 * size[1])))
    kinds = (dodge_and_burn, difference_of_gaussians, gradient, hatching, outline, shading)
    made = kinds[rng.integers(len(kinds))](grey, rng)
    if rng.random() < 0.3:  # some tone of the photo under the lines
        share = np.float32(rng.uniform(0.3, 0.8))
        made = made * (share + (1 - share) * grey)
    if rng.random() < 0.3:
        made = _waved(made, rng)
    if rng.random() < 0.5:  # pale, and here and there paler
        press = rng.uniform(0.25, 1, (int(rng.integers(1, 7)),) * 2).astype(np.float32)
        made = 1 - np.clip(cv2.resize(press, made.shape[::-1], interpolation=cv2.INTER_CUBIC), 0, 1) * (
            1 - made
        )
    if made.shape[1] != size[0]:
        made = _grey(cv2.resize(made, size, interpolation=cv2.INTER_AREA))
    return _on_paper(made, photo, rng)


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


def outline(grey: Unit, rng: np.random.Generator) -> Unit:
    """Few lines on empty paper: only where the photo is far darker than what lies around."""
    sigma = rng.uniform(0.7, 2)
    fine, coarse = cv2.GaussianBlur(grey, (0, 0), sigma), cv2.GaussianBlur(grey, (0, 0), 1.6 * sigma)
    deep = coarse - fine - rng.uniform(0.003, 0.02)
    return (1 - np.clip(rng.uniform(15, 60) * deep, 0, 1)).astype(np.float32)


def shading(grey: Unit, rng: np.random.Generator) -> Unit:
    """Contours, and a few flat tones in the grain of the paper."""
    steps = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.8, 2)) * float(rng.uniform(1.5, 5))
    rest = np.clip(4 * (steps % 1) - 1.5, 0, 1)
    dark = 1 - np.clip((np.floor(steps) + rest) / max(1e-6, float(steps.max())), 0, 1)
    grain = 1 + rng.uniform(0, 0.5) * rng.standard_normal(grey.shape, np.float32)
    return (np.clip(1 - rng.uniform(0.3, 1) * dark * grain, 0, 1) * gradient(grey, rng)).astype(np.float32)


def painting(photo: Unit, rng: np.random.Generator) -> Unit:
    """A photo (H, W, 3) in daubs of few colours; the same shape and range."""
    steps = int(rng.integers(4, 12))
    levels = np.rint(255 * photo).astype(np.uint8)
    daubs = np.asarray(cv2.medianBlur(levels, int(rng.choice([3, 5, 7]))), np.float32) / 255
    share, tone = np.float32(rng.random()), np.rint(daubs * steps) / np.float32(steps)
    canvas = np.float32(rng.uniform(0, 0.06)) * rng.standard_normal(photo.shape[:2], np.float32)
    return np.clip(daubs + share * (tone - daubs) + canvas[..., None], 0, 1).astype(np.float32)


def _waved(lines: Unit, rng: np.random.Generator) -> Unit:
    """Lines as an unsteady hand draws them, off by a pixel or so."""
    height, width = lines.shape
    cells = int(rng.integers(4, 24))
    off = rng.normal(0, rng.uniform(0.3, 1.2), (cells, cells, 2)).astype(np.float32)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    to = np.dstack([x, y]) + cv2.resize(off, (width, height), interpolation=cv2.INTER_CUBIC)
    made = cv2.remap(lines, to, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # pyright: ignore
    return _grey(made)


def _on_paper(lines: Unit, photo: Unit, rng: np.random.Generator) -> Unit:
    """Lines (H, W) in an ink or the photo's colours, on white, tinted or toned paper with chalk lights."""
    kind, paper = rng.random(), np.ones(3, np.float32)
    if kind >= 0.5:
        paper = rng.uniform(0.75, 1, 3).astype(np.float32)
    if kind >= 0.8:
        paper = paper * np.float32(rng.uniform(0.4, 0.9))
    ink = np.zeros(3, np.float32)
    if rng.random() < 0.3:  # sepia, sanguine, blue
        ink = rng.uniform(0, 0.55, 3).astype(np.float32) * paper
    made = ink + lines[..., None] * (paper - ink)
    if rng.random() < 0.2:
        made = made * (1 - np.float32(rng.uniform(0.2, 0.9)) * (1 - photo))
    if kind >= 0.8 and rng.random() < 0.6:
        light = np.clip(2.5 * photo.mean(axis=2, keepdims=True) - 1.5, 0, 1) * np.float32(rng.random())
        made = made + light * lines[..., None] * (1 - made)
    return made.astype(np.float32)


def _grey(values: object) -> Unit:
    return np.asarray(values, np.float32)

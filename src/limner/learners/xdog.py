"""The extended difference of Gaussians: a filter that turns a photo into ink lines and tone, untrained.

With I the grey photo in [0, 1] and G_sigma a Gaussian blur,

    S = (1 + p) G_sigma * I - p G_(k sigma) * I,    k = 1.6
    T = 1 where S >= epsilon, else 1 + tanh(phi (S - epsilon))

p says how much the edges count against the tone, epsilon what becomes paper, phi how hard ink begins.

Source: Winnemoeller, Kyprianidis, Olsen, XDoG: an extended difference-of-Gaussians compendium including
    advanced image stylization (Computers and Graphics 36(6), 2012): the sharpened form S and the soft
    threshold T.
Differs: the blurs are round, not led along the flow of the picture; T is cut off at 0.
Chosen: sigma, p, epsilon and phi are those of a small grid whose drawing of the one photo is nearest to the
    one sketch by SSIM.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.evaluate import Hand, Lesson
from limner.frame import square
from limner.image import GREY, Picture, from_unit, to_unit
from limner.learners.lesson import hand, in_frame
from limner.learners.settings import Settings
from limner.metrics.ssim import ssim

Unit = NDArray[np.float32]

FRAME = square(256)
K = 1.6
SIGMAS, WEIGHTS = (0.6, 1.0, 1.6, 2.5), (4.0, 8.0, 16.0, 32.0)
LEVELS, SLOPES = (0.3, 0.45, 0.6, 0.75, 0.9), (1.0, 3.0, 10.0)
"""Chosen: the grid, around the values of the paper's pictures."""
RADIUS = 20
"""Five times the widest sigma, at K times which a Gaussian has ended."""


@dataclass(frozen=True)
class Ink:
    """The filter's measures.

    Attributes:
        sigma: In pixels of `FRAME`.
        p: How much edges count.
        epsilon: The level of S from which all is paper.
        phi: How hard ink begins below it.
    """

    sigma: float
    p: float
    epsilon: float
    phi: float

    def __call__(self, grey: Unit) -> Unit:
        """T of I, both (H, W) in [0, 1]."""
        fine, wide = (cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in (self.sigma, K * self.sigma))
        sharpened = fine + np.float32(self.p) * (fine - wide)
        below = np.minimum(sharpened - np.float32(self.epsilon), 0)
        return np.maximum(1 + np.tanh(np.float32(self.phi) * below), 0).astype(np.float32)


def learn(lesson: Lesson, settings: Settings) -> Hand:
    """The filter with the measures that draw the one photo most like its sketch.

    Raises:
        limner.faces.FaceError: No face is found in the photo.
        limner.image.ImageError: A picture cannot be read.
    """
    del settings
    photo, sketch = in_frame(lesson, FRAME)
    ink = nearest(_grey(to_unit(photo)), sketch)
    return hand(lambda x: ink(_grey(x[0]))[None, None], FRAME, stride=1, radius=RADIUS)


def nearest(grey: Unit, sketch: Picture) -> Ink:
    """The measures whose drawing of I is nearest to a sketch (H, W) uint8 by SSIM."""
    return max(grid(), key=lambda each: ssim(sketch, from_unit(each(grey))))


def grid() -> Iterator[Ink]:
    """All measures that are tried."""
    return (Ink(*each) for each in product(SIGMAS, WEIGHTS, LEVELS, SLOPES))


def _grey(planes: Unit) -> Unit:
    """(H, W) of (3, H, W), both in [0, 1] (ITU-R BT.601)."""
    return np.tensordot(np.array(GREY, np.float32), planes, 1).astype(np.float32)

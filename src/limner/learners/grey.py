"""The grey photo: what a score is worth that asks for no drawing. It learns nothing."""

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from limner.evaluate import Hand, Lesson
from limner.image import Picture
from limner.learners.settings import Settings


def learn(lesson: Lesson, settings: Settings) -> Hand:
    """What draws a photo in grey (ITU-R BT.601)."""
    del lesson, settings
    return _grey


def _grey(picture: Picture, *, points: ArrayLike | None = None, whole: bool = False) -> Image.Image:
    del points, whole
    return Image.fromarray(np.asarray(picture, np.uint8)).convert("L")

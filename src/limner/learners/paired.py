"""The method `paired`, trained on the one pair."""

from pathlib import Path

from limner import image
from limner.data.augment import Augment
from limner.engine.config import RunConfig
from limner.evaluate import Hand, Lesson
from limner.frame import PORTRAIT
from limner.learners.lesson import in_frame
from limner.learners.settings import Settings
from limner.methods.fitting import fit
from limner.methods.ground import background
from limner.methods.paired.config import Config
from limner.methods.paired.train import train
from limner.sketcher import load

CROP, BATCH = 192, 2
"""Chosen: what two processors train in minutes."""


def learn(lesson: Lesson, settings: Settings) -> Hand:
    """The style that comes out; the same lesson resumes a training that was cut off.

    Raises:
        limner.faces.FaceError: No face is found in photo or sketch, or the two do not fit.
        limner.image.ImageError: A picture cannot be read.
        limner.errors.LimnerError: The folder holds a training with other settings, or of another pair.
        FloatingPointError: A loss is no longer finite.
    """
    run = RunConfig(lesson.folder / "run", settings.paired_steps, BATCH, lesson.seed, workers=0)
    data = _folder(lesson, lesson.folder / "pair")
    config = Config(str(data), "for study", augment=Augment(crop=CROP), run=run)
    # Asked of the pictures as they came: in the frame a sketch ends in white, which is nobody's paper.
    left = background([fit(lesson.photo, lesson.sketch, largest=True, trust=True)])
    hand = load(train(config, lesson.report))
    hand.background = left
    return hand


def _folder(lesson: Lesson, folder: Path) -> Path:
    """A folder of the one pair, in the frame that the method trains in."""
    for kind, picture in zip(("photos", "sketches"), in_frame(lesson, PORTRAIT), strict=True):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        image.write(folder / kind / "one.png", picture, force=True)
    return folder

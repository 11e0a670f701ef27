"""The lines of the method `instruct` alone: limner's own pencil, which learned the one pair; no prior."""

import torch

from limner.engine.config import RunConfig
from limner.evaluate import Hand, Lesson
from limner.frame import PORTRAIT
from limner.learners.lesson import hand
from limner.learners.settings import Settings
from limner.methods.fitting import fit
from limner.methods.ground import background
from limner.methods.instruct.config import Lines
from limner.methods.instruct.lines import learned


def learn(lesson: Lesson, settings: Settings) -> Hand:
    """The pencil with the strokes of the pair; the same lesson resumes a training that was cut off.

    Raises:
        limner.errors.LimnerError: As of `limner.methods.fitting.fit`; or the lesson's folder holds a
            training with other settings, or of another pair.
        FloatingPointError: The loss is no longer finite.
    """
    pair = fit(lesson.photo, lesson.sketch, largest=True, trust=True)
    run = RunConfig(lesson.folder, seed=lesson.seed, save_every=25, workers=0)
    net = learned([pair.into(PORTRAIT)], Lines(settings.lines_steps), run, lesson.report)
    left = background([pair])
    return hand(lambda x: net(torch.from_numpy(x)).numpy(), PORTRAIT, net.stride, net.radius, left)

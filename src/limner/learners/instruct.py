"""The method `instruct`, as `limner learn` runs it."""

import dataclasses
from functools import partial

from limner.evaluate import Hand, Lesson
from limner.learners.settings import Settings
from limner.methods.base import Sampling
from limner.methods.instruct.config import config_of, run_of
from limner.methods.instruct.train import train
from limner.sketcher import load


def learn(lesson: Lesson, settings: Settings) -> Hand:
    """The style that comes out, drawing by the lesson's seed; the same lesson resumes what was cut off.

    A benchmark's pair is known to be one: the largest faces are taken, and the sketch is not asked whether
    it is a photo. It is learned in its own contrast, since a protocol that raises contrast raises that of
    what is made too.

    Raises:
        limner.errors.LimnerError: As of `limner.methods.instruct.train`.
        FloatingPointError: The loss is no longer finite.
    """
    run = dataclasses.replace(run_of(settings.prior, settings.steps, lesson.seed), folder=lesson.folder)
    pair = lesson.photo, lesson.sketch
    config = config_of(pair, "for study", settings.prior, largest=True, trust=True, states=0, run=run)
    sampling = Sampling(steps=settings.drawing_steps, seed=lesson.seed)
    style = load(train(config, lesson.report), prior=settings.prior)
    return partial(style, sampling=sampling)

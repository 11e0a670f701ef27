"""What learns to draw from one pair: limner's own ways, and those that they are held against, by name.

A learner is a module with `learn(lesson, settings) -> Hand`, imported only when it is used. A new one is a
file and a line here.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from limner.errors import LimnerError
from limner.learners.settings import Settings

if TYPE_CHECKING:
    from limner.evaluate import Hand, Learner, Lesson

__all__ = ["LEARNERS", "Settings", "named"]

LEARNERS = ("instruct", "lines", "grey", "xdog", "gatys", "paired")
"""Every learner: the name of its module here."""


def named(names: Sequence[str], settings: Settings) -> "dict[str, Learner]":
    """Learners by their names.

    Args:
        names: In `LEARNERS`.
        settings: Of all of them.

    Raises:
        LimnerError: There is no such learner, or what it needs is not installed.
    """
    return {name: _set(_learn(name), settings) for name in names}


def _set(learn: "Callable[[Lesson, Settings], Hand]", settings: Settings) -> "Learner":
    return lambda lesson: learn(lesson, settings)


def _learn(name: str) -> "Callable[[Lesson, Settings], Hand]":
    if name not in LEARNERS:
        raise LimnerError(
            f"no way to learn from one pair is called {name!r}; known are {', '.join(LEARNERS)}"
        )
    try:
        return import_module(f"limner.learners.{name}").learn
    except ImportError as error:
        raise LimnerError(f"{name}: {error}; it needs pip install 'limner[train,diffusion]'") from error

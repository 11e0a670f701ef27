"""One record of how far a piece of work is, for the terminal, a file and a page alike.

The library never prints: it calls a `Report` with a `Progress`, and the door that called it shows it.
"""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """How far a piece of work is.

    Attributes:
        done: Units finished, 0 to `total`.
        total: Units in all.
        unit: What is counted, in the singular: "step", "picture".
        seconds: Time since this call began working.
        begun: Units that were finished before this call (a resumed run), left out of the pace.
        note: A few words on the present state, for a person.
    """

    done: int
    total: int
    unit: str
    seconds: float
    begun: int = 0
    note: str = ""

    @property
    def seconds_left(self) -> float | None:
        """Time left at the pace so far, in seconds; None before the first unit."""
        made = self.done - self.begun
        return (self.total - self.done) * self.seconds / made if made else None


Report = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """The `Report` that shows nothing."""
    del progress


def named(name: str, report: Report) -> Report:
    """A report of one of several pieces of work, whose notes begin with its name."""

    def told(progress: Progress) -> None:
        report(replace(progress, note=f"{name}: {progress.note}" if progress.note else name))

    return told


def reporting(things: Sequence[T], unit: str, report: Report, note: str = "") -> Generator[T, None, None]:
    """Goes through things and tells the progress after each.

    Args:
        things: What is worked on.
        unit: What one of them is, in the singular.
        report: Is told.
        note: A few words for a person.
    """
    started = time.monotonic()
    for done, thing in enumerate(things, start=1):
        yield thing
        report(Progress(done, len(things), unit, time.monotonic() - started, note=note))

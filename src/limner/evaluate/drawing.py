"""What draws, and a folder of what it drew."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from limner import image
from limner.data.pair import some
from limner.errors import noting
from limner.evaluate.matching import ScoreError, grey
from limner.evaluate.subjects import Subject
from limner.faces import FaceError
from limner.frame import Frame
from limner.image import Picture
from limner.progress import Report, reporting

ALIKE = 0.1
"""Chosen: two drawings by one hand differ by less than this in the mean, in levels, whatever the threads."""


class Hand(Protocol):
    """What draws: a `limner.Sketcher`, or anything that is called as one."""

    def __call__(
        self, picture: Picture, *, points: ArrayLike | None = None, whole: bool = False
    ) -> Image.Image:
        """Draws (H, W, 3) uint8 at its size; see `limner.Sketcher`."""
        ...


def greyed(hand: Hand) -> Hand:
    """A hand that is shown grey pictures."""

    def draw(picture: Picture, *, points: ArrayLike | None = None, whole: bool = False) -> Image.Image:
        return hand(np.repeat(grey(picture)[..., None], 3, axis=2), points=points, whole=whole)

    return draw


def draw_all(
    hand: Hand, subjects: Sequence[Subject], frame: Frame | None, folder: Path, keep: bool, report: Report
) -> list[str]:
    """Draws all subjects into a folder, as NAME.png.

    Args:
        hand: Draws.
        subjects: Drawn from their sources.
        frame: Where their faces are, if the set is aligned.
        folder: Made where it is not there.
        keep: Leave drawings that are there, once the first has come out as it lies there; else replace them.
        report: Is told the progress after every picture.

    Returns:
        Where no face was found, and what else one may not expect, a line each.

    Raises:
        ScoreError: Drawings that are to be kept are another hand's.
    """
    faceless: list[str] = []
    notes: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    kept = [each for each in subjects if keep and (folder / f"{each.name}.png").exists()]
    if kept:
        lies = image.read(folder / f"{kept[0].name}.png")
        again = image.from_pil(Image.fromarray(_drawn(hand, kept[0], frame)[0]))
        if lies.shape != again.shape or np.abs(lies.astype(int) - again).mean() > ALIKE:
            raise ScoreError(
                f"{folder} holds other drawings than {folder.name} makes, of {kept[0].name} for one; "
                "another folder is expected, or to keep none"
            )
        notes.append(f"{folder.name}: {len(kept)} drawings of an earlier call were kept")
    left = [each for each in subjects if each not in kept]
    for subject in reporting(left, "picture", report, f"drawn by {folder.name}"):
        made, found, warned = _drawn(hand, subject, frame)
        if not found:
            faceless.append(subject.name)
        notes += [f"{folder.name}, {subject.name}: {each}" for each in warned]
        image.write(folder / f"{subject.name}.png", made, force=True)
    if faceless:
        many = f"{len(faceless)} pictures, drawn as they are: {some(faceless)}"
        notes.append(f"{folder.name}: no face found in {many}")
    return notes


def _drawn(hand: Hand, subject: Subject, frame: Frame | None) -> tuple[NDArray[np.uint8], bool, list[str]]:
    """What a hand draws, whether it found a face, and what it warned of."""
    given = image.read(subject.source)
    warned: list[str] = []
    with noting(warned):
        try:
            drawn, found = hand(given, points=_eyes(frame, given)), True
        except FaceError:
            drawn, found = hand(given, whole=True), False
    return np.asarray(drawn, np.uint8), found, warned


def _eyes(frame: Frame | None, given: Picture) -> tuple[float, ...] | None:
    """Where the eyes of an aligned set's picture are, x and y of the left one first; None if not aligned.

    Centres of pixels have whole coordinates, so a picture k times as large has them at k (x + 1/2) - 1/2.
    """
    if frame is None:
        return None
    k = given.shape[1] / frame.width
    return tuple(k * (value + 0.5) - 0.5 for eye in frame.eyes for value in eye)

"""A protocol run whole: pictures drawn, then scored, of photos alone by groups too."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol as Interface

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from limner import image
from limner.data import DATASETS
from limner.data.pair import some
from limner.errors import noting
from limner.evaluate.groups import Group, groups_of
from limner.evaluate.matching import ScoreError, grey
from limner.evaluate.outcome import Benchmark
from limner.evaluate.protocol import Protocol
from limner.evaluate.scoring import measure
from limner.evaluate.subjects import Subject, drawn_from, matches_in, subjects_of
from limner.faces import FaceError
from limner.frame import Frame
from limner.image import Picture
from limner.progress import Report, reporting, silent


class Hand(Interface):
    """What draws: a `limner.Sketcher`, or anything that is called as one."""

    def __call__(
        self, picture: Picture, *, points: ArrayLike | None = None, whole: bool = False
    ) -> Image.Image:
        """Draws (H, W, 3) uint8 at its size; see `limner.Sketcher`."""
        ...


def bench(
    protocol: Protocol,
    data: Path,
    hands: Mapping[str, Hand],
    made: Mapping[str, Path],
    out: Path,
    sources: Path | None = None,
    split: str = "",
    in_grey: bool = False,
    report: Report = silent,
) -> Benchmark:
    """Runs a protocol.

    Args:
        protocol: Which; `Protocol.drawing` says whether sketches are drawn or photos.
        data: Where its data set lies.
        hands: What draws, by name, such as opened styles; the drawings go to `out`/made/NAME.
        made: Folders of pictures that others made, by the name of the method, named like those drawn from.
        out: The folder of this benchmark.
        sources: Draw from these instead of the set's own pictures, e.g. from larger scans; named alike.
        split: In place of the protocol's own: another of the data set's, of one artist's pairs where an
            artist follows after a slash, or, of photos alone, `HELD_OUT`.
        in_grey: Draw from grey versions. They are scored as those drawn from the pictures themselves.
        report: Is told the progress after every picture.

    Returns:
        The scores of all methods, those that draw first. `Benchmark.write` writes them down.

    Raises:
        ScoreError: Nothing to score or to draw in grey, or pictures that are missing or cannot be scored.
        limner.data.pair.DataError: The data set is missing or damaged.
        limner.image.ImageError: A picture cannot be read.
    """
    if not hands and not made:
        raise ScoreError("nothing to score: a style or a folder of made pictures is expected")
    if in_grey and not hands:
        raise ScoreError("nothing to draw from grey versions: a style is expected")
    subjects, split, digest = subjects_of(protocol, data, split)
    frame = DATASETS[protocol.dataset].frame if protocol.pairs else None
    given = drawn_from(subjects, sources)
    groups: list[Group] = []
    notes: list[str] = []
    if not protocol.pairs:
        groups, notes = groups_of(subjects, data, protocol.rules.finder, report)
    folders: dict[str, Path] = {}
    for name, hand in hands.items():
        folders[name] = out / "made" / name
        notes += _draw(_greyed(hand) if in_grey else hand, given, frame, folders[name], report)
    for name, folder in made.items():
        if name in folders:
            raise ScoreError(f"two methods are called {name!r}")
        folders[name] = folder
    matches = {name: matches_in(subjects, folder, protocol.to) for name, folder in folders.items()}
    scores = {name: measure(each, protocol.metrics, protocol.rules, report) for name, each in matches.items()}
    notes += [f"{name}: {note}" for name, each in scores.items() for note in each.notes]
    return Benchmark(protocol, split, digest, scores, matches, tuple(notes), groups, in_grey)


def _greyed(hand: Hand) -> Hand:
    """A hand that is shown grey pictures."""

    def draw(picture: Picture, *, points: ArrayLike | None = None, whole: bool = False) -> Image.Image:
        return hand(np.repeat(grey(picture)[..., None], 3, axis=2), points=points, whole=whole)

    return draw


def _draw(
    hand: Hand, subjects: Sequence[Subject], frame: Frame | None, folder: Path, report: Report
) -> list[str]:
    """Draws all subjects into a folder; tells where no face was found, and what else one may not expect."""
    faceless: list[str] = []
    notes: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    for subject in reporting(subjects, "picture", report, f"drawn by {folder.name}"):
        given = image.read(subject.source)
        warned: list[str] = []
        with noting(warned):
            try:
                drawn = hand(given, points=_eyes(frame, given))
            except FaceError:
                faceless.append(subject.name)
                drawn = hand(given, whole=True)
        notes += [f"{folder.name}, {subject.name}: {each}" for each in warned]
        made: NDArray[np.uint8] = np.asarray(drawn, np.uint8)
        image.write(folder / f"{subject.name}.png", made, force=True)
    if faceless:
        many = f"{len(faceless)} pictures, drawn as they are: {some(faceless)}"
        notes.append(f"{folder.name}: no face found in {many}")
    return notes


def _eyes(frame: Frame | None, given: Picture) -> tuple[float, ...] | None:
    """Where the eyes of an aligned set's picture are, x and y of the left one first; None if not aligned.

    Centres of pixels have whole coordinates, so a picture k times as large has them at k (x + 1/2) - 1/2.
    """
    if frame is None:
        return None
    k = given.shape[1] / frame.width
    return tuple(k * (value + 0.5) - 0.5 for eye in frame.eyes for value in eye)

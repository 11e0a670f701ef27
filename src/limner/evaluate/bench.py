"""A protocol run whole: pictures drawn, then scored, of photos alone by groups too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from limner.data import DATASETS
from limner.evaluate.drawing import Hand, draw_all, greyed
from limner.evaluate.groups import Group, groups_of
from limner.evaluate.laying import lay
from limner.evaluate.matching import Match, ScoreError
from limner.evaluate.outcome import Benchmark
from limner.evaluate.protocol import Protocol
from limner.evaluate.scoring import Scores, measure
from limner.evaluate.subjects import Subject, drawn_from, matches_in, subjects_of
from limner.progress import Report, silent


def bench(
    protocol: Protocol,
    data: Path,
    hands: Mapping[str, Hand],
    made: Mapping[str, Path],
    out: Path,
    sources: Path | None = None,
    split: str = "",
    in_grey: bool = False,
    keep: bool = False,
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
        keep: Leave drawings that are there, of a call that was cut off; nobody checks that they are its own.
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
    groups: list[Group] = []
    notes: list[str] = []
    if not protocol.pairs:
        groups, notes = groups_of(subjects, data, protocol.rules.finder, report)
    if protocol.laid:
        subjects, notes = lay(subjects, out / "laid", protocol.rules.finder, report)
    if in_grey:
        hands = {name: greyed(hand) for name, hand in hands.items()}
    rows = rows_of(protocol, subjects, hands, made, out, sources, keep, report)
    notes += rows.notes
    return Benchmark(protocol, split, digest, rows.scores, rows.matches, tuple(notes), groups, in_grey)


@dataclass(frozen=True)
class Rows:
    """Methods that made pictures of the same subjects.

    Attributes:
        scores: By method.
        matches: What was scored, by method.
        notes: What one should know of how it was drawn and scored, a line each.
    """

    scores: Mapping[str, Scores]
    matches: Mapping[str, Sequence[Match]]
    notes: Sequence[str]


def rows_of(
    protocol: Protocol,
    subjects: Sequence[Subject],
    hands: Mapping[str, Hand],
    made: Mapping[str, Path],
    out: Path,
    sources: Path | None = None,
    keep: bool = False,
    report: Report = silent,
) -> Rows:
    """Has subjects drawn, and scores these drawings and others; arguments and errors as of `bench`."""
    frame = DATASETS[protocol.dataset].frame if protocol.pairs else None
    given = drawn_from(subjects, sources)
    folders: dict[str, Path] = {}
    notes: list[str] = []
    for name, hand in hands.items():
        folders[name] = out / "made" / name
        notes += draw_all(hand, given, frame, folders[name], keep, report)
    for name, folder in made.items():
        if name in folders:
            raise ScoreError(f"two methods are called {name!r}")
        folders[name] = folder
    matches = {name: matches_in(subjects, folder, protocol.to) for name, folder in folders.items()}
    scores = {name: measure(each, protocol.metrics, protocol.rules, report) for name, each in matches.items()}
    notes += [f"{name}: {note}" for name, each in scores.items() for note in each.notes]
    return Rows(scores, matches, notes)

"""A protocol run whole: pictures drawn, then scored, of photos alone by groups too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from limner.data import DATASETS
from limner.evaluate.drawing import draw_all, greyed
from limner.evaluate.groups import Group, groups_of
from limner.evaluate.laying import lay
from limner.evaluate.matching import Match, ScoreError
from limner.evaluate.outcome import Benchmark
from limner.evaluate.plan import Plan
from limner.evaluate.protocol import Protocol
from limner.evaluate.scoring import Scores, measure
from limner.evaluate.subjects import Subject, drawn_from, matches_in, subjects_of
from limner.metrics import METRICS
from limner.progress import Report, silent


def bench(plan: Plan, report: Report = silent) -> Benchmark:
    """Runs a protocol.

    Args:
        plan: What is drawn and scored.
        report: Is told the progress after every picture.

    Returns:
        The scores of all methods, those that draw first. `Benchmark.write` writes them down.

    Raises:
        ScoreError: Nothing to score or to draw in grey, pictures that are missing or cannot be scored, or
            drawings to be kept that are another style's.
        limner.data.pair.DataError: The data set is missing or damaged.
        limner.image.ImageError: A picture cannot be read.
    """
    if not plan.hands and not plan.made:
        raise ScoreError("nothing to score: a style or a folder of made pictures is expected")
    if plan.in_grey and not plan.hands:
        raise ScoreError("nothing to draw from grey versions: a style is expected")
    finder = plan.protocol.rules.finder
    subjects, split, digest = subjects_of(plan.protocol, plan.data, plan.split)
    protocol, notes = _recognising(plan.protocol, len(subjects))
    plan = replace(plan, protocol=protocol)
    groups: list[Group] = []
    if not protocol.pairs:
        groups, told = groups_of(subjects, plan.data, finder, report)
        notes += told
    if protocol.laid:
        subjects, told = lay(subjects, plan.out / "laid", finder, report)
        notes += told
    rows = rows_of(plan, subjects, report)
    notes += rows.notes
    return Benchmark(protocol, split, digest, rows.scores, rows.matches, tuple(notes), groups, plan.in_grey)


def _recognising(protocol: Protocol, people: int) -> tuple[Protocol, list[str]]:
    """The protocol without recognition, and a note, where its split leaves too few to learn from and try."""
    needed = protocol.rules.train + 2
    left = tuple(name for name in protocol.metrics if METRICS[name].kind != "people")
    if people >= needed or left == protocol.metrics:
        return protocol, []
    return replace(protocol, metrics=left), [
        f"{people} people are too few for recognition, which needs {needed}: it is left out"
    ]


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


def rows_of(plan: Plan, subjects: Sequence[Subject], report: Report = silent) -> Rows:
    """Has subjects drawn, and scores these drawings and others; errors as of `bench`."""
    protocol = plan.protocol
    frame = DATASETS[protocol.dataset].frame if protocol.pairs else None
    given = drawn_from(subjects, plan.sources)
    folders: dict[str, Path] = {}
    notes: list[str] = []
    for name, hand in plan.hands.items():
        folders[name] = plan.out / "made" / name
        shown = greyed(hand) if plan.in_grey else hand
        notes += draw_all(shown, given, frame, folders[name], plan.keep, report)
    for name, folder in plan.made.items():
        if name in folders:
            raise ScoreError(f"two methods are called {name!r}")
        folders[name] = folder
    matches = {name: matches_in(subjects, folder, protocol.to) for name, folder in folders.items()}
    scores = {name: measure(each, protocol.metrics, protocol.rules, report) for name, each in matches.items()}
    notes += [f"{name}: {note}" for name, each in scores.items() for note in each.notes]
    return Rows(scores, matches, notes)

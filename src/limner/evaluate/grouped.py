"""Scores by group of subjects: which is the worst, and in which the fewest faces are found.

Both are told, since a face that is not found has no score: where most are lost, the mean may look well.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from limner.evaluate.groups import Group
from limner.evaluate.score import Score, averaged, finite, of_faces
from limner.evaluate.scoring import Scores
from limner.evaluate.table import cell
from limner.metrics import METRICS

FEW = 20
"""Chosen: a group of fewer pictures is told, but chance may explain how far it is from all."""


@dataclass(frozen=True)
class Part:
    """What a metric says of one group.

    Attributes:
        group: Which.
        score: Of its pictures.
        worse: How much worse its mean is than that of all, in the metric's unit; negative where it is better,
            NaN where there is none.
    """

    group: Group
    score: Score
    worse: float

    @property
    def n(self) -> int:
        """How many pictures are in the group."""
        return len(self.group.members)

    @property
    def found(self) -> float:
        """In which share of its pictures a face is found, of those that can be judged; NaN if none can."""
        share = self.score.told.get("found")
        return math.nan if share is None else share

    def __str__(self) -> str:
        return f"{self.group} (n {self.n})"

    def record(self) -> dict[str, Any]:
        """As JSON holds it."""
        told = {"kind": self.group.kind, "group": self.group.name, "n": self.n}
        return told | self.score.record() | {"worse": finite(self.worse)}


def by_group(name: str, score: Score, groups: Sequence[Group]) -> list[Part]:
    """A metric's score of each group.

    Args:
        name: Of the metric, in `METRICS`.
        score: Of all, with a value for each picture.
        groups: By the places of the pictures.
    """
    sign = -1 if METRICS[name].higher_is_better else 1
    parts: list[Part] = []
    for group in groups:
        values = [score.values[place] for place in group.members]
        skipped = [i for i, place in enumerate(group.members) if place in score.skipped]
        part = of_faces(values, skipped) if "found" in score.told else averaged(values)
        parts.append(Part(group, part, sign * (part.mean - score.mean)))
    return parts


def worst(parts: Sequence[Part]) -> Part | None:
    """The group whose mean is the most worse than that of all; None if none has a mean."""
    return max((p for p in parts if math.isfinite(p.worse)), key=lambda p: p.worse, default=None)


def least_found(parts: Sequence[Part]) -> Part | None:
    """The group in which the fewest faces are found; None if the metric looks for none."""
    return min((p for p in parts if math.isfinite(p.found)), key=lambda p: p.found, default=None)


def record(parts: Sequence[Part]) -> dict[str, Any]:
    """As JSON holds it: every group, and by name those that `worst` and `least_found` tell."""
    told = {"worst": worst(parts), "least found": least_found(parts)}
    named = {name: None if part is None else part.record() for name, part in told.items()}
    return named | {"all": [part.record() for part in parts]}


def grouped(methods: Mapping[str, Scores], groups: Sequence[Group]) -> dict[str, dict[str, list[Part]]]:
    """By method and metric, of metrics with a score for each picture."""
    return {
        method: {name: by_group(name, s, groups) for name, s in scores.metrics.items() if s.values}
        for method, scores in methods.items()
    }


def pages(methods: Mapping[str, Scores], groups: Sequence[Group]) -> str:
    """A Markdown table for each method and metric, and its worst group underneath."""
    made: list[str] = []
    for method, metrics in grouped(methods, groups).items():
        for name, parts in metrics.items():
            rows = [["group", "n", f"{method}: {name}", "worse than all by"], ["---"] * 4]
            rows += [[str(p.group), str(p.n), cell(p.score), _signed(p.worse)] for p in parts]
            table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
            made.append("\n\n".join([table, *_told(parts)]))
    return "\n\n".join(made)


def _told(parts: Sequence[Part]) -> list[str]:
    """A sentence on the worst group, and one on that with the fewest faces if any is lost."""
    kinds = parts, [part for part in parts if part.n >= FEW]
    far = [f"{p} by {_signed(p.worse)}" for p in map(worst, kinds) if p]
    lost = [f"{p}, {100 * p.found:.1f} %" for p in map(least_found, kinds) if p and p.found < 1]
    return [*_sentence("Worst", far), *_sentence("Fewest faces found", lost)]


def _sentence(what: str, named: Sequence[str]) -> list[str]:
    """Of all groups, then of large ones if that is another; nothing of none."""
    if not named:
        return []
    among = f"; of groups of at least {FEW}: {named[1]}" if len(set(named)) > 1 else ""
    return [f"{what}: {named[0]}{among}."]


def _signed(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:+.4f}"

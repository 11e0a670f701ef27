"""Scores by group of subjects, and how much worse than all the worst group is."""

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

    def __str__(self) -> str:
        return f"{self.worse:+.4f}, {self.group.kind}: {self.group.name} (n {self.n})"

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
    there = [part for part in parts if math.isfinite(part.worse)]
    return max(there, key=lambda part: part.worse, default=None)


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
            rows += [
                [f"{p.group.kind}: {p.group.name}", str(p.n), cell(p.score), f"{p.worse:+.4f}"] for p in parts
            ]
            table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
            made.append(f"{table}\n\n{_told(parts)}")
    return "\n\n".join(made)


def _told(parts: Sequence[Part]) -> str:
    most, large = worst(parts), worst([part for part in parts if part.n >= FEW])
    told = f"Worst group: {most or 'none can be told'}"
    return told if large in (most, None) else f"{told}; of groups of at least {FEW}: {large}"

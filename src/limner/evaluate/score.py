"""A score: a mean, how sure it is, and what it is the mean of."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from limner.evaluate.statistics import interval

FEW = 10
"""Chosen: of fewer values no interval is told. The bootstrap's is too narrow there: of four normal values it
holds the mean 77 times in 100."""


@dataclass(frozen=True)
class Score:
    """What one metric says of a folder of made pictures.

    Attributes:
        mean: The score of the folder.
        low: Lower end of its 95 % interval; None for a score of a set, which has none, and of fewer values
            than `FEW`. Of recognition, which has no values, the ends are those of its splits.
        high: Upper end.
        values: Picture by picture, in the order of the names; NaN where there is none; empty for a set.
        told: What else there is to know of it, by name.
        skipped: Places of the pictures that cannot be judged, whatever is made of them.
    """

    mean: float
    low: float | None = None
    high: float | None = None
    values: tuple[float, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])
    skipped: tuple[int, ...] = ()

    def record(self) -> dict[str, Any]:
        """As JSON holds it; None in place of what is no finite number."""
        ends = {"mean": self.mean, "low": self.low, "high": self.high}
        return {name: finite(end) for name, end in ends.items()} | dict(self.told)


def averaged(values: Iterable[float], told: Mapping[str, Any] | None = None) -> Score:
    """The mean of those that are numbers, with its interval; infinite ones have none, and few."""
    scores = tuple(values)
    there = [value for value in scores if not math.isnan(value)]
    if not there:
        return Score(math.nan, values=scores, told=told or {})
    sure = len(there) >= FEW and all(map(math.isfinite, there))
    ends = interval(there) if sure else (None, None)
    return Score(float(np.mean(there)), *ends, scores, told or {})


def of_faces(values: Sequence[float], skipped: Collection[int]) -> Score:
    """The mean of what was measured on faces, with the share of made pictures in which one is found.

    Args:
        values: Picture by picture; NaN where the made one shows no face.
        skipped: Places whose photo shows none either, so that they count for nothing.
    """
    judged = [value for place, value in enumerate(values) if place not in skipped]
    told: dict[str, Any] = {"found": sum(map(math.isfinite, judged)) / len(judged) if judged else None}
    if skipped:
        told["photos without a face"] = len(skipped)
    return replace(averaged(values, told), skipped=tuple(skipped))


def finite(value: float | None) -> float | None:
    """The number, or None if it is none that JSON can hold."""
    return value if value is not None and math.isfinite(value) else None

"""One method in several trials: its row in a table, and how far the trials lie apart.

With m_(p, s) the mean of a trial that learned from pair p with seed s, over P pairs and S seeds,

    mean = E_p E_s m,    between pairs = sd_p(E_s m),    between seeds = sqrt(E_p sd_s(m)^2)

sd with P - 1 and S - 1 in the denominator. A picture's own score is its mean over the trials that tested it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limner.evaluate.score import Score, averaged, finite
from limner.evaluate.scoring import Scores
from limner.evaluate.statistics import student


@dataclass(frozen=True)
class Trial:
    """What came of one pair.

    Attributes:
        pair: The name of that which taught.
        seed: Of all chance in learning and drawing.
        scores: Of those that were tested.
    """

    pair: str
    seed: int
    scores: Scores

    def record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"pair": self.pair, "seed": self.seed} | self.scores.record()


@dataclass(frozen=True)
class Apart:
    """How far trials lie apart in one metric.

    Attributes:
        mean: Of all trials; NaN if one of them has no score, as where no made face is found.
        pairs: Standard deviation between pairs; None of one pair.
        seeds: Standard deviation between seeds of one pair; None of one seed.
    """

    mean: float
    pairs: float | None
    seeds: float | None

    def __str__(self) -> str:
        """For a table."""
        if math.isnan(self.mean):
            return "none"
        ends = [f" ± {self.pairs:.4f}"] if self.pairs is not None else []
        ends += [f", seeds ± {self.seeds:.4f}"] if self.seeds is not None else []
        return f"{self.mean:.4f}{''.join(ends)}"

    def record(self) -> dict[str, float | None]:
        """As JSON holds it; None in place of what is no finite number."""
        return {name: finite(value) for name, value in vars(self).items()}


def apart(trials: Sequence[Trial], metric: str) -> Apart:
    """How far trials, each pair with as many seeds, lie apart."""
    by_pair: dict[str, list[float]] = {}
    for trial in trials:
        by_pair.setdefault(trial.pair, []).append(trial.scores.metrics[metric].mean)
    means = np.array(list(by_pair.values()), np.float64)  # (P, S)
    pairs, seeds = means.shape
    return Apart(
        float(means.mean()),
        float(means.mean(axis=1).std(ddof=1)) if pairs > 1 else None,
        float(np.sqrt(means.var(axis=1, ddof=1).mean())) if seeds > 1 else None,
    )


def between(first: Sequence[Trial], other: Sequence[Trial] | Scores, metric: str) -> float | None:
    """How likely chance is to set two methods as far apart, were other pairs to teach: Student's p-value.

    Args:
        first: Trials, each pair with as many seeds.
        other: Trials of the same pairs, or what learned from none of them.
        metric: Which.

    Returns:
        The p-value over pairs, each the mean of its seeds; None of one pair, or where a score is missing.
    """
    ours = _by_pair(first, metric)
    if isinstance(other, Scores):
        theirs = dict.fromkeys(ours, other.metrics[metric].mean)
    else:
        theirs = _by_pair(other, metric)
    apart = [theirs[pair] - mean for pair, mean in ours.items()]
    return student(apart) if len(apart) > 1 and all(map(math.isfinite, apart)) else None


def _by_pair(trials: Sequence[Trial], metric: str) -> dict[str, float]:
    seeds: dict[str, list[float]] = {}
    for trial in trials:
        seeds.setdefault(trial.pair, []).append(trial.scores.metrics[metric].mean)
    return {pair: float(np.mean(means)) for pair, means in seeds.items()}


def together(names: Sequence[str], trials: Sequence[Trial]) -> Scores:
    """Trials as one row.

    Args:
        names: Of all pictures that some trial tested.
        trials: At least one.
    """
    metrics = {metric: _together(names, trials, metric) for metric in trials[0].scores.metrics}
    return Scores(tuple(names), metrics)


def _together(names: Sequence[str], trials: Sequence[Trial], metric: str) -> Score:
    scores = [trial.scores.metrics[metric] for trial in trials]
    if not any(score.values for score in scores):
        return Score(float(np.mean([score.mean for score in scores])))
    place = {name: i for i, name in enumerate(names)}
    values = np.full((len(trials), len(names)), np.nan)
    for row, trial, score in zip(values, trials, scores, strict=True):
        row[[place[name] for name in trial.scores.names]] = score.values
    skipped = {place[t.scores.names[i]] for t, s in zip(trials, scores, strict=True) for i in s.skipped}
    return replace(averaged(_means(values), _told(scores)), skipped=tuple(sorted(skipped)))


def _means(values: NDArray[np.float64]) -> list[float]:
    """Of each column those that are numbers; NaN where none is."""
    return [float(np.mean(seen)) if seen.size else math.nan for seen in (c[~np.isnan(c)] for c in values.T)]


def _told(scores: Sequence[Score]) -> Mapping[str, Any]:
    """In how many drawings the face is found, over all trials."""
    found = [score.told["found"] for score in scores if score.told.get("found") is not None]
    return {"found": float(np.mean(found))} if found else {}


def table(methods: Mapping[str, Sequence[Trial]]) -> str:
    """A Markdown table, a row for each method: its trials' mean, and how far they lie apart."""
    metrics = list(next(iter(methods.values()))[0].scores.metrics)
    rows = [["learned from one pair", "trials", *metrics], ["---"] * (2 + len(metrics))]
    for method, trials in methods.items():
        rows.append([method, str(len(trials)), *(str(apart(trials, metric)) for metric in metrics)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)

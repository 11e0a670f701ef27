"""Scores as tables: for a person, for a page, for a spreadsheet."""

import csv
import io
import math
from collections.abc import Mapping

from limner.evaluate.score import Score
from limner.evaluate.scoring import Scores
from limner.evaluate.statistics import NOISE, Difference, compare

NOISY = "≈"
"""Marks a score that differs from the first row's by no more than chance would."""


def differences(methods: Mapping[str, Scores]) -> dict[str, dict[str, Difference]]:
    """Each method but the first against the first, by metric: theirs minus the first's.

    Metrics without a score for each picture, and those that no picture has from both, are left out.
    """
    first, *others = methods
    against = methods[first].metrics
    told: dict[str, dict[str, Difference]] = {}
    for other in others:
        told[other] = {}
        for name, score in methods[other].metrics.items():
            pairs = zip(score.values, against[name].values, strict=True)
            if any(math.isfinite(a) and math.isfinite(b) for a, b in pairs):
                told[other][name] = compare(score.values, against[name].values)
    return told


def markdown(methods: Mapping[str, Scores], by_pair: Mapping[str, Mapping[str, float]] | None = None) -> str:
    """A Markdown table, a row for each method; the first is what the others are compared with.

    Args:
        methods: By name.
        by_pair: Where methods learned from one pair at a time: of each but the first, by metric, the p-value
            over pairs; see `limner.evaluate.repeated.between`.
    """
    first, *others = methods
    metrics = methods[first].metrics
    apart = differences(methods)
    rows = [["made", "n", *metrics], ["---"] * (2 + len(metrics))]
    for method, scores in methods.items():
        noisy = {name for name, each in apart.get(method, {}).items() if each.noise}
        noisy |= {name for name, p in (by_pair or {}).get(method, {}).items() if p >= NOISE}
        cells = [cell(scores.metrics[name], name in noisy) for name in metrics]
        rows.append([method, str(len(scores.names)), *cells])
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    if not others:
        return table
    test = "paired randomisation test"
    test += " over pictures, or Student's t over the pairs that taught" if by_pair else ""
    told = f"{NOISY} differs from {first} by no more than chance ({test}, p >= 0.05)."
    untested = [name for name, score in metrics.items() if not score.values]
    if untested:
        told += f" Differences in {', '.join(untested)}, one number of a whole set, are not tested."
    return f"{table}\n\n{told}"


def spread(methods: Mapping[str, Scores]) -> str:
    """Comma-separated values: a line for each method and picture, a column for each metric that has them."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    metrics = [n for n, score in next(iter(methods.values())).metrics.items() if score.values]
    writer.writerow(["made", "picture", *metrics])
    for method, scores in methods.items():
        for i, name in enumerate(scores.names):
            values = (scores.metrics[metric].values[i] for metric in metrics)
            writer.writerow([method, name, *("" if math.isnan(v) else f"{v:.6g}" for v in values)])
    return file.getvalue()


def lines(scores: Scores) -> str:
    """A line for each metric, for a terminal."""
    width = max((len(name) for name in scores.metrics), default=1)
    rows = [f"{name:<{width}}  {cell(score)}" for name, score in scores.metrics.items()]
    return "\n".join([f"{'n':<{width}}  {len(scores.names)}", *rows])


def cell(score: Score, noisy: bool = False) -> str:
    """Mean and interval, and the share of faces found where that is part of the score."""
    found = score.told.get("found")
    share = "" if found is None else f", found {100 * found:.1f} %"
    if math.isnan(score.mean):
        return f"none{share}"
    ends = "" if score.low is None else f" [{score.low:.4f}, {score.high:.4f}]"
    if score.low is not None and not score.values:
        ends = f" (splits {score.low:.4f} to {score.high:.4f})"
    return f"{NOISY + ' ' if noisy else ''}{score.mean:.4f}{ends}{share}"

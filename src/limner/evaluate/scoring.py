"""Made pictures scored against real ones: every chosen metric, picture by picture where it can be."""

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limner import image
from limner.data.pair import some
from limner.evaluate.judging import Judge, Rules, judge
from limner.evaluate.matching import Match, ScoreError, brought, coloured, grey
from limner.evaluate.score import Score
from limner.image import Picture
from limner.metrics import METRICS, MetricError
from limner.progress import Report, reporting, silent

DEFAULT = ("ssim", "fsim", "scoot")
"""What `limner score` prints when nothing else is asked for."""


@dataclass(frozen=True)
class Scores:
    """What all chosen metrics say of a folder of made pictures.

    Attributes:
        names: Of the pictures.
        metrics: Each metric's score, by its name in `METRICS`.
        notes: What was done to pictures before they were scored, a line each.
    """

    names: tuple[str, ...]
    metrics: Mapping[str, Score]
    notes: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """As JSON holds it: n and each metric's mean and interval."""
        return {"n": len(self.names)} | {name: score.record() for name, score in self.metrics.items()}


@dataclass(frozen=True)
class _Look:
    """What all judges took from one match, and what was done to its made picture beforehand."""

    seen: Sequence[Any]
    resized: bool
    tinted: bool


def measure(
    matches: Sequence[Match],
    metrics: Sequence[str] = DEFAULT,
    rules: Rules | None = None,
    report: Report = silent,
) -> Scores:
    """Scores made pictures, as many at once as there are processors.

    Args:
        matches: Real and made, at least one.
        metrics: Names in `METRICS`.
        rules: How.
        report: Is told the progress after every picture.

    Returns:
        The scores; `notes` tells which pictures had another size than their real ones, colour where those
        are grey, or a photo in which the finder sees no face.

    Raises:
        ScoreError: An unknown metric; a picture of another cut, or too small for a metric, or too few people.
        limner.image.ImageError: A picture cannot be read.
        limner.errors.LimnerError: A metric's network is not there; the message says how to get it.
    """
    rules = rules or Rules()
    judges = {name: judge(name, rules) for name in metrics}
    pointed = any(METRICS[name].kind == "points" for name in metrics)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [pool.submit(_look, match, judges.values(), rules, pointed) for match in matches]
        try:
            looks = [each.result() for each in reporting(waiting, "picture", report, "scored")]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    try:
        taken = {name: [look.seen[i] for look in looks] for i, name in enumerate(judges)}
        scores = {name: each.score(taken[name]) for name, each in judges.items()}
    except MetricError as error:
        raise ScoreError(f"{matches[0].made.parent}: {error}") from error
    resized = [m.name for m, look in zip(matches, looks, strict=True) if look.resized]
    tinted = [m.name for m, look in zip(matches, looks, strict=True) if look.tinted]
    notes = _notes(resized, tinted)
    skipped = {matches[i].name for score in scores.values() for i in score.skipped}
    if skipped:
        notes.append(f"{len(skipped)} photos without a face to hold the made ones to: {some(skipped)}")
    return Scores(tuple(m.name for m in matches), scores, tuple(notes))


def _look(match: Match, judges: Iterable[Judge], rules: Rules, pointed: bool) -> _Look:
    """Shows one match to all judges."""
    real, made = image.read(match.real), image.read(match.made)
    size = rules.size or (real.shape[1], real.shape[0])
    try:
        pair = _prepared(brought(real, size), rules), _prepared(brought(made, size), rules)
        photo = brought(image.read(match.photo), size) if match.photo != match.real and pointed else pair[0]
        seen = [each.see(*pair, photo) for each in judges]
    except (ScoreError, MetricError) as error:
        raise ScoreError(f"{match.made} against {match.real}: {error}") from error
    return _Look(seen, made.shape[:2] != size[::-1], coloured(made) and not coloured(real))


def _prepared(picture: Picture, rules: Rules) -> Picture:
    """A picture (H, W, 3) as the protocol's rule leaves it."""
    if rules.prepare is None:
        return picture
    made: NDArray[np.uint8] = rules.prepare(grey(picture))
    return np.repeat(made[..., None], 3, axis=2)


def _notes(resized: Sequence[str], tinted: Sequence[str]) -> list[str]:
    notes: list[str] = []
    if resized:
        notes.append(f"{len(resized)} made pictures were brought to the size of scoring: {some(resized)}")
    if tinted:
        notes.append(f"{len(tinted)} made pictures are in colour, the real ones grey: {some(tinted)}")
    return notes

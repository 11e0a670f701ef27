"""A metric at work on a folder: what it takes from each match, and what it makes of all.

Every kind of metric in `limner.metrics` has its judge: picture against picture, the points of the face, set
against set, recognition of people.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

from limner.errors import LimnerError
from limner.evaluate.matching import ScoreError, grey
from limner.evaluate.score import Score, averaged, of_faces
from limner.faces import Face, find
from limner.image import Picture
from limner.metrics import METRICS

FIRST = partial(find, near=False)
"""The finder by which scores are taken: its first net alone, so that they do not move when points are placed
better."""

ASIDE = 0.5
"""Chosen: where the middle of the eyes is farther than this from the photo's, in eye distances, it is another
face, and the sitter's is not found."""


@dataclass(frozen=True)
class Rules:
    """How a protocol scores.

    Attributes:
        size: (width, height) that real pictures are brought to; None leaves each as it is.
        prepare: What is done to a grey picture (H, W) uint8 before any metric sees it, real or made.
        train: Identities that recognition learns from; 0 takes 45 in 100.
        dimensions: Principal components that recognition keeps at most; where `train` is 0, more if more are
            learned from.
        finder: Finds the faces of (H, W, 3) uint8, largest first.
    """

    size: tuple[int, int] | None = None
    prepare: Callable[[Picture], Picture] | None = None
    train: int = 0
    dimensions: int = 300
    finder: Callable[[Picture], list[Face]] = FIRST


class Judge(Protocol):
    """One metric at work: it looks at pictures in any order and at once, and says its score at the end."""

    def see(self, real: Picture, made: Picture, photo: Picture) -> object:
        """What it takes from a real picture, a made one and the photo, all (H, W, 3) uint8 of one size."""
        ...

    def score(self, seen: Sequence[Any]) -> Score:
        """Of what it took from all pictures, in their order."""
        ...


def judge(name: str, rules: Rules) -> Judge:
    """A metric at work.

    Args:
        name: In `METRICS`.
        rules: How it judges.

    Raises:
        ScoreError: There is no such metric.
        limner.errors.LimnerError: Its network is not there; the message says how to get it.
    """
    if name not in METRICS:
        raise ScoreError(f"no metric is called {name!r}; known are {', '.join(METRICS)}")
    metric = METRICS[name]
    if metric.kind == "points":
        return _Points(metric.function, rules.finder)
    if metric.kind == "people":
        return _People(metric.function, rules)
    features = _features(name, metric.network) if metric.network else None
    if metric.kind == "set" and features:
        return _Sets(metric.function, features)
    return _Pairs(metric.function, features)


class _Pairs:
    """A metric of picture against picture."""

    def __init__(self, function: Callable[..., float], features: Callable[[Picture], Any] | None) -> None:
        self._function, self._features = function, features

    def see(self, real: Picture, made: Picture, photo: Picture) -> float:  # noqa: ARG002
        if self._features:
            return self._function(real, made, self._features)
        return self._function(grey(real), grey(made))

    def score(self, seen: Sequence[float]) -> Score:
        return averaged(seen)


class _Points:
    """A metric of the points of the face in the photo and in the made picture."""

    def __init__(self, function: Callable[..., float], finder: Callable[[Picture], list[Face]]) -> None:
        self._function, self._find = function, finder

    def see(self, real: Picture, made: Picture, photo: Picture) -> float | None:  # noqa: ARG002
        """The distance; NaN where no face is found in its place, None where the photo has none to find."""
        meant = self._find(photo)
        if not meant:
            return None
        found = self._find(made)
        if not found:
            return math.nan
        eyes, nearest = meant[0].points[:2], min(found, key=lambda face: _apart(face, meant[0]))
        if math.dist(np.mean(eyes, axis=0), np.mean(nearest.points[:2], axis=0)) > ASIDE * math.dist(*eyes):
            return math.nan
        return self._function(np.array(meant[0].points), np.array(nearest.points))

    def score(self, seen: Sequence[float | None]) -> Score:
        skipped = [place for place, value in enumerate(seen) if value is None]
        return of_faces([math.nan if value is None else value for value in seen], skipped)


class _Sets:
    """A metric of all real against all made pictures, by what a network sees in them."""

    def __init__(self, function: Callable[..., float], features: Callable[[Picture], Any]) -> None:
        self._function, self._features = function, features

    def see(self, real: Picture, made: Picture, photo: Picture) -> tuple[Any, ...]:  # noqa: ARG002
        return tuple(self._features(picture)[0].ravel() for picture in (real, made))

    def score(self, seen: Sequence[tuple[Any, ...]]) -> Score:
        return Score(self._function(*map(np.stack, zip(*seen, strict=True))))


class _People:
    """Recognition: is the made sketch of a person nearest to the real one's?"""

    def __init__(self, function: Callable[..., Any], rules: Rules) -> None:
        self._function, self._rules = function, rules

    def see(self, real: Picture, made: Picture, photo: Picture) -> tuple[Picture, Picture]:  # noqa: ARG002
        return grey(real), grey(made)

    def score(self, seen: Sequence[tuple[Picture, Picture]]) -> Score:
        sizes = {real.shape for real, _ in seen}
        if len(sizes) > 1:
            raise ScoreError(f"recognition compares pictures of one size; {len(sizes)} sizes are there")
        train = self._rules.train or round(0.45 * len(seen))
        reals, mades = map(np.stack, zip(*seen, strict=True))
        most = self._rules.dimensions if self._rules.train else max(self._rules.dimensions, 2 * train)
        rate = self._function(reals, mades, train=train, dimensions=most)
        low, high = np.percentile(rate.per_split, [2.5, 97.5])
        told: dict[str, Any] = {
            "rule": "mean of each split's best dimension; the interval is over splits",
            "train": train,
            "test": len(seen) - train,
            "best_of_mean": rate.best_of_mean,
            "ranks": list(rate.ranks),
        }
        return Score(rate.mean_of_best, float(low), float(high), told=told)


def _features(name: str, network: str) -> Callable[[Picture], Any]:
    try:
        from limner.pretrained.features import features  # only here: it imports torch
    except ImportError as error:
        raise LimnerError(f"{name}: {error}; it needs pip install 'limner[train]'") from error
    return features(network)


def _apart(face: Face, other: Face) -> float:
    """Between the middles of two faces, in pixels."""
    (x, y), (u, v) = (np.mean(each.points, axis=0) for each in (face, other))
    return float(np.hypot(x - u, y - v))

"""The laws that every metric keeps, whatever it compares."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.metrics import Colour, Features, Grey, Metric, MetricError, dists

SIZES = ((97, 64), (64, 121))


@dataclass(frozen=True)
class Case:
    """What a metric is put to.

    Attributes:
        score: The metric of two inputs.
        real: An input.
        damaged: The same, ever more damaged.
        others: More inputs of the same shape.
        types: Inputs of a type that must be refused.
        shapes: Inputs of a shape that must be refused beside `real`.
    """

    score: Callable[[Any, Any], Any]
    real: NDArray[Any]
    damaged: Sequence[NDArray[Any]]
    others: Sequence[NDArray[Any]]
    types: Sequence[object]
    shapes: Sequence[NDArray[Any]]


def draw(height: int = 250, width: int = 200, shift: int = 0, strokes: int = 7) -> Grey:
    """A sketch from whole numbers alone, so the same everywhere: an oval, hatching and dots."""
    y, x = np.mgrid[:height, :width]
    x = x + shift
    oval = 9 * (x - width // 2) ** 2 * height**2 + 6 * (y - height // 2) ** 2 * width**2
    face = oval < (height * width) ** 2
    hatching = (x * 3 + y * 2) // 4 % strokes * (90 // strokes) * (y * 2 > height)
    dots = 60 * ((x * x + 3 * y * y + x * y) // 40 % 89 < 9)
    paper = 245 - 30 * y // height
    return np.clip(paper - 70 * face - hatching - dots, 0, 255).astype(np.uint8)


def noise(seed: int, shape: tuple[int, ...] = (250, 200)) -> NDArray[np.uint8]:
    """Every value alike likely."""
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def small_features(parts: int) -> Features:
    """A network of two layers that a test can follow: the picture in [0, 1], and its edges at half the size.

    Args:
        parts: Rows of weights a layer; 0 gives one weight a channel without rows.
    """

    def network(picture: Colour) -> list[NDArray[np.float32]]:
        unit = picture.astype(np.float32) / 255
        half = cv2.resize(unit, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        edges = [np.maximum(sign * cv2.Scharr(half, cv2.CV_32F, 1, 0), 0) for sign in (1, -1)]
        return [unit.transpose(2, 0, 1), np.concatenate(edges, axis=2).transpose(2, 0, 1).astype(np.float32)]

    rng = np.random.default_rng(0)
    shape = (parts,) if parts else ()
    return Features(network, [rng.random((*shape, c)).astype(np.float32) for c in (3, 6)])


def assert_metric_laws(metric: Metric) -> None:
    """Puts a metric to all laws: equal inputs, symmetry, range, damage, purity, layout, bad input."""
    for case in _cases(metric):
        _best_for_equal(metric, case)
        _symmetric(metric, case)
        _a_float_in_range(metric, case)
        _worse_with_damage(metric, case)
        _inputs_untouched(case)
        _bad_input_refused(case)


def _cases(metric: Metric) -> list[Case]:
    if metric.kind == "pair":
        colours = 3 if metric.network else 0
        features = small_features(2 if metric.function is dists else 0)
        extra = (features,) if colours else ()
        return [_of_pictures(lambda x, y: metric.function(x, y, *extra), size, colours) for size in SIZES]
    if metric.kind == "people":
        return [_of_people(lambda x, y: metric.function(x, y, train=8, splits=3).mean_of_best)]
    return [_of_rows(metric.function, (5, 2) if metric.kind == "points" else (40, 12))]


def _of_pictures(score: Callable[[Any, Any], float], size: tuple[int, int], colours: int) -> Case:
    def shaped(picture: Grey) -> NDArray[np.uint8]:
        return np.stack([picture, 255 - picture, picture.T.reshape(size)], axis=2) if colours else picture

    real = draw(*size)
    grain = noise(4, size).astype(int) - 128
    damaged = [np.clip(real + grain * k // 8, 0, 255).astype(np.uint8) for k in (1, 3, 8)]
    others = [255 - real, draw(*size, shift=5), noise(3, size)]
    others += [np.full(size, v, np.uint8) for v in (0, 128, 255)]
    good = shaped(real)
    types = [good.astype(t) for t in (np.float32, np.int64, np.bool_)]
    shapes = [good[:, :-1], good[:10, :10], np.stack([good] * 3, axis=-1), good[0]]
    return Case(score, good, [*map(shaped, damaged)], [*map(shaped, others)], [*types, [1]], shapes)


def _of_people(score: Callable[[Any, Any], float]) -> Case:
    rng = np.random.default_rng(5)
    real = rng.integers(0, 256, (24, 10, 12)).astype(np.uint8)
    damaged = [
        np.clip(real + rng.normal(0, sigma, real.shape), 0, 255).astype(np.uint8)
        for sigma in (150, 400, 3000)
    ]
    others = [255 - real, np.full_like(real, 7)]
    shapes = [real[:-1], real[:, :-1], real[0], real[..., None]]
    return Case(score, real, damaged, others, [real.astype(float), real.tolist()], shapes)


def _of_rows(score: Callable[[Any, Any], float], shape: tuple[int, int]) -> Case:
    rng = np.random.default_rng(6)
    real, other = rng.random(shape), rng.random(shape)
    damaged = [real + k * other for k in (0.2, 1, 5)]
    shapes = [real[:, :1], real[:1], real[0], real[None], np.full(shape, np.nan)]
    return Case(score, real, damaged, [other, 3 - other], [real.astype(str), real.tolist()], shapes)


def _best_for_equal(metric: Metric, case: Case) -> None:
    best = metric.range[metric.higher_is_better]
    if metric.range[0] == -math.inf:
        return  # an unbiased estimator: 0 only on average
    for x in (case.real, *case.others[:1]):
        if math.isinf(best):
            assert case.score(x, x.copy()) == best
        else:
            assert case.score(x, x.copy()) == pytest.approx(best, abs=1e-9)


def _symmetric(metric: Metric, case: Case) -> None:
    if metric.kind in ("people", "points"):
        return  # who is looked for, and whose eyes measure, is another
    for y in (*case.damaged, *case.others):
        assert case.score(case.real, y) == pytest.approx(case.score(y, case.real), abs=1e-9)


def _a_float_in_range(metric: Metric, case: Case) -> None:
    low, high = metric.range
    inputs = (case.real, *case.others)
    for x in inputs:
        for y in inputs:
            score = case.score(x, y)
            assert isinstance(score, float)
            assert low <= score <= high + 1e-9


def _worse_with_damage(metric: Metric, case: Case) -> None:
    scores = [case.score(case.real, y) for y in (case.real, *case.damaged)]
    assert scores == sorted(scores, reverse=metric.higher_is_better)
    assert len(set(scores)) == len(scores)


def _inputs_untouched(case: Case) -> None:
    x, y = case.real.copy(), case.damaged[0].copy()
    expected = case.score(case.real, case.damaged[0])
    x.setflags(write=False)
    y.setflags(write=False)
    assert case.score(x, y) == expected
    assert case.score(x, np.asfortranarray(y)) == pytest.approx(expected, abs=1e-9)
    assert case.score(np.repeat(x, 2, axis=0)[::2], y) == pytest.approx(expected, abs=1e-9)


def _bad_input_refused(case: Case) -> None:
    for bad in case.types:
        with pytest.raises(TypeError, match="expected"):
            case.score(case.real, bad)
        with pytest.raises(TypeError, match="expected"):
            case.score(bad, case.real)
    for bad in case.shapes:
        with pytest.raises(MetricError, match="expected"):
            case.score(case.real, bad)
        with pytest.raises(MetricError, match="expected"):
            case.score(bad, case.real)

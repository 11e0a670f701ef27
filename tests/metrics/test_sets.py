"""FID and KID against their definitions, computed the long way."""

import itertools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from limner.metrics import MetricError, fid, kid

Rows = npt.NDArray[np.float64]
Score = Callable[[npt.NDArray[np.floating], npt.NDArray[np.floating]], float]


def rows(seed: int, n: int, d: int, mean: float = 0.0) -> Rows:
    rng = np.random.default_rng(seed)
    return mean + rng.normal(size=(n, d)) @ rng.normal(size=(d, d))


def fid_by_roots(x: Rows, y: Rows) -> float:
    """With the matrix root itself, (S_x S_y)^(1/2) = S_x^(1/2) (S_x^(1/2) S_y S_x^(1/2))^(1/2) S_x^(-1/2)."""

    def root(s: Rows) -> Rows:
        values, vectors = np.linalg.eigh(s)
        return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T

    s_x, s_y = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    shared = root(root(s_x) @ s_y @ root(s_x))
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(s_x + s_y - 2 * shared))


@pytest.mark.parametrize(("n", "m", "d"), [(50, 60, 7), (9, 40, 12), (8, 5, 30), (2, 2, 3)])
def test_fid_equals_the_matrix_root(n: int, m: int, d: int) -> None:
    x, y = rows(1, n, d), rows(2, m, d, mean=0.3)
    assert fid(x, y) == pytest.approx(fid_by_roots(x, y), rel=1e-6)


def test_fid_of_known_gaussians() -> None:
    x = rows(3, 100, 4)
    assert fid(x, x + np.array([3, 0, 4, 0])) == pytest.approx(25)
    centred = x - x.mean(0)
    assert fid(centred, 3 * centred) == pytest.approx(4 * x.var(0, ddof=1).sum())


def kid_by_loops(x: Rows, y: Rows) -> float:
    def k(a: Rows, b: Rows) -> float:
        return (sum(p * q for p, q in zip(a, b, strict=True)) / len(a) + 1) ** 3

    def among(z: Rows) -> float:
        return float(np.mean([k(a, b) for a, b in itertools.permutations(z, 2)]))

    return among(x) + among(y) - 2 * float(np.mean([k(a, b) for a in x for b in y]))


@pytest.mark.parametrize(("n", "m", "d"), [(12, 9, 5), (2, 3, 4)])
def test_kid_equals_plain_loops(n: int, m: int, d: int) -> None:
    x, y = rows(4, n, d), rows(5, m, d)
    assert kid(x, y) == pytest.approx(kid_by_loops(x, y), rel=1e-9)


def test_kid_is_zero_on_average_for_sets_of_one_source() -> None:
    rng = np.random.default_rng(6)
    scores = [kid(rng.random((6, 3)), rng.random((8, 3))) for _ in range(2000)]
    error = np.std(scores) / np.sqrt(len(scores))
    assert abs(np.mean(scores)) < 3 * error
    assert min(scores) < 0
    assert kid(rng.random((6, 3)), 0.5 + rng.random((8, 3))) > 100 * error


@pytest.mark.parametrize("score", [fid, kid])
def test_single_precision_is_enough(score: Score) -> None:
    x, y = rows(7, 30, 6), rows(8, 25, 6)
    assert score(x.astype(np.float32), y.astype(np.float32)) == pytest.approx(score(x, y), rel=1e-5)


@pytest.mark.parametrize("score", [fid, kid])
def test_sets_that_cannot_be_compared(score: Score) -> None:
    with pytest.raises(MetricError, match="made: expected at least 2 rows, got 1"):
        score(rows(1, 5, 3), rows(1, 1, 3))
    with pytest.raises(MetricError, match=r"made: expected shape \(any, 3\), got \(5, 4\)"):
        score(rows(1, 5, 3), rows(1, 5, 4))

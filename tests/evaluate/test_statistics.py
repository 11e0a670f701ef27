"""Intervals and comparisons: known answers, and how often chance is taken for a difference."""

import itertools

import numpy as np
import pytest

from limner.evaluate.statistics import compare, interval, student


def test_interval_covers_the_true_mean_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(1)
    runs = [interval(rng.normal(3.0, 1.0, 60)) for _ in range(300)]
    assert 0.90 <= np.mean([low <= 3.0 <= high for low, high in runs]) <= 0.98


def test_interval_of_equal_scores_is_that_score() -> None:
    assert interval([0.5] * 7) == (0.5, 0.5)


@pytest.mark.parametrize("bad", [[], [1.0, np.nan], [np.inf], [[1.0]]])
def test_interval_refuses_what_is_no_list_of_numbers(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        interval(bad)


def test_p_is_that_of_all_signs() -> None:
    """Seven pictures have 128 ways to flip: counted here one by one."""
    ours = np.array([0.61, 0.55, 0.70, 0.64, 0.58, 0.66, 0.60])
    theirs = ours - np.array([0.02, -0.01, 0.03, 0.015, 0.025, -0.005, 0.01])
    d = ours - theirs
    means = [abs(np.mean(np.array(s) * d)) for s in itertools.product((-1, 1), repeat=7)]
    exact = np.mean(np.array(means) >= abs(d.mean()) - 1e-12)
    found = compare(ours, theirs)
    assert found.mean == pytest.approx(d.mean())
    assert found.p == pytest.approx(exact, abs=0.015)


def test_chance_is_seldom_taken_for_a_difference_and_a_difference_is_seen() -> None:
    rng = np.random.default_rng(2)
    alike = [compare(rng.normal(size=40), rng.normal(size=40)).noise for _ in range(100)]
    assert np.mean(alike) >= 0.88
    base = rng.normal(size=40)
    better = compare(base + 0.1 + 0.05 * rng.normal(size=40), base)
    assert not better.noise
    assert better.low > 0


def test_pictures_without_a_score_are_left_out_of_both() -> None:
    found = compare([1.0, np.nan, 3.0], [0.0, 1.0, 1.0])
    assert found.n == 2
    assert found.mean == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("n", "t", "p"),
    [(2, 12.7062, 0.05), (3, 9.92484, 0.01), (5, 2.776445, 0.05), (5, 8.610302, 0.001), (40, 2.022691, 0.05)],
)
def test_students_p_is_that_of_the_tables(n: int, t: float, p: float) -> None:
    """Two-sided, n - 1 degrees of freedom."""
    noise = np.random.default_rng(n).normal(size=n)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    assert student(noise + t / np.sqrt(n)) == pytest.approx(p, rel=1e-4)
    assert student(-1e-3 * (noise + t / np.sqrt(n))) == pytest.approx(p, rel=1e-4)


def test_student_knows_the_ends() -> None:
    assert student([0.0, 0.0]) == 1
    assert student([2.0, 2.0, 2.0]) == 0
    with pytest.raises(ValueError, match="at least two"):
        student([1.0])


def test_compare_wants_the_same_pictures() -> None:
    with pytest.raises(ValueError, match="same pictures"):
        compare([1.0], [1.0, 2.0])

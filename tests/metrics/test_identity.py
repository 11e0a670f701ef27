"""Recognition: known answers, the long way round, and protocols that cannot be."""

import time

import numpy as np
import numpy.typing as npt
import pytest

from limner.metrics import MetricError, recognition

Sketches = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.float64]


def people(n: int, shape: tuple[int, int] = (8, 10), seed: int = 0) -> Sketches:
    return np.random.default_rng(seed).integers(60, 190, (n, *shape)).astype(np.uint8)


def grainy(sketches: Sketches, sigma: float, seed: int = 1) -> Sketches:
    noise = np.random.default_rng(seed).normal(0, sigma, sketches.shape)
    return np.clip(sketches + noise, 0, 255).astype(np.uint8)


def by_scatter_matrices(real: Sketches, made: Sketches, train: int, splits: int, dimensions: int) -> Rows:
    """Places (splits, train - 1, n - train), from the scatter matrices of the pixels themselves."""
    n = len(real)
    x, y = (sketches.reshape(n, -1).astype(float) for sketches in (real, made))
    rng = np.random.default_rng(0)
    places = np.zeros((splits, train - 1, n - train))
    for split in range(splits):
        order = rng.permutation(n)
        taught, tested = order[:train], order[train:]
        samples = np.concatenate([x[taught], y[taught]])
        kept = min(dimensions, 2 * train - 1)
        pca = np.linalg.eigh(np.cov(samples, rowvar=False))[1][:, ::-1][:, :kept]
        a, b = x[taught] @ pca, y[taught] @ pca
        means = (a + b) / 2
        within = sum(np.outer(p - m, p - m) for each in (a, b) for p, m in zip(each, means, strict=True))
        null = np.linalg.eigh(within)[1][:, : kept - train]
        between = sum(2 * np.outer(m, m) for m in (means - means.mean(0)) @ null)
        directions = pca @ null @ np.linalg.eigh(between)[1][:, ::-1]
        for d in range(train - 1):
            p, q = x[tested] @ directions[:, : d + 1], y[tested] @ directions[:, : d + 1]
            for i in range(n - train):
                far = [((p[i] - q[j]) ** 2).sum() for j in range(n - train)]
                places[split, d, i] = sum(f <= far[i] for f in far)
    return places


@pytest.mark.parametrize("dimensions", [300, 9])
def test_equals_the_scatter_matrices(dimensions: int) -> None:
    real = people(18)
    made = grainy(real, 60)
    got = recognition(real, made, train=7, splits=4, dimensions=dimensions)
    places = by_scatter_matrices(real, made, 7, 4, dimensions)
    # Where few components are kept, the null space has few directions; further ones add nothing.
    width = min(dimensions, 13) - 7
    places[:, width:] = places[:, width - 1 : width]
    rates = (places == 1).mean(2)
    assert got.curve == pytest.approx(rates.mean(0))
    assert got.per_split == pytest.approx(rates.max(1))
    assert got.mean_of_best == pytest.approx(rates.max(1).mean())
    assert got.best_of_mean == pytest.approx(rates.mean(0).max())
    assert got.directions == 1 + rates.mean(0).argmax()
    ranks = [(places[:, got.directions - 1] <= k).mean() for k in range(1, 12)]
    assert got.ranks == pytest.approx(ranks)
    assert 0.05 < got.best_of_mean <= got.mean_of_best < 1


def test_a_manner_that_all_made_sketches_share_is_seen_through() -> None:
    real = people(40)
    manner = np.random.default_rng(2).integers(-60, 60, real.shape[1:])
    got = recognition(real, (real + manner).astype(np.uint8), train=18)
    assert got.mean_of_best == got.best_of_mean == 1
    assert set(got.per_split) == {1}


def test_sketches_of_somebody_else_are_recognised_by_chance() -> None:
    got = recognition(people(60), people(60, seed=9), train=20)
    assert got.best_of_mean < 3 / 40
    assert got.ranks[19] == pytest.approx(0.5, abs=0.15)


def test_sketches_all_alike_recognise_nobody() -> None:
    real = people(20)
    blank = np.full_like(real, 255)
    assert recognition(blank, blank, train=9).mean_of_best == 0
    assert recognition(blank, blank, train=9).ranks[-1] == 1


def test_the_rules_are_in_order_and_ranks_rise_to_all() -> None:
    real = people(50)
    got = recognition(real, grainy(real, 120), train=20)
    assert got.best_of_mean <= got.mean_of_best
    assert got.ranks[0] == pytest.approx(got.best_of_mean)
    assert list(got.ranks) == sorted(got.ranks)
    assert got.ranks[-1] == 1
    assert (len(got.curve), len(got.ranks), len(got.per_split)) == (19, 30, 20)


def test_the_seed_alone_decides_the_splits() -> None:
    real = people(30)
    made = grainy(real, 150)
    first, again, other = (recognition(real, made, train=12, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first.per_split != other.per_split


def test_light_and_contrast_of_all_sketches_do_not_matter() -> None:
    real = people(24)
    made = grainy(real, 90)
    dark = (real // 2, made // 2)
    plain, halved = recognition(*(2 * each for each in dark), train=10), recognition(*dark, train=10)
    assert plain == halved


def test_twenty_splits_of_cufs_take_under_a_minute_of_computing() -> None:
    real = people(338, (250, 200))
    begun = time.process_time()
    got = recognition(real, grainy(real, 200), train=150)
    assert time.process_time() - begun < 60
    assert (len(got.curve), len(got.ranks), len(got.per_split)) == (149, 188, 20)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"train": 19}, r"at least 19 \+ 2 people to learn from and to try, got 20"),
        ({"train": 150}, r"at least 150 \+ 2 people"),
        ({"train": 1}, "got 1 and 20"),
        ({"train": 9, "splits": 0}, "got 9 and 0"),
        ({"train": 9, "dimensions": 9}, "more than 9 dimensions, one a person, got 9"),
    ],
)
def test_protocols_that_cannot_be(options: dict[str, int], told: str) -> None:
    with pytest.raises(MetricError, match=told):
        recognition(people(20), people(20), **options)

"""Recognition: does an artist's sketch of a person find, among made sketches of many, that person's?

A recogniser learns from `train` people, a real and a made sketch each, as raw grey pixels, and is put to the
other people. It is null-space linear discriminant analysis (NLDA):

    1. principal components of the 2 train sketches; at most `dimensions` of them are kept
    2. in these, the null space of the scatter within people: where real and made are the same. A person's
       scatter is spanned by d = real - made, so the null space is what is orthogonal to all d
    3. in that, the directions v_1, v_2, ... of the largest scatter between people, at most train - 1

Each real sketch (probe) is then compared with all made ones (gallery) of people that it did not learn from:

    distance_D(probe, gallery)^2 = sum_{k <= D} (v_k . (probe - gallery))^2

and its place is how many made sketches are at most as far as the right one; place 1 is recognised. The rate
is a curve over D. Papers report its peak in two ways, so both are given.

Only inner products of sketches matter in all this. Those of all sketches are taken once, and every split then
works in coordinates of 2 n numbers a sketch in place of its pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.metrics.check import Grey, MetricError

Matrix = npt.NDArray[np.float64]

PIXELS = 8192
"""Pixels of every sketch that are in memory as double numbers at once."""

ROUNDING = 1e-7
"""Singular values below this share of the largest of all sketches are rounding: products halve the digits."""


@dataclass(frozen=True)
class Recognition:
    """How many people were recognised, in [0, 1]; higher is better.

    Attributes:
        mean_of_best: Mean over splits of each split's rate at its own best number of directions.
        best_of_mean: The best of `curve`; never above `mean_of_best`.
        directions: The D at which `curve` is best, the smallest if there are several.
        curve: The rate with the first D directions, D = 1, ..., train - 1, mean over splits.
        ranks: Share of probes whose place is at most k, k = 1, 2, ..., n - train, with `directions`
            directions, mean over splits. The first is `best_of_mean`.
        per_split: What `mean_of_best` is the mean of.
    """

    mean_of_best: float
    best_of_mean: float
    directions: int
    curve: Sequence[float]
    ranks: Sequence[float]
    per_split: Sequence[float]


def recognition(
    real: npt.NDArray[np.uint8],
    made: npt.NDArray[np.uint8],
    train: int,
    splits: int = 20,
    dimensions: int = 300,
    seed: int = 0,
) -> Recognition:
    """Recognises people's real sketches among their made ones.

    Args:
        real: The artist's sketches, uint8 (n, H, W), grey, a person each.
        made: The made sketches of the same people in the same order, as `real`.
        train: People that the recogniser learns from: 150 in CUFS (n = 338), 300 in CUFSF (n = 944).
        splits: Random choices of these people.
        dimensions: Principal components kept at most: 300 in CUFS, 600 in CUFSF, which is all there are.
        seed: Of the splits: each takes the first `train` of a permutation, drawn one after the other from one
            `numpy.random.default_rng(seed)`.

    Returns:
        Both rules, the curve and the ranks. Numbers of other n or train are not comparable.

    Raises:
        TypeError: If the sketches are not uint8 arrays.
        MetricError: If they are not (n, H, W) of one shape, or the numbers leave too few people to learn from
            (two), too few to be put to (two), no split, or no null space (`dimensions` above `train`).

    Source: Chen, Liao, Ko, Lin, Yu, "A new LDA-based face recognition system which can solve the small sample
        size problem", Pattern Recognition 2000; the protocol is that of Wang, Gao, Li, "Random sampling for
        fast face sketch synthesis", Pattern Recognition 2018, and of what followed it.
    Chosen: A made sketch as far as the right one counts as nearer, so that sketches all alike recognise
        nobody. The published splits were not; these are fixed by the seed.
    """
    _check(real, made, train, splits, dimensions)
    people = _coordinates(real, made)
    chance = np.random.default_rng(seed)
    orders = [chance.permutation(len(real)) for _ in range(splits)]
    places = np.stack([_places(people, order, train, dimensions) for order in orders])

    rates = (places == 1).mean(2)
    curve = rates.mean(0)
    best = int(curve.argmax())
    of_rank = np.arange(1, places.shape[2] + 1)
    return Recognition(
        mean_of_best=float(rates.max(1).mean()),
        best_of_mean=float(curve[best]),
        directions=best + 1,
        curve=tuple(curve.tolist()),
        ranks=tuple((places[:, best, :, None] <= of_rank).mean((0, 1)).tolist()),
        per_split=tuple(rates.max(1).tolist()),
    )


def _coordinates(real: Grey, made: Grey) -> Matrix:
    """All sketches as (2, n, r), r < 2 n: pixels turned, centred, and scaled to a largest singular value 1.

    Distances keep their proportions.
    """
    pixels = np.concatenate([real, made]).reshape(2 * len(real), -1)
    products = np.zeros((len(pixels), len(pixels)))
    for first in range(0, pixels.shape[1], PIXELS):
        some = pixels[:, first : first + PIXELS].astype(np.float64)
        products += some @ some.T  # whole numbers below 2^53, so exact
    products -= products.mean(0)
    products -= products.mean(1, keepdims=True)
    values, vectors = np.linalg.eigh(products)
    shares = values / max(values[-1], 1)  # below 1, no two sketches differ in a pixel
    there = shares > ROUNDING**2
    return (vectors[:, there] * np.sqrt(shares[there])).reshape(2, len(real), there.sum())


def _places(
    people: Matrix, order: npt.NDArray[np.int64], train: int, dimensions: int
) -> npt.NDArray[np.int64]:
    """The place of each person put to the recogniser with the first D directions, (train - 1, n - train)."""
    directions = _directions(people[:, order[:train]], dimensions)
    probe, gallery = people[:, order[train:]] @ directions.T
    squares = np.zeros((len(probe), len(probe)))
    places = np.full((train - 1, len(probe)), len(probe))
    for k, (p, g) in enumerate(zip(probe.T, gallery.T, strict=True)):
        squares += np.subtract.outer(p, g) ** 2
        # Where there are fewer directions than train - 1, further ones would add nothing.
        places[k:] = (squares <= squares.diagonal()[:, None]).sum(1)
    return places


def _directions(people: Matrix, dimensions: int) -> Matrix:
    """v_1, v_2, ... learned from people (2, train, r), as rows (at most train - 1, r)."""
    samples = np.concatenate(people)
    components = _rows(samples - samples.mean(0))[:dimensions]
    real, made = people @ components.T
    null = _orthogonal(real - made)
    means = (real + made) @ null.T
    between = _rows(means - means.mean(0))
    return between @ null @ components


def _rows(x: Matrix) -> Matrix:
    """Directions in which the rows of x differ from 0, the strongest first, (rank, width)."""
    _, strengths, directions = np.linalg.svd(x, full_matrices=False)
    return directions[: _rank(strengths)]


def _orthogonal(x: Matrix) -> Matrix:
    """Directions orthogonal to all rows of x, (width - rank, width)."""
    _, strengths, directions = np.linalg.svd(x)
    return directions[_rank(strengths) :]


def _rank(strengths: Matrix) -> int:
    return int((strengths > ROUNDING).sum())


def _check(real: object, made: object, train: int, splits: int, dimensions: int) -> None:
    shapes: list[tuple[int, ...]] = []
    for name, sketches in (("real", real), ("made", made)):
        if not isinstance(sketches, np.ndarray) or sketches.dtype != np.uint8:
            got = sketches.dtype if isinstance(sketches, np.ndarray) else type(sketches).__name__
            raise TypeError(f"{name}: expected a NumPy array of uint8, got {got}")
        if sketches.ndim != 3:
            raise MetricError(f"{name}: expected grey sketches (n, H, W), got shape {sketches.shape}")
        shapes.append(sketches.shape)
    if shapes[0] != shapes[1]:
        raise MetricError(f"expected sketches of one shape, got {shapes[0]} and {shapes[1]}")
    if train < 2 or splits < 1:
        raise MetricError(f"expected 2 people to learn from and a split at least, got {train} and {splits}")
    if dimensions <= train:
        raise MetricError(f"expected more than {train} dimensions, one a person, got {dimensions}")
    if shapes[0][0] < train + 2:
        raise MetricError(
            f"expected at least {train} + 2 people to learn from and to try, got {shapes[0][0]}"
        )

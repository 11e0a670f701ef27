"""How sure a mean is, and whether two methods differ by more than chance.

The mean of n pictures is given with its bootstrap interval (Efron, Bootstrap methods, Annals of Statistics
1979): the 2.5th and 97.5th percentile of the means of n pictures drawn from them with replacement.

Two methods drew the same pictures, so their scores are compared picture by picture. Were they alike, each
difference d_i could as well be -d_i (Fisher's paired randomisation test): the p-value is how often random
signs give a mean at least as far from zero,

    p = (1 + #{|mean(s d)| >= |mean(d)|}) / (1 + draws),    s in {-1, 1}^n

Methods that learn from one pair at a time differ by the pair too. Of so few, five, random signs could never
give less than p = 1/16, so there it is Student's t (The probable error of a mean, Biometrika 1908).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES, FLIPS, SEED = 1000, 9999, 0
NOISE = 0.05
"""A difference whose p-value is at least this is within noise. Chosen: the usual level."""


@dataclass(frozen=True)
class Difference:
    """How two methods' scores of the same pictures differ.

    Attributes:
        mean: Of ours minus theirs.
        low: Lower end of its bootstrap 95 % interval.
        high: Upper end.
        p: Of the paired randomisation test, in (0, 1].
        n: Pictures that both have a score of.
    """

    mean: float
    low: float
    high: float
    p: float
    n: int

    @property
    def noise(self) -> bool:
        """Whether chance explains it."""
        return self.p >= NOISE


def interval(values: ArrayLike) -> tuple[float, float]:
    """The bootstrap 95 % interval of the mean.

    Args:
        values: (n,), n at least 1, finite.

    Raises:
        ValueError: Another shape, or a value that is not finite.
    """
    scores = _finite(values)
    drawn = np.random.default_rng(SEED).integers(0, scores.size, (RESAMPLES, scores.size))
    low, high = np.percentile(scores[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def compare(ours: ArrayLike, theirs: ArrayLike) -> Difference:
    """Compares two methods on the same pictures, in the same order.

    Args:
        ours: (n,) scores; NaN where there is none.
        theirs: (n,), as `ours`.

    Returns:
        The difference over the pictures that both have a score of.

    Raises:
        ValueError: Other shapes, or no picture that both have a score of.
    """
    a, b = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"scores of the same pictures are expected, got {a.shape} and {b.shape}")
    differences = _finite((a - b)[np.isfinite(a) & np.isfinite(b)])
    signs = np.random.default_rng(SEED).integers(0, 2, (FLIPS, differences.size), np.int8) * 2 - 1
    flipped, mean = np.abs(signs @ differences) / differences.size, float(differences.mean())
    # Sums in another order may differ in the last digit; a tie must count as one.
    as_far = int((flipped >= abs(mean) * (1 - 1e-12)).sum())
    return Difference(mean, *interval(differences), (1 + as_far) / (1 + FLIPS), differences.size)


def student(values: ArrayLike) -> float:
    """The p-value of Student's two-sided t test that values have the mean 0.

    Over angles, t = sqrt(n - 1) tan(a), the density is that of cos(a)^(n - 2), which a plain sum integrates.

    Args:
        values: (n,), n at least 2, finite.

    Returns:
        In [0, 1]; 1 where all are 0.

    Raises:
        ValueError: Another shape, one value alone, or a value that is not finite.
    """
    scores = _finite(values)
    if scores.size < 2:
        raise ValueError("at least two values are expected, got one")
    mean, error = abs(float(scores.mean())), float(scores.std(ddof=1)) / math.sqrt(scores.size)
    if mean <= 1e-12 * float(np.abs(scores).max()):
        return 1.0
    reached = math.atan2(mean, error * math.sqrt(scores.size - 1))
    inside, whole = (_under_cosine(end, scores.size - 2) for end in (reached, math.pi / 2))
    return max(0.0, 1 - inside / whole)


def _under_cosine(end: float, power: int) -> float:
    """The integral of cos(a)^power from 0 to `end`, by midpoints."""
    middles = (np.arange(10000) + 0.5) * end / 10000
    return float((np.cos(middles) ** power).mean()) * end


def _finite(values: ArrayLike) -> NDArray[np.float64]:
    scores = np.asarray(values, np.float64)
    if scores.ndim != 1 or not scores.size or not np.isfinite(scores).all():
        raise ValueError(f"at least one score, all finite, is expected, got {scores.shape}")
    return scores

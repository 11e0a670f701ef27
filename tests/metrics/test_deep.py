"""LPIPS and DISTS on a small network, against their definitions in plain loops."""

import math

import numpy as np
import pytest
from tests.laws import noise, small_features

from limner.metrics import Colour, Features, dists, lpips


def pair() -> tuple[Colour, Colour]:
    return noise(1, (32, 34, 3)), noise(2, (32, 34, 3))


def test_lpips_equals_plain_loops() -> None:
    features = small_features(0)
    real, made = pair()
    expected = 0.0
    for x, y, w in zip(features(real), features(made), features.weights, strict=True):
        channels, height, width = x.shape
        for i in range(height):
            for j in range(width):
                u, v = (
                    each[:, i, j] / (math.sqrt(sum(float(c) ** 2 for c in each[:, i, j])) + 1e-10)
                    for each in (x, y)
                )
                expected += sum(w[c] * (u[c] - v[c]) ** 2 for c in range(channels)) / (height * width)
    assert lpips(real, made, features) == pytest.approx(expected, rel=1e-6)


def test_dists_equals_plain_loops() -> None:
    features = small_features(2)
    real, made = pair()
    total = sum(float(weight.sum()) for weight in features.weights)
    expected = 1.0
    for x, y, (alpha, beta) in zip(features(real), features(made), features.weights, strict=True):
        for c in range(len(x)):
            p, q = (each[c].ravel().astype(float) for each in (x, y))
            covariance = np.cov(p, q, bias=True)
            texture = (2 * p.mean() * q.mean() + 1e-6) / (p.mean() ** 2 + q.mean() ** 2 + 1e-6)
            structure = (2 * covariance[0, 1] + 1e-6) / (covariance[0, 0] + covariance[1, 1] + 1e-6)
            expected -= (alpha[c] * texture + beta[c] * structure) / total
    assert dists(real, made, features) == pytest.approx(expected, rel=1e-6)


def test_dists_does_not_mind_how_its_weights_are_scaled() -> None:
    features = small_features(2)
    twice = Features(features.network, [2 * weight for weight in features.weights])
    assert dists(*pair(), twice) == pytest.approx(dists(*pair(), features))


def test_dists_of_opposed_structure_is_above_one() -> None:
    ramp = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (40, 1))
    real, made = (np.stack([plane] * 3, axis=-1) for plane in (ramp, ramp[:, ::-1]))

    def network(picture: Colour) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
        return [picture.transpose(2, 0, 1).astype(np.float32)]

    only_structure = Features(network, [np.array([[0, 0, 0], [1, 1, 1]], np.float32)])
    assert dists(real, made, only_structure) == pytest.approx(2, abs=1e-6)


def test_a_weight_too_few_is_no_score() -> None:
    features = small_features(0)
    with pytest.raises(ValueError, match="shorter"):
        lpips(*pair(), Features(features.network, features.weights[:1]))

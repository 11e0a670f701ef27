"""Losses that are held to an independent computation."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from limner.losses.contrast import contrast_loss
from limner.losses.cooccurrence import cooccurrence_loss
from limner.losses.similarity import similarity_loss
from limner.metrics.ssim import ssim


def test_similarity_is_that_of_the_metric() -> None:
    rng = np.random.default_rng(0)
    real = rng.integers(0, 256, (40, 50), np.uint8)
    made = np.clip(real + rng.normal(0, 40, real.shape), 0, 255).astype(np.uint8)
    x, y = (torch.from_numpy(each)[None, None] / 255 for each in (real, made))
    assert 1 - similarity_loss(x, y).item() == pytest.approx(ssim(real, made), abs=1e-4)
    assert similarity_loss(x, x).item() == pytest.approx(0, abs=1e-6)


def test_similarity_takes_channels_apart_and_gives_gradients() -> None:
    torch.manual_seed(0)
    real, made = torch.rand(2, 3, 24, 16), torch.rand(2, 3, 24, 16, requires_grad=True)
    whole = similarity_loss(real, made)
    apart = [similarity_loss(real[:, c : c + 1], made[:, c : c + 1]) for c in range(3)]
    assert whole.item() == pytest.approx(torch.stack(apart).mean().item(), abs=1e-6)
    (gradient,) = torch.autograd.grad(whole, made)
    assert gradient.abs().sum() > 0


def test_similarity_is_exact_in_half_precision_too() -> None:
    torch.manual_seed(0)
    real, made = torch.rand(1, 1, 32, 32) / 50 + 0.9, torch.rand(1, 1, 32, 32) / 50 + 0.9
    with torch.autocast("cpu", torch.bfloat16):
        half = similarity_loss(real, made)
    assert half.item() == similarity_loss(real, made).item()


def test_equal_sentences_are_not_negatives_of_each_other() -> None:
    torch.manual_seed(0)
    u, v = (torch.nn.functional.normalize(torch.randn(5, 8), dim=1) for _ in range(2))
    words = torch.tensor([[1, 2], [3, 4], [1, 2], [5, 6], [1, 2]])
    said = [tuple(row) for row in words.tolist()]
    s, likeness = 7.0, (u @ v.T).numpy().astype(float)
    terms: list[float] = []
    for i in range(5):
        others = [j for j in range(5) if j == i or said[j] != said[i]]
        rows = (likeness[i], likeness[:, i])
        terms += [float(np.log(np.exp(s * row[others]).sum()) - s * row[i]) for row in rows]
    told = contrast_loss(u, v, words, torch.tensor(s))
    assert told.item() == pytest.approx(np.mean(terms), rel=1e-5)
    # With all sentences equal nothing is left to tell apart.
    assert contrast_loss(u, v, words[:1].expand(5, -1), torch.tensor(s)).item() == 0


def _haralick(level: NDArray[np.int64]) -> tuple[float, float]:
    """Contrast and energy of a picture of grey levels, counted pixel by pixel over 47 x 47 places."""
    p = np.zeros((6, 6))
    for down, right in ((0, 1), (1, 1), (1, 0), (1, -1)):
        for y in range(47):
            for x in range(max(0, -right), max(0, -right) + 47):
                p[level[y, x], level[y + down, x + right]] += 1 / (4 * 47 * 47)
    return sum(p[i, j] * (i - j) ** 2 for i in range(6) for j in range(6)), float((p**2).sum())


def test_cooccurrence_counts_neighbours_by_grey_level() -> None:
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 6, (49, 49)), np.repeat(rng.integers(2, 6, (49, 7)), 7, axis=1)
    # In the middle of its level, 2 x 2 alike: neither softness nor the halving of the size matters.
    real, made = (
        torch.from_numpy(np.kron((level + 0.5) / 6, np.ones((2, 2)))).float()[None, None] for level in levels
    )
    (contrast, energy), (of_contrast, of_energy) = map(_haralick, levels)
    expected = abs(contrast - of_contrast) + abs(energy - of_energy)
    assert cooccurrence_loss(real, made).item() == pytest.approx(expected, rel=0.05)
    assert cooccurrence_loss(real, real).item() == 0
    assert cooccurrence_loss(real, real.flip(3)).item() == pytest.approx(0, abs=0.05)
    made.requires_grad_()
    (gradient,) = torch.autograd.grad(cooccurrence_loss(real, 0.9 * made), made)
    assert gradient.abs().sum() > 0

"""Losses that are held to an independent computation."""

import numpy as np
import pytest
import torch

from limner.losses.contrast import contrast_loss
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

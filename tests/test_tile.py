"""Tiles equal the whole, for any size."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from limner.nn.generator import Generator
from limner.tile import draw_tiled

NET = Generator(3, 1, (4, 6), depth=1).eval().requires_grad_(False)


def draw(x: NDArray[np.float32]) -> NDArray[np.float32]:
    assert x.shape[2] % NET.stride == 0
    assert x.shape[3] % NET.stride == 0
    return NET(torch.from_numpy(x)).numpy()


def tiled(picture: NDArray[np.uint8], tile: int) -> NDArray[np.uint8]:
    return draw_tiled(draw, picture, NET.stride, NET.radius, tile)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 150), st.integers(1, 150), st.sampled_from([4, 16, 32]))
def test_tiles_equal_the_whole(height: int, width: int, tile: int) -> None:
    picture = np.random.default_rng(height * 151 + width).integers(0, 256, (height, width, 3), np.uint8)
    parts, whole = tiled(picture, tile), tiled(picture, 1024)
    assert parts.shape == whole.shape == (height, width)
    # Rounding to whole levels may fall either side of a half: sums in another order differ in the last bits.
    assert np.abs(parts.astype(int) - whole).max() <= 1
    assert (parts != whole).mean() < 0.01


def test_too_small_a_margin_would_be_noticed() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (150, 150, 3), np.uint8)
    cut = draw_tiled(draw, picture, NET.stride, 0, 16)
    assert (cut != tiled(picture, 1024)).mean() > 0.1


def test_grey_goes_to_a_net_of_one_channel() -> None:
    net = Generator(1, 3, (4, 6), depth=1).eval().requires_grad_(False)
    picture = np.zeros((7, 9), np.uint8)
    made = draw_tiled(lambda x: net(torch.from_numpy(x)).numpy(), picture, net.stride, net.radius)
    assert made.shape == (7, 9, 3)


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="0 x 5"):
        tiled(np.zeros((5, 0, 3), np.uint8), 16)

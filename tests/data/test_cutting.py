"""The fast cut: where the sharper warp lies, and what lies beyond the picture."""

import cv2
import numpy as np
import pytest

from limner.data.cutting import cut
from limner.faces.align import warp


@pytest.mark.parametrize("scale", [0.2, 0.45, 1.0, 2.3])
def test_cut_lies_where_the_sharper_warp_lies(scale: float) -> None:
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (12, 10, 3), np.uint8)
    photo = np.asarray(cv2.resize(small, (200, 240), interpolation=cv2.INTER_CUBIC), np.uint8)
    matrix = np.array([[scale, 0.1 * scale, 5.0], [-0.1 * scale, scale, 9.0]])
    exact = warp(photo, matrix, (96, 96)) / 255
    assert np.abs(cut(photo, matrix, 96) - exact).mean() < 0.02


@pytest.mark.parametrize("scale", [0.2, 0.45, 1.0, 2.3])
def test_beyond_the_picture_lies_its_edge_or_nothing(scale: float) -> None:
    white = np.full((60, 50), 255, np.uint8)
    matrix = np.array([[scale, 0, 40.0], [0, scale, 40.0]])
    assert cut(white, matrix, 96).min() == 1
    made = cut(white, matrix, 96, cv2.BORDER_CONSTANT)
    assert made[:38].max() == made[:, :38].max() == 0
    inside = made[42 : int(40 + 59 * scale) - 2, 42 : int(40 + 49 * scale) - 2]
    assert inside.min() == 1

"""Where a rough matte is in doubt, colour decides."""

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.faces.cut import cut

Picture = NDArray[np.uint8]
Unit = NDArray[np.float32]


def scene(height: int = 120, width: int = 100) -> tuple[Picture, Unit]:
    """Somebody in dark red before grey-blue, both with grain, and the truth."""
    rng = np.random.default_rng(0)
    truth = np.zeros((height, width), np.float32)
    truth[height // 4 :, width // 4 : 3 * width // 4] = 1
    colours = np.where(truth[..., None] > 0, (90, 20, 25), (120, 150, 190))
    return (colours + rng.normal(0, 6, (height, width, 3))).clip(0, 255).astype(np.uint8), truth


def test_what_is_in_doubt_goes_to_whom_it_is_coloured_like() -> None:
    picture, truth = scene()
    rough = truth.copy()
    rough[100:, 25:35] = 0.3  # a sleeve that fades
    rough[40:60, 75:80] = 0.7  # a piece of the wall taken along
    made = cut(picture, rough)
    assert np.abs(made - truth).max() == 0
    assert (cut(picture, rough) == made).all()


def test_a_strand_beside_the_matte_is_found() -> None:
    picture, truth = scene()
    rough = truth.copy()
    rough[:, 72:75] = 0
    assert cut(picture, rough)[35:, 72:74].mean() > 0.9


def test_what_is_sure_stays() -> None:
    picture, truth = scene()
    rough = truth.copy()
    rough[60:70, 45:55] = 1
    picture[60:70, 45:55] = (120, 150, 190)  # a shirt like the wall
    picture[10:14, 3:7] = (90, 20, 25)  # a thing like the coat, far away
    made = cut(picture, rough)
    assert (made[60:70, 45:55] == 1).all()
    assert (made[10:14, 3:7] == 0).all()


@pytest.mark.parametrize("value", [0.0, 0.4, 1.0])
def test_where_nobody_or_nothing_else_is_sure_the_matte_stays(value: float) -> None:
    picture, _ = scene()
    rough = np.full(picture.shape[:2], value, np.float32)
    assert (cut(picture, rough) == rough).all()


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 50), (700, 40), (900, 640)])
def test_any_size_keeps_its_size(height: int, width: int) -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    made = cut(picture, rng.random((height, width), np.float32))
    assert made.shape == (height, width)
    assert made.dtype == np.float32
    assert 0 <= made.min() <= made.max() <= 1

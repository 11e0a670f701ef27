"""The camera: each fault alone does what its name says, none does nothing."""

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.data.camera import Camera, coarsened, compressed, noisy

PHOTO = np.random.default_rng(0).random((40, 56, 3), np.float32)


def grain(photo: NDArray[np.float32]) -> float:
    return float(np.abs(np.diff(photo, axis=1)).mean())


def test_a_camera_without_faults_changes_nothing() -> None:
    np.testing.assert_array_equal(Camera(0, 0, 0, 0).take(PHOTO, np.random.default_rng(0)), PHOTO)


@pytest.mark.parametrize("camera", [Camera(1, 0, 0, 0), Camera(0, 1, 0, 0)])
def test_blur_and_coarse_pixels_take_grain(camera: Camera) -> None:
    for seed in range(5):
        made = camera.take(PHOTO, np.random.default_rng(seed))
        assert made.shape == PHOTO.shape
        assert made.dtype == np.float32
        assert grain(made) < grain(PHOTO)


def test_all_faults_together_stay_in_range() -> None:
    for seed in range(20):
        made = Camera(0.5, 0.5, 1, 1).take(PHOTO, np.random.default_rng(seed))
        assert made.dtype == np.float32
        assert 0 <= made.min() <= made.max() <= 1


def test_coarse_pixels_are_areas() -> None:
    checks = np.indices((40, 56)).sum(axis=0)[..., None].repeat(3, axis=2) % 2
    assert np.abs(coarsened(checks.astype(np.float32), 0.5) - 0.5).max() < 1e-6


def test_noise_has_its_deviation() -> None:
    off = noisy(PHOTO, 0.05, np.random.default_rng(1)) - PHOTO
    assert abs(off.std() - 0.05) < 0.005
    assert abs(off.mean()) < 0.005


def test_jpeg_keeps_colours_in_their_channels() -> None:
    colour = np.array([0.9, 0.3, 0.1], np.float32)
    made = compressed(np.full((32, 32, 3), colour), 90)
    assert np.abs(made - colour).max() < 0.03


def test_jpeg_of_lower_quality_is_further_off() -> None:
    off = [np.abs(compressed(PHOTO, quality) - PHOTO).mean() for quality in (95, 50, 15)]
    assert off == sorted(off)
    assert off[0] < off[2]

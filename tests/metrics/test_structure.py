"""The five points of a made face against those of the photo."""

import numpy as np
import pytest
from tests.kit import face_at

from limner.metrics import MetricError, structure


def test_the_unit_is_the_distance_of_the_photos_eyes() -> None:
    photo, beside = (np.array(face_at(x, 80, apart=40).points) for x in (100, 110))
    assert structure(photo, beside) == pytest.approx(10 / 40)
    wide = np.array(face_at(100, 80, apart=80).points)
    assert structure(photo, wide) == pytest.approx(2 * structure(wide, photo))


def test_the_mean_is_over_the_five_points() -> None:
    photo = np.array(face_at(100, 80, apart=50).points)
    made = photo.copy()
    made[2] += (30, -40)
    assert structure(photo, made) == pytest.approx(50 / 5 / 50)


def test_turning_and_growing_both_changes_nothing() -> None:
    photo, made = (face_at(100, 80, apart=50, tilt=tilt) for tilt in (0, 7))
    matrix = np.array([[0, -3, 500], [3, 0, 20]], np.float64)
    before = structure(np.array(photo.points), np.array(made.points))
    assert structure(np.array(photo.moved(matrix).points), np.array(made.moved(matrix).points)) == (
        pytest.approx(before)
    )


def test_eyes_in_one_place_measure_nothing() -> None:
    photo = np.ones((5, 2))
    with pytest.raises(MetricError, match=r"eyes apart, got both at \[1.0, 1.0\]"):
        structure(photo, photo)

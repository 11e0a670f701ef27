"""Points by hand: what makes a face of them, and what does not."""

import numpy as np
import pytest

from limner.faces import FaceError, given

FIVE = (30, 40, 60, 42, 46, 60, 35, 75, 58, 76)


def test_five_points_stay_as_they_are() -> None:
    face = given(FIVE, 100, 100)
    assert np.array_equal(np.ravel(face.points), FIVE)
    assert face.score == 1


def test_of_eyes_alone_the_rest_lies_below_them_also_when_tilted() -> None:
    level, tilted = given((30, 40, 60, 40), 100, 100), given((40, 30, 40.001, 60), 100, 100)
    assert level.eyes == ((30, 40), (60, 40))
    nose, left, right = level.points[2:]
    assert nose == pytest.approx((45, 58))
    assert 30 < left[0] < nose[0] < right[0] < 60
    assert left[1] == pytest.approx(right[1])
    assert left[1] > nose[1]
    assert tilted.points[2] == pytest.approx((40 - 18, 45), abs=0.01)
    assert level.area == pytest.approx(tilted.area, rel=1e-3)


@pytest.mark.parametrize("points", [FIVE, FIVE[:4]])
def test_the_box_holds_the_points(points: tuple[float, ...]) -> None:
    face = given(points, 100, 100)
    assert np.all(np.array(face.points) > face.box[:2])
    assert np.all(np.array(face.points) < face.box[2:])


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ((), "0 numbers"),
        ((1, 2, 3), "3 numbers"),
        (FIVE[:6], "6 numbers"),
        ((1, 2, 100, 3), "100 3 lies outside the picture of 100 x 50"),
        ((1, -1, 10, 3), "outside"),
        ((1, 2, float("nan"), 3), "outside"),
        ((1, 2, float("inf"), 3), "outside"),
        ((7, 8, 7, 8), "in one place, 7 8"),
        ((30, 20, 40, 20, 35, 30, 30, 40, 35, 30), "in one place, 35 30"),
        ((40, 20, 30, 20), "image's left"),
    ],
)
def test_points_that_are_no_face_are_told(points: tuple[float, ...], told: str) -> None:
    with pytest.raises(FaceError, match=told):
        given(points, 100, 50)


def test_the_edge_of_the_picture_is_inside() -> None:
    assert given((-0.5, -0.5, 99.5, 49.5), 100, 50).eyes == ((-0.5, -0.5), (99.5, 49.5))

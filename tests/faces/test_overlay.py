"""What was found, marked on the photo."""

import numpy as np
import pytest

from limner.faces import Face, given, overlay


@pytest.mark.parametrize("size", [(40, 30), (640, 480), (4000, 3000)])
def test_box_points_and_number_are_to_be_seen(size: tuple[int, int]) -> None:
    width, height = size
    photo = np.full((height, width, 3), 128, np.uint8)
    face = given((0.4 * width, 0.5 * height, 0.55 * width, 0.5 * height), width, height)
    marked = overlay(photo, [face])
    assert (photo == 128).all(), "the photo is left alone"
    assert marked.shape == photo.shape
    changed = (marked != photo).any(axis=2)
    x0, y0, x1, y1 = (round(edge) for edge in face.box)
    assert changed[round((y0 + y1) / 2), x1]
    assert changed[y1, round((x0 + x1) / 2)]
    assert all(changed[round(y), round(x)] for x, y in face.points)
    # The number alone adds to the marks, and enough to be read when the picture is shown 1000 pixels wide.
    others = (overlay(photo, [face, face]) != marked).any(axis=2)
    tall = np.ptp(np.argwhere(others)[:, 0])
    assert tall >= max(7, 0.01 * width)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3)])
def test_faces_that_leave_a_picture_do_no_harm(size: tuple[int, int]) -> None:
    photo = np.zeros((size[1], size[0], 3), np.uint8)
    points = ((-9e9, 5.0), (9e9, 5.0), (0.0, 0.0), (1.0, 1.0), (2.0, 2.0))
    for box in ((-50.0, -50.0, 500.0, 500.0), (-9e9, -9e9, 9e9, 9e9), (300.0, 300.0, 310.0, 310.0)):
        assert overlay(photo, [Face(box, 0.5, points)]).shape == photo.shape


def test_no_face_gives_the_photo() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    assert np.array_equal(overlay(photo, []), photo)


def test_each_face_has_its_number() -> None:
    photo = np.zeros((300, 600, 3), np.uint8)
    one, two = (given((x, 150, x + 60, 150), 600, 300) for x in (120, 400))
    assert not np.array_equal(overlay(photo, [one, two]), overlay(photo, [two, one]))

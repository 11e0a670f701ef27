"""One square a face: where it is, how it ends, and what is not drawn."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.kit import face_at

from limner.faces import FaceError, draw_fitted, draw_portraits
from limner.faces.patchwork import LONGEST
from limner.frame import PORTRAIT, Frame, head, square

Picture = NDArray[np.uint8]
FRAME = square(80)  # eyes 20 pixels apart


def middle(picture: Picture) -> Picture:
    """A style that draws the photo's middle channel, and squares of one size only."""
    assert picture.shape == (80, 80, 3)
    return picture[..., 1].copy()


def waves(width: int, height: int) -> Picture:
    """A photo without fine detail: it comes through any scale unharmed."""
    rows, columns = np.mgrid[:height, :width]
    tone = 118 + 60 * np.sin(columns / 37) + 50 * np.cos(rows / 29)
    return np.repeat(tone.astype(np.uint8)[..., None], 3, axis=2)


def test_a_face_comes_back_where_it_was_and_the_rest_is_paper() -> None:
    photo = waves(300, 200)
    drawn = draw_portraits(photo, [face_at(150, 90, 20, tilt=20)], FRAME, middle)
    assert drawn.shape == (200, 300)
    assert np.abs(drawn.astype(int) - photo[..., 1])[80:120, 135:165].max() <= 3
    assert (drawn[:, :80] == 255).all()
    assert (drawn[:, 220:] == 255).all()
    assert (drawn[-40:] == 255).all()


def test_a_square_fades_into_the_paper() -> None:
    drawn = draw_portraits(np.zeros((160, 160, 3), np.uint8), [face_at(80, 80, 20)], FRAME, middle)
    assert drawn.min() == 0
    assert np.abs(np.diff(drawn[80].astype(int))).max() < 128, "a hard edge"


def test_a_square_is_laid_on_what_is_given() -> None:
    photo = waves(300, 200)
    below = np.full((200, 300), 7, np.uint8)
    face = face_at(150, 90, 20)
    drawn = draw_portraits(photo, [face], FRAME, middle, below)
    alone = draw_portraits(photo, [face], FRAME, middle)
    assert (drawn[60:120, 125:175] == alone[60:120, 125:175]).all()
    assert (drawn[alone == 255] == 7).all()
    assert (below == 7).all()


def test_where_squares_meet_the_nearer_face_shows() -> None:
    tones = iter((40, 200))

    def flat(picture: Picture) -> Picture:
        return np.full(picture.shape[:2], next(tones), np.uint8)

    faces = [face_at(80, 80, 20), face_at(130, 80, 20)]
    drawn = draw_portraits(np.zeros((160, 220, 3), np.uint8), faces, FRAME, flat)
    assert (drawn[96, [80, 130]] == [40, 200]).all()
    assert (np.diff(drawn[96, 80:131].astype(int)) >= 0).all()


def test_a_face_beside_the_picture_shows_nothing() -> None:
    photo = np.zeros((50, 50, 3), np.uint8)
    assert (draw_portraits(photo, [face_at(900, 25, 8)], FRAME, middle) == 255).all()


def test_colour_comes_back_in_colour() -> None:
    photo = waves(120, 90)
    assert draw_portraits(photo, [face_at(60, 40, 12)], FRAME, lambda seen: seen).shape == photo.shape
    assert draw_fitted(photo, FRAME, lambda seen: seen).shape == photo.shape


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 37), (80, 80), (300, 200), (64, 160)])
def test_a_whole_picture_of_any_size_comes_back_at_its_size(width: int, height: int) -> None:
    photo = waves(width, height)
    drawn = draw_fitted(photo, FRAME, middle)
    assert drawn.shape == (height, width)
    assert np.abs(drawn.astype(int) - photo[..., 1]).mean() < 2


def test_what_cannot_be_drawn_is_told() -> None:
    with pytest.raises(ValueError, match="at least one is expected"):
        draw_portraits(waves(50, 50), [], FRAME, middle)
    long = np.zeros((1, LONGEST + 1, 3), np.uint8)
    with pytest.raises(FaceError, match="32001 x 1"):
        draw_portraits(long, [face_at(5, 1, 2)], FRAME, middle)


@pytest.mark.parametrize("kind", [square, head])
def test_a_square_is_its_own_mirror_image(kind: Callable[[int], Frame]) -> None:
    (left, up), (right, down) = kind(256).eyes
    assert up == down
    assert left + right == 255


def test_a_head_covers_nearly_all_of_a_portrait() -> None:
    scale = (PORTRAIT.right_eye[0] - PORTRAIT.left_eye[0]) / (0.2 * 256)
    (left, height), _ = head(256).eyes
    start = PORTRAIT.left_eye[0] - scale * left, PORTRAIT.left_eye[1] - scale * height
    assert start[0] <= 0
    assert start[0] + scale * 255 >= PORTRAIT.width - 1
    assert start[1] <= 0.025 * PORTRAIT.height
    assert start[1] + scale * 255 >= PORTRAIT.height - 1

"""Whole photos: each face at its own scale and upright, nothing shifted, no seam, bounded work."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.kit import face_at

from limner.faces import Face, FaceError, Frame, draw_faces
from limner.faces.patchwork import CANVAS, LONGEST

Picture = NDArray[np.uint8]
FRAME = Frame(80, 100, (30, 50), (50, 50))


def grey(picture: Picture) -> Picture:
    """A style that draws the photo's middle channel."""
    return picture[..., 1].copy()


def waves(width: int, height: int) -> Picture:
    """A photo without fine detail: it comes through any scale unharmed."""
    rows, columns = np.mgrid[:height, :width]
    tone = 128 + 60 * np.sin(columns / 37) + 50 * np.cos(rows / 29)
    return np.repeat(tone.astype(np.uint8)[..., None], 3, axis=2)


ROWS, COLUMNS = np.mgrid[:250, :250]
MAP: Picture = np.stack([COLUMNS, ROWS, np.zeros_like(ROWS)], axis=2).astype(np.uint8)


def seen(canvas: Picture) -> complex:
    """How a canvas shows `MAP`: its step from pixel to pixel in the photo, as a complex number."""
    middle = tuple(slice(side // 3, -(side // 3)) for side in canvas.shape[:2])
    x, y = (np.gradient(canvas[middle][..., i].astype(float), axis=1).mean() for i in (0, 1))
    return complex(x, y)


@settings(max_examples=25)
@given(
    st.lists(
        st.builds(face_at, st.floats(-20, 320), st.floats(-20, 220), st.floats(4, 60), st.floats(-40, 40)),
        min_size=1,
        max_size=6,
    )
)
def test_a_style_that_copies_the_photo_gives_the_photo_back(faces: list[Face]) -> None:
    photo = waves(300, 200)
    drawn = draw_faces(photo, sorted(faces, key=lambda f: -f.area), FRAME, grey)
    assert drawn.shape == (200, 300)
    off = np.abs(drawn.astype(int) - photo[..., 1])[4:-4, 4:-4]  # at the border cubics see repeated pixels
    assert off.max() <= 8, "a seam or a shift"
    assert off.mean() < 1


def test_colour_comes_back_in_colour() -> None:
    photo = waves(120, 90)
    faces = [face_at(40, 30, 20), face_at(90, 50, 8)]
    assert draw_faces(photo, faces, FRAME, lambda canvas: canvas).shape == photo.shape


def test_each_face_is_drawn_at_the_scale_of_the_frame() -> None:
    faces = [face_at(60, 70, 24), face_at(180, 60, 10, 12), face_at(70, 180, 6, -20), face_at(190, 190, 16)]
    # A style that draws what it sees as one tone, by the scale.
    drawn = draw_faces(MAP, faces, FRAME, lambda c: np.full(c.shape[:2], round(100 * abs(seen(c))), np.uint8))
    for one, apart in zip(faces, (24, 10, 6, 16), strict=True):
        for x, y in one.eyes:
            assert abs(drawn[round(y), round(x)] - 100 * apart / 20) <= 3


def test_the_face_that_is_drawn_stands_upright() -> None:
    tilts: list[float] = []

    def measure(canvas: Picture) -> Picture:
        tilts.append(float(np.degrees(np.angle(seen(canvas)))))
        return grey(canvas)

    draw_faces(MAP, [face_at(60, 120, 20), face_at(180, 100, 10, 25)], FRAME, measure)
    assert tilts == pytest.approx([0, 25], abs=1.5)


def test_faces_alike_are_drawn_in_one_pass() -> None:
    photo, passes = waves(300, 200), list[int]()

    def count(canvas: Picture) -> Picture:
        passes.append(1)
        return grey(canvas)

    one, near = face_at(80, 80, 20), face_at(200, 90, 19, 3)
    both = draw_faces(photo, [one, near], FRAME, count)
    assert len(passes) == 1
    assert np.array_equal(both, draw_faces(photo, [one], FRAME, count))
    draw_faces(photo, [one, face_at(200, 90, 15, 3)], FRAME, count)
    assert len(passes) == 4, "another scale"
    draw_faces(photo, [one, face_at(200, 90, 20, 9)], FRAME, count)
    assert len(passes) == 6, "another tilt"


def test_a_face_far_away_is_drawn_at_its_scale_and_the_rest_within_the_canvas() -> None:
    photo = np.zeros((1500, 2000, 3), np.uint8)
    photo[...] = np.linspace(0, 250, 2000, dtype=np.uint8)[None, :, None]
    large = Frame(400, 500, (150, 250), (250, 250))
    sizes: list[tuple[int, ...]] = []

    def draw(canvas: Picture) -> Picture:
        sizes.append(canvas.shape)
        return grey(canvas)

    drawn = draw_faces(photo, [face_at(1000, 700, 12)], large, draw)
    (h, w, _), (high, wide, _) = sizes
    assert h * w <= CANVAS * 1.01
    # Hair to shoulders at the frame's 100 pixels from eye to eye, not the whole photo.
    assert 1000 < wide < 1300
    assert 1200 < high < 1500
    assert np.abs(drawn.astype(int) - photo[..., 0]).max() <= 3


def test_the_work_for_a_crowd_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    drawn = rng.uniform((0, 0, 2, -20), (600, 400, 7, 20), (200, 4)).tolist()
    crowd = [face_at(x, y, apart, tilt) for x, y, apart, tilt in sorted(drawn, key=lambda row: -row[2])]
    photo, pixels = waves(600, 400), list[int]()

    def draw(canvas: Picture) -> Picture:
        pixels.append(canvas.shape[0] * canvas.shape[1])
        return grey(canvas)

    monkeypatch.setattr("limner.faces.patchwork.LAYERS", 2_000_000)
    off = np.abs(draw_faces(photo, crowd, FRAME, draw).astype(int) - photo[..., 1])
    assert off[4:-4, 4:-4].mean() < 1
    assert len(pixels) > 150
    assert max(pixels[1:]) < 120 * 20**2, "one face, tilted, with its margin"
    assert sum(pixels[1:]) < 3 * 2_000_000


def test_too_long_a_picture_is_told() -> None:
    with pytest.raises(FaceError, match="--whole"):
        draw_faces(np.zeros((2, LONGEST + 1, 3), np.uint8), [face_at(5, 1, 3)], FRAME, grey)

"""The pencil artist: what it draws where, whatever the light, and what leaves the paper empty."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.kit import face, portrait

from limner.data.flow import along, flow
from limner.data.pair import DataError
from limner.data.pencil import Hand, draw

Picture = NDArray[np.uint8]
Unit = NDArray[np.float32]
SIZE = (400, 500)
HAND = Hand()
STEADY = Hand(jitter=0, grain=0)


def _drawn(photo: Picture, matte: Unit | None = None, hand: Hand = HAND, seed: int = 0) -> Picture:
    return draw(photo, matte, hand, np.random.default_rng(seed))


def _stripes(degrees: float, height: int = 500, width: int = 400) -> Unit:
    """Soft stripes 7 pixels apart that run at an angle, anticlockwise from the right; in [0, 1]."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    turn = np.radians(degrees)
    return (0.5 + 0.5 * np.sin((x * np.sin(turn) + y * np.cos(turn)) * 2 * np.pi / 7)).astype(np.float32)


def _runs(picture: NDArray[np.generic]) -> float:
    """The angle along which most of a picture runs, in degrees in [0, 180)."""
    grey = np.asarray(picture, np.float32)
    dx, dy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    across = np.degrees(np.arctan2(2 * (dx * dy).sum(), (dx * dx - dy * dy).sum())) / 2
    return float(90 - across) % 180


def _apart(one: float, other: float) -> float:
    """How far two angles without direction lie apart, in degrees."""
    return abs((one - other + 90) % 180 - 90)


def test_one_seed_gives_one_drawing_and_another_gives_another() -> None:
    photo, matte = portrait(np.random.default_rng(0), SIZE)
    before = photo.copy(), matte.copy()
    drawn = _drawn(photo, matte)
    assert np.array_equal(drawn, _drawn(photo, matte))
    assert not np.array_equal(drawn, _drawn(photo, matte, seed=1))
    assert np.array_equal(photo, before[0])
    assert np.array_equal(matte, before[1])


@pytest.mark.parametrize("size", [(400, 500), (200, 250), (97, 131), (3, 2), (1, 1)])
def test_a_drawing_has_the_photos_size_in_grey(size: tuple[int, int]) -> None:
    width, height = size
    photo, _ = face(np.random.default_rng(0), size)
    k = width / 400
    hand = replace(HAND, eyes=((150 * k, 250 * k), (250 * k, 250 * k)))
    drawn = _drawn(photo, hand=hand)
    assert drawn.shape == (height, width)
    assert drawn.dtype == np.uint8


@pytest.mark.parametrize("level", [0, 20, 128, 255])
def test_a_flat_photo_leaves_the_paper_empty(level: int) -> None:
    assert _drawn(np.full((500, 400, 3), level, np.uint8)).min() > 245


@pytest.mark.parametrize(
    "skin", [(236, 205, 185), (150, 105, 85), (78, 52, 42)], ids=["fair", "brown", "dark"]
)
def test_lit_skin_stays_paper_whatever_its_colour(skin: tuple[int, int, int]) -> None:
    photo = np.full((500, 400, 3), 225, np.uint8)
    cv2.ellipse(photo, (200, 240), (130, 170), 0, 0, 360, (25, 22, 20), -1)
    cv2.ellipse(photo, (200, 275), (95, 120), 0, 0, 360, skin, -1)
    for x in (150, 250):
        cv2.circle(photo, (x, 250), 8, (15, 12, 10), -1)
    drawn = _drawn(photo)
    assert drawn[280:380, 160:240].mean() > 240, "cheeks and chin"
    assert drawn[85:140, 180:220].mean() < 165, "hair"
    assert drawn[246:254, 146:154].mean() < 130, "an eye"


def test_contours_lie_on_the_edge_of_a_disc() -> None:
    photo = np.full((500, 400, 3), 210, np.uint8)
    cv2.circle(photo, (200, 300), 60, (60, 60, 60), -1)
    drawn = _drawn(photo, hand=replace(STEADY, shade=0))
    y, x = np.nonzero(drawn < 128)
    off = np.hypot(x - 200, y - 300) - 60
    assert len(off) > 300
    assert np.abs(off).max() < 5
    assert abs(float(off.mean())) < 2
    turns = np.unique(np.round(np.arctan2(y - 300, x - 200), 1))
    assert len(turns) > 60, "the contour has gaps"


@pytest.mark.parametrize("gamma", [0.5, 0.7, 1.5, 2.0])
def test_another_gamma_gives_nearly_the_same_drawing(gamma: float) -> None:
    photo, matte = portrait(np.random.default_rng(3), SIZE)
    other = np.rint(255 * (photo / 255) ** gamma).astype(np.uint8)
    drawn, again = (_drawn(each, matte).astype(float) for each in (photo, other))
    assert np.abs(drawn - again).mean() < 4
    assert drawn.std() > 30


def test_a_dark_photo_gives_nearly_the_same_drawing() -> None:
    photo, matte = portrait(np.random.default_rng(3), SIZE)
    dark = np.rint(0.3 * photo).astype(np.uint8)
    drawn, again = (_drawn(each, matte).astype(float) for each in (photo, dark))
    assert np.abs(drawn - again).mean() < 2


@pytest.mark.parametrize("degrees", [0, 30, 90, 120, 160])
def test_strokes_run_along_hair(degrees: float) -> None:
    photo = np.full((500, 400, 3), 200, np.uint8)
    photo[:110] = np.rint(30 + 60 * _stripes(degrees, 110)[..., None])
    photo[240:260] = 15
    drawn = _drawn(photo, hand=replace(HAND, angle=degrees + 60))
    assert _apart(_runs(drawn[10:100]), degrees) < 8


def test_shadow_without_structure_is_hatched_at_the_hands_angle() -> None:
    photo = np.full((500, 400, 3), 200, np.uint8)
    photo[400:] = 40
    for angle in (55.0, 130.0):
        drawn = _drawn(photo, hand=replace(STEADY, angle=angle, contour=0))
        assert _apart(_runs(drawn[430:470]), angle) < 8


def test_no_matte_means_the_whole_picture() -> None:
    photo, matte = portrait(np.random.default_rng(1), SIZE)
    assert np.array_equal(_drawn(photo), _drawn(photo, np.ones_like(matte)))


def test_beyond_the_matte_lies_paper() -> None:
    rng = np.random.default_rng(1)
    photo, matte = portrait(rng, SIZE)
    behind = matte == 0
    photo[behind] = rng.integers(0, 256, (int(behind.sum()), 3), np.uint8)
    drawn = _drawn(photo, matte)
    far = cv2.erode(behind.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    assert drawn[far].min() > 250
    assert drawn[matte > 0.9].mean() < 225


def test_who_would_fade_into_the_paper_gets_an_outline() -> None:
    photo, matte = portrait(np.random.default_rng(1), SIZE)
    drawn = _drawn(np.full_like(photo, 240), matte)
    rim = cv2.morphologyEx((matte > 0.5).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) > 0
    assert drawn[350:][rim[350:]].mean() < 220 < 250 < drawn[~rim].mean()


def test_a_larger_photo_is_drawn_alike() -> None:
    photo, matte = portrait(np.random.default_rng(2), SIZE)
    eyes = ((300.5, 500.5), (500.5, 500.5))
    large = np.asarray(cv2.resize(photo, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    drawn = _drawn(large, cv2.resize(matte, None, fx=2, fy=2).clip(0, 1), replace(HAND, eyes=eyes))
    small = cv2.resize(drawn, SIZE, interpolation=cv2.INTER_AREA)
    one, other = (cv2.GaussianBlur(p, (0, 0), 4).astype(float) for p in (_drawn(photo, matte), small))
    assert np.abs(one - other).mean() < 5


def test_the_hand_decides() -> None:
    photo, matte = portrait(np.random.default_rng(0), SIZE)
    usual = _drawn(photo, matte, STEADY)
    assert _drawn(photo, matte, replace(STEADY, darkness=0.4)).min() > usual.min() + 60
    assert _drawn(photo, matte, replace(STEADY, paper=0.9)).max() == 230
    assert (_drawn(photo, matte, replace(STEADY, contour=0, shade=0)) == 255).all()
    lines = _drawn(photo, matte, replace(STEADY, shade=0))
    assert lines.mean() > usual.mean()
    assert (lines >= usual).all()
    assert _drawn(photo, matte, replace(STEADY, width=2)).mean() < usual.mean()
    assert _drawn(photo, matte, replace(STEADY, curve=2.0)).mean() > usual.mean()


@pytest.mark.parametrize("shape", [(9, 9), (9, 9, 1), (9, 9, 4), (0, 9, 3)])
def test_what_is_no_photo_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match="expected uint8"):
        _drawn(np.zeros(shape, np.uint8))


def test_wrong_numbers_mattes_and_eyes_are_refused() -> None:
    photo = np.zeros((9, 8, 3), np.uint8)
    with pytest.raises(DataError, match="float64"):
        _drawn(photo.astype(np.float64))  # pyright: ignore
    with pytest.raises(DataError, match=r"matte of \(8, 9\)"):
        _drawn(photo, np.zeros((8, 9), np.float32))
    with pytest.raises(ValueError, match="two distinct eyes"):
        _drawn(photo, hand=Hand(eyes=((1.0, 1.0), (1.0, 1.0))))


@pytest.mark.parametrize("degrees", [0, 20, 45, 90, 135])
def test_flow_runs_along_stripes(degrees: float) -> None:
    way = flow(_stripes(degrees), 3, degrees + 90, 0.001)
    assert np.allclose(np.linalg.norm(way, axis=2), 1, atol=1e-5)
    found = np.degrees(np.arctan2(-way[..., 1], way[..., 0]))[20:-20, 20:-20]
    assert np.abs((found - degrees + 90) % 180 - 90).max() < 3


def test_what_is_smoothed_along_stripes_keeps_them() -> None:
    stripes = _stripes(30)
    noisy = (stripes + np.random.default_rng(0).normal(0, 0.3, stripes.shape)).astype(np.float32)
    way = flow(stripes, 3, 120, 0.001)
    inside = slice(20, -20), slice(20, -20)
    left = (along(noisy, way, 6) - stripes)[inside]
    assert left.std() < 0.12, "noise is gone, stripes are kept"
    assert np.allclose(along(np.full_like(stripes, 0.3), way, 6), 0.3, atol=1e-5)
    both = along(np.dstack([noisy, stripes]), way, 6)
    assert np.allclose(both[..., 0], along(noisy, way, 6), atol=1e-5)

"""Alignment: eyes land where they should, ways back are exact, resampling keeps what can be kept."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from limner.faces import Frame, invert, similarity, warp
from limner.faces.align import Border, Matrix, Point, compose, move

IDENTITY: Matrix = np.eye(3)[:2]
CUHK = Frame(400, 500, (150, 250), (250, 250))

coordinate = st.floats(-5000, 5000)
points = st.tuples(coordinate, coordinate)
pictures = arrays(
    np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20)) | st.just((7, 9, 3)) | st.just((4, 5, 1))
)


@st.composite
def eye_pairs(draw: st.DrawFn) -> tuple[Point, Point]:
    left, right = draw(points), draw(points)
    assume(math.dist(left, right) > 1)
    return left, right


@st.composite
def similarities(draw: st.DrawFn) -> Matrix:
    return similarity(draw(eye_pairs()), Frame(10, 10, *draw(eye_pairs())))


def scaled(k: float) -> Matrix:
    shift = (k - 1) / 2
    return np.array([[k, 0, shift], [0, k, shift]])


def checkerboard(side: int) -> NDArray[np.uint8]:
    rows, columns = np.indices((side, side))
    return ((rows + columns) % 2 * 255).astype(np.uint8)


@given(eye_pairs(), eye_pairs())
def test_eyes_land_on_the_frames_eyes(eyes: tuple[Point, Point], wanted: tuple[Point, Point]) -> None:
    frame = Frame(400, 500, *wanted)
    landed = move(eyes, similarity(eyes, frame))
    tolerance = 1e-9 * (1 + math.dist(*wanted) / math.dist(*eyes)) * 1e4
    np.testing.assert_allclose(landed, wanted, rtol=0, atol=tolerance)


@given(eye_pairs())
def test_similarity_keeps_angles_and_does_not_mirror(eyes: tuple[Point, Point]) -> None:
    matrix = similarity(eyes, CUHK)
    turn = matrix[:, :2]
    assert matrix.shape == (2, 3)
    assert matrix.dtype == np.float64
    k = 100 / math.dist(*eyes)
    np.testing.assert_allclose(turn @ turn.T, k * k * np.eye(2), rtol=1e-9, atol=1e-9 * k * k)
    assert np.linalg.det(turn) > 0


def test_eyes_already_in_place_give_the_identity() -> None:
    np.testing.assert_array_equal(similarity(CUHK.eyes, CUHK), IDENTITY)


@given(similarities(), st.lists(points, min_size=1, max_size=5))
def test_inverse_leads_back(matrix: Matrix, some: list[Point]) -> None:
    scale = np.sqrt(np.linalg.det(matrix[:, :2]))
    back = move(move(some, matrix), invert(matrix))
    np.testing.assert_allclose(back, some, rtol=0, atol=1e-6 * max(scale, 1 / scale, 1))
    np.testing.assert_allclose(invert(invert(matrix)), matrix, rtol=1e-6, atol=1e-4)


@given(points, st.floats(0.1, 10), st.floats(0.1, 10))
def test_composing_is_moving_twice(point: Point, k: float, m: float) -> None:
    turn = np.array([[0, -m, 3], [m, 0, -4.0]])
    np.testing.assert_allclose(
        move(point, compose(scaled(k), turn)), move(move(point, scaled(k)), turn), atol=1e-6
    )


@pytest.mark.parametrize("eyes", [((3, 4), (3, 4)), ((0, math.nan), (5, 5)), ((0, 0), (math.inf, 0))])
def test_eyes_that_fix_no_similarity_are_refused(eyes: tuple[Point, Point]) -> None:
    with pytest.raises(ValueError, match="distinct eyes"):
        similarity(eyes, CUHK)
    with pytest.raises(ValueError, match="distinct eyes"):
        Frame(400, 500, *eyes)


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-1, 5)])
def test_a_frame_without_pixels_is_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="1 x 1"):
        Frame(width, height, (1, 1), (2, 1))


@pytest.mark.parametrize("matrix", [np.zeros((2, 3)), np.eye(3), np.full((2, 3), np.nan)])
def test_a_matrix_without_inverse_is_refused(matrix: Matrix) -> None:
    with pytest.raises(ValueError, match="invertible"):
        invert(matrix)


@given(pictures, st.sampled_from(["replicate", "reflect", "white"]))
def test_identity_changes_nothing(picture: NDArray[np.uint8], border: Border) -> None:
    height, width = picture.shape[:2]
    np.testing.assert_array_equal(warp(picture, IDENTITY, (width, height), border), picture)


def test_whole_shifts_are_exact_and_borders_are_what_they_are_called() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(3, 4)
    right = np.array([[1, 0, 2], [0, 1, 0.0]])
    expected: dict[Border, list[int]] = {
        "replicate": [0, 0, 0, 1],
        "reflect": [2, 1, 0, 1],
        "white": [255, 255, 0, 1],
    }
    for border, row in expected.items():
        assert warp(picture, right, (4, 3), border)[0].tolist() == row
    assert warp(picture.astype(np.float32), right, (4, 3), "white")[0].tolist() == [1, 1, 0, 1]


@given(pictures, similarities(), st.integers(1, 30), st.integers(1, 30))
def test_any_warp_stays_in_range_and_in_form(
    picture: NDArray[np.uint8], matrix: Matrix, width: int, height: int
) -> None:
    assume(np.linalg.det(matrix[:, :2]) > 1e-4)
    out = warp(picture, matrix, (width, height))
    assert out.shape == (height, width, *picture.shape[2:])
    assert out.dtype == picture.dtype
    assert picture.min() <= out.min() <= out.max() <= picture.max()


@pytest.mark.parametrize("f", [1.5, 2, 2.5, 3.3, 4, 7.9])
def test_shrinking_a_fine_checkerboard_gives_grey_and_no_moire(f: float) -> None:
    side = int(160 / f)
    out = warp(checkerboard(160), scaled(1 / f), (side, side))[4:-4, 4:-4]
    assert out.mean() == pytest.approx(127.5, abs=1)
    assert out.std() < 12  # of 127.5 in the board


@pytest.mark.parametrize("k", [0.2, 0.37, 0.5, 0.8, 1.7, 4])
def test_a_smooth_picture_keeps_its_place_at_any_scale(k: float) -> None:
    """A ramp shows a shift of a tenth of a pixel: the half-pixel convention must hold throughout."""
    ramp = np.tile(np.arange(200, dtype=np.float64), (200, 1))
    side = round(200 * k)
    out = warp(ramp, scaled(k), (side, side))
    expected = (np.arange(side) + 0.5) / k - 0.5
    middle = slice(side // 4, -side // 4)
    off = out[side // 2, middle] - expected[middle]
    assert abs(off.mean()) < 0.02
    assert np.abs(off).max() < 0.2  # the bicubic kernel's own ripple


@pytest.mark.parametrize("k", [0.4, 1.5])
def test_there_and_back_is_close(k: float) -> None:
    rows, columns = np.indices((100, 100)) / 100
    picture = np.sin(2 * np.pi * rows) * np.cos(2 * np.pi * columns)
    matrix = compose(scaled(k), np.array([[0.8, -0.6, 60], [0.6, 0.8, 5.0]]))
    back = warp(warp(picture, matrix, (200, 200)), invert(matrix), (100, 100))
    assert np.abs(back - picture)[10:-10, 10:-10].max() < 0.05


def test_what_cannot_be_drawn_is_refused() -> None:
    picture = np.zeros((4, 4), np.uint8)
    with pytest.raises(ValueError, match="a picture"):
        warp(np.zeros((0, 4), np.uint8), IDENTITY, (4, 4))
    with pytest.raises(ValueError, match="up to 4"):
        warp(np.zeros((4, 4, 5), np.uint8), IDENTITY, (4, 4))
    with pytest.raises(ValueError, match="int64"):
        warp(np.zeros((4, 4), np.int64), IDENTITY, (4, 4))  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="size"):
        warp(picture, IDENTITY, (4, 0))
    with pytest.raises(ValueError, match="border"):
        warp(picture, IDENTITY, (4, 4), "wrap")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="invertible"):
        warp(picture, np.zeros((2, 3)), (4, 4))

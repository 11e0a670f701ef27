"""Finding: one astronaut in many conditions, and nothing where nobody is."""

from __future__ import annotations

import importlib
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from limner.faces import Face, find, warp
from limner.faces.align import Matrix, compose, move
from limner.faces.find import SURE, lit

Picture = NDArray[np.uint8]

# Read off the picture (NASA, public domain) by eye, enlarged six times.
EYES = np.array([[203.3, 100.8], [246.7, 102.8]])


@pytest.fixture(scope="module")
def astronaut() -> Picture:
    return np.asarray(skimage.data.astronaut(), np.uint8)


def eye_error(face: Face, eyes: NDArray[np.float64]) -> float:
    """Mean distance of both eyes from the true ones, in eye distances."""
    distances = np.linalg.norm(np.array(face.eyes) - eyes, axis=1)
    return float(distances.mean() / np.linalg.norm(eyes[1] - eyes[0]))


def assert_found(picture: Picture, *people: NDArray[np.float64], within: float = 0.06) -> None:
    faces = find(picture)
    assert len(faces) == len(people)
    for eyes in people:
        assert min(eye_error(face, eyes) for face in faces) < within
    for face in faces:
        x0, y0, x1, y1 = face.box
        assert all(x0 < x < x1 and y0 < y < y1 for x, y in face.points)
        assert SURE <= face.score <= 1


def scaled(k: float) -> Matrix:
    shift = (k - 1) / 2
    return np.array([[k, 0, shift], [0, k, shift]])


def turned(degrees: float) -> Matrix:
    """A turn about the middle of the eyes."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = EYES.mean(0)
    there, turn = np.array([[1, 0, -x], [0, 1, -y]]), np.array([[c, -s, x], [s, c, y]])
    return compose(there, turn)


def test_the_astronaut_is_found(astronaut: Picture) -> None:
    assert_found(astronaut, EYES, within=0.05)


def test_five_points_lie_as_on_a_face(astronaut: Picture) -> None:
    (face,) = find(astronaut)
    left, right, nose, mouth_left, mouth_right = face.points
    assert left[0] < nose[0] < right[0] + 5
    assert left[0] - 5 < mouth_left[0] < mouth_right[0]
    assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])


def test_the_second_net_moves_points_and_box_and_leaves_the_score(astronaut: Picture) -> None:
    (first,), (both,) = find(astronaut, near=False), find(astronaut)
    assert both.score == first.score
    shift = np.subtract(both.points, first.points)
    assert 0.1 < np.abs(shift).max() < 3
    corners = np.subtract(both.box, first.box).reshape(2, 2)
    np.testing.assert_allclose(corners, np.tile(shift.mean(axis=0), (2, 1)), atol=1e-9)
    assert eye_error(both, EYES) < 0.02


def test_finding_twice_or_at_once_gives_the_same(astronaut: Picture) -> None:
    alone = find(astronaut)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(find, [astronaut] * 3)) == [alone] * 3


def test_the_picture_is_left_alone(astronaut: Picture) -> None:
    before = astronaut.copy()
    find(astronaut)
    np.testing.assert_array_equal(astronaut, before)


@pytest.mark.parametrize("degrees", [-30, -10, 10, 30])
def test_tilted(astronaut: Picture, degrees: float) -> None:
    matrix = turned(degrees)
    assert_found(warp(astronaut, matrix, (512, 512)), move(EYES, matrix))


@pytest.mark.parametrize("degrees", [-60, 60])
def test_sizes_between_find_what_the_first_sizes_missed(
    astronaut: Picture, degrees: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    onto = compose(turned(degrees), np.array([[0.85, 0, 0], [0, 0.85, 0]]))
    (x, y), side = move(EYES, onto).mean(0), 255
    onto[:, 2] += (side / 2 - x, side / 2 - y)
    picture = warp(astronaut, onto, (side, side))
    assert_found(picture, move(EYES, onto))
    monkeypatch.setattr(importlib.import_module("limner.faces.find"), "_SIZES", (1.0,))
    assert find(picture) == []


@pytest.mark.parametrize(("side", "within"), [(100, 0.1), (128, 0.08), (2000, 0.06)])
def test_small_and_large(astronaut: Picture, side: int, within: float) -> None:
    matrix = scaled(side / 512)
    assert_found(warp(astronaut, matrix, (side, side)), move(EYES, matrix), within=within)


def test_grey(astronaut: Picture) -> None:
    assert_found(np.ascontiguousarray(astronaut[..., 1]), EYES)


def test_mirrored(astronaut: Picture) -> None:
    eyes = np.array([511, 0]) + EYES[::-1] * [-1, 1]
    assert_found(np.ascontiguousarray(astronaut[:, ::-1]), eyes)


@pytest.mark.parametrize("light", [0.3, 0.1])
def test_dark(astronaut: Picture, light: float) -> None:
    assert_found((astronaut * light).astype(np.uint8), EYES)


def test_dark_views_are_brightened_by_one_factor_and_bright_ones_stay() -> None:
    views = np.random.default_rng(0).random((3, 3, 16, 16), np.float32)
    views[1] *= 0.3
    views[2] = 0
    seen = lit(views)
    assert seen.dtype == np.float32
    np.testing.assert_array_equal(seen[0], views[0])
    np.testing.assert_allclose(np.quantile(seen[1], 0.98), 0.9, rtol=1e-5)
    np.testing.assert_allclose(
        seen[1], np.minimum(1, views[1] * (0.9 / np.quantile(views[1], 0.98))), rtol=1e-5
    )
    np.testing.assert_array_equal(seen[2], 0)


def test_a_face_that_fills_the_picture(astronaut: Picture) -> None:
    x, y = 170, 60
    assert_found(astronaut[y:190, x:280], EYES - [x, y], within=0.1)


def test_two_faces_largest_first(astronaut: Picture) -> None:
    large, small = scaled(1.25), scaled(0.75)
    canvas = np.full((320, 800, 3), 200, np.uint8)
    canvas[:, :480] = warp(astronaut, large, (480, 320))
    canvas[:, 480:] = warp(astronaut, small, (320, 320))
    assert_found(canvas, move(EYES, large), move(EYES, small) + np.array([480, 0]))
    first, second = find(canvas)
    assert first.eyes[0][0] < second.eyes[0][0]


def test_a_picture_full_of_faces(astronaut: Picture) -> None:
    """200 faces of 24 pixels and more on one canvas: nearly all found, once each."""
    tile, rows, columns = 96, 10, 20
    to_tile = compose(np.array([[1.0, 0, -140], [0, 1, -30]]), scaled(tile / 180))
    small = warp(astronaut, to_tile, (tile, tile))
    canvas = np.tile(small, (rows, columns, 1))
    faces = find(canvas)
    middles = move(EYES, to_tile).mean(axis=0)
    cells = {
        (round((x - middles[0]) / tile), round((y - middles[1]) / tile))
        for x, y in (np.mean(face.eyes, axis=0) for face in faces)
    }
    assert len(faces) == len(cells), "no face is counted twice"
    assert len(cells) >= 190


def test_half_a_face_at_the_edge_is_found_or_left(astronaut: Picture) -> None:
    """What is cut off may be found or not; a point may lie outside; nothing fails."""
    for cut in (astronaut[:, 215:], astronaut[100:], astronaut[:, :240]):
        for face in find(np.ascontiguousarray(cut)):
            assert np.isfinite(face.points).all()


@pytest.mark.parametrize("name", ["coffee", "chelsea", "rocket", "brick", "text", "moon", "coins"])
def test_nobody_is_found_in_things(name: str) -> None:
    assert find(np.asarray(getattr(skimage.data, name)(), np.uint8)) == []


@pytest.mark.parametrize("shape", [(240, 320), (240, 320, 3)])
def test_nobody_is_found_in_noise_or_in_nothing(shape: tuple[int, ...]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    assert find(noise) == []
    for level in (0, 128, 255):
        assert find(np.full(shape, level, np.uint8)) == []


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (700, 3, 3), (20, 20, 3)])
def test_pictures_too_small_for_a_face_hold_none(shape: tuple[int, ...]) -> None:
    assert find(np.zeros(shape, np.uint8)) == []


@pytest.mark.parametrize("shape", [(5,), (5, 5, 4), (5, 5, 1), (0, 5), (2, 5, 5, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected, got"):
        find(np.zeros(shape, np.uint8))


def test_other_dtypes_are_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        find(np.zeros((50, 50)))  # pyright: ignore[reportArgumentType]

"""Shares of pixels: smooth, one in all, the same in any order, and a head's own where the head is."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.kit import face_at

from limner.faces import Face
from limner.faces.share import LEAST, REACH, eye_distance, middle, opacity, room, spread

SIZE = (240, 160)


faces = st.builds(face_at, st.floats(-30, 270), st.floats(-30, 190), st.floats(2, 60), st.floats(-40, 40))


def shares(own: Sequence[Face], shared: Sequence[Face], size: tuple[int, int] = SIZE) -> NDArray[np.float32]:
    """The share of each layer in each pixel, (1 + len(own), H, W), by painting one over the other."""
    made = np.zeros((1 + len(own), size[1], size[0]), np.float32)
    made[0] = 1
    for i in range(len(own)):
        shown = opacity(own, i, shared, size)
        if shown is not None:
            (x0, y0, x1, y1), samples = shown
            above = spread(samples, (x0, y0, x1, y1))
            made[:, y0:y1, x0:x1] *= 1 - above
            made[i + 1, y0:y1, x0:x1] += above
    return made


@settings(max_examples=40)
@given(st.lists(faces, min_size=1, max_size=5), st.lists(faces, max_size=2))
def test_shares_are_one_in_all_and_the_order_of_painting_does_not_matter(
    own: list[Face], shared: list[Face]
) -> None:
    made = shares(own, shared)
    assert made.min() >= 0
    assert np.allclose(made.sum(axis=0), 1, atol=1e-5)
    backwards = shares(own[::-1], shared)
    assert np.abs(made[0] - backwards[0]).max() < 0.05
    assert np.abs(made[1:] - backwards[:0:-1]).max() < 0.05


@pytest.mark.parametrize("apart", [8, 20, 90])
@pytest.mark.parametrize("tilt", [-30, 0, 20])
def test_a_head_its_hair_and_its_shoulders_are_its_own(apart: float, tilt: float) -> None:
    size = (1200, 1200)
    one = face_at(600, 500, apart, tilt)
    made = shares([one], [], size)[1]
    turn = np.exp(1j * np.radians(tilt))
    for across, below in ((0, 0), (0, -2.2), (0, 2), (-1.5, 0.5), (1.5, 0.5), (-2.5, 3), (2.5, 3)):
        place = complex(600, 500) + apart * complex(across, below) * turn
        assert made[round(place.imag), round(place.real)] > 0.99
    x, y = middle(one)
    rows, columns = np.mgrid[:1200, :1200]
    far = np.hypot(columns - x, rows - y) > 1.8 * REACH * eye_distance(one)
    assert made[far].max() == 0


def test_a_small_head_before_a_large_one_keeps_its_face() -> None:
    large, small = face_at(400, 300, 100), face_at(570, 380, 30)
    made = shares([small], [large], (800, 700))[1]
    assert made[360:420, 555:585].min() > 0.95
    assert made[250:450, 330:470].max() == 0, "the large face"
    assert made[300, 450] == 0, "its right eye"


@settings(max_examples=25)
@given(st.lists(faces.filter(lambda f: eye_distance(f) > 12), min_size=1, max_size=4))
def test_shares_change_slowly(own: list[Face]) -> None:
    shared = [face_at(120, 80, 30)]
    for one, other in combinations([*own, *shared], 2):  # heads that do not lie in each other
        assume(np.hypot(*np.subtract(middle(one), middle(other))) > eye_distance(one) + eye_distance(other))
    made = shares(own, shared)
    for axis in (1, 2):
        assert np.abs(np.diff(made, axis=axis)).max() < 0.5


def test_a_layer_cut_closer_keeps_the_face() -> None:
    one, size = face_at(300, 300, 40), (600, 600)
    close, wide = (opacity([one], 0, [], size, reach) for reach in (LEAST, REACH))
    assert close is not None
    assert wide is not None
    (x0, y0, x1, y1), samples = close
    shown = spread(samples, close[0])
    for x, y in one.points:
        assert shown[round(y) - y0, round(x) - x0] > 0.99
    assert (x1 - x0) * (y1 - y0) < 1.2 * room(LEAST) * 40**2
    x0, y0, x1, y1 = wide[0]
    assert 0.9 < (x1 - x0) * (y1 - y0) / (room(REACH) * 40**2) < 1.2


def test_a_face_beside_the_picture_shows_nowhere() -> None:
    assert opacity([face_at(-500, 80, 20)], 0, [], SIZE) is None
    one = face_at(100, 80, 20)
    assert opacity([one, face_at(100, 80, 1)], 0, [], SIZE) is not None

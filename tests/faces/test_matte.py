"""The matte of any picture: same size, along the edges, around each face; and a word where it fails."""

import tracemalloc
from collections.abc import Mapping

import cv2
import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from tests import kit

from limner.faces import Face, find
from limner.faces import matte as module
from limner.faces.matte import NEAR, WHOLE, lack, matte

Picture = NDArray[np.uint8]
Unit = NDArray[np.float32]


class Bright:
    """Stands for the network: what is bright is a person. Remembers what it was shown."""

    about: Mapping[str, str] = {"stride": "32"}

    def __init__(self) -> None:
        self.shown: list[tuple[int, int]] = []

    def __call__(self, x: Unit) -> Unit:
        assert x.shape[2] % 32 == x.shape[3] % 32 == 0
        self.shown.append((x.shape[2], x.shape[3]))
        return (x.mean(axis=1, keepdims=True) > 0.5).astype(np.float32)


@pytest.fixture
def bright(monkeypatch: pytest.MonkeyPatch) -> Bright:
    net = Bright()
    monkeypatch.setattr(module, "_net", lambda: net)
    return net


def face(x: float, y: float, apart: float) -> Face:
    """A face whose eyes lie about (x, y)."""
    left, right = (x - apart / 2, y), (x + apart / 2, y)
    box = (x - 1.2 * apart, y - apart, x + 1.2 * apart, y + 1.4 * apart)
    return Face(box, 1.0, (left, right, (x, y + apart), (x, y), (x, y)))


def disc(width: int, height: int, radius: float) -> tuple[Picture, Unit]:
    y, x = np.mgrid[:height, :width]
    inside = np.clip(radius - np.hypot(x - width / 2 + 0.5, y - height / 2 + 0.5) + 0.5, 0, 1).astype(
        np.float32
    )
    return np.repeat((40 + 180 * inside).astype(np.uint8)[..., None], 3, axis=2), inside


@pytest.mark.parametrize("size", kit.SIZES)
def test_any_size_comes_back_in_range(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    alpha = matte(picture)
    assert alpha.shape == size
    assert alpha.dtype == np.float32
    assert alpha.min() >= 0
    assert alpha.max() <= 1


@pytest.mark.parametrize("size", [(300, 200), (1500, 1000), (1031, 2053)])
def test_follows_the_edges_of_the_picture_at_full_size(bright: Bright, size: tuple[int, int]) -> None:
    picture, true = disc(*size, min(size) / 3)
    alpha = matte(picture)
    assert max(bright.shown[0]) == WHOLE
    rough = cv2.resize(cv2.resize(true, (WHOLE // 2, WHOLE // 2)), size)
    assert np.abs(alpha - true).mean() < 0.003
    assert np.abs(alpha - true).mean() < np.abs(rough - true).mean() / 1.2


def test_a_thin_picture_is_no_trouble(bright: Bright) -> None:
    assert matte(np.full((1, 40_000, 3), 255, np.uint8)).min() > 0.99
    assert matte(np.full((40_000, 1, 3), 255, np.uint8)).min() > 0.99
    assert bright.shown


def test_small_faces_are_looked_at_closely_and_large_ones_are_not(bright: Bright) -> None:
    picture, _ = disc(1200, 900, 300)
    matte(picture, [face(300, 300, 20), face(800, 400, 16)])
    assert len(bright.shown) == 3
    assert all(NEAR - 32 < max(shown) <= NEAR + 32 for shown in bright.shown[1:])
    bright.shown.clear()
    matte(picture, [face(600, 400, 150)])
    assert len(bright.shown) == 1


def test_windows_join_the_whole_without_a_seam(bright: Bright) -> None:
    picture, true = disc(1200, 900, 300)
    plain = matte(picture)
    with_faces = matte(picture, [face(350, 300, 25), face(20, 880, 25)])
    assert len(bright.shown) == 4
    assert np.abs(with_faces - plain).max() < 0.6
    assert np.abs(with_faces - true).mean() < 0.003


def test_specks_far_from_people_are_dropped(bright: Bright) -> None:
    picture, true = disc(400, 400, 120)
    picture[10:22, 10:22] = 255
    alpha = matte(picture)
    assert bright.shown
    assert alpha[10:22, 10:22].max() < 0.05
    assert np.abs(alpha - true).mean() < 0.005


def test_twenty_four_megapixels_in_bounded_memory(bright: Bright) -> None:
    picture = np.zeros((4000, 6000, 3), np.uint8)
    picture[1000:, 2000:4000] = 200
    tracemalloc.start()
    alpha = matte(picture)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert bright.shown
    assert alpha[2500, 3000] > 0.99
    assert peak < 250e6, f"{peak / 1e6:.0f} MB, of which the matte itself takes 96"


def test_nobody_is_told_in_words() -> None:
    assert "no person" in lack(matte(np.full((90, 120, 3), 128, np.uint8)))
    alpha = np.zeros((100, 100), np.float32)
    alpha[20:80, 20:80] = 1
    assert lack(alpha) == lack(alpha, [face(50, 50, 10)]) == ""
    assert "1 of 2 faces" in lack(alpha, [face(50, 50, 10), face(95, 3, 8)])


def test_what_is_no_picture_is_refused() -> None:
    for wrong in (np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3), np.float32), np.zeros((0, 9, 3), np.uint8)):
        with pytest.raises(ValueError, match=r"\(H, W, 3\)"):
            matte(wrong)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("small", [False, True])
def test_the_astronaut_stands_out(small: bool) -> None:
    picture = np.asarray(skimage.data.astronaut(), np.uint8)
    place = (slice(None), slice(None))
    if small:
        wide = np.repeat(np.repeat(picture[:1, :1], 1200, 0), 1600, 1)
        wide[688:, 600:1112] = picture
        picture, place = wide, (slice(688, None), slice(600, 1112))
    faces = find(picture)
    alpha = matte(picture, faces)
    assert lack(alpha, faces) == ""
    alpha = alpha[place]
    assert alpha[60:200, 190:260].mean() > 0.9
    # A known weakness, told on the card: beside a small person, some of the flag is taken along.
    assert alpha[:200, 20:100].mean() < (0.55 if small else 0.1)

"""The paper of a drawing: white again where it was photographed, and as it is where it was scanned."""

import numpy as np
import pytest
from numpy.typing import NDArray
from tests import kit

from limner.faces.paper import LIGHTER, WHITE, levelled
from limner.image import Picture

EYES = ((75.0, 125.0), (125.0, 125.0))
"""Of the face that `sketch` draws."""


def sketch() -> Picture:
    """A scan, (250, 200) uint8."""
    return kit.face(np.random.default_rng(0), (200, 250))[1]


def lit(drawing: Picture, darkest: float, across: float = 1.0, down: float = 0.5) -> Picture:
    """By light that falls evenly from 1 to `darkest`, along a way that leads so far across and down."""
    height, width = drawing.shape[:2]
    along = np.add.outer(down * np.linspace(0, 1, height), across * np.linspace(0, 1, width))
    light = 1 - (1 - darkest) * along / along.max()
    return np.round(drawing * light.reshape(height, width, *(1,) * (drawing.ndim - 2))).astype(np.uint8)


def wrong(made: Picture, scan: NDArray[np.generic]) -> float:
    """How many levels the worst of 99 in 100 pixels is off, white paper being `WHITE`."""
    return float(np.percentile(np.abs(made.astype(float) - scan.astype(float).clip(max=WHITE)), 99))


@pytest.mark.parametrize("paper", [255, 229])
def test_a_scan_stays_as_it_is(paper: int) -> None:
    scan = sketch().clip(max=paper)
    assert levelled(scan, [EYES]) is scan
    assert levelled(scan) is scan


@pytest.mark.parametrize(("across", "down"), [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.3)])
@pytest.mark.parametrize("eyes", [[], [EYES]])
def test_a_drawing_by_lamplight_is_as_it_was_scanned(
    across: float, down: float, eyes: list[tuple[tuple[float, float], tuple[float, float]]]
) -> None:
    scan = sketch()
    dark = lit(scan, 0.5, across, down)
    assert wrong(dark, scan) > 100
    assert wrong(levelled(dark, eyes), scan) < 8


def test_colour_of_the_light_does_not_matter() -> None:
    scan = sketch()
    warm = np.stack([lit(scan, 0.6), lit(scan, 0.6) * 0.9, lit(scan, 0.6) * 0.7], axis=2).astype(np.uint8)
    made = levelled(warm, [EYES])
    assert made.shape == warm.shape
    assert np.ptp(made, axis=2).max() == 0
    assert wrong(made[..., 0], scan) < 8


def test_what_lies_around_the_paper_does_not_matter() -> None:
    scan = sketch()
    table = np.full((750, 900), 30, np.uint8)
    table[300:550, 400:600] = lit(scan, 0.7)
    moved = [((EYES[0][0] + 400, 425.0), (EYES[1][0] + 400, 425.0))]
    near, anywhere = (wrong(levelled(table, eyes)[300:550, 400:600], scan) for eyes in (moved, []))
    assert near < 12 < anywhere


def test_two_faces_share_a_sheet() -> None:
    scan = np.concatenate([sketch(), sketch()], axis=1)
    right = tuple((x + 200, y) for x, y in EYES)
    assert wrong(levelled(lit(scan, 0.5), [EYES, (right[0], right[1])]), scan) < 8


def test_darkness_is_not_blown_up() -> None:
    night = np.full((40, 30, 3), 3, np.uint8)
    assert levelled(night).max() <= LIGHTER * 3 + 1


def test_light_that_falls_off_around_a_lamp() -> None:
    scan = sketch()
    y, x = np.mgrid[-1:1:250j, -0.8:0.8:200j]
    light = 0.9 * (1 + ((x - 0.9) ** 2 + (y + 0.5) ** 2) / 6) ** -1.5
    dark = np.round(scan * light).astype(np.uint8)
    paper = scan == 255
    assert wrong(dark[paper], scan[paper]) > 100
    assert wrong(levelled(dark, [EYES])[paper], scan[paper]) < 16


@pytest.mark.parametrize("size", [*kit.SIZES, (100, 1), (1, 100)])
@pytest.mark.parametrize("colours", [(), (3,)])
def test_any_size_and_any_eyes(size: tuple[int, int], colours: tuple[int, ...]) -> None:
    width, height = size
    dark = np.random.default_rng(2).integers(0, 150, (height, width, *colours), np.uint8)
    for eyes in ([], [((0.0, 0.0), (width / 2 + 1, 0.0))], [((-900.0, -900.0), (-890.0, -900.0))]):
        made = levelled(dark, eyes)
        assert (made.shape, made.dtype) == (dark.shape, np.uint8)
        assert made.astype(int).mean() >= dark.mean()

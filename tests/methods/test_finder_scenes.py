"""Scenes and views: what they say is to be found is where they show it."""

import dataclasses

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.data.camera import Camera
from limner.data.drawn import (
    difference_of_gaussians,
    dodge_and_burn,
    drawn,
    gradient,
    hatching,
    outline,
    shading,
)
from limner.methods.finder.scenes import Light, Off, Scenes, Views

Picture = NDArray[np.uint8]

OFF = Camera(blur=0, coarse=0, noise=0, jpeg=0)
PLAIN = Light(drawn=0, grey=0, gamma=0, cast=0, dim=0, side=0, skin=0, camera=OFF)
COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255)]
# The image-left eye, the image-right eye, the nose, the mouth's left and right corner.
POINTS = np.array([[80.0, 100], [120, 100], [100, 125], [85, 145], [115, 145]])
ROW = np.concatenate([[50.0, 60, 150, 180], POINTS.ravel()])


def marked() -> Picture:
    """A picture with a disc of its own colour at each point."""
    picture = np.full((240, 200, 3), 90, np.uint8)
    for point, colour in zip(POINTS.astype(int).tolist(), COLOURS, strict=True):
        cv2.circle(picture, point, 6, colour, -1)
    return picture


def scenes(**settings: object) -> Scenes:
    return Scenes([marked()], [ROW[None]], light=PLAIN, **settings)  # pyright: ignore[reportArgumentType]


def colour_at(picture: NDArray[np.float32], point: NDArray[np.float64]) -> NDArray[np.float32]:
    x, y = np.round(point).astype(int)
    return picture[y, x]


def test_a_views_points_lie_on_their_marks() -> None:
    """Mirrored or not: the image-left eye of the view has the colour of an eye, and lies left."""
    expected = np.array(COLOURS) / 255
    hits: list[bool] = []
    for seed in range(120):
        view, points, shown = scenes().look(0, np.random.default_rng(seed))
        if not shown or not ((points > 3) & (points < 124)).all():
            continue
        assert points[0, 0] < points[1, 0]
        colours = np.array([colour_at(view, p) for p in points])
        ways = (expected, expected[[1, 0, 2, 4, 3]])
        hits.append(min(np.abs(colours - way).sum(axis=1).max() for way in ways) < 0.9)
    # A quarter of the views hides something, often one of the marks.
    assert len(hits) > 40
    assert np.mean(hits) > 0.7


def test_a_scenes_faces_lie_on_their_marks() -> None:
    shown = 0
    for seed in range(40):
        scene, faces = scenes().compose(0, np.random.default_rng(seed))
        for row in faces:
            if np.hypot(*(row[6:8] - row[4:6])) < 16:
                continue  # the discs are too small to be hit
            hit = colour_at(scene, row[8:10])
            shown += np.abs(hit - np.array(COLOURS[2]) / 255).max() < 0.35
    assert shown >= 8


def test_cells_hold_the_geometry_of_faces_of_the_right_size() -> None:
    made = scenes()
    small, right, large = (_scaled(k) for k in (0.14, 0.28, 1.2))
    for row in (small, large):
        cells = made.cells(row[None])
        assert cells[0].max() == 0
        assert cells[2].sum() == 0
    cells = made.cells(right[None])
    assert cells[0].max() == 1
    (y, x) = np.argwhere(cells[0] == 1)[0]
    centre = np.array([x, y]) * 8 + 3.5
    assert np.abs(centre - (right[:2] + right[2:4]) / 2).max() <= 4
    np.testing.assert_allclose(cells[3:, y, x] + np.tile(centre, 7), right, atol=1e-4)


def test_between_the_sizes_nothing_counts() -> None:
    made = scenes()
    edge = _scaled(50 / 109.5)
    cells = made.cells(edge[None])
    assert cells[0].max() == 0
    middle = ((edge[:2] + edge[2:4]) / 2 / 8).astype(int)
    assert cells[1, middle[1], middle[0]] == 0
    assert cells[1].mean() > 0.5


def _scaled(k: float) -> NDArray[np.float64]:
    """The face k times as large (its box is 109.5 pixels), in the middle of a scene."""
    return (ROW.reshape(7, 2) - (100, 120)).ravel() * k + 96


def test_samples_are_in_range_and_follow_from_their_seed() -> None:
    made = Scenes([marked()], [ROW[None]])
    for seed in range(12):
        one, two = (made.sample(0, np.random.default_rng(seed)) for _ in range(2))
        for name, value in one.items():
            assert value.dtype == np.float32
            np.testing.assert_array_equal(value, two[name])
        for name, side in (("scene", 192), ("view", 128)):
            assert one[name].shape == (3, side, side)
            assert 0 <= one[name].min() <= one[name].max() <= 1
        assert one["cells"].shape == (17, 24, 24)
        assert np.isfinite(one["cells"]).all()


@pytest.mark.parametrize(
    "kind", [dodge_and_burn, difference_of_gaussians, gradient, hatching, outline, shading]
)
def test_drawings_keep_edges_and_leave_paper(kind: object) -> None:
    grey = np.full((96, 96), 0.8, np.float32)
    cv2.circle(grey, (48, 48), 25, (0.2,), -1)
    made = kind(grey, np.random.default_rng(3))  # pyright: ignore[reportCallIssue]
    assert made.dtype == np.float32
    assert 0 <= made.min() <= made.max() <= 1
    ring = made[46:51, 20:27].min()
    assert made[:12, :12].mean() > ring + 0.1, "the edge of the disc is darker than the paper"


def test_a_drawing_has_the_photos_shape_and_range() -> None:
    photo = np.random.default_rng(0).random((40, 30, 3), np.float32)
    for seed in range(8):
        made = drawn(photo, np.random.default_rng(seed))
        assert made.shape == photo.shape
        assert 0 <= made.min() <= made.max() <= 1


def test_views_alone_show_a_face_each_no_further_off_than_asked() -> None:
    light = dataclasses.replace(PLAIN, covered=0, small=0)
    near = dataclasses.replace(
        scenes(view=112, eyes=40.0, shown=1.0, off=Off(size=0.1, turn=0.0, shift=4.0)), light=light
    )
    views, expected = Views(near), np.array(COLOURS) / 255
    assert len(views) == 1
    for seed in range(20):
        sample = views.sample(0, np.random.default_rng(seed))
        view, points = sample["view"].transpose(1, 2, 0), sample["points"]
        assert view.shape == (112, 112, 3)
        colours = np.array([colour_at(view, p) for p in points])
        assert min(np.abs(colours - way).max() for way in (expected, expected[[1, 0, 2, 4, 3]])) < 0.1
        across = points[1] - points[0]
        assert 40 * np.exp(-0.1) - 0.1 < across[0] < 40 * np.exp(0.1) + 0.1
        assert abs(across[1]) < 0.1
        assert np.abs(points[:2].mean(axis=0) - np.array([0.5, 0.4]) * 111).max() <= 4.1

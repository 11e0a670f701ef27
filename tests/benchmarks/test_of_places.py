"""The pictures of nobody that the matte learns before: which are taken out of the packages, and how."""

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest
from benchmarks.places import LONGEST, panoramas, photographs, toned

from limner import image


@pytest.fixture(scope="module")
def light() -> np.ndarray:
    """Of a panorama, (H, W, 3), BGR: a dark room, a bright window, all of it blue."""
    made = np.full((20, 40, 3), 0.2, np.float32)
    made[5:10, 10:15] = 50
    made[..., 2] *= 0.5
    return made


def test_a_window_does_not_darken_the_room(light: np.ndarray) -> None:
    picture = toned(light)
    assert picture.dtype == np.uint8
    assert 100 < picture[15, 30].mean() < 200
    assert (picture[7, 12] > picture[15, 30]).all()
    assert picture[15, 30, 2] > picture[15, 30, 0], "blue is the last of RGB"
    assert np.abs(toned(light * 8).astype(int) - picture).max() <= 1, "exposure is the picture's own"


def test_panoramas_come_out_of_both_packages(light: np.ndarray, tmp_path: Path) -> None:
    world, hdri = tmp_path / "b/datafiles/studiolights/world", tmp_path / "p/hdri"
    world.mkdir(parents=True)
    hdri.mkdir(parents=True)
    assert cv2.imwrite(str(world / "city.exr"), light)
    held = base64.b64encode((world / "city.exr").read_bytes()).decode()
    (hdri / "park.exr.js").write_text(f'export default "data:image/exr;base64,{held}"', encoding="utf-8")
    made = dict(panoramas(tmp_path / "b", tmp_path / "p"))
    assert sorted(made) == ["blender-city", "pmndrs-park"]
    assert np.array_equal(made["blender-city"], toned(light))
    assert np.array_equal(made["pmndrs-park"], toned(light))


def test_only_photographs_under_free_licences_are_taken(tmp_path: Path) -> None:
    lomiri, sklearn = tmp_path / "l", tmp_path / "s"
    lomiri.mkdir()
    sklearn.mkdir()
    large = np.zeros((30, 2 * LONGEST, 3), np.uint8)
    for path in (lomiri / "Wine_by_Jakk.jpg", lomiri / "another_by_somebody.jpg", sklearn / "china.jpg"):
        image.write(path, large)
    made = dict(photographs(lomiri, sklearn))
    assert sorted(made) == ["Wine_by_Jakk", "china"]
    assert all(picture.shape == (15, LONGEST, 3) for picture in made.values())

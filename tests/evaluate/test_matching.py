"""Real and made pictures meet by name, and nothing is mended in silence."""

from pathlib import Path

import numpy as np
import pytest

from limner import image
from limner.data.pair import DataError
from limner.evaluate.matching import ScoreError, brought, coloured, grey, matched


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        image.write(folder / name, np.full((30, 24), 200, np.uint8), force=True)
    return folder


def test_names_pair_up_to_the_first_dot(tmp_path: Path) -> None:
    real, made = write(tmp_path / "r", "b.png", "a.png"), write(tmp_path / "m", "a.sketch.png", "b.png")
    assert [m.name for m in matched(real, made)] == ["a", "b"]
    assert matched(real, made)[0].made.name == "a.sketch.png"


def test_two_files_pair_whatever_they_are_called(tmp_path: Path) -> None:
    write(tmp_path, "x.png", "y.png")
    (only,) = matched(tmp_path / "x.png", tmp_path / "y.png")
    assert (only.real.name, only.made.name) == ("x.png", "y.png")


def test_lone_pictures_are_named_on_both_sides(tmp_path: Path) -> None:
    real, made = write(tmp_path / "r", "a.png", "b.png"), write(tmp_path / "m", "b.png", "c.png", "d.png")
    with pytest.raises(ScoreError, match=r"2 pictures in .*r, 3 in .*m; not in .*m: a; not in .*r: c, d"):
        matched(real, made)


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    real, made = write(tmp_path / "r", "a.png"), write(tmp_path / "m", "a.png", "a.sketch.png")
    with pytest.raises(DataError, match="one name"):
        matched(real, made)


def test_a_file_against_a_folder_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    real = write(tmp_path / "r", "a.png")
    with pytest.raises(ScoreError, match="two files or two folders"):
        matched(real, real / "a.png")
    with pytest.raises(ScoreError, match="does not exist"):
        matched(real, tmp_path / "nowhere")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    real = write(tmp_path / "r", "a.png")
    (tmp_path / "m").mkdir()
    with pytest.raises(image.ImageError, match="no picture"):
        matched(real, tmp_path / "m")


def test_grey_is_that_of_pillow() -> None:
    from PIL import Image

    picture = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    assert np.array_equal(grey(picture), np.asarray(Image.fromarray(picture).convert("L")))
    flat = np.repeat(picture[..., :1], 3, axis=2)
    assert np.array_equal(grey(flat), flat[..., 0])


def test_colour_is_more_than_what_jpeg_leaves(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    plane = rng.integers(0, 256, (64, 64, 1), np.uint8).repeat(3, axis=2)
    image.write(tmp_path / "grey.jpg", plane)
    assert not coloured(image.read(tmp_path / "grey.jpg"))
    plane[:8, :8, 0] = 255 - plane[:8, :8, 0]
    assert coloured(plane)


def test_sizes_are_brought_together_but_not_other_cuts() -> None:
    picture = np.zeros((500, 400), np.uint8)
    picture[::2] = 255
    small = brought(picture, (200, 250))
    assert small.shape == (250, 200)
    assert np.abs(small.astype(int) - 128).max() <= 1
    assert brought(picture, (400, 500)) is picture
    with pytest.raises(ScoreError, match="400 x 500 is cut otherwise than 400 x 400"):
        brought(picture, (400, 400))

"""Pairs from a folder, and what augmentation does to them."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import kit

from limner import image
from limner.data import folder
from limner.data.aligned import AlignedPairs
from limner.data.augment import Augment
from limner.data.backdrop import invent, matte
from limner.data.pair import DataError
from limner.errors import LimnerError

STILL = Augment(crop=64, trim=(0, 0, 0, 0), turn=0, zoom=0, gamma=0, cast=0, grey=0, shuffle=0, replace=0)


def test_pairs_are_matched_by_name_up_to_the_first_dot(tmp_path: Path) -> None:
    kit.write_pairs(tmp_path, 3)
    (tmp_path / "sketches" / "p01.png").rename(tmp_path / "sketches" / "p01.artist.png")
    pairs = folder.pairs(tmp_path)
    assert [pair.identity for pair in pairs] == ["p00", "p01", "p02"]
    photo, sketch = pairs[1].read()
    assert photo.shape == sketch.shape == (120, 96, 3)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="photos is not a folder"):
        folder.pairs(tmp_path)
    kit.write_pairs(tmp_path, 3)
    (tmp_path / "sketches" / "p01.png").unlink()
    with pytest.raises(DataError, match="3 photos and 2 sketches; without a partner: p01"):
        folder.pairs(tmp_path)
    image.write(tmp_path / "photos" / "p00.jpg", np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(DataError, match="one name"):
        folder.pairs(tmp_path)


def test_a_pair_of_two_sizes_is_refused(tmp_path: Path) -> None:
    kit.write_pairs(tmp_path, 1)
    image.write(tmp_path / "photos" / "p00.png", np.zeros((9, 9, 3), np.uint8), force=True)
    with pytest.raises(DataError, match="9 x 9"):
        folder.pairs(tmp_path)[0].read()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"crop": 200}, "augment.crop is 200; 16 or a multiple of it is expected"),
        ({"crop": 0}, "augment.crop is 0; 16 or a multiple of it is expected"),
        ({"grey": 1.5}, "augment.grey is 1.5; at most 1 is expected"),
        ({"trim": (0, 0, -1, 0)}, r"augment.trim is \(0, 0, -1, 0\); at least 0 is expected"),
        ({"gamma": math.nan}, "augment.gamma is nan; a finite number is expected"),
    ],
)
def test_a_change_out_of_its_range_is_told(values: Mapping[str, Any], told: str) -> None:
    with pytest.raises(LimnerError, match=told):
        Augment(**values)


def pairs(augment: Augment, tmp_path: Path, count: int = 1) -> AlignedPairs:
    read = [pair.read() for pair in folder.pairs(kit.write_pairs(tmp_path, count))]
    photos = [photo for photo, _ in read]
    return AlignedPairs(photos, [s[..., 0] for _, s in read], [matte(photo) for photo in photos], augment)


def test_samples_are_repeatable_and_in_range(tmp_path: Path) -> None:
    data = pairs(Augment(crop=64, trim=(2, 2, 2, 2)), tmp_path, 2)
    for seed in range(20):
        one, two = (data.sample(seed % 2, np.random.default_rng(seed)) for _ in range(2))
        assert one["photo"].shape == (3, 64, 64)
        assert one["sketch"].shape == (1, 64, 64)
        for name, array in one.items():
            assert array.dtype == np.float32
            assert array.min() >= 0
            assert array.max() <= 1
            assert np.array_equal(array, two[name])


def test_photo_and_sketch_move_together(tmp_path: Path) -> None:
    moving = replace(
        STILL, crop=48, trim=(12, 12, 12, 12), turn=10, zoom=0.2
    )  # never reaches beyond the picture
    data = pairs(moving, tmp_path)
    twin = replace(data, sketches=[p[..., 0] for p in data.photos])
    for seed in range(10):
        sample = twin.sample(0, np.random.default_rng(seed))
        assert np.allclose(sample["photo"][0], sample["sketch"][0], atol=1e-6)


def test_light_leaves_the_sketch_alone_and_changes_the_photo(tmp_path: Path) -> None:
    still = pairs(STILL, tmp_path).sample(0, np.random.default_rng(1))
    lit = pairs(replace(STILL, gamma=0.5, cast=0.2), tmp_path).sample(0, np.random.default_rng(1))
    assert np.array_equal(still["sketch"], lit["sketch"])
    assert np.abs(still["photo"] - lit["photo"]).mean() > 0.01


def test_grey_photos_have_equal_channels(tmp_path: Path) -> None:
    photo = pairs(replace(STILL, grey=1.0), tmp_path).sample(0, np.random.default_rng(0))["photo"]
    assert np.allclose(photo[0], photo[1])
    assert np.allclose(photo[0], photo[2])


def test_a_crop_keeps_within_the_trimmed_picture() -> None:
    augment = replace(STILL, trim=(10, 20, 5, 8))
    picture = np.zeros((120, 110), np.uint8)
    picture[20:112, 10:105] = 255
    for seed in range(20):
        matrix = augment.geometry(picture.shape, np.random.default_rng(seed))
        assert augment.cut(picture, matrix, paper=False).min() == 1


def test_matte_finds_the_plain_backdrop_and_not_the_person() -> None:
    photo = np.full((300, 240, 3), (90, 150, 210), np.uint8)
    photo[80:, 60:180] = (40, 30, 20)
    found = matte(photo)
    assert found[:70].min() == 255
    assert found[90:, 70:170].max() == 0


def test_matte_of_a_busy_background_is_empty() -> None:
    photo = np.zeros((300, 240, 3), np.uint8)
    photo[:, :120] = (200, 30, 30)
    assert matte(photo).max() == 0


def test_a_replaced_backdrop_leaves_the_person(tmp_path: Path) -> None:
    data = pairs(replace(STILL, replace=1.0), tmp_path)
    data = replace(
        data, photos=[np.full((120, 96, 3), 100, np.uint8)], mattes=[np.zeros((120, 96), np.uint8)]
    )
    data.mattes[0][:, :48] = 255
    photo = data.sample(0, np.random.default_rng(0))["photo"]
    kept = np.isclose(photo, 100 / 255, atol=1e-6).all(axis=0)
    assert 0.2 < kept.mean() < 0.8


def test_invented_backdrops_vary_and_stay_in_range() -> None:
    made = [invent(32, np.random.default_rng(seed)) for seed in range(20)]
    assert all(m.shape == (32, 32, 3) and m.min() >= 0 and m.max() <= 1 for m in made)
    assert np.std([m.mean() for m in made]) > 0.05

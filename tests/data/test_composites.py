"""Composites: the matte belongs to the picture, held-out people stay out, backdrops vary."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests import kit

from limner import image
from limner.data.augment import Augment
from limner.data.camera import Camera
from limner.data.composites import Composites, Mix, pictures, rounded
from limner.data.keying import Keyed
from limner.data.pair import DataError
from limner.data.portraits import held_out
from limner.data.scenery import edges, scenery, swatches

STILL = Mix(
    crop=64,
    company=0,
    nobody=0,
    cloth=0,
    shadow=0,
    camera=Camera(0, 0, 0, 0),
    augment=Augment(gamma=0, cast=0, grey=0, shuffle=0),
)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Composites:
    return Composites.read(kit.write_portraits(tmp_path_factory.mktemp("portraits"), 2), Mix(crop=64))


def test_samples_are_repeatable_and_in_range(drawn: Composites) -> None:
    for seed in range(30):
        one, two = (drawn.sample(seed % 2, np.random.default_rng(seed)) for _ in range(2))
        assert one["photo"].shape == (3, 64, 64)
        assert one["matte"].shape == (1, 64, 64)
        for name, array in one.items():
            assert array.dtype == np.float32
            assert array.min() >= 0
            assert array.max() <= 1
            assert np.array_equal(array, two[name])


def test_the_matte_is_where_the_person_is(drawn: Composites) -> None:
    data = replace(drawn, mix=STILL)
    for seed in range(10):
        white, black = (
            data.before(np.full((64, 64, 3), level, np.float32), 0, np.random.default_rng(seed))
            for level in (1, 0)
        )
        shows = (white["photo"] - black["photo"]).mean(axis=0)
        assert np.abs(1 - shows - white["matte"][0]).max() < 0.02


def test_nobody_and_company(drawn: Composites) -> None:
    scene = np.zeros((64, 64, 3), np.float32)
    none = replace(drawn, mix=replace(STILL, nobody=1)).before(scene, 0, np.random.default_rng(0))
    assert none["matte"].max() == 0
    area = [
        np.mean(
            [
                replace(drawn, mix=replace(STILL, company=company))
                .before(scene, 0, np.random.default_rng(s))["matte"]
                .mean()
                for s in range(20)
            ]
        )
        for company in (0.0, 1.0)
    ]
    assert area[1] > 1.2 * area[0]


def test_held_out_people_are_not_read(tmp_path: Path) -> None:
    kit.write_portraits(tmp_path, 2)
    held = next(name for i in range(99) if held_out(name := f"h{i}"))
    image.write(tmp_path / "congress" / f"{held}_1.png", kit.portrait(np.random.default_rng(9))[0])
    assert [p.name for p in pictures(tmp_path, ("congress",), held=True)] == [f"{held}_1.png"]
    assert len(Composites.read(tmp_path, Mix())) == 2
    assert len(Composites.read(tmp_path, Mix(), held=True)) == 1


def test_a_folder_without_plain_portraits_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="london, canada, congress"):
        Composites.read(tmp_path, Mix())


def test_cut_shoulders_are_rounded_and_heads_left_alone() -> None:
    alpha = np.zeros((100, 80), np.uint8)
    alpha[20:60, 25:55] = 255
    alpha[60:] = 255
    made = rounded(Keyed(np.zeros((100, 80, 3), np.uint8), alpha, "")).alpha
    assert made[62, 0] == made[62, -1] == 0
    assert np.array_equal(made[:58], alpha[:58])
    assert np.array_equal(made[:, 25:55], alpha[:, 25:55])


def test_swatches_are_pieces_of_the_portrait_too_small_to_show_a_face() -> None:
    photo = np.arange(90 * 70 * 3, dtype=np.uint32).reshape(90, 70, 3).astype(np.uint8)
    pieces = swatches(photo)
    assert [piece.shape for piece in pieces] == [(10, 10, 3)] * 4
    rows, columns = 80 * 0.5, 60 * 0.35
    assert np.array_equal(pieces[1], photo[int(rows) : int(rows) + 10, int(columns) : int(columns) + 10])


def test_backdrops_vary_and_stay_in_range() -> None:
    palette = np.full((3, 3), 0.5, np.float32)
    tiles = edges(np.full((90, 70, 3), 200, np.uint8))
    assert [tile.shape for tile in tiles] == [(45, 16, 3)] * 2
    made = [scenery(48, tiles if i % 2 else [], palette, np.random.default_rng(i)) for i in range(60)]
    assert all(m.shape == (48, 48, 3) and m.dtype == np.float32 for m in made)
    assert min(m.min() for m in made) >= 0
    assert max(m.max() for m in made) <= 1
    assert np.std([m.mean() for m in made]) > 0.05
    assert np.mean([m.std() > 0.05 for m in made]) > 0.4


def test_pieces_of_places_are_backdrops_as_often_as_asked() -> None:
    place = np.zeros((90, 180, 3), np.uint8)
    place[..., 0] = 255
    palette = np.full((6, 3), 0.5, np.float32)

    def share(asked: float) -> float:
        made = [scenery(32, (), palette, np.random.default_rng(i), [place], asked) for i in range(150)]
        return float(np.mean([scene[..., 1:].max() < 0.01 < scene[..., 0].min() for scene in made]))

    assert share(0) < 0.02
    tiny = [np.zeros((3, 1, 3), np.uint8)]
    assert scenery(32, (), palette, np.random.default_rng(0), tiny, 1).shape == (32, 32, 3)
    # Some have things before them, drawn in colours of their own.
    assert 0.3 < share(1) < 0.9


def test_photographs_of_places_are_read_and_used(tmp_path: Path) -> None:
    folder = kit.write_portraits(tmp_path / "portraits", 2)
    (tmp_path / "places").mkdir()
    image.write(tmp_path / "places" / "one.png", np.full((40, 60, 3), 9, np.uint8))
    with_places = Composites.read(folder, replace(STILL, place=1.0), places=tmp_path / "places")
    assert [place.shape for place in with_places.places] == [(40, 60, 3)]
    samples = (
        [data.sample(0, np.random.default_rng(i))["photo"].mean() for i in range(8)]
        for data in (with_places, replace(with_places, places=()))
    )
    dark, other = (float(np.mean(means)) for means in samples)
    assert dark < other

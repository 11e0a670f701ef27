"""The benchmark of priors: each part runs whole, and says what is right where the answer is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from benchmarks.prior import edits, retrieval, words
from benchmarks.prior.__main__ import PARTS, main
from benchmarks.prior.autoencoder import halved, in_colour, reconstructed, row
from benchmarks.prior.drawing import Manner, at_once, edited, open_plain, told
from benchmarks.prior.grid import grid
from benchmarks.prior.inversion import there_and_back
from benchmarks.prior.nearness import Near, by_grey, nearest
from benchmarks.prior.seconds import threaded, timed
from benchmarks.prior.squares import Sitter, middle, pictures, sitters, sitting, tensor
from benchmarks.prior.triples import Triple, triple
from tests.kit import face_at, portrait
from tests.priors import FULL, write_prior
from torch import Tensor

from limner import image
from limner.data.edits import FAMILIES
from limner.data.pair import DataError
from limner.data.portraits import held_out
from limner.errors import LimnerError
from limner.evaluate.judging import Rules
from limner.faces import Face, find
from limner.frame import square
from limner.image import Picture
from limner.pretrained.folder import PriorError
from limner.pretrained.perceptual import load_teacher
from limner.pretrained.prior import Prior, load_prior

EXAMPLE = Path(__file__).parents[2] / "examples" / "portrait.jpg"
SIDE = FULL.size
RNG = np.random.default_rng(3)
PHOTO, MATTE = portrait(RNG, (SIDE, SIDE))
PERSON = Sitter("ann", PHOTO, MATTE)
TESTED = [name for name in map(str, range(40)) if held_out(name)]
TRAINED = [name for name in map(str, range(40)) if not held_out(name)]


class Copy:
    """An autoencoder that loses nothing."""

    def encode(self, batch: Tensor) -> Tensor:
        return batch

    def decode(self, latents: Tensor) -> Tensor:
        return latents


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny InstructPix2Pix with CLIP."""
    return write_prior(tmp_path_factory.mktemp("prior"), replace(FULL, instructs=True, tokens=48))


@pytest.fixture(scope="module")
def prior(folder: Path) -> Prior:
    return load_prior(folder)


@pytest.fixture(scope="module")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's face as two held-out people, one of them twice, and as two to train on."""
    made = tmp_path_factory.mktemp("portraits")
    face = middle(image.read(EXAMPLE), 200)
    names = [TESTED[0], f"{TESTED[0]}_smiling", TESTED[1], *TRAINED[:2]]
    for i, name in enumerate(names):
        image.write(made / f"{name}.png", (face * (1 - 0.1 * i)).astype(np.uint8))
    return made


def measured(part: str, tmp_path: Path, *more: object) -> dict[str, Any]:
    """What a part writes, run as from the shell."""
    out = tmp_path / "out.json"
    main([part, *map(str, more), "--json", str(out)])
    return json.loads(out.read_text())


def edits_of(*names: str) -> list[Triple]:
    return [triple(PERSON, FAMILIES[name], 0) for name in names]


def test_a_square_is_its_own_mirror_image() -> None:
    frame = square(256)
    (x, y), (other, level) = frame.eyes
    assert (frame.size, other - x, y) == ((256, 256), 64, level)
    assert x + other == 255
    assert (y + 0.5) / 256 == pytest.approx(0.45)


def test_sitters_are_held_out_people_once_each_with_their_eyes_in_place(portraits: Path) -> None:
    people = sitters(portraits, 9, 128, seed=0)
    assert sorted(each.name for each in people) == sorted(TESTED[:2])
    for each in people:
        assert each.photo.shape == (128, 128, 3)
        assert each.matte.shape == (128, 128)
        assert each.matte[60:90, 50:78].min() > 0.8, "a face is the person's"
        for eye, wanted in zip(find(each.photo)[0].eyes, square(128).eyes, strict=True):
            assert np.hypot(*np.subtract(eye, wanted)) < 3


def test_the_order_of_sitters_is_the_seeds(portraits: Path) -> None:
    first = [sitters(portraits, 1, 32, seed)[0].name for seed in (0, 0, 1, 2, 3)]
    assert first[0] == first[1]
    assert len(set(first)) == 2


@pytest.mark.parametrize(("apart", "x"), [(10, 100), (40, 20)], ids=["too small", "cut too narrowly"])
def test_portraits_that_give_no_square_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: float, x: float
) -> None:
    path = tmp_path / f"{TESTED[0]}.png"
    image.write(path, np.full((200, 200, 3), 90, np.uint8))
    seen = [face_at(100, 90, 40)]

    def finder(_: Picture) -> list[Face]:
        return seen

    monkeypatch.setattr("benchmarks.prior.squares.find", finder)
    assert sitting(path, 128) is not None
    seen[:] = [face_at(x, 90, apart)]
    assert sitting(path, 128) is None
    seen.clear()
    assert sitting(path, 128) is None
    with pytest.raises(DataError, match="no held-out portrait"):
        sitters(tmp_path, 3, 128, 0)


def test_pictures_come_back_from_tensors() -> None:
    batch = tensor([PHOTO, PHOTO[::-1]])
    assert batch.shape == (2, 3, SIDE, SIDE)
    assert np.array_equal(pictures(batch)[1], PHOTO[::-1])


def test_a_triple_depends_on_its_own_names_seed_and_draw_alone() -> None:
    family = FAMILIES["charcoal"]
    one, same, other = triple(PERSON, family, 0), triple(PERSON, family, 0), triple(PERSON, family, 0, 1)
    assert one.sentence == same.sentence
    assert np.array_equal(one.edited, same.edited)
    assert not np.array_equal(one.edited, other.edited)


def test_a_grid_holds_groups_in_reading_order() -> None:
    tones = [[np.full((8, 8, 3), tone, np.uint8)] * 2 for tone in (0, 50, 100)]
    made = grid(tones, ["a", "b", "c"], across=2, width=8)
    height, width = made.shape[0] // 2, made.shape[1] // 2
    corners = [made[y, x, 0] for y in (0, height) for x in (0, width)]
    assert corners == [0, 50, 100, 255]


def test_an_autoencoder_that_loses_nothing_is_perfect() -> None:
    copied = reconstructed(cast(Any, Copy()), [PHOTO] * 9)
    told = row("x", "copy", [PHOTO] * 9, copied, [load_teacher("photo")])
    assert told == ("x", "copy", "9", "inf", "1.0000 [1.0000, 1.0000]", "0.0000")


def test_psnr_counts_all_colours_and_half_size_costs_some() -> None:
    flat = np.full((16, 16, 3), 100, np.uint8)
    other = flat + np.array([10, 0, 0], np.uint8)
    assert in_colour(flat, other) == pytest.approx(10 * np.log10(255**2 / (100 / 3)))
    assert np.array_equal(halved(flat), flat)
    assert 10 < in_colour(PHOTO, halved(PHOTO)) < 60


def test_drawing_follows_the_seed(prior: Prior) -> None:
    given = [PHOTO] * 2, ["pencil", "blur it"]
    same, again, other = (edited(prior, *given, Manner(2, 3, 1, seed)) for seed in (0, 0, 1))
    assert np.array_equal(same, again)
    assert not np.array_equal(same, other)
    assert np.array_equal(told(prior, ["ink"], Manner(2, 3)), told(prior, ["ink"], Manner(2, 3)))


def test_a_plain_net_is_given_zeros_and_the_photo_and_gives_latents(prior: Prior) -> None:
    def keep(given: Tensor, t: int, text: Tensor) -> SimpleNamespace:
        noise, photo = given.chunk(2, 1)
        assert not noise.any()
        assert t == 0
        assert len(text) == len(given)
        return SimpleNamespace(sample=prior.vae.config["scaling_factor"] * photo)

    (made,) = at_once(prior, cast(Any, keep), [PHOTO], ["pencil"])
    assert np.array_equal(made, reconstructed(prior, [PHOTO])[0])


def test_a_plain_net_of_other_channels_is_refused(prior: Prior, folder: Path, tmp_path: Path) -> None:
    assert open_plain(folder, prior).config["out_channels"] == prior.channels
    with pytest.raises(LimnerError, match="takes and gives 4 and 4 channels; 8 and 4 are expected"):
        open_plain(write_prior(tmp_path / "text", FULL), prior)
    with pytest.raises(PriorError, match="cannot be opened as a UNet2DConditionModel"):
        open_plain(tmp_path / "none", prior)


def test_edits_are_scored_by_family_and_kind() -> None:
    triples = edits_of("blur", "pencil", "grey")
    true = [each.edited for each in triples]
    known = {each.tobytes(): x for x, each in enumerate(true[:2])}

    def finder(picture: Picture) -> list[Face]:
        """A face in the true edits but the last, and one 0.4 eye distances off in the photo."""
        if picture.tobytes() in known:
            return [face_at(30, 30, 10)]
        return [face_at(34, 30, 10)] if np.array_equal(picture, PHOTO) else []

    made = {"true": true, "photo": [PHOTO] * 3, "white": [np.full_like(PHOTO, 255)] * 3}
    table = edits.tabled(triples, made, Rules(finder=finder))
    assert [line[:3] for line in table.rows] == [
        ("pencil", "drawing", "1"),
        ("blur", "photographic", "1"),
        ("grey", "photographic", "1"),
        ("all", "drawing", "1"),
        ("all", "photographic", "2"),
        ("all", "both", "3"),
    ]
    columns = dict(zip(table.head, zip(*table.rows, strict=True), strict=True))
    assert set(columns["true: ssim"]) == {"1.000"}
    assert columns["true: structure"][0] == columns["true: structure"][-1] == "0.000 (100 %)"
    assert columns["photo: structure"][0] == columns["photo: structure"][-1] == "0.400 (100 %)"
    assert columns["white: structure"][0] == columns["white: structure"][-1] == "no face"
    assert columns["white: structure"][2] == "no face in the true edits"


def test_an_unknown_family_is_told() -> None:
    with pytest.raises(LimnerError, match="no family of edits is called 'oil'"):
        edits.chosen(["pencil", "oil"])
    assert len(edits.chosen([])) == len(FAMILIES)


def test_retrieval_of_one_hot_directions_is_perfect_and_of_equal_ones_nil() -> None:
    hot, names = np.eye(8, dtype=np.float32), ["a"] * 4 + ["b"] * 4
    assert retrieval.shares(hot, hot, names) == {"top 1": 1, "top 5": 1, "family": 1}
    moved = retrieval.shares(hot, np.roll(hot, 4, axis=0), names)
    assert (moved["top 1"], moved["family"]) == (0, 0)
    same = np.ones_like(hot)
    assert retrieval.ranks(same, same).tolist() == [7] * 8, "ties count against it"
    assert retrieval.chance(names) == {"top 1": 1 / 8, "top 5": 5 / 8, "family": 0.5}


def test_sentences_to_choose_from_are_different() -> None:
    families = [FAMILIES["darken"], FAMILIES["sharpen"]]
    triples = retrieval.different([PERSON], families, 12, seed=0)
    assert len({each.sentence for each in triples}) == 12
    assert [each.family for each in triples[:2]] in (families, families[::-1])
    again = retrieval.different([PERSON], families, 12, seed=0)
    assert [each.sentence for each in again] == [each.sentence for each in triples]
    with pytest.raises(LimnerError, match="nothing new is said in 100 draws"):
        retrieval.different([PERSON], families, 999, seed=0)


def test_inversion_of_a_prior_that_says_nothing_gives_the_photo_back(folder: Path) -> None:
    silent = load_prior(folder)
    for parameter in silent.unet.conv_out.parameters():
        parameter.data.zero_()
    (back,), (best,) = there_and_back(silent, [PHOTO], 5, 1), reconstructed(silent, [PHOTO])
    assert np.abs(back.astype(int) - best).max() <= 1


def test_time_is_taken_without_the_first_run_and_threads_come_back() -> None:
    runs: list[int] = []
    before = torch.get_num_threads()
    with threaded(before + 1):
        assert torch.get_num_threads() == before + 1
        assert len(timed(lambda: runs.append(0), 3)) == 3
    assert (len(runs), torch.get_num_threads()) == (4, before)


def test_the_nearest_is_the_picture_itself_whatever_its_light() -> None:
    others = [portrait(RNG, (SIDE, SIDE))[0] for _ in range(4)]
    pale = (200 + PHOTO * 0.2).astype(np.uint8)
    near = nearest(by_grey([PHOTO, pale]), by_grey([*others, PHOTO]))
    assert near.places.tolist() == [4, 4]
    assert near.distances[0] < 0.01
    assert near.distances[1] < 0.2
    mirrored = nearest(by_grey([PHOTO[:, ::-1]]), by_grey([*others, PHOTO]), by_grey([PHOTO[:, ::-1]] * 5))
    assert mirrored.distances[0] < 0.01
    flat = by_grey([np.full_like(PHOTO, 7)])
    assert not flat.any()


def test_a_line_of_distances() -> None:
    near = Near(np.array([3, 1]), np.array([0.0, 1.0], np.float32))
    spread = ("0.000", "0.100", "0.500", "0.900", "1.000")
    assert words.row("a", "grey", near, [3, 2]) == ("a", "grey", "2", *spread, "0.500")
    assert words.row("a", "grey", near)[-1] == ""


def test_families_are_spread_evenly() -> None:
    assert words.spread(len(FAMILIES)) == list(FAMILIES.values())
    assert {each.kind for each in words.spread(2)} == {"drawing", "photographic"}
    assert len(words.spread(100)) == 100


def test_autoencoder_whole(folder: Path, portraits: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    given = ("--portraits", portraits, "--sketches", portraits, "--count", 2, "--sheet", sheet)
    table = measured("autoencoder", tmp_path, folder, *given)["tables"]["autoencoder"]
    assert [line[:3] for line in table["rows"]] == [
        [source, how, "2"]
        for source in ("held-out portraits", f"sketches: {portraits.name}")
        for how in ("autoencoder", "half size")
    ]
    assert image.read(sheet).shape[1] > 2 * 128


def test_edits_whole_with_a_plain_net(folder: Path, portraits: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    families = ("--families", "pencil", "remove the background")
    given = ("--portraits", portraits, "--count", 1, "--steps", 2, *families, "--plain", folder)
    told = measured("edits", tmp_path, folder, *given, "--sheet", sheet)
    table = told["tables"]["edits"]
    assert len(table["head"]) == 3 + 2 * 4
    assert [line[0] for line in table["rows"]] == [*families[1:], "all", "all", "all"]
    assert told["values"]["people"] == 1
    assert sheet.exists()
    assert measured("edits", tmp_path, folder, *given)["tables"] == told["tables"]


def test_scales_whole(folder: Path, tmp_path: Path) -> None:
    rows = [
        {"identity": "a", "family": name, "parameters": {}, "instruction": "x", "caption": "x", "photo": "x"}
        for name in ("pencil", "", "blur")
    ]
    for name in ("photo", "edited"):
        np.save(tmp_path / f"{name}.npy", np.stack([PHOTO] * 3))
    with pytest.raises(DataError, match=r"holds no rows.json; a finished pack of limner train prior"):
        main(["scales", str(folder), "--pack", str(tmp_path)])
    (tmp_path / "rows.json").write_text(json.dumps({"key": "k", "rows": rows}))
    sheet = tmp_path / "sheet.png"
    given = ("--pack", tmp_path, "--steps", 2, "--text-scale", 1, 2, "--image-scale", 1, "--sheet", sheet)
    told = measured("scales", tmp_path, folder, *given)
    lines = told["tables"]["scales"]["rows"]
    assert [line[:2] for line in lines] == [["1", "1"], ["2", "1"], ["photo given back", ""]]
    assert lines[-1][2:4] == ["1.000", "1.000"]
    assert lines[0][2] != lines[1][2]
    assert told["values"]["triples"] == 2, "what is not edited is no edit"
    assert image.read(sheet).shape[1] > 4 * 128


def test_retrieval_whole(folder: Path, portraits: Path, tmp_path: Path) -> None:
    given = ("--portraits", portraits, "--count", 6, "--people", 2, "--side", SIDE, "--seeds", 2)
    rows = measured("retrieval", tmp_path, folder, *given)["tables"]["retrieval"]["rows"]
    assert [line[0] for line in rows] == ["7", "8", "mean", "chance"]
    assert rows[-1][1:3] == ["0.167", "0.833"]


def test_inversion_whole(folder: Path, portraits: Path, tmp_path: Path) -> None:
    given = ("--portraits", portraits, "--count", 1, "--steps", 2, 3, "--refine", 0, 2, "--share", 0.6)
    rows = measured("inversion", tmp_path, folder, *given)["tables"]["inversion"]["rows"]
    asked = [["2", "0", "0.6"], ["2", "2", "0.6"], ["3", "0", "0.6"], ["3", "2", "0.6"]]
    assert [line[:3] for line in rows[:-1]] == asked
    assert rows[-1][0] == "autoencoder alone"


def test_seconds_whole(folder: Path, tmp_path: Path) -> None:
    told = measured("seconds", tmp_path, folder, "--threads", 1, "--runs", 1, "--steps", 1)
    names = [line[0] for line in told["tables"]["seconds"]["rows"]]
    assert names[:3] == ["encode", "decode", "embed"]
    assert sum(name.startswith("step") for name in names) == 3
    assert told["tables"]["seconds"]["head"][1] == "1 thread, s"


def test_words_whole(folder: Path, portraits: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    given = ("--portraits", portraits, "--training", f"portraits:{portraits}", "--count", 2, "--steps", 1)
    told = measured("words", tmp_path, folder, *given, "--sheet", sheet)
    rows = told["tables"]["words"]["rows"]
    assert [line[1] for line in rows] == ["grey"] * 3 + ["CLIP"] * 3
    assert told["values"]["training"] == 2, "held-out people are not among those trained on"
    assert [line[-1] != "" for line in rows] == [False, False, True] * 2
    assert sheet.exists()


def test_parts_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"no part is called 'colours'; known are autoencoder, .*words"):
        main(["colours"])
    main([])
    told = capsys.readouterr().out
    assert all(f"benchmarks.prior {part} MODEL" in told for part in PARTS)

"""Every data set: what it says of itself, who is in its splits, and what is told of a damaged one."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from tests import kit

from limner import image
from limner.data import DATASETS, PHOTOSETS, DataSet, PhotoSet
from limner.data.fs2k import ATTRIBUTES
from limner.data.pair import DataError, Pair
from limner.data.split import Rule, Split, load
from limner.image import ImageError

SETS = (*DATASETS.values(), *PHOTOSETS.values())
SPLITS = [(each, split) for each in SETS for split in each.splits.values()]
PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
COUNTS = {
    "cuhk": (88, 100),
    "ar-by-name": (80, 43),
    "xm2vts-by-name": (100, 195),
    "cufs-by-name": (268, 338),
    "cufsf-by-name": (250, 944),
    "fs2k": (1058, 1046),
    "wildsketch": (400, 400),
    "bsds500": (200, 200),
}


def touch(folder: Path, names: Iterable[str]) -> Path:
    """Empty files, for what does not look into pictures."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def everybody(of: Iterable[Split]) -> set[str]:
    """Identities that all splits can be chosen from, with made-up names where a rule only counts."""
    of = list(of)
    known = {name for split in of for name in split.ids}
    for rule in (rule for split in of for rule in split.rules):
        there = sum(name.startswith(rule.prefix) for name in known - rule.without)
        known |= {f"{rule.prefix}new{i:06}" for i in range(rule.total - there)}
    return known


# What every data set says of itself.


@pytest.mark.parametrize("each", SETS, ids=lambda each: each.name)
def test_a_set_is_described_in_full(each: DataSet | PhotoSet) -> None:
    assert each.name in DATASETS or each.name in PHOTOSETS
    for text in (each.title, each.licence, each.layout):
        assert text
        assert text == " ".join(text.split())


def test_a_name_means_one_set() -> None:
    assert len({each.name for each in SETS}) == len(SETS)
    assert all(name == each.name for table in (DATASETS, PHOTOSETS) for name, each in table.items())


@pytest.mark.parametrize("each", DATASETS.values(), ids=lambda each: each.name)
def test_a_frame_has_upright_eyes_inside(each: DataSet) -> None:
    if each.frame is not None:
        (lx, ly), (rx, ry) = each.frame.eyes
        assert 0 < lx < rx < each.frame.width
        assert 0 < ly == ry < each.frame.height
        assert lx + rx == each.frame.width


@pytest.mark.parametrize("each", SETS, ids=lambda each: each.name)
def test_training_and_test_share_nobody(each: DataSet | PhotoSet, tmp_path: Path) -> None:
    known = everybody(each.splits.values())
    chosen = {name: set(split.chosen(known, tmp_path)) for name, split in each.splits.items()}
    trained = [ids for name, ids in chosen.items() if name.endswith(("-train", "-choose"))]
    tested = [ids for name, ids in chosen.items() if "-test" in name or name.endswith("-val")]
    assert not any(one & other for one in trained for other in tested)


@pytest.mark.parametrize(("name", "counts"), COUNTS.items())
def test_splits_have_the_counts_of_the_field(name: str, counts: tuple[int, int]) -> None:
    assert (len(load(f"{name}-train")), len(load(f"{name}-test"))) == counts


@pytest.mark.parametrize("name", ["cuhk", "fs2k"])
def test_settings_are_chosen_on_every_eighth_training_pair(name: str) -> None:
    assert load(f"{name}-choose").ids == tuple(sorted(load(f"{name}-train").ids))[::8]


def test_the_held_copy_of_fs2k_is_part_of_its_test() -> None:
    held, known = load("fs2k-test-746"), everybody(DATASETS["fs2k"].splits.values())
    assert len(held) == 746
    assert set(held.ids) < set(load("fs2k-test").chosen(known, Path()))
    assert load("fs2k-test-249").ids == held.ids[::3]


def test_the_pairs_that_ide_drew_are_part_of_cuhks_test() -> None:
    assert set(load("cuhk-test-30").ids) < set(load("cuhk-test").ids)


@pytest.mark.parametrize(("each", "split"), SPLITS, ids=[split.name for _, split in SPLITS])
def test_a_split_is_clean_and_says_where_it_comes_from(each: DataSet | PhotoSet, split: Split) -> None:
    assert split.name.startswith(each.name)
    assert len(split.ids) == len(set(split.ids))
    assert not any(set(" /*#\\") & set(name) for name in split.ids)
    ours = "A rule of limner's" in split.source
    assert ours != ("Published: " in split.source)
    assert not ("by-name" in split.name and not ours)


# The page for people: a changed split changes its hash, and this test is where that is noticed.


@pytest.mark.parametrize("each", SETS, ids=lambda each: each.name)
def test_the_page_describes_every_set(each: DataSet | PhotoSet) -> None:
    assert f"| `{each.name}` | {each.title} | {each.layout} | {each.licence} |\n" in PAGE


@pytest.mark.parametrize("split", [split for _, split in SPLITS], ids=lambda split: split.name)
def test_the_page_holds_every_split_with_its_hash(split: Split) -> None:
    whose = "limner's" if "A rule of limner's" in split.source else "published"
    assert f"| `{split.name}` | {len(split)} | {whose} | `{split.sha256[:16]}` |\n" in PAGE


# Layouts in which the sets circulate.


@pytest.mark.parametrize(
    ("name", "photo", "sketch", "identity"),
    [
        ("cuhk", "train/photos/f-005-01.jpg", "train/sketches/f-005-01.jpg", "f-005-01"),
        ("cuhk", "photos/f-005-01.jpg", "sketches/F2-005-01-sz1.jpg", "f-005-01"),
        (
            "cuhk",
            "CUHK_training_photo/photo/m-008-01.jpg",
            "CUHK_training_sketch/sketch/m2-008-01-sz1.jpg",
            "m-008-01",
        ),
        ("cuhk", "test_photos/m-063-01.jpg", "test_sketches/m-063-01-sz1.jpg", "m-063-01"),
        ("cuhk", "testing_cropped_photos/m-063-01.jpg", "testing_cropped_sketches/m-063-01.jpg", "m-063-01"),
        ("cuhk", "trainA/f1-001-01.png", "trainB/f1-001-01.png", "f1-001-01"),
        ("cuhk", "train/f1-001-01.jpg", "train/f1-001-01-sz1.jpg", "f1-001-01"),
        ("cuhk", "sketch-data/photos/f-005-01.jpg", "sketch-data/sketches/f-005-01.jpg", "f-005-01"),
        ("ar", "AR_photo/m-001-1.bmp", "AR_sketch/sketch/M2-001-1-sz1.jpg", "m-001"),
        ("ar", "train/images/w-012-01.jpg", "train/sketches/w-012-01.jpg", "w-012"),
        ("xm2vts", "Training/Photos/000_1_1.jpg", "Training/Sketches/000_1_1-sz1.jpg", "000"),
        ("cufsf", "photo/00001fb010_930831.tif", "cropped_sketch/00001.jpg", "00001"),
        ("cufsf", "test_photos/00001.jpg", "test_sketches/00001.jpg", "00001"),
        ("wildsketch", "test/images/17.png", "test/sketches/17.png", "test_17"),
        ("os-sketch", "web/photos/a.png", "web/sketches/a.png", "a"),
        ("folder", "photos/a.png", "sketches/a.artist.jpg", "a"),
    ],
)
def test_layouts(tmp_path: Path, name: str, photo: str, sketch: str, identity: str) -> None:
    touch(tmp_path, [photo, sketch, "photos/notes.txt", "._.jpg"])
    (pair,) = DATASETS[name].pairs(tmp_path)
    assert (pair.identity, pair.photo, pair.sketch) == (identity, tmp_path / photo, tmp_path / sketch)


def test_the_whole_cufs_names_the_part(tmp_path: Path) -> None:
    parts = {"CUHK_student": "f-005-01", "AR": "m-001-1", "XM2VTS": "000_1_1"}
    for part, name in parts.items():
        touch(tmp_path / part, [f"train/photos/{name}.jpg", f"train/sketches/{name}.jpg"])
    identities = [pair.identity for pair in DATASETS["cufs"].pairs(tmp_path)]
    assert identities == ["ar_m-001", "cuhk_f-005-01", "xm2vts_000"]
    touch(tmp_path, ["archive/photos/m-002-1.jpg", "archive/sketches/m-002-1.jpg"])
    with pytest.raises(DataError, match=r"archive/photos/m-002-1\.jpg is in no subfolder"):
        DATASETS["cufs"].pairs(tmp_path)


def test_a_part_of_cufs_that_is_missing_is_named(tmp_path: Path) -> None:
    touch(tmp_path, ["CUHK/photos/f-005-01.jpg", "CUHK/sketches/f-005-01.jpg"])
    with pytest.raises(DataError, match="holds no pair of AR, XM2VTS"):
        DATASETS["cufs"].pairs(tmp_path)


def cuhk(folder: Path, *parts: str) -> Path:
    names = [name for part in parts for name in load(f"cuhk-{part}").ids]
    return touch(folder, [f"{kind}/{name}.jpg" for kind in ("photos", "sketches") for name in names])


@pytest.mark.parametrize("each", DATASETS.values(), ids=lambda each: each.name)
def test_nobody_is_trained_on_but_those_of_a_training_split(
    each: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []

    def pairs(_: DataSet, __: Path, split: str | None = None) -> list[Pair]:
        asked.append(split)
        return []

    monkeypatch.setattr(DataSet, "pairs", pairs)
    if each.name == "os-sketch":
        with pytest.raises(DataError, match="os-sketch is for testing alone; its splits: os-sketch-all"):
            each.training(tmp_path)
        return
    each.training(tmp_path)
    training = {name for name in each.splits if "train" in name}
    assert asked == ([None] if each.name == "folder" else [*training])


def test_a_split_has_its_own_order(tmp_path: Path) -> None:
    pairs = DATASETS["cuhk"].pairs(cuhk(tmp_path, "train", "test"), "cuhk-test")
    assert tuple(pair.identity for pair in pairs) == load("cuhk-test").ids
    assert len(DATASETS["cuhk"].pairs(tmp_path)) == 188


def test_a_rule_takes_its_share_by_name(tmp_path: Path) -> None:
    people = [f"{i:05}" for i in range(0, 1194 * 3, 3)]
    touch(tmp_path, [f"{kind}/{name}.jpg" for kind in ("photos", "sketches") for name in people])
    taken = [
        [pair.identity for pair in DATASETS["cufsf"].pairs(tmp_path, f"cufsf-by-name-{part}")]
        for part in ("train", "test")
    ]
    assert taken == [people[:250], people[250:]]


# What is told of a damaged set.


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "cufs"])
def test_a_missing_or_empty_folder_is_told_with_what_is_expected(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=rf"data set {name}: .*gone.* is not a folder") as told:
        DATASETS[name].pairs(tmp_path / "gone")
    assert DATASETS[name].layout in str(told.value)
    for inside in ("photo", "photos", "sketch", "sketches"):
        (tmp_path / inside).mkdir()
    with pytest.raises(DataError, match="no picture"):
        DATASETS[name].pairs(tmp_path)


def test_a_picture_without_its_partner_is_named(tmp_path: Path) -> None:
    (cuhk(tmp_path, "test") / "sketches" / "f-039-01.jpg").unlink()
    with pytest.raises(DataError, match="100 photos and 99 sketches; without a partner: f-039-01"):
        DATASETS["cuhk"].pairs(tmp_path, "cuhk-test")


def test_somebody_missing_is_named(tmp_path: Path) -> None:
    cuhk(tmp_path, "test")
    for kind in ("photos", "sketches"):
        (tmp_path / kind / "f-039-01.jpg").unlink()
    with pytest.raises(
        DataError, match=r"99 identities; 1 of the 100 that split cuhk-test lists .*: f-039-01"
    ):
        DATASETS["cuhk"].pairs(tmp_path, "cuhk-test")


def test_strangers_are_named_five_at_most(tmp_path: Path) -> None:
    names = [f"x{i}" for i in range(7)]
    touch(cuhk(tmp_path, "test"), [f"{kind}/{name}.jpg" for kind in ("photos", "sketches") for name in names])
    with pytest.raises(
        DataError, match="107 identities; 7 of them are in no split: x0, x1, x2, x3, x4 and 2"
    ):
        DATASETS["cuhk"].pairs(tmp_path, "cuhk-test")


def test_two_pictures_of_one_name_are_named(tmp_path: Path) -> None:
    touch(cuhk(tmp_path, "test"), ["again/photos/f-039-01.png"])
    with pytest.raises(DataError, match=r"photos/f-039-01\.jpg and .*again/photos/f-039-01\.png have"):
        DATASETS["cuhk"].pairs(tmp_path)


def test_too_few_for_a_rule_are_counted(tmp_path: Path) -> None:
    touch(tmp_path, ["photos/m-001-1.jpg", "sketches/m-001-1.jpg"])
    with pytest.raises(DataError, match="1 identities; 123 are expected; there are: m-001"):
        DATASETS["ar"].pairs(tmp_path, "ar-by-name-test")


def test_an_unknown_split_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match="cuhk has no split all; its splits: cuhk-train, cuhk-choose, cuhk-te"
    ):
        DATASETS["cuhk"].pairs(tmp_path, "all")
    with pytest.raises(DataError, match="photos has no split all; its splits: none"):
        PHOTOSETS["photos"].photos(tmp_path, "all")
    with pytest.raises(DataError, match="no split that is called all"):
        load("all")


def test_an_unreadable_picture_is_named(tmp_path: Path) -> None:
    good, bad = DATASETS["folder"].pairs(kit.write_pairs(tmp_path, 2))
    bad.sketch.write_bytes(b"not a picture")
    assert good.read()[0].shape == (120, 96, 3)
    with pytest.raises(ImageError, match=r"sketches/p01\.png: not a picture"):
        bad.read()


# Rules.


def test_a_rule_counts_those_of_its_prefix_without_others() -> None:
    known = ["b_2", "a_3", "a_1", "a_2"]
    assert Rule("a_", 1, 2, 3).chosen(known, Path()) == ("a_1", "a_2")
    assert Rule("", 2, 3, 3, frozenset({"a_1"})).chosen(known, Path()) == ("a_3", "b_2")
    with pytest.raises(DataError, match="2 identities that start with a_ beside 1 others; 3 are expected"):
        Rule("a_", 1, 2, 3, frozenset({"a_1"})).chosen(known, Path())


# FS2K.


def fs2k(folder: Path) -> Path:
    """Two training pairs and a test pair in the official layout."""
    rng = np.random.default_rng(0)
    for part, which, count in (("train", 1, 2), ("test", 3, 1)):
        (folder / f"photo/photo{which}").mkdir(parents=True)
        (folder / f"sketch/sketch{which}").mkdir(parents=True)
        entries: list[dict[str, object]] = []
        for i in range(count):
            photo, sketch = kit.face(rng, (24, 30))
            image.write(folder / f"photo/photo{which}/image{i:04}.jpg", photo)
            image.write(folder / f"sketch/sketch{which}/sketch{i:04}.png", sketch)
            attributes = dict.fromkeys(ATTRIBUTES, 0) | {"smile": 1}
            entries.append({"image_name": f"photo{which}/image{i:04}", "style": i, **attributes})
        (folder / f"anno_{part}.json").write_text(json.dumps(entries))
    return folder


def test_fs2k_gives_style_and_attributes(tmp_path: Path) -> None:
    pairs = DATASETS["fs2k"].pairs(fs2k(tmp_path))
    assert [pair.identity for pair in pairs] == ["photo1_image0000", "photo1_image0001", "photo3_image0000"]
    assert [pair.style for pair in pairs] == ["1", "2", "1"]
    assert pairs[0].attributes["smile"] == "no"
    assert pairs[0].attributes["hair_color"] == "brown"
    photo, sketch = pairs[1].read()
    assert photo.shape == sketch.shape == (30, 24, 3)


def test_fs2k_holds_pictures_and_annotations_together(tmp_path: Path) -> None:
    fs2k(tmp_path)
    touch(tmp_path, ["photo/photo2/image0009.jpg", "sketch/sketch2/sketch0009.jpg"])
    with pytest.raises(DataError, match=r"4 pairs, 2 annotated .* 1 for test; not ann.*: photo2_image0009"):
        DATASETS["fs2k"].pairs(tmp_path)
    (tmp_path / "anno_test.json").write_text((tmp_path / "anno_train.json").read_text())
    with pytest.raises(DataError, match="in both: photo1_image0000, photo1_image0001"):
        DATASETS["fs2k"].pairs(tmp_path)
    (tmp_path / "anno_test.json").unlink()
    with pytest.raises(DataError, match=r"anno_test\.json cannot be read"):
        DATASETS["fs2k"].pairs(tmp_path)


@pytest.mark.parametrize("text", ["[", "[1]", "3", '[{"style": 0}]'])
def test_a_garbled_annotation_is_told(tmp_path: Path, text: str) -> None:
    (fs2k(tmp_path) / "anno_test.json").write_text(text)
    with pytest.raises(DataError, match=r"anno_test\.json is garbled"):
        DATASETS["fs2k"].pairs(tmp_path)


@pytest.mark.parametrize(("word", "other"), [("smile", "grin"), ('"smile": 1', '"smile": 9'), ("style", "s")])
def test_a_garbled_entry_is_told(tmp_path: Path, word: str, other: str) -> None:
    path = fs2k(tmp_path) / "anno_train.json"
    path.write_text(path.read_text().replace(word, other))
    with pytest.raises(DataError, match="annotation of photo1_image0000"):
        DATASETS["fs2k"].pairs(tmp_path)


# Photos alone.


def test_a_plain_folder_of_photos(tmp_path: Path) -> None:
    image.write(tmp_path / "a.b.png", np.zeros((4, 6, 3), np.uint8))
    touch(tmp_path, ["c.jpg", "deeper/d.jpg"])
    photos = PHOTOSETS["photos"].photos(tmp_path)
    assert [photo.identity for photo in photos] == ["a", "c"]
    assert photos[0].read().shape == (4, 6, 3)
    with pytest.raises(ImageError, match=r"c\.jpg: is empty"):
        photos[1].read()
    touch(tmp_path, ["a.jpg"])
    with pytest.raises(DataError, match="one name"):
        PHOTOSETS["photos"].photos(tmp_path)


@pytest.mark.parametrize("name", ["photos", "portraits", "coco"])
def test_a_folder_without_photos_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=f"data set {name}: .*no picture"):
        PHOTOSETS[name].photos(tmp_path)


def test_bsds500_and_coco_name_the_part(tmp_path: Path) -> None:
    names = [f"BSDS500/data/images/test/{i}.jpg" for i in range(200)]
    touch(tmp_path / "BSR", [*names, "BSDS500/data/images/val/0.jpg", "bench/test/0.jpg"])
    photos = PHOTOSETS["bsds500"].photos(tmp_path / "BSR", "bsds500-test")
    assert {photo.identity for photo in photos} == {f"test_{i}" for i in range(200)}
    assert len(PHOTOSETS["bsds500"].photos(tmp_path / "BSR")) == 201
    with pytest.raises(DataError, match="1 identities that start with val_; 100 are expected"):
        PHOTOSETS["bsds500"].photos(tmp_path / "BSR", "bsds500-val")
    touch(tmp_path / "coco", ["val2017/000000000139.jpg"])
    assert [p.identity for p in PHOTOSETS["coco"].photos(tmp_path / "coco")] == ["val_000000000139"]


def test_portraits_of_one_person_stand_together(tmp_path: Path) -> None:
    people = load("portraits-test").ids
    touch(tmp_path, [f"a/{people[0]}_03.jpg", "b/nobody.jpg", *(f"b/{name}_08.jpg" for name in people)])
    photos = PHOTOSETS["portraits"].photos(tmp_path, "portraits-test")
    assert [photo.identity for photo in photos] == [people[0], *people]
    assert {photo.photo.name for photo in photos[:2]} == {f"{people[0]}_03.jpg", f"{people[0]}_08.jpg"}

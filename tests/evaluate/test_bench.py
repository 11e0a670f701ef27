"""A protocol run whole: what it draws, what it writes, and what it refuses."""

import csv
import json
import math
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike
from PIL import Image
from tests import kit

from limner import image, sketcher
from limner.cli import main
from limner.data import DATASETS
from limner.data.pair import DataError, Pair
from limner.data.portraits import held_out
from limner.errors import LimnerWarning
from limner.evaluate import PROTOCOLS, Plan, Rules, ScoreError, bench, subjects
from limner.evaluate.score import Score
from limner.evaluate.scoring import Scores
from limner.evaluate.sheet import ranked
from limner.evaluate.subjects import HELD_OUT, located
from limner.evaluate.table import lines, markdown, spread
from limner.faces import Face, FaceError, find
from limner.faces.matte import matte
from limner.image import Picture


def noisy(folder: Path, out: Path, sigma: float) -> Path:
    """Sketches of a folder of pairs with noise, as another method's."""
    rng = np.random.default_rng(1)
    out.mkdir()
    for path in sorted((folder / "sketches").iterdir()):
        plane = image.read(path)[..., 0]
        changed = np.clip(plane + rng.normal(0, sigma, plane.shape), 0, 255)
        image.write(out / path.name, changed.astype(np.uint8))
    return out


def test_a_style_and_others_are_drawn_scored_compared_and_written(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 9)
    good, bad = noisy(data, tmp_path / "good", 2), noisy(data, tmp_path / "bad", 60)
    words = ["bench", "pairs", "--data", str(data), "--style", "cuhk", "--out", str(tmp_path / "out")]
    assert main([*words, "--made", f"good={good}", f"bad={bad}"]) == 0

    told = json.loads((tmp_path / "out" / "scores.json").read_text())
    assert (told["n"], told["split"]) == (9, "all of data")
    assert list(told["methods"]) == ["cuhk", "good", "bad"]
    assert len(told["pictures"]["bad"]["ssim"]) == 9
    against = told["against the first"]["good"]["ssim"]
    assert against["mean"] > 0
    assert not against["noise"]
    page = (tmp_path / "out" / "scores.md").read_text()
    assert told["sha256"][:12] in page
    assert told["table"] in page
    with (tmp_path / "out" / "scores.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 27
    assert float(rows[0]["ssim"]) == pytest.approx(told["pictures"]["cuhk"]["ssim"]["p00"], abs=1e-5)
    sheet = image.read(tmp_path / "out" / "sheet.jpg")
    assert sheet.shape[1] > 4 * 200
    drawn = sorted(p.name for p in (tmp_path / "out" / "made" / "cuhk").iterdir())
    assert drawn == [f"p{i:02}.png" for i in range(9)]


def test_the_split_is_known_by_who_is_in_it(tmp_path: Path) -> None:
    hashes: list[str] = []
    for count in (2, 3):
        data = kit.write_pairs(tmp_path / f"data{count}", count)
        result = bench(Plan(PROTOCOLS["pairs"], data, {}, {"a": data / "sketches"}, tmp_path / "out"))
        hashes.append(result.sha256)
    assert hashes[0] != hashes[1]


def test_one_artist_of_a_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = kit.write_pairs(tmp_path / "data", 4)
    plain = DATASETS["folder"]

    def read(folder: Path) -> list[Pair]:
        return [replace(pair, style=str(i % 2 + 1)) for i, pair in enumerate(plain.read(folder))]

    monkeypatch.setattr(subjects, "DATASETS", {"folder": replace(plain, read=read)})
    made = {"a": data / "sketches"}
    result = bench(Plan(PROTOCOLS["pairs"], data, {}, made, tmp_path / "out", split="/2"))
    assert result.scores["a"].names == ("p01", "p03")
    assert result.split == "all of data, artist 2"
    with pytest.raises(ScoreError, match="all of data holds nothing of artist 3; artists there: 1, 2"):
        bench(Plan(PROTOCOLS["pairs"], data, {}, made, tmp_path / "out", split="/3"))


def test_photos_alone_are_held_to_themselves(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    names = [f"w{i}" for i in range(30)]
    for name in names:
        image.write(tmp_path / "photos" / f"{name}_01.png", kit.face(np.random.default_rng(0))[0])
    made = {"same": tmp_path / "photos"}
    everybody = bench(Plan(PROTOCOLS["wild"], tmp_path / "photos", {}, made, tmp_path))
    kept = bench(Plan(PROTOCOLS["wild"], tmp_path / "photos", {}, made, tmp_path, split=HELD_OUT))
    assert len(everybody.scores["same"].names) == 30
    assert kept.scores["same"].names == tuple(sorted(f"{n}_01" for n in names if held_out(n)))
    assert kept.sha256 != everybody.sha256


def test_photos_are_drawn_from_sketches_and_held_to_photos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = kit.write_pairs(tmp_path / "data", 3)
    style = kit.write_style(tmp_path / "back.onnx", "sketch-photo")
    monkeypatch.chdir(tmp_path)
    words = ["bench", "pairs", "--data", str(data), "--style", str(style)]
    assert main([*words, "--made", f"real={data / 'photos'}"]) == 0
    out = tmp_path / "runs" / "bench" / "pairs-photo"
    told = json.loads((out / "scores.json").read_text())
    assert told["to"] == "photo"
    assert list(told["methods"]["back"]) == ["n", "ssim", "fsim", "structure"]
    assert told["methods"]["real"]["ssim"]["mean"] == told["methods"]["real"]["fsim"]["mean"] == 1
    assert told["methods"]["back"]["ssim"]["mean"] < 0.99
    assert "photos from sketches" in (out / "scores.md").read_text()
    # The style gives back what it sees: here the sketch, brought into its frame if a face is found there.
    made = image.read(out / "made" / "back" / "p00.png").astype(int)
    seen = (image.read(data / kind / "p00.png") for kind in ("sketches", "photos"))
    hand = sketcher.load(style)
    of_sketch, of_photo = (np.asarray(hand(each, whole=not find(each)), int) for each in seen)
    assert np.abs(made - of_sketch).max() < 4 < np.abs(made - of_photo).mean()


def test_folders_of_photos_are_scored_when_that_is_told(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 3)
    words = ["bench", "pairs", "--data", str(data), "--out", str(tmp_path / "out")]
    assert main([*words, "--to", "photo", "--made", f"real={data / 'photos'}"]) == 0
    assert json.loads((tmp_path / "out" / "scores.json").read_text())["methods"]["real"]["ssim"]["mean"] == 1
    assert main([*words, "--made", f"real={data / 'sketches'}"]) == 0
    assert json.loads((tmp_path / "out" / "scores.json").read_text())["to"] == "sketch"


def test_structure_of_made_photos_is_against_the_real_ones(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 1)

    def finder(picture: Picture) -> list[Face]:
        real = bool((picture == image.read(data / "photos" / "p00.png")).all())
        sketch = bool((picture == image.read(data / "sketches" / "p00.png")).all())
        assert not sketch, "the sketch was asked for its face"
        return [kit.face_at(48 if real else 54, 60, 24)]

    protocol = replace(PROTOCOLS["pairs"], rules=Rules(finder=finder)).drawing("photo")
    made = tmp_path / "made"
    made.mkdir()
    image.write(made / "p00.png", np.full((120, 96, 3), 9, np.uint8))
    scores = bench(Plan(protocol, data, {}, {"a": made}, tmp_path)).scores["a"]
    assert scores.metrics["structure"].mean == pytest.approx(6 / 24)


def test_recognition_is_left_out_where_a_split_has_too_few_people(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 6)
    made = {"noisy": noisy(data, tmp_path / "noisy", 20)}
    protocol = replace(PROTOCOLS["pairs"], metrics=("ssim", "nlda"))
    few = bench(Plan(replace(protocol, rules=Rules(train=5)), data, {}, made, tmp_path / "few"))
    assert list(few.scores["noisy"].metrics) == ["ssim"]
    assert few.notes[0] == "6 people are too few for recognition, which needs 7: it is left out"
    enough = bench(Plan(replace(protocol, rules=Rules(train=4)), data, {}, made, tmp_path / "enough"))
    assert list(enough.scores["noisy"].metrics) == ["ssim", "nlda"]
    assert not enough.notes


def test_a_protocol_that_draws_photos_leaves_sketches_rules_out() -> None:
    drawn = PROTOCOLS["ossketch"].drawing("photo")
    assert drawn.metrics == ("ssim", "fsim", "structure")
    assert drawn.rules.prepare is None
    assert PROTOCOLS["cufs"].drawing("photo").rules.train == 150
    assert PROTOCOLS["cufs"].drawing("photo").metrics[-1] == "nlda"
    assert PROTOCOLS["cufs"].drawing("sketch") is PROTOCOLS["cufs"]
    with pytest.raises(ScoreError, match="photos alone"):
        PROTOCOLS["wild"].drawing("photo")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--style cuhk BACK", "one that draws a sketch is expected"),
        ("--style cuhk --to photo", "one that draws a photo is expected"),
        ("--style BACK --photos DATA/photos", "photos are drawn here, not drawn from"),
        ("--style cuhk --sketches DATA/sketches", "sketches are drawn here, not drawn from"),
        ("--style BACK --background paper", "background paper is for sketches"),
        ("--made a=DATA/photos --grey", "a style is expected"),
    ],
)
def test_a_run_is_of_one_direction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, told: str
) -> None:
    data = kit.write_pairs(tmp_path / "data", 1)
    back = kit.write_style(tmp_path / "back.onnx", "sketch-photo")
    given = words.replace("BACK", str(back)).replace("DATA", str(data)).split()
    out = tmp_path / "out"
    assert main(["bench", "pairs", "--data", str(data), "--out", str(out), *given]) == 1
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_photos_are_drawn_from_larger_sketches(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 2)
    large = kit.write_pairs(tmp_path / "large", 2, size=(192, 240))
    style = kit.write_style(tmp_path / "back.onnx", "sketch-photo")
    words = ["bench", "pairs", "--data", str(data), "--style", str(style), "--out", str(tmp_path / "out")]
    assert main([*words, "--sketches", str(large / "sketches")]) == 0
    assert image.read(tmp_path / "out" / "made" / "back" / "p00.png").shape == (240, 192, 3)


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 3)
    protocol = PROTOCOLS["pairs"]
    with pytest.raises(ScoreError, match="nothing to score"):
        bench(Plan(protocol, data, {}, {}, tmp_path))
    made = noisy(data, tmp_path / "made", 5)
    (made / "p01.png").unlink()
    with pytest.raises(ScoreError, match=r"2 pictures, 3 are expected; not there: p01"):
        bench(Plan(protocol, data, {}, {"a": made}, tmp_path))
    image.write(made / "p01.png", np.full((120, 96), 255, np.uint8))
    image.write(made / "p01.x.png", np.full((120, 96), 0, np.uint8))
    with pytest.raises(DataError, match="have one name, p01; one picture each is expected"):
        bench(Plan(protocol, data, {}, {"a": made}, tmp_path))
    with pytest.raises(ScoreError, match="no split best"):
        bench(Plan(PROTOCOLS["wild"], data / "photos", {}, {"a": made}, tmp_path, split="best"))


def test_where_the_data_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    protocol = PROTOCOLS["cuhk"]
    assert located(protocol, tmp_path) == tmp_path
    monkeypatch.delenv("LIMNER_DATA", raising=False)
    with pytest.raises(ScoreError, match=r"--data FOLDER, or set LIMNER_DATA"):
        located(protocol, None)
    monkeypatch.setenv("LIMNER_DATA", str(tmp_path))
    assert located(protocol, None) == tmp_path / "cuhk"


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_every_protocol_names_what_is_there(name: str) -> None:
    from limner.data import DATASETS, PHOTOSETS
    from limner.metrics import METRICS

    protocol = PROTOCOLS[name]
    assert set(protocol.metrics) <= METRICS.keys()
    if protocol.pairs:
        known = DATASETS[protocol.dataset].splits
        assert not protocol.split or protocol.split in known
        assert protocol.rules.train < len(known[protocol.split]) if protocol.split else True
    else:
        assert protocol.dataset in PHOTOSETS


def scores(*values: float) -> Scores:
    finite = [v for v in values if not math.isnan(v)]
    score = Score(sum(finite) / len(finite), min(finite), max(finite), values)
    return Scores(tuple(f"p{i}" for i in range(len(values))), {"ssim": score})


def test_a_table_marks_what_chance_explains() -> None:
    rng = np.random.default_rng(0)
    ours = rng.uniform(0.5, 0.7, 30)
    alike, worse = ours + rng.normal(0, 0.05, 30), ours - 0.2
    table = markdown({"ours": scores(*ours), "alike": scores(*alike), "worse": scores(*worse)})
    rows = {row.split(" | ")[0].strip("| "): row for row in table.splitlines() if row.startswith("|")}
    assert "≈" in rows["alike"]
    assert "≈" not in rows["worse"]
    assert "≈" not in rows["ours"]
    assert "≈ differs from ours by no more than chance" in table


def test_one_method_has_nothing_to_differ_from() -> None:
    assert "≈" not in markdown({"ours": scores(0.5, 0.6)})
    assert lines(scores(0.5, 0.6)).splitlines()[0].split() == ["n", "2"]


def test_a_missing_score_is_an_empty_field() -> None:
    assert spread({"ours": scores(0.5, math.nan)}) == "made,picture,ssim\nours,p0,0.5\nours,p1,\n"


def test_sheets_go_from_the_worst_to_the_best() -> None:
    assert ranked(scores(0.9, math.nan, 0.1, 0.5), 4) == [1, 2, 3, 0]
    lower = Scores(("a", "b", "c"), {"structure": Score(0.0, values=(0.1, 0.9, 0.5))})
    assert ranked(lower, 2) == [1, 0]


def test_grey_is_what_is_drawn_from_not_what_is_scored(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 2)
    seen: list[Picture] = []

    def hand(picture: Picture, *, points: ArrayLike | None = None, whole: bool = False) -> Image.Image:
        assert points is None
        assert not whole
        seen.append(picture)
        return Image.fromarray(picture[..., 0])

    result = bench(Plan(PROTOCOLS["pairs"], data, {"mine": hand}, {}, tmp_path / "out", in_grey=True))
    assert [picture.shape for picture in seen] == 2 * [(120, 96, 3)]
    assert all((picture == picture[..., :1]).all() for picture in seen)
    assert result.record()["grey"]
    assert "drawn from in grey" in result.page()
    assert (image.read(data / "photos" / "p00.png") != seen[0]).any()


def test_the_background_is_the_artists_or_as_asked_for(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for kind in ("photos", "sketches"):
        (data / kind).mkdir(parents=True)
        image.write(data / kind / "one.png", image.read(kit.EXAMPLE))
    words = ["bench", "pairs", "--data", str(data), "--style", "cuhk", "--out", str(tmp_path / "out")]
    made: dict[str, Picture] = {}
    for asked in ("", "keep", "paper"):
        assert main([*words, *(["--background", asked] if asked else [])]) == 0
        made[asked] = image.read(tmp_path / "out" / "made" / "cuhk" / "one.png")
    assert (made[""] == made["paper"]).all()
    nobody = matte(image.read(kit.EXAMPLE), find(image.read(kit.EXAMPLE))) == 0
    assert (made["paper"][nobody] == 255).all()
    assert (made["keep"][nobody] < 255).any()


def test_what_a_style_warns_of_is_a_note(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 2)

    def hand(picture: Picture, *, points: ArrayLike | None = None, whole: bool = False) -> Image.Image:
        assert points is None
        if not whole:
            warnings.warn("a small face", LimnerWarning, stacklevel=1)
            raise FaceError("nobody")
        return Image.fromarray(picture[..., 0])

    notes = bench(Plan(PROTOCOLS["pairs"], data, {"mine": hand}, {}, tmp_path / "out")).notes
    assert notes[:2] == ("mine, p00: a small face", "mine, p01: a small face")
    assert notes[2] == "mine: no face found in 2 pictures, drawn as they are: p00, p01"

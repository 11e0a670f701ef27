"""Photos scored by group: who is in which, and which is the worst."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests import kit

from limner import image
from limner.cli import main
from limner.data.pair import DataError
from limner.evaluate import PROTOCOLS, Plan, Rules, bench
from limner.evaluate.grouped import by_group, least_found, pages, worst
from limner.evaluate.groups import Group, by_lightness, groups_of
from limner.evaluate.score import Score
from limner.evaluate.scoring import Scores
from limner.evaluate.skin import lightness
from limner.evaluate.subjects import subjects_of
from limner.faces import Face
from limner.image import Picture

FACE = kit.face_at(60, 50, 40)


def tone(value: int) -> Picture:
    """A photo of one tone."""
    return np.full((120, 120, 3), value, np.uint8)


@pytest.mark.parametrize(("value", "expected"), [(0, 0.0), (119, 50.03), (255, 100.0)])
def test_lightness_of_a_grey_is_cie(value: int, expected: float) -> None:
    # L* = 116 Y^(1/3) - 16 of the linear Y = ((v + 0.055) / 1.055)^2.4, v = 119 / 255; OpenCV's is a table.
    assert lightness(tone(value), FACE) == pytest.approx(expected, abs=0.2)


def test_only_the_cheeks_count() -> None:
    photo = tone(200)
    for x, y in FACE.points:
        photo[round(y) - 4 : round(y) + 5, round(x) - 4 : round(x) + 5] = 0
    photo[:40], photo[100:], photo[:, :36], photo[:, 84:] = 0, 0, 0, 0
    assert lightness(photo, FACE) == lightness(tone(200), FACE)


def test_a_face_beside_the_photo_has_no_lightness() -> None:
    assert lightness(tone(9), kit.face_at(900, 900, 40)) is None


def test_thirds_and_the_darkest_tenth() -> None:
    light = [None, *np.linspace(20, 80, 30).tolist()]
    tenth, darkest, middle, lightest = by_lightness(light[::-1]).values()
    assert list(tenth) == [27, 28, 29]
    assert [len(each) for each in (darkest, middle, lightest)] == [10, 10, 10]
    assert sorted([*darkest, *middle, *lightest]) == list(range(30))
    assert by_lightness([50.0, None, 60.0]) == {}


def write_sets(folder: Path) -> Path:
    """Two sets of photos, the first with a table beside it that does not tell of everybody."""
    for path, value in {"a/01_1": 60, "a/01_2": 70, "a/02": 200, "b/01": 120, "b/03": 130, "b/04": 0}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        image.write(folder / f"{path}.png", tone(value))
    (folder / "a_info.csv").write_text("id,sex,hair\n01,female,NA\n05,male,red\n")
    (folder / "b" / "groups.csv").write_text("id,sex\n01,male\n03,female\n04,male\n")
    return folder


def seen(picture: Picture) -> list[Face]:
    """A face where the photo is not black."""
    return [FACE] if picture.any() else []


def test_groups_are_of_skin_set_and_tables(tmp_path: Path) -> None:
    data = write_sets(tmp_path / "data")
    subjects, _, _ = subjects_of(PROTOCOLS["wild"], data, "")
    names = [subject.name for subject in subjects]
    assert sorted(names) == ["a_01_1", "a_01_2", "a_02", "b_01", "b_03", "b_04"]
    groups, notes = groups_of(subjects, data, seen)
    found = {str(group): {names[place] for place in group.members} for group in groups}
    assert found["set: a"] == {"a_01_1", "a_01_2", "a_02"}
    assert found["set: b"] == {"b_01", "b_03", "b_04"}
    assert found["sex: female"] == {"a_01_1", "a_01_2", "b_03"}
    assert found["sex: male"] == {"b_01", "b_04"}
    assert found["skin: middle third"] == {"b_01"}
    assert {name.split(" (")[0] for name in found if name.startswith("skin")} == {
        "skin: darkest tenth",
        "skin: darkest third",
        "skin: middle third",
        "skin: lightest third",
    }
    assert notes == [
        "skin: no face to measure: 1, b_04",
        "a_info.csv: not in it: 1, 02",
        "a_info.csv: hair not told: 1, 01",
    ]


def test_a_group_of_everybody_tells_nothing(tmp_path: Path) -> None:
    for i in range(4):
        image.write(tmp_path / f"p{i}.png", tone(90))
    subjects, _, _ = subjects_of(PROTOCOLS["wild"], tmp_path, "")
    assert groups_of(subjects, tmp_path, seen) == ([], [])


def test_a_bad_table_stops_the_run_before_anything_is_drawn(tmp_path: Path) -> None:
    data = write_sets(tmp_path / "data")
    (data / "groups.csv").write_text("id\n")
    with pytest.raises(DataError, match="head line"):
        bench(Plan(PROTOCOLS["wild"], data, {}, {"same": data}, tmp_path / "out"))


GROUPS = [Group("skin", "dark", (0, 1)), Group("skin", "light", (2, 3, 4)), Group("set", "lost", (5, 6))]
VALUES = (0.3, math.nan, 0.1, 0.1, 0.1, math.nan, math.nan)
STRUCTURE = Score(0.15, values=VALUES, told={"found": 4 / 6}, skipped=(5,))


def test_each_group_has_its_mean_its_share_found_and_how_much_worse_it_is() -> None:
    dark, light, lost = by_group("structure", STRUCTURE, GROUPS)
    assert (dark.n, dark.score.mean, dark.found) == (2, 0.3, 0.5)
    assert dark.worse == pytest.approx(0.15)
    assert light.worse == pytest.approx(-0.05)
    assert (light.score.low, light.score.high) == (None, None), "of so few no interval is told"
    assert (lost.found, lost.score.told["photos without a face"]) == (0, 1)
    assert math.isnan(lost.worse)
    assert worst([light, dark, lost]) is dark
    assert least_found([light, dark, lost]) is lost
    assert worst([lost]) is None
    json.dumps([each.record() for each in (dark, light, lost)], allow_nan=False)


def test_where_higher_is_better_lower_is_worse() -> None:
    (part,) = by_group("ssim", Score(0.5, values=(0.4, 0.6)), [Group("set", "a", (0,))])
    assert part.worse == pytest.approx(0.1)
    assert math.isnan(part.found)
    assert least_found([part]) is None


def test_a_page_names_the_worst_group_and_the_worst_large_one() -> None:
    values = tuple([0.5] * 2 + [0.2] * 20 + [0.1] * 20)
    score = Score(float(np.mean(values)), values=values, told={"found": 1.0})
    groups = [Group("set", name, tuple(range(*ends))) for name, ends in (("x", (0, 2)), ("y", (2, 22)))]
    page = pages({"ours": Scores(tuple(map(str, range(42))), {"structure": score})}, groups)
    assert "| set: x (n 2)" not in page
    assert "| set: x | 2 | 0.5000" in page
    assert "Worst: set: x (n 2) by +0.3333; of groups of at least 20: set: y (n 20) by +0.0333." in page
    assert "Fewest" not in page
    lost = Score(0.5, values=(math.nan, 0.5), told={"found": 0.5})
    page = pages({"ours": Scores(("0", "1"), {"structure": lost})}, [Group("set", "x", (0,))])
    assert page.endswith(
        "| set: x | 1 | none, found 0.0 % | none |\n\nFewest faces found: set: x (n 1), 0.0 %."
    )


def test_wild_tells_of_groups(tmp_path: Path) -> None:
    data = write_sets(tmp_path / "data")
    protocol = replace(PROTOCOLS["wild"], rules=Rules(finder=seen))
    result = bench(Plan(protocol, data, {}, {"same": data}, tmp_path / "out"))
    told = result.record()["groups"]["same"]["structure"]
    groups = {(each["kind"], each["group"]): each for each in told["all"]}
    assert groups["set", "b"] | {"n": 3, "mean": 0, "photos without a face": 1} == groups["set", "b"]
    assert told["worst"]["worse"] == 0
    assert "| set: b | 3 | 0.0000" in result.page()
    assert "same: 1 photos without a face to hold the made ones to: b_04" in result.notes


def test_wild_draws_sets_in_subfolders_in_grey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_sets(tmp_path / "data")
    style = kit.write_style(tmp_path / "there.onnx", "photo-sketch")
    monkeypatch.chdir(tmp_path)
    assert main(["bench", "wild", "--data", str(data), "--style", str(style), "--grey"]) == 0
    out = tmp_path / "runs" / "bench" / "wild-grey"
    made = sorted(path.stem for path in (out / "made" / "there").iterdir())
    assert made == ["a_01_1", "a_01_2", "a_02", "b_01", "b_03", "b_04"]
    told = json.loads((out / "scores.json").read_text())
    assert told["grey"]
    assert {each["group"] for each in told["groups"]["there"]["structure"]["all"]} == {
        "a",
        "b",
        "male",
        "female",
    }

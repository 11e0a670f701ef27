"""One pair trains, all others test: who teaches, who is tested, and what many trials come to."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from PIL import Image
from tests import kit

from limner import image
from limner.data import DATASETS
from limner.data.pair import Pair
from limner.data.split import Split
from limner.evaluate import PROTOCOLS, Hand, Lesson, Plan, Rules, ScoreError, bench, one_shot, trials
from limner.evaluate.laying import lay
from limner.evaluate.repeated import Trial, apart, between, together
from limner.evaluate.score import Score
from limner.evaluate.scoring import Scores
from limner.evaluate.statistics import student
from limner.evaluate.subjects import Subject
from limner.evaluate.table import markdown
from limner.evaluate.trials import spread_out, teaching
from limner.faces import Face
from limner.image import Picture
from limner.progress import silent

PAIRS = PROTOCOLS["pairs"]


def subjects(*names: str) -> list[Subject]:
    return [Subject(name, Path(f"{name}.jpg"), Path(f"{name}.png")) for name in names]


def always(_: Subject) -> bool:
    return True


def names(chosen: Sequence[Subject]) -> list[str]:
    return [subject.name for subject in chosen]


@pytest.fixture(autouse=True)
def drawn_faces_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finder does not see the faces of `kit.write_pairs`; here each of them can be learned from."""
    monkeypatch.setattr(trials, "learnable", always)


class Pupil:
    """A learner that remembers who taught it, and draws the photo in grey, darker with each lesson's seed."""

    def __init__(self) -> None:
        self.lessons: list[tuple[str, int]] = []
        self.drew: dict[tuple[str, int], list[Picture]] = {}

    def __call__(self, lesson: Lesson) -> Hand:
        assert lesson.folder.is_dir()
        assert lesson.sketch.exists()
        told = lesson.photo.stem, lesson.seed
        self.lessons.append(told)
        self.drew[told] = []

        def draw(picture: Picture, *, points: ArrayLike | None = None, whole: bool = False) -> Image.Image:
            del points, whole
            self.drew[told].append(picture)
            return Image.fromarray((picture[..., 1] * (1 - 0.2 * lesson.seed)).astype(np.uint8))

        return draw


def split_set(monkeypatch: pytest.MonkeyPatch, train: Sequence[str], test: Sequence[str]) -> None:
    """Gives plain folders a training and a test split, and their pairs two artists in turn."""
    plain = DATASETS["folder"]

    def read(folder: Path) -> list[Pair]:
        return [replace(pair, style=str(i % 2 + 1)) for i, pair in enumerate(plain.read(folder))]

    parts = {
        name: Split(name, "for tests", "", tuple(ids))
        for name, ids in (("set-train", train), ("set-test", test))
    }
    monkeypatch.setitem(DATASETS, "folder", replace(plain, read=read, splits=parts))


class TestWhoTeaches:
    """The rule by which pairs are chosen."""

    @given(st.permutations([f"p{i:02}" for i in range(11)]), st.integers(1, 11))
    def test_it_is_the_same_whatever_the_order_of_files(self, order: list[str], count: int) -> None:
        chosen = names(spread_out(subjects(*order), count, always))
        assert chosen == names(spread_out(subjects(*sorted(order)), count, always))
        assert len(set(chosen)) == count
        assert chosen == sorted(chosen)

    def test_it_is_one_from_the_middle_of_each_stretch(self) -> None:
        pool = subjects(*(f"p{i:02}" for i in range(10)))
        assert names(spread_out(pool, 2, always)) == ["p02", "p07"]
        assert names(spread_out(pool, 1, always)) == ["p05"]
        assert names(spread_out(pool, 10, always)) == names(pool)

    def test_a_pair_that_cannot_be_learned_from_makes_place_for_the_next_of_its_stretch(self) -> None:
        pool = subjects(*(f"p{i:02}" for i in range(10)))
        assert names(spread_out(pool, 2, lambda s: s.name not in ("p02", "p03"))) == ["p04", "p07"]
        assert names(spread_out(pool, 2, lambda s: s.name in ("p00", "p05"))) == ["p00", "p05"]
        with pytest.raises(ScoreError, match="none of the pairs p05 to p09 can be learned from"):
            spread_out(pool, 2, lambda s: s.name < "p05")

    @pytest.mark.parametrize("count", [0, 4])
    def test_so_many_pairs_must_be_there(self, count: int) -> None:
        with pytest.raises(ScoreError, match=f"{count} pairs to learn from: 1 to 3 are expected"):
            spread_out(subjects("a", "b", "c"), count, always)

    def test_of_a_set_with_a_training_split_nobody_who_is_tested(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data, people = kit.write_pairs(tmp_path, 8), [f"p{i:02}" for i in range(8)]
        split_set(monkeypatch, people[:6], people[6:])
        assert names(teaching(PAIRS, data, "", subjects("p06", "p07"), 6)) == people[:6]
        assert names(teaching(PAIRS, data, "", subjects("p04", "p05"), 4)) == people[:4]
        assert names(teaching(PAIRS, data, "set-test/2", subjects("p07"), 3)) == ["p01", "p03", "p05"]

    def test_what_the_finder_sees_decides(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()
        paper = tmp_path / "paper.png"
        image.write(paper, np.full((120, 96), 255, np.uint8))
        assert not trials.learnable(Subject("a", paper, paper))
        example = Path(__file__).parents[2] / "examples" / "portrait.jpg"
        assert trials.learnable(Subject("a", example, example))
        assert not trials.learnable(Subject("a", example, paper))
        assert not trials.learnable(Subject("a", example))


class TestWhoIsTested:
    """The trials of a benchmark."""

    def test_of_a_set_without_a_training_split_all_but_the_one_who_teaches(self, tmp_path: Path) -> None:
        data, pupil = kit.write_pairs(tmp_path / "data", 5), Pupil()
        result = one_shot({"pupil": pupil}, Plan(PAIRS, data, {}, {}, tmp_path / "out"), pairs=2, seeds=2)
        assert pupil.lessons == [("p01", 0), ("p01", 1), ("p03", 0), ("p03", 1)]
        photos = {f"p{i:02}": image.read(data / "photos" / f"p{i:02}.png") for i in range(5)}
        for (taught, _), drew in pupil.drew.items():
            seen = {n for n, photo in photos.items() if any(np.array_equal(photo, each) for each in drew)}
            assert seen == photos.keys() - {taught}
        assert [trial.scores.names for trial in result.trials["pupil"]][::2] == [
            ("p00", "p02", "p03", "p04"),
            ("p00", "p01", "p02", "p04"),
        ]
        assert result.scores["pupil"].names == tuple(photos)
        drawn = sorted(path.name for path in (tmp_path / "out" / "trials").iterdir())
        assert drawn == ["p01-0", "p01-1", "p03-0", "p03-1"]

    def test_of_a_set_with_one_its_test_split(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        data = kit.write_pairs(tmp_path / "data", 5)
        split_set(monkeypatch, ["p00", "p01", "p02"], ["p03", "p04"])
        protocol, pupil = replace(PAIRS, split="set-test"), Pupil()
        result = one_shot({"pupil": pupil}, Plan(protocol, data, {}, {}, tmp_path / "out"), pairs=3)
        assert [trial.pair for trial in result.trials["pupil"]] == ["p00", "p01", "p02"]
        assert {trial.scores.names for trial in result.trials["pupil"]} == {("p03", "p04")}

    def test_styles_and_others_stand_in_the_same_table(self, tmp_path: Path) -> None:
        data = kit.write_pairs(tmp_path / "data", 3)
        made = {"artist": data / "sketches"}
        result = one_shot(
            {"pupil": Pupil()},
            Plan(PAIRS, data, {"style": Pupil()(_lesson(data, tmp_path))}, made, tmp_path / "out"),
            pairs=1,
        )
        assert list(result.scores) == ["pupil", "style", "artist"]
        assert {scores.names for scores in result.scores.values()} == {("p00", "p02")}
        ours, theirs = (result.scores[name].metrics["ssim"].values for name in ("pupil", "style"))
        assert np.allclose(ours, theirs)
        assert result.scores["artist"].metrics["ssim"].mean == 1

    def test_what_is_written(self, tmp_path: Path) -> None:
        data = kit.write_pairs(tmp_path / "data", 4)
        result = one_shot({"a": Pupil(), "b": Pupil()}, Plan(PAIRS, data, {}, {}, tmp_path), pairs=2, seeds=2)
        files = result.write(tmp_path / "out")
        told = json.loads(files[0].read_text())
        assert list(told["trials"]) == ["a", "b"]
        assert [(each["pair"], each["seed"]) for each in told["trials"]["a"]["each"]] == [
            ("p01", 0),
            ("p01", 1),
            ("p03", 0),
            ("p03", 1),
        ]
        ssim = told["trials"]["a"]["apart"]["ssim"]
        assert ssim["mean"] == pytest.approx(
            np.mean([t["ssim"]["mean"] for t in told["trials"]["a"]["each"]])
        )
        assert ssim["seeds"] > 0
        assert told["trial table"] in files[2].read_text()
        assert "2 pairs in turn, by a rule: p01, p03" in files[2].read_text()

    def test_drawings_of_a_call_that_was_cut_off_are_kept(self, tmp_path: Path) -> None:
        data = kit.write_pairs(tmp_path / "data", 3)
        whole = one_shot({"a": Pupil()}, Plan(PAIRS, data, {}, {}, tmp_path / "out"), pairs=2)
        lost = tmp_path / "out" / "trials" / "p02-0" / "made" / "a" / "p00.png"
        lost.unlink()
        pupil = Pupil()
        again = one_shot({"a": pupil}, Plan(PAIRS, data, {}, {}, tmp_path / "out", keep=True), pairs=2)
        assert [len(drew) for drew in pupil.drew.values()] == [1, 2], "one of each folder is drawn to compare"
        assert again.scores == whole.scores
        assert {
            "p00-0: a: 2 drawings of an earlier call were kept",
            "p02-0: a: 1 drawings of an earlier call were kept",
        } < set(again.notes)

    def test_drawings_of_another_hand_are_not_kept(self, tmp_path: Path) -> None:
        data, out = kit.write_pairs(tmp_path / "data", 3), tmp_path / "out"
        one_shot({"a": Pupil()}, Plan(PAIRS, data, {}, {}, out), pairs=1)

        def lighter(lesson: Lesson) -> Hand:
            hand = Pupil()(lesson)

            def draw(
                picture: Picture, *, points: ArrayLike | None = None, whole: bool = False
            ) -> Image.Image:
                drawn = np.asarray(hand(picture, points=points, whole=whole))
                return Image.fromarray(np.minimum(drawn, 254) + 1)

            return draw

        with pytest.raises(ScoreError, match="a holds other drawings than a makes, of p00 for one"):
            one_shot({"a": lighter}, Plan(PAIRS, data, {}, {}, out, keep=True), pairs=1)

    def test_what_is_so_in_every_trial_is_noted_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = kit.write_pairs(tmp_path / "data", 4)
        split_set(monkeypatch, ["p00", "p01"], ["p02", "p03"])
        blind = Rules(finder=lambda _: [])
        protocol = replace(PAIRS, split="set-test", metrics=("structure",), rules=blind)
        result = one_shot({"a": Pupil()}, Plan(protocol, data, {}, {}, tmp_path / "out"), pairs=2)
        assert result.notes == ("a: 2 photos without a face to hold the made ones to: p02, p03",)

    def test_recognition_is_left_out(self, tmp_path: Path) -> None:
        data, protocol = kit.write_pairs(tmp_path / "data", 3), replace(PAIRS, metrics=("ssim", "nlda"))
        result = one_shot({"pupil": Pupil()}, Plan(protocol, data, {}, {}, tmp_path), pairs=1)
        assert list(result.scores["pupil"].metrics) == ["ssim"]

    def test_what_is_refused(self, tmp_path: Path) -> None:
        data, one = kit.write_pairs(tmp_path / "data", 2), {"a": Pupil()}
        for protocol in (PROTOCOLS["wild"], PAIRS.drawing("photo")):
            with pytest.raises(ScoreError, match="a protocol with sketches, drawn from photos, is expected"):
                one_shot(one, Plan(protocol, data, {}, {}, tmp_path))
        with pytest.raises(ScoreError, match="0 methods that learn and 1 seeds: at least one is expected"):
            one_shot({}, Plan(PAIRS, data, {}, {}, tmp_path))
        with pytest.raises(ScoreError, match="1 methods that learn and 0 seeds: at least one is expected"):
            one_shot(one, Plan(PAIRS, data, {}, {}, tmp_path), seeds=0)
        with pytest.raises(ScoreError, match="two methods are called 'a'"):
            one_shot(one, Plan(PAIRS, data, {}, {"a": data / "sketches"}, tmp_path))
        alone = kit.write_pairs(tmp_path / "alone", 1)
        with pytest.raises(ScoreError, match="1 pair, and it teaches: nobody is left to test"):
            one_shot(one, Plan(PAIRS, alone, {}, {}, tmp_path), pairs=1)


def _lesson(data: Path, folder: Path) -> Lesson:
    return Lesson(data / "photos" / "p00.png", data / "sketches" / "p00.png", folder)


class TestSketchesLaidOnPhotos:
    """OS-Sketch's alignment, before anything is learned or scored."""

    @pytest.fixture
    def moved(self, tmp_path: Path) -> Path:
        """Pairs whose sketches lie 7 pixels to the right of their photos, on wider paper."""
        data = kit.write_pairs(tmp_path / "data", 3)
        for path in (data / "sketches").iterdir():
            page = np.full((120, 110), 255, np.uint8)
            page[:, 7:103] = image.read(path)[..., 0]
            image.write(path, page, force=True)
        return data

    @staticmethod
    def finder(picture: Picture) -> list[Face]:
        return [kit.face_at(48 + 7 * (picture.shape[1] == 110), 60, 24)]

    def test_they_are_learned_from_and_scored_where_they_were_laid(self, moved: Path, tmp_path: Path) -> None:
        assert PROTOCOLS["ossketch"].laid
        protocol = replace(PAIRS, rules=Rules(finder=self.finder), laid=True)
        lessons: list[Lesson] = []

        def learner(lesson: Lesson) -> Hand:
            lessons.append(lesson)
            return Pupil()(lesson)

        plain = kit.write_pairs(tmp_path / "plain", 3) / "sketches"
        result = one_shot(
            {"a": learner}, Plan(protocol, moved, {}, {"artist": plain}, tmp_path / "out"), pairs=1
        )
        # The page's border of paper is all that laying loses.
        assert result.scores["artist"].metrics["ssim"].mean > 0.99
        assert image.read(lessons[0].sketch).shape == image.read(lessons[0].photo).shape
        assert np.abs(image.read(lessons[0].sketch).astype(int) - image.read(plain / "p01.png")).max() <= 2

    def test_where_no_face_is_found_they_are_put_in_the_middle(self, moved: Path, tmp_path: Path) -> None:
        def blind(picture: Picture) -> list[Face]:
            return [] if picture.shape[1] == 110 else [kit.face_at(48, 60, 24)]

        pair = Subject("p00", moved / "photos" / "p00.png", moved / "sketches" / "p00.png")
        (laid,), notes = lay([pair], tmp_path / "laid", blind, silent)
        assert notes == ["no face to lay 1 sketches on their photos by, put in the middle: p00"]
        assert laid.real is not None
        page = image.read(laid.real)
        # 110 x 120 on 96 x 120: as wide as the page, with paper above and below.
        assert page.shape == image.read(pair.source).shape
        assert page[:5].min() == page[-5:].min() == 255
        assert page[60].min() < 200
        protocol = replace(PAIRS, rules=Rules(finder=blind), laid=True)
        plain = kit.write_pairs(tmp_path / "plain", 3) / "sketches"
        scored = bench(Plan(protocol, moved, {}, {"artist": plain}, tmp_path / "out"))
        assert scored.scores["artist"].names == ("p00", "p01", "p02")


class TestManyTrials:
    """The arithmetic of several pairs and seeds."""

    @staticmethod
    def trial(pair: str, seed: int, values: dict[str, float], found: float | None = None) -> Trial:
        told = {} if found is None else {"found": found}
        score = Score(float(np.nanmean(list(values.values()))), values=tuple(values.values()), told=told)
        return Trial(pair, seed, Scores(tuple(values), {"x": score}))

    def test_a_picture_has_its_mean_over_the_trials_that_tested_it(self) -> None:
        one = self.trial("a", 0, {"b": 1.0, "c": 2.0}, found=1.0)
        other = self.trial("b", 0, {"a": 5.0, "c": math.nan}, found=0.5)
        row = together(["a", "b", "c", "d"], [one, other])
        score = row.metrics["x"]
        assert score.values[:3] == (5.0, 1.0, 2.0)
        assert math.isnan(score.values[3])
        assert score.mean == pytest.approx(8 / 3)
        assert score.told == {"found": 0.75}

    def test_a_score_of_a_set_is_the_mean_of_its_trials(self) -> None:
        sets = [
            Trial(pair, 0, Scores(("a",), {"fid": Score(mean)})) for pair, mean in (("x", 1.0), ("y", 4.0))
        ]
        assert together(["a"], sets).metrics["fid"] == Score(2.5)

    def test_pairs_and_seeds_spread_apart(self) -> None:
        means = {("a", 0): 1.0, ("a", 1): 3.0, ("b", 0): 6.0, ("b", 1): 6.0}
        told = apart([self.trial(*key, {"n": mean}) for key, mean in means.items()], "x")
        assert told.mean == 4
        assert told.pairs == pytest.approx(np.std([2, 6], ddof=1))
        assert told.seeds == pytest.approx(1.0)
        assert str(told) == "4.0000 ± 2.8284, seeds ± 1.0000"

    def test_a_trial_without_a_score_leaves_none(self) -> None:
        lost = Trial("b", 0, Scores(("n",), {"x": Score(math.nan, values=(math.nan,))}))
        told = apart([self.trial("a", 0, {"n": 1.0}), lost], "x")
        assert str(told) == "none"
        assert told.record() == {"mean": None, "pairs": None, "seeds": None}

    def test_pairs_that_disagree_are_chance_though_all_pictures_agree(self) -> None:
        """Ten pictures say the same of each pair, and the pairs contradict each other."""
        ups = {"a": 0.03, "b": 0.02, "c": -0.02, "d": 0.01, "e": 0.005}
        names = [f"p{i}" for i in range(10)]
        first = [self.trial(pair, 0, dict.fromkeys(names, 0.5)) for pair in ups]
        other = [self.trial(pair, 0, dict.fromkeys(names, 0.5 + up)) for pair, up in ups.items()]
        expected = student(list(ups.values()))
        assert expected > 0.05
        assert between(first, other, "x") == pytest.approx(expected)
        rows = {"one": together(names, first), "two": together(names, other)}
        assert "≈" not in markdown(rows).partition("\n\n")[0]
        assert "≈ 0.5090" in markdown(rows, {"two": {"x": expected}})

    def test_a_style_that_learned_from_no_pair_is_compared_with_each(self) -> None:
        first = [self.trial(pair, 0, {"n": mean}) for pair, mean in (("a", 0.5), ("b", 0.6), ("c", 0.7))]
        style = Scores(("n",), {"x": Score(0.9, values=(0.9,))})
        assert between(first, style, "x") == pytest.approx(student([0.4, 0.3, 0.2]))
        assert between(first[:1], style, "x") is None

    def test_one_trial_has_nothing_to_spread(self) -> None:
        told = apart([self.trial("a", 0, {"n": 1.0})], "x")
        assert (told.pairs, told.seeds, str(told)) == (None, None, "1.0000")

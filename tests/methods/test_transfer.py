"""The `transfer` method: it learns several artists, resumes bit-equal, draws, exports each artist."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from tests import kit
from torch import Tensor

from limner import hub, image, sketcher
from limner.data.augment import Augment
from limner.data.pair import DataError
from limner.data.portraits import held_out
from limner.engine.config import RunConfig
from limner.errors import LimnerError
from limner.export import TOLERANCE, export
from limner.faces import Frame, find, invert, similarity, warp
from limner.faces.align import move
from limner.frame import PORTRAIT
from limner.hub import StyleError
from limner.losses.distill import knowledge_loss, mutual_loss
from limner.methods import METHODS
from limner.methods.eyes import Eyes, Seen
from limner.methods.pairs import Source, aligned, read_pairs
from limner.methods.style import open_style
from limner.methods.transfer.artists import Artists, all_named, named
from limner.methods.transfer.config import Config
from limner.methods.transfer.model import Student, one_hand, student
from limner.nn.average import Average
from limner.progress import silent

Loss = Callable[[Sequence[Tensor], Sequence[Tensor]], Tensor]
STILL = Augment(crop=64, trim=(0, 0, 0, 0), turn=0, zoom=0, gamma=0, cast=0, grey=0, shuffle=0)
EXAMPLE = Path(__file__).parents[2] / "examples" / "portrait.jpg"


def small(folder: Path, steps: int, names: tuple[str, ...] = ("ann",)) -> Config:
    """Artists of two pairs each, and one stranger."""
    for i, name in enumerate(names):
        kit.write_pairs(folder / name, 2, seed=i)
    run = RunConfig(
        folder / "run", steps=steps, batch=2, save_every=10, log_every=10, device="cpu", workers=0
    )
    data = tuple(f"{name}={folder / name}" for name in names)
    return Config(data, "for tests", frame=kit.FRAME, width=8, depth=1, judge_width=4, augment=STILL, run=run)


@pytest.fixture(scope="module")
def style(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A style of two artists, trained for three steps."""
    config = small(tmp_path_factory.mktemp("transfer"), 3, ("ann", "bob"))
    return METHODS["transfer"].train(replace(config, rate=1e-2), silent)


@pytest.mark.parametrize(
    ("loss", "falls_to"), [("l1", 0.8), ("mimic", 0.9), ("transform", 0.8), ("mutual", 0.8)]
)
def test_learns_one_artist(tmp_path: Path, loss: str, falls_to: float) -> None:
    config = replace(small(tmp_path, 60), rate=2e-3, adversarial=0.0, texture=0.0, average=0.5)
    kit.assert_learns(METHODS["transfer"], config, tmp_path / "run", falls_to=falls_to, loss=loss)


def test_resumes_bit_equal_after_sigkill(tmp_path: Path) -> None:
    config = small(tmp_path, 9)
    words = ["--data", *config.data, "--licence", "t", "--run.steps", "9", "--run.batch", "2", "--width", "4"]
    sizes = ["--depth", "1", "--judge-width", "4", "--augment.crop", "64", "--run.workers", "0"]
    command = kit.limner_command("train", "transfer", *words, *sizes, *kit.FRAME_WORDS)
    kit.assert_resumes(command, tmp_path, kill_at=(2, 5))


def test_the_first_artist_draws_and_others_can_be_chosen(style: Path, tmp_path: Path) -> None:
    _, about = open_style(style)
    assert (json.loads(about["artists"]), about["artist"]) == (["ann", "bob"], "ann")
    photo, _ = kit.face(np.random.default_rng(0), (96, 120))
    by_torch = np.asarray(sketcher.load(style)(photo, whole=True), int)
    apart: dict[str, int] = {}
    for name in ("ann", "bob"):
        assert export(style, tmp_path / f"{name}.onnx", name) <= TOLERANCE
        drawn = np.asarray(sketcher.load(tmp_path / f"{name}.onnx")(photo, whole=True), int)
        apart[name] = int(abs(drawn - by_torch).max())
    assert apart["ann"] <= 2 < apart["bob"]
    with pytest.raises(StyleError, match="no artist is called 'eve'; known are ann, bob"):
        export(style, tmp_path / "eve.onnx", "eve")


def test_both_directions_draw_any_size(style: Path) -> None:
    kit.assert_draws(sketcher.load(style))
    hand = sketcher.load(style.with_name("photo.safetensors"))
    kit.assert_draws(hand)
    assert hand(np.zeros((20, 30, 3), np.uint8), whole=True).mode == "RGB"


def test_a_weight_file_tells_nobodys_folders(style: Path, tmp_path: Path) -> None:
    assert str(style.parents[1]).encode() not in style.read_bytes()
    teacher = tmp_path / "mine.safetensors"
    teacher.write_bytes(hub.packaged(hub.cards()["teacher-photo"]))
    strangers = (kit.write_portraits(tmp_path / "portraits", 1),)
    config = replace(small(tmp_path, 1), strangers=strangers, photo_teacher=str(teacher))
    sketches = METHODS["transfer"].train(config, silent)
    for path in (sketches, sketches.with_name("photo.safetensors")):
        assert str(tmp_path).encode() not in path.read_bytes()


def test_pairs_that_are_not_trained_on_are_not_counted(tmp_path: Path) -> None:
    kit.write_pairs(tmp_path / "ann", 3, (180, 220))
    _, about = open_style(METHODS["transfer"].train(small(tmp_path, 1), silent))
    assert about["trained_on"] == "2 pairs of ann; 0 portraits that nobody drew", "the third shows no face"


def test_a_run_on_other_pairs_is_not_resumed(tmp_path: Path) -> None:
    config = small(tmp_path, 1)
    METHODS["transfer"].train(config, silent)
    kit.write_pairs(tmp_path / "ann", 2, seed=5)
    with pytest.raises(LimnerError, match="other settings: pairs was"):
        METHODS["transfer"].train(config, silent)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"data": ()}, "names no artist"),
        ({"betas": (0.5, 1.0)}, r"betas is \(0.5, 1.0\); less than 1 is expected"),
        ({"rate": math.nan}, "rate is nan; a finite number"),
        ({"mimic": -1.0}, "mimic is -1.0; at least 0"),
        ({"often": (2, 0)}, "at least one turn"),
        ({"hold_out": 1}, "hold_out is 1; 0 or at least 2"),
        ({"hold_out": -1}, "hold_out is -1; 0 or at least 2"),
    ],
)
def test_settings_that_cannot_be_trained_by_are_told_at_once(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(LimnerError, match=told):
        replace(Config(("a=x", "b=y"), "t"), **changed)


def test_students_are_within_three_million_parameters() -> None:
    config = Config(("a=x",) * 4, "t")
    for direction in ("photo-sketch", "sketch-photo"):
        assert sum(p.numel() for p in student(config, direction).parameters()) <= 3_000_000


def test_reach_is_bounded_as_the_network_says() -> None:
    net = one_hand(Student("photo-sketch", 4, 1, 2), 1).eval()
    kit.assert_bounded(net, 3, net.stride, net.radius)


def test_plain_perceptual_loss_alone_trains(tmp_path: Path) -> None:
    config = replace(
        small(tmp_path, 2), mimic=0.0, transform=0.0, mutual=0.0, adversarial=0.0, perceptual=1.0
    )
    config = replace(config, run=replace(config.run, log_every=1))
    METHODS["transfer"].train(config, silent)
    told = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert all(line["perceptual"] > 0 and "judges" not in line for line in told)


def test_artists_have_as_many_turns_as_they_are_given(tmp_path: Path) -> None:
    small(tmp_path, 1, ("ann", "bob"))
    pairs = [Source.read(str(tmp_path / name)).pairs() for name in ("ann", "bob")]
    read = Artists.read(pairs, (), kit.FRAME, STILL, tmp_path / "eyes.json", (3, 1))
    assert len(read) == 4 * 2
    drawn = [read.sample(i, np.random.default_rng(0)) for i in range(8)]
    assert [int(each["hand"].argmax()) for each in drawn] == [0, 0, 0, 1] * 2
    # Ann's turns go through both of her pairs in order, from one round into the next.
    anns = [each["plain"] for each in drawn if each["hand"][0]]
    assert [np.array_equal(each, anns[0]) for each in anns] == [True, False] * 3
    with pytest.raises(DataError, match="turns for 1 artists are given, and there are 2"):
        Artists.read(pairs, (), kit.FRAME, STILL, tmp_path / "eyes.json", (3,))


def test_standardised_students_come_out_plain(tmp_path: Path) -> None:
    config = replace(small(tmp_path, 3), standardised=True, augment=replace(STILL, hair=0.5))
    style = METHODS["transfer"].train(config, silent)
    # What draws knows nothing of it, and draws what the average would have drawn.
    net, about = open_style(style)
    assert not any("parametrizations" in name for name in net.state_dict())
    average = Average(student(config, "photo-sketch"), 0.0)
    kept = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["keep"]["sketch_average"]
    average.load_state_dict(kept)
    x = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.allclose(net(x), one_hand(average.module, 0).eval()(x), atol=1e-5)
    assert json.loads(about["config"])["standardised"]


def test_strokes_may_be_asked_to_lie_as_the_artists_do(tmp_path: Path) -> None:
    config = replace(small(tmp_path, 2), cooccurrence=5.0, augment=replace(STILL, crop=112))
    config = replace(config, run=replace(config.run, log_every=1))
    METHODS["transfer"].train(config, silent)
    told = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert all(line["cooccurrence"] > 0 for line in told)


def test_crops_too_small_for_that_are_told(tmp_path: Path) -> None:
    with pytest.raises(LimnerError, match=r"crops of 64 pixels; --augment\.crop of at least 96"):
        METHODS["transfer"].train(replace(small(tmp_path, 1), cooccurrence=1.0), silent)


def _held_out_name() -> str:
    return next(name for i in range(100) if held_out(name := f"q{i}"))


def _largest(eyes: Eyes, size: tuple[int, int], frame: Frame) -> tuple[slice, slice]:
    """Rows and columns of the largest rectangle of the frame that holds both eyes, by trying all of them."""
    on = np.stack(np.meshgrid(*map(np.arange, frame.size)), axis=-1)
    back = move(on, invert(similarity(eyes, frame)))
    there = ((back >= 0) & (back <= np.subtract(size, 1))).all(axis=-1)
    count = np.pad(there.astype(int), ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    (x0, y), (x1, _) = frame.eyes
    columns = range(int(x0) + 1), range(int(x1) + 1, frame.width + 1)
    left, right, top, bottom = np.ix_(*columns, range(int(y) + 1), range(int(y) + 1, frame.height + 1))
    area = (bottom - top) * (right - left)
    full = count[bottom, right] - count[top, right] - count[bottom, left] + count[top, left] == area
    i, j, k, m = np.unravel_index((area * full).argmax(), area.shape)
    return slice(int(k), int(y) + 1 + int(m)), slice(int(i), int(x1) + 1 + int(j))


class TestLosses:
    """Features that agree."""

    def test_knowledge_is_a_mean_square_over_levels(self) -> None:
        learned = [torch.zeros(1, 2, 2, 2), torch.zeros(1, 1, 1, 1)]
        known = [torch.full((1, 2, 2, 2), 2.0), torch.full((1, 1, 1, 1), 4.0)]
        assert knowledge_loss(learned, known) == pytest.approx((4 + 16) / 2)

    def test_mutual_asks_for_direction_not_length(self) -> None:
        d = torch.rand(2, 4, 3, 3)
        assert mutual_loss([d], [7 * d]) == pytest.approx(0, abs=1e-6)
        assert mutual_loss([d], [-d]) == pytest.approx(4, abs=1e-5)

    @pytest.mark.parametrize("loss", [knowledge_loss, mutual_loss])
    def test_the_teacher_is_left_alone(self, loss: Loss) -> None:
        learned, known = (torch.rand(1, 2, 3, 3, requires_grad=True) for _ in range(2))
        loss([learned], [known]).backward()
        assert learned.grad is not None
        assert known.grad is None


class TestArtists:
    """Pairs of several artists, aligned."""

    def test_each_draws_as_often(self, tmp_path: Path) -> None:
        many, few = (Source.read(f"{kit.write_pairs(tmp_path / str(n), n)}").pairs() for n in (5, 1))
        samples = Artists.read([many, few], (), kit.FRAME, STILL, tmp_path / "eyes.json")
        rng = np.random.default_rng(0)
        hands = [samples.sample(i, rng)["hand"].tolist() for i in range(len(samples))]
        assert hands == [[1, 0], [0, 1]] * 5

    def test_strangers_are_those_who_may_be_trained_on(self, tmp_path: Path) -> None:
        drawn = kit.write_pairs(tmp_path / "pairs", 1, (180, 220))
        pairs = Source.read(f"{drawn}").pairs()
        folder = kit.write_portraits(tmp_path / "portraits", 1)
        image.write(folder / f"{_held_out_name()}.png", np.zeros((220, 180, 3), np.uint8))
        frame = Frame(180, 220, (60.0, 90.0), (120.0, 90.0))
        samples = Artists.read([pairs], (folder,), frame, STILL, tmp_path / "eyes.json")
        assert [photo.mean() > 0 for photo in samples.strangers] == [True]

    def test_sketches_are_on_white_paper(self, tmp_path: Path) -> None:
        folder = kit.write_pairs(tmp_path / "pairs", 2)
        scan = image.read(folder / "sketches" / "p00.png")
        light = np.linspace(0.5, 1, scan.shape[1])[None, :, None]
        image.write(folder / "sketches" / "p00.png", np.round(scan * light).astype(np.uint8), force=True)
        pairs = Source.read(f"{folder}").pairs()
        read = read_pairs(pairs, kit.FRAME, STILL, Seen(tmp_path / "eyes.json"))
        off = np.abs(read.sketches[0].astype(float) - scan[..., 0].clip(max=250))
        assert np.percentile(off, 95) < 10
        assert np.array_equal(read.sketches[1], image.read(folder / "sketches" / "p01.png")[..., 0])

    def test_every_nth_pair_is_held_out(self, tmp_path: Path) -> None:
        source = Source.read(f"{kit.write_pairs(tmp_path, 5)}")
        assert [pair.identity for pair in source.pairs(hold_out=2)] == ["p01", "p03"]

    def test_a_photo_is_cut_where_it_ends(self) -> None:
        photo = image.read(EXAMPLE)
        whole, grey = aligned((photo, photo[..., 0]), find(photo)[0].eyes, PORTRAIT)
        eye, other = find(whole)[0].eyes
        assert np.hypot(*np.subtract(other, eye)) == pytest.approx(100, abs=8)
        assert grey.shape == whole.shape[:2]
        far = Frame(400, 500, (195.0, 250.0), (205.0, 250.0))
        (small,) = aligned((photo,), find(photo)[0].eyes, far)
        assert max(small.shape[:2]) < 200

    @pytest.mark.parametrize("tilt", [-30, -20, 0, 10, 20, 25, 30])
    def test_corners_far_outside_of_the_frame_cut_nothing(self, tilt: float) -> None:
        photo = np.zeros((1920, 1080), np.uint8)
        (made,) = aligned((photo,), kit.face_at(540, 800, 150, tilt).eyes, PORTRAIT)
        assert made.shape == (500, 400)

    @pytest.mark.parametrize("tilt", [-40, -15, -3, 2, 8, 20, 90, 170])
    def test_of_a_tilted_photo_the_largest_rectangle_is_left(self, tilt: float) -> None:
        photo = np.random.default_rng(0).integers(0, 256, (55, 60, 3), np.uint8)
        frame, eyes = Frame(48, 60, (18.0, 30.0), (30.0, 30.0)), kit.face_at(26, 24, 13, tilt).eyes
        made = aligned((photo, photo[..., 0]), eyes, frame)
        whole = warp(photo, similarity(eyes, frame), frame.size)[_largest(eyes, (60, 55), frame)]
        assert whole.size < 60 * 48 * 3
        assert np.array_equal(made[0], whole)
        assert made[1].shape == whole.shape[:2]

    def test_a_level_photo_is_cut_at_its_edges(self) -> None:
        photo = np.random.default_rng(0).integers(0, 256, (100, 80, 3), np.uint8)
        eyes = (30.0, 30.0), (50.0, 30.0)
        (made,) = aligned((photo,), eyes, PORTRAIT)
        # Five times as large: x' = 5 x and y' = 5 y + 100, to x' = 395.
        assert np.array_equal(made, warp(photo, similarity(eyes, PORTRAIT), PORTRAIT.size)[100:, :396])

    @pytest.mark.parametrize("eyes", [((-3.0, 30.0), (20.0, 30.0)), ((30.0, -9.0), (50.0, -4.0))])
    def test_a_face_with_an_eye_outside_of_the_photo_is_none(
        self, eyes: Eyes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pairs = Source.read(f"{kit.write_pairs(tmp_path, 2, (80, 100))}").pairs()
        told = iter([eyes, ((30.0, 50.0), (50.0, 50.0))])

        def look(*_: object) -> Eyes:
            return next(told)

        monkeypatch.setattr(Seen, "eyes", look)
        assert len(read_pairs(pairs, kit.FRAME, STILL, Seen(tmp_path / "eyes.json"))) == 1

    def test_who_has_no_face_is_left_out_and_all_are_looked_for_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = kit.write_pairs(tmp_path / "pairs", 1, size=(180, 220))
        person = np.asarray(cv2.resize(image.read(EXAMPLE), (300, 300)), np.uint8)
        for kind in ("photos", "sketches"):
            image.write(folder / kind / "ann.png", person)
        pairs = Source.read(f"{folder}").pairs()

        def read() -> list[tuple[int, ...]]:
            samples = Artists.read([pairs], (), kit.FRAME, STILL, tmp_path / "eyes.json")
            return [photo.shape for photo in samples.artists[0].photos]

        first = read()
        assert len(first) == 1, "the drawn face is none to the finder"
        monkeypatch.setattr("limner.methods.eyes.find", None)
        assert read() == first
        with pytest.raises(DataError, match="in none of 1 photos a face was found"):
            Artists.read([pairs[1:]], (), kit.FRAME, STILL, tmp_path / "eyes.json")

    @pytest.mark.parametrize("word", ["", "x", "=y", "x=", "x=fs2k:", "x=fs2k/1:"])
    def test_a_word_that_names_no_pairs(self, word: str) -> None:
        with pytest.raises(DataError, match="FOLDER"):
            named(word)

    @pytest.mark.parametrize(
        ("word", "source"),
        [
            ("a/b", Source(Path("a/b"))),
            ("nothing:b", Source(Path("nothing:b"))),
            ("fs2k/1:a/b", Source(Path("a/b"), "fs2k", "1")),
            ("cuhk:b", Source(Path("b"), "cuhk")),
        ],
    )
    def test_a_source_is_a_folder_or_an_artist_of_a_set(self, word: str, source: Source) -> None:
        assert Source.read(word) == source

    def test_two_artists_need_two_names(self) -> None:
        with pytest.raises(DataError, match="2 artists of 1 names"):
            all_named(["x=a", "x=b"])

    def test_an_artist_who_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="no training pair of style '9'"):
            Source.read(f"folder/9:{kit.write_pairs(tmp_path, 1)}").pairs()

"""What learns from one pair: each learns what it says, from this pair alone, and draws any photo."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from tests import kit

from limner import cli, image
from limner.errors import LimnerError
from limner.evaluate import Lesson
from limner.faces import FaceError, find
from limner.frame import square
from limner.image import Picture, from_unit, to_unit
from limner.learners import LEARNERS, Settings, gatys, named, xdog
from limner.learners.lesson import in_frame
from limner.learners.xdog import FRAME, Ink, grid
from limner.pretrained.perceptual import load_teacher
from limner.sketcher import Sketcher

INK = Ink(sigma=1.0, p=8.0, epsilon=0.6, phi=10.0)


@pytest.fixture(scope="module")
def photo(drawn: tuple[Path, Path]) -> Picture:
    """A small photo to draw."""
    return np.asarray(cv2.resize(image.read(drawn[0]), (200, 250), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture
def lesson(drawn: tuple[Path, Path], tmp_path: Path) -> Lesson:
    (tmp_path / "learned").mkdir()
    return Lesson(*drawn, tmp_path / "learned")


def quick(prior: Path) -> Settings:
    """Everything as short as it goes."""
    return Settings(str(prior), 2, 2, lines_steps=1, paired_steps=1, gatys_side=64, gatys_steps=1)


@pytest.mark.parametrize("name", LEARNERS)
def test_each_draws_a_photo_at_its_size(
    name: str, lesson: Lesson, instruct_folder: Path, photo: Picture
) -> None:
    hand = named([name], quick(instruct_folder))[name](lesson)
    part = photo[100:137, 80:130]
    for source, made in ((photo, hand(photo)), (part, hand(part, whole=True))):
        assert made.mode == "L"
        assert np.asarray(made).shape == source.shape[:2]
        assert np.asarray(made).std() > 0


def test_what_does_not_learn_is_told() -> None:
    with pytest.raises(
        LimnerError, match=r"'sculpture'; known are instruct, lines, grey, xdog, gatys, paired"
    ):
        named(["sculpture"], Settings())


def test_a_pair_comes_into_a_frame_by_the_eyes_of_its_photo(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    photo, sketch = in_frame(Lesson(*drawn, tmp_path), square(128))
    assert photo.shape == (128, 128, 3)
    assert sketch.shape == (128, 128)
    assert np.allclose(find(photo)[0].eyes, square(128).eyes, atol=3)
    image.write(tmp_path / "flat.png", np.full((90, 90, 3), 200, np.uint8))
    with pytest.raises(FaceError, match=r"flat\.png: no face was found"):
        in_frame(Lesson(tmp_path / "flat.png", drawn[1], tmp_path), square(128))


class TestXDoG:
    """The filter."""

    @given(st.floats(0.65, 1.0))
    def test_flat_light_places_are_paper(self, level: float) -> None:
        assert (INK(np.full((40, 40), level, np.float32)) == 1).all()

    def test_flat_dark_places_are_ink_the_darker_the_more(self) -> None:
        tones = [float(INK(np.full((9, 9), level, np.float32)).mean()) for level in (0.55, 0.5, 0.45)]
        told = [1 + np.tanh(10 * (level - 0.6)) for level in (0.55, 0.5, 0.45)]
        assert tones == pytest.approx(told, abs=1e-4)

    def test_a_step_gives_a_line_at_its_dark_side_and_nowhere_else(self) -> None:
        step = np.full((40, 80), 0.65, np.float32)
        step[:, 40:] = 0.95
        made = INK(step)
        assert made[:, 38].max() < 0.1, "ink beside the step"
        assert (made[:, 40:] == 1).all(), "paper on its light side"
        assert (made[:, :34] == 1).all(), "paper away from it"

    def test_a_wider_sigma_gives_a_wider_line(self) -> None:
        step = np.full((40, 80), 0.65, np.float32)
        step[:, 40:] = 0.95
        fine, wide = (replace(INK, sigma=sigma)(step)[20] for sigma in (0.6, 2.5))
        assert (wide < 0.5).sum() > (fine < 0.5).sum() > 0

    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_its_own_drawing_is_learned_to_the_letter(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        grey = to_unit(np.asarray(cv2.cvtColor(kit.face(rng)[0], cv2.COLOR_RGB2GRAY), np.uint8))[0]
        true = list(grid())[rng.integers(len(list(grid())))]
        sketch = from_unit(true(grey))
        assert (from_unit(xdog.nearest(grey, sketch)(grey)) == sketch).all()

    def test_it_draws_what_its_measures_say(self, lesson: Lesson) -> None:
        photo, sketch = in_frame(lesson, FRAME)
        made = np.asarray(xdog.learn(lesson, Settings())(photo, whole=True))
        grey = np.tensordot(to_unit(photo), (0.299, 0.587, 0.114), (0, 0)).astype(np.float32)
        assert np.abs(made.astype(int) - from_unit(xdog.nearest(grey, sketch)(grey))).max() <= 1


class TestGatys:
    """Neural style transfer."""

    def test_gram_matrices_are_those_of_the_definition(self) -> None:
        layer = torch.randn(1, 3, 4, 5, generator=torch.Generator().manual_seed(0))
        (gram,) = gatys.grams([layer])
        for i in range(3):
            for j in range(3):
                assert gram[i, j].item() == pytest.approx((layer[0, i] * layer[0, j]).mean().item(), abs=1e-6)

    def test_the_style_comes_nearer_and_the_photo_stays_in_sight(
        self, drawn: tuple[Path, Path], tmp_path: Path
    ) -> None:
        teacher = load_teacher("photo")
        photo, sketch = in_frame(Lesson(*drawn, tmp_path), square(64))
        x = torch.from_numpy(to_unit(photo))[None]
        style = gatys.grams(teacher(torch.from_numpy(to_unit(sketch))[None]))
        begun, made = (gatys.transferred(teacher, x, style, steps) for steps in (0, 20))
        assert torch.allclose(begun, (x * torch.tensor(image.GREY).view(3, 1, 1)).sum(1, keepdim=True))
        losses = [gatys.style_loss(teacher(each), style).item() for each in (begun, made)]
        assert losses[1] < 0.8 * losses[0]
        assert gatys.style_loss(teacher(torch.from_numpy(to_unit(sketch))[None]), style).item() == 0
        other = x.flip(-1).mean(1, keepdim=True)
        apart = [(made - each).abs().mean().item() for each in (begun, other)]
        assert apart[0] < apart[1]
        assert torch.equal(made, gatys.transferred(teacher, x, style, 20))


def test_paired_is_trained_on_this_pair_alone(lesson: Lesson) -> None:
    hand = named(["paired"], Settings(paired_steps=1))["paired"](lesson)
    assert isinstance(hand, Sketcher)
    assert hand.background == "paper"
    with safe_open(str(lesson.folder / "run" / "style.safetensors"), framework="pt") as file:
        told = file.metadata()
    assert told["trained_on"].startswith("1 pairs of")
    assert told["steps"] == "1"


def test_paired_refuses_another_pair_in_its_folder(lesson: Lesson, tmp_path: Path) -> None:
    learn = named(["paired"], Settings(paired_steps=1))["paired"]
    learn(lesson)
    lighter = np.maximum(image.read(lesson.sketch), 40)
    image.write(tmp_path / "other.png", lighter)
    with pytest.raises(LimnerError, match="other settings: pairs was"):
        learn(replace(lesson, sketch=tmp_path / "other.png"))


def test_paired_refuses_a_pair_that_does_not_fit_before_it_is_trained_on(
    lesson: Lesson, tmp_path: Path
) -> None:
    image.write(tmp_path / "flat.png", np.full((90, 90, 3), 200, np.uint8))
    with pytest.raises(FaceError, match=r"flat\.png: no face was found"):
        named(["paired"], Settings(paired_steps=1))["paired"](replace(lesson, sketch=tmp_path / "flat.png"))
    assert not (lesson.folder / "run").exists()


@pytest.mark.parametrize(
    "values",
    [
        {"steps": 0},
        {"drawing_steps": 0},
        {"lines_steps": 0},
        {"paired_steps": 0},
        {"gatys_steps": -1},
        {"gatys_side": 100},
        {"gatys_side": 0},
    ],
)
def test_settings_out_of_their_range_are_told(values: dict[str, int]) -> None:
    ((name, value),) = values.items()
    with pytest.raises(LimnerError, match=rf"learning\.{name} is {value}; .* is expected"):
        Settings(**values)  # pyright: ignore[reportArgumentType]


def test_lines_are_the_pencils_that_learned_this_pair(lesson: Lesson, photo: Picture) -> None:
    made = [named(["lines"], Settings(lines_steps=steps))["lines"](_in(lesson, steps)) for steps in (1, 8)]
    sketch = np.asarray(image.read(lesson.sketch)[..., 0], float)
    apart = [np.abs(np.asarray(hand(image.read(lesson.photo)), float) - sketch).mean() for hand in made]
    assert apart[1] < apart[0]
    assert np.asarray(made[0](photo)).shape == photo.shape[:2]


def _in(lesson: Lesson, steps: int) -> Lesson:
    return replace(lesson, folder=lesson.folder / str(steps))


def test_the_seed_of_a_lesson_is_that_of_the_drawing(
    lesson: Lesson, instruct_folder: Path, photo: Picture
) -> None:
    learn = named(["instruct"], quick(instruct_folder))["instruct"]
    made = [
        np.asarray(learn(replace(lesson, folder=lesson.folder / str(i), seed=seed))(photo))
        for i, seed in enumerate((0, 0, 1))
    ]
    assert (made[0] == made[1]).all()
    assert (made[0] != made[2]).any()


@pytest.fixture
def people(drawn: tuple[Path, Path], photo: Picture, tmp_path: Path) -> Path:
    """A folder of three pairs, the example's face under other lights, its own pencil drawing beside each."""
    sketch = np.asarray(cv2.resize(image.read(drawn[1]), (200, 250), interpolation=cv2.INTER_AREA), np.uint8)
    for i in range(3):
        for kind, picture in (("photos", (photo * (1 - 0.1 * i)).astype(np.uint8)), ("sketches", sketch)):
            (tmp_path / "people" / kind).mkdir(parents=True, exist_ok=True)
            image.write(tmp_path / "people" / kind / f"p{i}.png", picture)
    return tmp_path / "people"


def test_a_benchmark_from_the_shell(
    people: Path,
    instruct_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["bench", "pairs", "--data", str(people), "--method", "instruct", "grey", "--style", "pencil"]
    words += ["--pairs", "2", "--learning.prior", str(instruct_folder)]
    assert cli.main([*words, "--learning.steps", "2", "--learning.drawing-steps", "1"]) == 0
    out = tmp_path / "runs" / "bench" / "pairs-one-shot"
    told = json.loads((out / "scores.json").read_text())
    assert list(told["methods"]) == ["instruct", "grey", "pencil"]
    assert [each["pair"] for each in told["trials"]["instruct"]["each"]] == ["p0", "p2"]
    assert "One pair trains, all others test" in capsys.readouterr().out
    assert (out / "trials" / "p0-0" / "learned" / "instruct" / "style.safetensors").exists()
    assert cli.main(["bench", "pairs", "--data", str(people), "--method", "cubism"]) == 1
    assert "'cubism'; known are instruct" in capsys.readouterr().err
    assert cli.main(["bench", "pairs", "--data", str(people), "--method", "grey", "--to", "photo"]) == 1
    assert "drawn from photos, is expected" in capsys.readouterr().err
    assert cli.main(["bench", "one-shot", "--data", "cuhk"]) == 1
    assert "wild; each of pairs is one-shot with --method" in capsys.readouterr().err

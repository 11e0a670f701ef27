"""The ablation of `instruct`: every variant learns and draws, and differs in what it says."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from benchmarks.instruct_ablation import DEFAULT, VARIANTS, Variant, learned, lined, untraced
from safetensors.torch import load_file
from tests import kit

from limner import image
from limner.evaluate.subjects import Subject
from limner.methods.base import Sampling
from limner.methods.instruct.config import Lines
from limner.pretrained.prior import load_prior


@pytest.fixture
def teachers(drawn: tuple[Path, Path]) -> list[Subject]:
    return [Subject("one", *drawn)]


def test_nothing_learned_is_the_sentence(
    instruct_folder: Path, teachers: list[Subject], tmp_path: Path
) -> None:
    variant = replace(VARIANTS["nothing learned"], learning={"start": "given"})
    learned(variant, teachers, tmp_path, str(instruct_folder))
    (style,) = tmp_path.glob("*/style.safetensors")
    states = load_file(style)["states"]
    assert torch.allclose(states, load_prior(instruct_folder).embed([DEFAULT.instruction]), atol=1e-6)


def test_a_variant_draws_as_it_says(instruct_folder: Path, teachers: list[Subject], tmp_path: Path) -> None:
    photo = image.read(kit.EXAMPLE)
    few = Variant(
        {"text_scale": 1.0, "image_scale": 1.0, "start": "given"},
        steps=2,
        drawing=replace(VARIANTS["all of it"].drawing, steps=2),
    )
    made = [
        learned(each, teachers, tmp_path / str(i), str(instruct_folder))(photo)
        for i, each in enumerate((few, replace(few, learning={"start": "given"})))
    ]
    assert made[0].size == photo.shape[1::-1]
    assert made[0].tobytes() != made[1].tobytes()


def test_every_variant_is_a_setting_of_the_method() -> None:
    settings = {
        repr((replace(DEFAULT, **each.learning), replace(each, learning={}))) for each in VARIANTS.values()
    }
    assert len(settings) == len(VARIANTS)


def test_untraced_draws_without_lines_whatever_the_variant_samples_by(
    instruct_folder: Path, teachers: list[Subject], tmp_path: Path
) -> None:
    learning = {"start": "given", "lines": Lines(1), "trace": 1.0}
    few = Variant(learning, steps=2, drawing=Sampling(steps=2, seed=3))
    assert untraced(few).drawing == Sampling(steps=2, seed=3, trace=0.0)
    photo = image.read(kit.EXAMPLE)
    made = [learned(each, teachers, tmp_path, str(instruct_folder))(photo) for each in (few, untraced(few))]
    assert len(list(tmp_path.iterdir())) == 1
    assert made[0].tobytes() != made[1].tobytes()


def test_what_is_of_the_lines_is_told_from_what_the_prior_draws() -> None:
    of_lines = {name for name, each in VARIANTS.items() if lined(each)}
    assert {"tone 0.0", "radius 1/8", "nothing traced", "lines of share 1"} < of_lines
    assert not of_lines & {"all of it", "nothing learned", "background drawn", "image scale 1", "5 pairs"}

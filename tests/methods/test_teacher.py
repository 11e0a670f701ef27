"""The `teacher` method: it restores, resumes bit-equal, learns from whom it may, and tells no folders."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from safetensors import safe_open
from tests import kit

from limner import image
from limner.data import DATASETS
from limner.data.pair import DataError
from limner.data.portraits import held_out
from limner.engine.config import RunConfig
from limner.export import export
from limner.hub import StyleError
from limner.methods import METHODS
from limner.methods.teacher.config import Config
from limner.methods.teacher.crops import Crops, Damage
from limner.methods.teacher.model import Heads, folded, same_place
from limner.methods.teacher.sources import probes, sources
from limner.methods.teacher.train import train
from limner.pretrained.perceptual import load_teacher, stand_in

Kind = Literal["photo", "sketch"]
WIDTHS = (4, 6, 8, 8)


def small(data: Path, folder: Path, steps: int, kind: Kind = "photo", same: float = 0.0) -> Config:
    run = RunConfig(folder, steps=steps, batch=4, save_every=20, log_every=10, device="cpu", workers=0)
    damage = Damage(crop=32, shortest=60, longest=90)
    return Config(
        kind, (str(data),), "for tests", widths=WIDTHS, same=same, rate=5e-3, damage=damage, run=run
    )


@pytest.mark.parametrize(("kind", "folder"), [("photo", "photos"), ("sketch", "sketches")])
def test_learns(tmp_path: Path, kind: Kind, folder: str) -> None:
    data = kit.write_pairs(tmp_path / "data", 3) / folder
    config = small(data, tmp_path / "run", 60, kind)
    kit.assert_learns(METHODS["teacher"], config, tmp_path / "run", falls_to=0.8, loss="restore")


def test_resumes_bit_equal_after_sigkill(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 2)
    words = ["train", "teacher", "--kind", "photo", "--data", str(data / "photos"), "--licence", "t"]
    tiny = ["--widths", "4", "4", "4", "4", "--damage.crop", "32", "--same", "0.1", "--run.workers", "0"]
    few = ["--run.steps", "11", "--run.batch", "2"]
    kit.assert_resumes(kit.limner_command(*words, *tiny, *few), tmp_path, kill_at=(2, 7))


def test_its_file_is_a_teacher_in_half_precision_and_names_no_folder(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "secret" / "mine", 2) / "sketches"
    style = train(small(data, tmp_path / "run", 2, "sketch"))
    with safe_open(str(style), framework="pt") as file:
        about = file.metadata()
        assert {file.get_tensor(name).dtype for name in file.keys()} == {torch.float16}  # noqa: SIM118
    assert (about["method"], about["direction"]) == ("teacher", "sketch-features")
    assert about["trained_on"] == "2 sketches of sketches"
    assert json.loads(about["config"])["data"] == ["sketches"]
    assert "secret" not in str(about)
    teacher = load_teacher(style)
    assert teacher.widths == WIDTHS
    assert not any(parameter.requires_grad for parameter in teacher.parameters())


def test_a_teacher_draws_nothing_and_is_not_exported(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 1) / "photos"
    style = train(small(data, tmp_path / "run", 1))
    with pytest.raises(StyleError, match="gives features"):
        export(style, tmp_path / "t.onnx")
    assert not (tmp_path / "t.onnx").exists()


def test_learns_from_nobody_who_is_held_out(tmp_path: Path) -> None:
    names = [f"p{i}" for i in range(12, 20)]
    write(tmp_path / "london", [f"{name}_{pose}" for name in names for pose in ("03", "08")])
    free = {name for name in names if not held_out(name)}
    assert 0 < len(free) < len(names)
    data = (f"portraits:{tmp_path}",)
    assert len(sources(data, "photo")) == 2 * len(free)
    people, probed = ({path.stem.split("_")[0] for path in f(data, "photo", 3)} for f in (sources, probes))
    assert people | probed == free
    assert not people & probed
    # A plain folder is taken as it is.
    assert len(sources((str(tmp_path / "london"),), "photo")) == 2 * len(names)


@pytest.mark.parametrize(("kind", "folder"), [("photo", "photos"), ("sketch", "sketches")])
def test_takes_the_wanted_half_of_training_pairs(tmp_path: Path, kind: Kind, folder: str) -> None:
    train, test = (DATASETS["cuhk"].splits[f"cuhk-{part}"].ids for part in ("train", "test"))
    for part, ids in (("train", train), ("test", test[:2])):
        for half in ("photos", "sketches"):
            write(tmp_path / part / half, ids)
    data = (f"cuhk:{tmp_path}",)
    assert sources(data, kind) == [tmp_path / "train" / folder / f"{name}.png" for name in train]
    assert len(probes(data, kind, 10)) == 9


def write(folder: Path, names: Iterable[str]) -> None:
    """Tiny pictures of those names."""
    folder.mkdir(parents=True)
    for name in names:
        image.write(folder / f"{name}.png", np.zeros((4, 4, 3), np.uint8))


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="fs3k:x is not a folder"):
        sources(("fs3k:x",), "sketch")
    with pytest.raises(DataError, match="holds no picture"):
        sources((str(tmp_path),), "sketch")
    with pytest.raises(DataError, match="os-sketch is for testing alone"):
        sources((f"os-sketch:{tmp_path}",), "sketch")
    # A plain folder of pairs has no splits: all of it may be trained on.
    assert len(sources((f"folder:{kit.write_pairs(tmp_path, 2)}",), "sketch")) == 2


@pytest.mark.parametrize(("kind", "channels"), [("photo", 3), ("sketch", 1)])
def test_damage_leaves_the_clean_crop_alone(kind: Kind, channels: int) -> None:
    photo, _ = kit.face(np.random.default_rng(0), (160, 200))
    crops = Crops([photo], kind, Damage(crop=64), twice=True)
    made = crops.sample(0, np.random.default_rng(1))
    assert made["clean"].shape == (channels, 64, 64)
    for copy in (made["damaged"], made["again"]):
        assert copy.shape == (channels, 64, 64)
        assert 0 <= copy.min() <= copy.max() <= 1
        assert np.abs(copy - made["clean"]).mean() > 0.01
    again = Crops([photo], kind, Damage(crop=64, hidden=0)).sample(0, np.random.default_rng(1))
    assert (again["clean"] == made["clean"]).all()


def test_heads_restore_from_each_map_alone() -> None:
    clean = torch.rand(1, 3, 32, 48)
    restored = Heads(WIDTHS, 3)(stand_in(WIDTHS)(clean))
    assert [made.shape for made in restored] == [x.shape for x in folded(clean)]
    assert [x.shape for x in folded(clean)] == [
        (1, 12, 16, 24),
        (1, 48, 8, 12),
        (1, 192, 4, 6),
        (1, 768, 2, 3),
    ]


def test_a_place_is_best_known_by_itself() -> None:
    torch.manual_seed(0)
    maps = torch.nn.functional.normalize(torch.randn(2, 64, 4, 4), dim=1) * 8
    assert same_place(maps, maps) < 0.1
    assert same_place(maps, maps.roll(1, dims=3)) > 3

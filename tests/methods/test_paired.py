"""The `paired` method: it learns a pair, resumes bit-equal, draws any size, exports to the same picture."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests import kit

from limner import cli, sketcher
from limner.data.augment import Augment
from limner.engine.config import RunConfig
from limner.errors import LimnerError
from limner.export import SIZES, TOLERANCE, export, largest_difference
from limner.hub import StyleError
from limner.methods import METHODS
from limner.methods.paired.config import Config
from limner.methods.paired.model import discriminator, generator
from limner.methods.style import open_style
from limner.progress import Progress, silent
from limner.runtime import Net

STILL = Augment(crop=64, trim=(0, 0, 0, 0), turn=0, zoom=0, gamma=0, cast=0, grey=0, shuffle=0)
SMALL = [
    *("--width", "4", "--depth", "1", "--judge-width", "4"),
    *("--augment.crop", "64", "--run.workers", "0", *kit.FRAME_WORDS),
]


def small(data: Path, folder: Path, steps: int) -> Config:
    run = RunConfig(folder, steps=steps, batch=2, save_every=10, log_every=10, device="cpu", workers=0)
    return Config(
        str(data),
        "for tests",
        width=8,
        depth=1,
        judge_width=4,
        augment=STILL,
        average=0.5,
        frame=kit.FRAME,
        run=run,
    )


@pytest.fixture(scope="module")
def style(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A style trained for three steps."""
    folder = tmp_path_factory.mktemp("style")
    config = small(kit.write_pairs(folder / "data", 2), folder / "run", 3)
    return METHODS["paired"].train(config, silent)


def test_learns_one_pair(tmp_path: Path) -> None:
    config = small(kit.write_pairs(tmp_path / "data", 1), tmp_path / "run", 150)
    config = replace(config, rate=1e-3, width=16, l1=200.0)
    kit.assert_learns(METHODS["paired"], config, tmp_path / "run", falls_to=0.35, loss="l1")


def test_resumes_bit_equal_after_sigkill(tmp_path: Path) -> None:
    data = kit.write_pairs(tmp_path / "data", 3)
    command = kit.limner_command(
        "train",
        "paired",
        "--data",
        str(data),
        "--licence",
        "t",
        "--run.steps",
        "11",
        "--run.batch",
        "2",
        *SMALL,
    )
    kit.assert_resumes(command, tmp_path, kill_at=(2, 7))


def test_a_run_with_other_settings_is_not_resumed(tmp_path: Path) -> None:
    config = small(kit.write_pairs(tmp_path / "data", 1), tmp_path / "run", 1)
    METHODS["paired"].train(config, silent)
    with pytest.raises(ValueError, match=r"seed was 0, is 1"):
        METHODS["paired"].train(replace(config, run=replace(config.run, seed=1)), silent)
    with pytest.raises(ValueError, match="other settings"):
        METHODS["paired"].train(replace(config, l1=1.0), silent)


def test_reports_every_step(tmp_path: Path) -> None:
    config = small(kit.write_pairs(tmp_path / "data", 1), tmp_path / "run", 3)
    told: list[Progress] = []
    METHODS["paired"].train(config, told.append)
    assert [(p.done, p.total, p.unit) for p in told] == [(1, 3, "step"), (2, 3, "step"), (3, 3, "step")]
    assert told[-1].seconds_left == 0


def test_a_run_on_other_pairs_is_not_resumed(tmp_path: Path) -> None:
    config = small(kit.write_pairs(tmp_path / "data", 1), tmp_path / "run", 1)
    METHODS["paired"].train(config, silent)
    kit.write_pairs(tmp_path / "data", 1, seed=1)
    with pytest.raises(LimnerError, match="other settings: pairs was"):
        METHODS["paired"].train(config, silent)


def test_a_file_that_does_not_tell_its_network_is_told() -> None:
    for config in ("{}", "none", '{"width": "wide", "depth": 1}', '{"width": -4, "depth": 1}'):
        with pytest.raises(StyleError, match=r"does not tell its network .* are expected"):
            METHODS["paired"].build({"direction": "photo-sketch", "config": config})
    with pytest.raises(StyleError, match="does not tell its network"):
        METHODS["paired"].build({"direction": "photo-photo-sketch", "config": '{"width": 4, "depth": 1}'})


@pytest.mark.parametrize(
    "option", [("--run.steps", "0"), ("--width", "1"), ("--average", "2"), ("--augment.crop", "200")]
)
def test_a_value_out_of_its_range_is_told(
    option: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["train", "paired", "--data", "data", "--licence", "mine", *option])
    said = capsys.readouterr()
    assert f"{option[0][2:]} is {option[1]}" in said.out + said.err


def test_held_out_pairs_are_not_trained_on(tmp_path: Path) -> None:
    config = replace(small(kit.write_pairs(tmp_path / "data", 4), tmp_path / "run", 1), hold_out=2)
    _, about = open_style(METHODS["paired"].train(config, silent))
    assert about["trained_on"] == "2 pairs of " + f"{tmp_path.name}/data"


def test_a_loss_beyond_all_numbers_stops_the_run(tmp_path: Path) -> None:
    config = replace(small(kit.write_pairs(tmp_path / "data", 1), tmp_path / "run", 40), rate=1e18)
    with pytest.raises(FloatingPointError, match="finite"):
        METHODS["paired"].train(config, silent)
    assert not (tmp_path / "run" / "style.safetensors").exists()


def test_draws_any_size(style: Path) -> None:
    kit.assert_draws(sketcher.load(style))


@pytest.mark.parametrize("direction", ["photo-sketch", "sketch-photo"])
def test_both_directions_train_and_draw(tmp_path: Path, direction: str) -> None:
    config = replace(small(kit.write_pairs(tmp_path / "data", 1), tmp_path / "run", 1), direction=direction)
    hand = sketcher.load(METHODS["paired"].train(config, silent))
    drawn = hand(np.zeros((20, 30, 3), np.uint8), whole=True)
    assert (drawn.mode, drawn.size) == ({"photo-sketch": "L", "sketch-photo": "RGB"}[direction], (30, 20))


def test_reach_is_bounded_as_the_network_says() -> None:
    net = generator(Config("", "t", width=4, depth=2)).eval()
    kit.assert_bounded(net, 3, net.stride, net.radius)


def test_discriminator_sees_seventy_pixels() -> None:
    net = discriminator(Config("", "t", judge_width=4))
    net = torch.nn.Sequential(*(m for m in net.layers if not isinstance(m, torch.nn.InstanceNorm2d)))
    x = torch.rand(1, 4, 128, 128, requires_grad=True)
    scores = net(x)
    scores[0, 0, scores.shape[2] // 2, scores.shape[3] // 2].backward()
    assert x.grad is not None
    touched = torch.nonzero(x.grad.abs().sum((0, 1)))
    assert (touched.max(0).values - touched.min(0).values + 1).tolist() == [70, 70]


def test_onnx_draws_the_same_at_three_sizes(style: Path, tmp_path: Path) -> None:
    difference = export(style, tmp_path / "s.onnx")
    assert difference <= TOLERANCE
    assert len(SIZES) == 3
    kit.assert_draws(sketcher.load(tmp_path / "s.onnx"))
    content = (tmp_path / "s.onnx").read_bytes()
    assert str(Path(__file__).parents[2]).encode() not in content, "an export tells nobody's folders"
    about = Net(content, "s").about
    assert about["method"] == "paired"
    assert about["licence"] == "for tests"
    assert json.loads(about["frame"])["width"] == 96


def test_export_notices_another_drawing(style: Path, tmp_path: Path) -> None:
    export(style, tmp_path / "s.onnx")
    net = kit.opened(style)
    with torch.no_grad():
        next(iter(net.parameters())).add_(0.5)
    exported = Net((tmp_path / "s.onnx").read_bytes(), "s")
    assert largest_difference(net, exported, 16) > TOLERANCE


def test_a_damaged_style_file_is_told(style: Path, tmp_path: Path) -> None:
    (tmp_path / "s.safetensors").write_bytes(style.read_bytes()[:1000])
    with pytest.raises(StyleError, match=r"s\.safetensors cannot be read"):
        open_style(tmp_path / "s.safetensors")
    with pytest.raises(StyleError, match="cannot be read"):
        open_style(tmp_path / "none.safetensors")

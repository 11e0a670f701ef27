"""The `matte` method: it learns a person, resumes bit-equal, keeps its reach, exports to the same matte."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tests import kit

from limner.data.camera import Camera
from limner.data.composites import Mix
from limner.engine.config import RunConfig
from limner.export import TOLERANCE, export
from limner.methods import METHODS
from limner.methods.matte.config import Config
from limner.methods.matte.model import matter, slope_error
from limner.methods.style import open_style
from limner.progress import silent
from limner.runtime import Net


def small(data: Path, folder: Path, steps: int) -> Config:
    run = RunConfig(folder, steps=steps, batch=4, save_every=20, log_every=10, device="cpu", workers=0)
    return Config(
        data,
        "for tests",
        widths=(8, 12, 16),
        depth=1,
        average=0.5,
        mix=Mix(crop=48, camera=Camera(0, 0, 0, 0)),
        run=run,
    )


def test_learns(tmp_path: Path) -> None:
    config = small(kit.write_portraits(tmp_path / "data", 1), tmp_path / "run", 80)
    kit.assert_learns(METHODS["matte"], config, tmp_path / "run", falls_to=0.75, loss="alpha")


def test_resumes_bit_equal_after_sigkill(tmp_path: Path) -> None:
    data = kit.write_portraits(tmp_path / "data", 2)
    words = ["train", "matte", "--data", str(data), "--licence", "t", "--run.steps", "11", "--run.batch", "2"]
    tiny = ["--widths", "4", "4", "--depth", "1", "--mix.crop", "32", "--run.workers", "0"]
    kit.assert_resumes(kit.limner_command(*words, *tiny), tmp_path, kill_at=(2, 7))


def test_exports_the_same_matte_and_its_terms(tmp_path: Path) -> None:
    config = small(kit.write_portraits(tmp_path / "data", 1), tmp_path / "run", 3)
    style = METHODS["matte"].train(config, silent)
    assert export(style, tmp_path / "m.onnx") <= TOLERANCE
    about = Net((tmp_path / "m.onnx").read_bytes(), "m").about
    assert (about["method"], about["direction"], about["licence"]) == ("matte", "photo-matte", "for tests")
    assert about["stride"] == "16"
    assert "1 keyed portraits" in open_style(style)[1]["trained_on"]


@pytest.mark.parametrize("depth", [1, 2])
def test_reach_is_bounded_as_the_network_says(depth: int) -> None:
    net = matter(Config(Path(), "t", widths=(4, 4, 4), depth=depth)).eval()
    kit.assert_bounded(torch.nn.Sequential(Linear(net)), 3, net.stride, net.radius)


class Linear(torch.nn.Module):
    """A net's logits: the logistic function would drown small gradients."""

    def __init__(self, net: torch.nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net.logits(x)  # pyright: ignore[reportCallIssue]


def test_a_pixel_does_not_depend_on_the_rest_of_the_picture() -> None:
    net = matter(Config(Path(), "t", widths=(4, 4), depth=1)).eval()
    wide = torch.rand(1, 3, 32, 256)
    narrow = wide[..., :128]
    with torch.no_grad():
        assert torch.allclose(net(wide)[..., :64], net(narrow)[..., :64], atol=1e-6)


def test_slope_error_counts_what_changes_and_not_what_is_shifted() -> None:
    off = torch.full((1, 1, 4, 5), 0.3)
    assert slope_error(off) == 0
    off[..., 2] = 0.5
    assert np.isclose(float(slope_error(off)), 2 * 4 * 0.2 / 16)

"""What every method, style and metric is put to: a few calls test a new one."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from limner import image
from limner.data.portraits import held_out
from limner.faces import Face, Frame
from limner.frame import PORTRAIT
from limner.methods import METHODS
from limner.methods.base import Method
from limner.methods.style import open_style
from limner.pairing import pair
from limner.progress import silent
from limner.sketcher import Sketcher
from tests.laws import assert_metric_laws

Picture = NDArray[np.uint8]
Unit = NDArray[np.float32]
EXAMPLE = Path(__file__).parents[1] / "examples" / "portrait.jpg"
"""Of a person in the public domain."""
FRAME = Frame(width=96, height=120, left_eye=(36.0, 60.0), right_eye=(60.0, 60.0))
"""Where `write_pairs` puts faces, by default."""
FRAME_WORDS = [
    *("--frame.width", "96", "--frame.height", "120"),
    *("--frame.left-eye", "36", "60", "--frame.right-eye", "60", "60"),
]
"""The same, for `limner train`."""
SIZES = ((1, 1), (1, 37), (53, 2), (97, 131), (256, 200))


def face(rng: np.random.Generator, size: tuple[int, int] = (96, 120)) -> tuple[Picture, Picture]:
    """A face that a test draws itself, as photo (H, W, 3) and sketch (H, W); `size` is (W, H).

    Eyes at 3/8 and 5/8 of the width, half of the height, as in the CUHK frame.
    """
    width, height = size
    scale = width / 400
    photo = np.full((height, width, 3), rng.integers(60, 220, 3), np.uint8)
    sketch = np.full((height, width), 255, np.uint8)
    skin = tuple(int(v) for v in rng.integers(90, 230, 3))

    def ellipse(x: float, y: float, a: float, b: float, colour: tuple[int, ...], line: int) -> None:
        centre, axes = (
            (round(x * scale), round(y * scale)),
            (max(1, round(a * scale)), max(1, round(b * scale))),
        )
        cv2.ellipse(photo, centre, axes, 0, 0, 360, colour, -1)
        cv2.ellipse(sketch, centre, axes, 0, 0, 360, 40, line)

    ellipse(200, 230, 135, 170, (40, 30, 25), -1)
    ellipse(200, 265, 110, 145, skin, 1)
    sketch[cv2.inRange(photo, np.array(skin), np.array(skin)) > 0] = 250
    for x in (150, 250):
        ellipse(x, 250, 22, 11, (250, 250, 250), 1)
        ellipse(x, 250, 8, 9, (30, 20, 20), -1)
    ellipse(200, 355, 40, 10, (150, 60, 60), 1)
    return photo, sketch


def face_at(x: float, y: float, apart: float, tilt: float = 0.0) -> Face:
    """A face as a finder gives it, anywhere, also beside the picture.

    Args:
        x: Of the middle of the eyes.
        y: Of the middle of the eyes.
        apart: From eye to eye.
        tilt: In degrees, clockwise on screen.
    """
    turn = apart * np.exp(1j * np.radians(tilt))
    places = ((-0.5, 0.0), (0.5, 0.0), (0.0, 0.6), (-0.4, 1.05), (0.4, 1.05))
    on = [complex(x, y) + turn * complex(*place) for place in places]
    eye, other, nose, left, right = ((point.real, point.imag) for point in on)
    box = (x - 1.3 * apart, y - 0.9 * apart, x + 1.3 * apart, y + 1.7 * apart)
    return Face(box, 0.9, (eye, other, nose, left, right))


def write_pairs(folder: Path, count: int, size: tuple[int, int] = (96, 120), seed: int = 0) -> Path:
    """A folder of `count` drawn pairs, in the layout of `limner.data.folder`."""
    rng = np.random.default_rng(seed)
    for kind in ("photos", "sketches"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for i in range(count):
        photo, sketch = face(rng, size)
        image.write(folder / "photos" / f"p{i:02}.png", photo, force=True)
        image.write(folder / "sketches" / f"p{i:02}.png", sketch, force=True)
    return folder


def write_pair(folder: Path) -> tuple[Path, Path]:
    """The example's photo and what limner's own pencil draws of it, as files."""
    pictures = pair(image.read(EXAMPLE), PORTRAIT, np.random.default_rng(0))
    for name, picture in zip(("photo", "sketch"), pictures, strict=True):
        image.write(folder / f"{name}.png", picture)
    return folder / "photo.png", folder / "sketch.png"


def portrait(rng: np.random.Generator, size: tuple[int, int] = (180, 220)) -> tuple[Picture, Unit]:
    """A person before a plain studio backdrop that a test draws itself, and the true matte.

    Args:
        rng: The source of chance.
        size: (W, H).

    Returns:
        The photo (H, W, 3) and the alpha (H, W) in [0, 1], soft at the outline.
    """
    (width, height), k = size, 8
    alpha = np.zeros((k * height, k * width), np.uint8)

    def ellipse(made: Picture, x: float, y: float, a: float, b: float, colour: Sequence[int]) -> None:
        centre, axes = (
            (round(k * width * x), round(k * height * y)),
            (round(k * width * a), round(k * height * b)),
        )
        cv2.ellipse(made, centre, axes, 0, 0, 360, tuple(colour), -1)

    skin, hair, cloth = (
        [int(v) for v in rng.integers(low, high, 3)] for low, high in ((120, 180), (10, 50), (10, 90))
    )
    person = np.full((*alpha.shape, 3), hair, np.uint8)
    ellipse(person, 0.5, 0.45, 0.17, 0.22, skin)
    ellipse(person, 0.5, 1.0, 0.42, 0.4, cloth)
    ellipse(alpha, 0.5, 0.42, 0.23, 0.28, [255])
    ellipse(alpha, 0.5, 1.0, 0.42, 0.4, [255])
    light = np.linspace(1, 0.85, height, dtype=np.float32)[:, None, None]
    behind = light * rng.integers(200, 235, 3)
    small = (
        cv2.resize(each, size, interpolation=cv2.INTER_AREA).astype(np.float32) for each in (person, alpha)
    )
    person = next(small)
    true = np.divide(next(small), np.float32(255), dtype=np.float32)
    photo = true[..., None] * person + (1 - true[..., None]) * behind + rng.normal(0, 1, (height, width, 1))
    return np.clip(np.rint(photo), 0, 255).astype(np.uint8), true


def write_portraits(folder: Path, count: int, seed: int = 0) -> Path:
    """A folder of drawn portraits, in the layout of `limner.data.composites`; nobody is held out."""
    rng = np.random.default_rng(seed)
    (folder / "congress").mkdir(parents=True, exist_ok=True)
    names = [name for i in range(10 * count) if not held_out(name := f"p{i}")]
    for name in names[:count]:
        image.write(folder / "congress" / f"{name}.png", portrait(rng)[0], force=True)
    return folder


_NETS = {
    "photo-sketch": "draws (float[n, 3, h, w] x) => (float[n, 1, h, w] y) {y = ReduceMean <axes = [1]> (x)}",
    "sketch-photo": "draws (float[n, 1, h, w] x) => (float[n, 3, h, w] y) "
    "{z = Mul (x, x) y = Concat <axis = 1> (x, z, z)}",
}


def write_style(path: Path, direction: str) -> Path:
    """A style that is no trained one: sketches are the photo in grey, photos the sketch in reds."""
    model = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["": 17]> {_NETS[direction]}')
    frame = {"width": 400, "height": 500, "left_eye": [150, 250], "right_eye": [250, 250]}
    about = {"direction": direction, "frame": json.dumps(frame), "stride": "16", "radius": "16"}
    onnx.helper.set_model_props(model, about)
    path.write_bytes(model.SerializeToString())
    return path


def assert_learns(method: Method, config: object, run_folder: Path, falls_to: float, loss: str) -> None:
    """Training lowers the logged `loss` to at most `falls_to` of its first value."""
    method.train(config, silent)
    lines = [json.loads(line) for line in (run_folder / "log.jsonl").read_text().splitlines()]
    first, last = lines[0][loss], lines[-1][loss]
    assert last <= falls_to * first, f"{loss} went from {first:.4f} to {last:.4f}"


def assert_resumes(command: Sequence[str], tmp_path: Path, kill_at: Sequence[int]) -> None:
    """A run killed by SIGKILL at the given steps, and resumed each time, ends bit-equal to one left alone.

    Args:
        command: `limner train ...` without the run's folder, checkpoint and log options.
        tmp_path: Where both runs go.
        kill_at: Steps, rising; a run is killed as soon as its log shows the step.
    """
    every = ["--run.save-every", "3", "--run.log-every", "1", "--run.device", "cpu"]
    killed, alone = tmp_path / "killed", tmp_path / "alone"
    for step in kill_at:
        _run_until(step, [*command, *every, "--run.folder", str(killed)], killed / "log.jsonl")
    for folder in (killed, alone):
        subprocess.run([*command, *every, "--run.folder", str(folder)], check=True, capture_output=True)
    ours, theirs = (load_file(folder / "style.safetensors") for folder in (killed, alone))
    assert ours.keys() == theirs.keys()
    for name, weight in ours.items():
        assert torch.equal(weight, theirs[name]), f"{name} differs after a resumed run"
    steps = [json.loads(line)["step"] for line in (killed / "log.jsonl").read_text().splitlines()]
    assert steps == list(range(1, len(steps) + 1)), "the log of a resumed run has gaps or repeats"


def _run_until(step: int, command: Sequence[str], log: Path) -> None:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while not log.exists() or f'"step": {step},' not in log.read_text():
        assert process.poll() is None, (
            f"the run ended before step {step}: {process.communicate()[1].decode()}"
        )
        assert time.monotonic() < deadline, f"step {step} was not reached in two minutes"
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert process.stderr is not None
    process.stderr.close()


def assert_draws(sketcher: Sketcher) -> None:
    """A style draws any size and gives the same size back; tiles equal the whole."""
    rng = np.random.default_rng(0)
    for height, width in SIZES:
        drawn = sketcher(rng.integers(0, 256, (height, width, 3), np.uint8), whole=True)
        assert drawn.size == (width, height), f"{width} x {height} came back as {drawn.size}"
    photo, _ = face(rng, (400, 500))
    drawn = np.asarray(sketcher(photo, whole=True))
    assert drawn.std() > 0, "the drawing is one flat tone"


def assert_bounded(net: torch.nn.Module, channels: int, stride: int, radius: int) -> None:
    """A made pixel depends on no pixel further away than `radius`, and on some at least half as far.

    All weights are made positive first, so that no rectifier hides a path.
    """
    side = 2 * radius + 4 * stride
    x = torch.full((1, channels, side, side), 0.9, dtype=torch.float64, requires_grad=True)
    middle = side // 2
    for parameter in net.double().parameters():
        parameter.data = 0.1 * parameter.data.abs() + 1e-3
    net(x)[0, 0, middle, middle].backward()
    assert x.grad is not None
    touched = torch.nonzero(x.grad.abs().sum(1)[0] > 0)
    reach = int((touched - middle).abs().max())
    assert radius / 2 <= reach <= radius, f"a pixel reaches {reach}, the network says {radius}"


def limner_command(*words: str) -> list[str]:
    """The command line that runs this very checkout's limner."""
    return [sys.executable, "-m", "limner", *words]


def opened(style: Path) -> torch.nn.Module:
    """A style file's network."""
    return open_style(style)[0]


__all__ = [
    "FRAME",
    "FRAME_WORDS",
    "METHODS",
    "SIZES",
    "assert_bounded",
    "assert_draws",
    "assert_learns",
    "assert_metric_laws",
    "assert_resumes",
    "face",
    "face_at",
    "limner_command",
    "opened",
    "portrait",
    "write_pairs",
    "write_portraits",
    "write_style",
]

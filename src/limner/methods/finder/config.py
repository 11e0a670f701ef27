"""Settings of the `finder` recipe. Torch-free: the command line reads them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from limner.data.camera import Camera
from limner.engine.config import RunConfig
from limner.methods.finder.scenes import Light, Off


@dataclass(frozen=True)
class Near:
    """Stage `points`: the net that places the five points of a face that was found. Chosen: all values."""

    width: int = 40
    """Channels at a quarter of the view's size; twice as many at an eighth and a sixteenth."""
    points: float = 12.0
    """Weight of the distance of the points."""
    eyes: float = 2.0
    """How many times an eye counts for another point there."""
    vote: float = 0.1
    """Weight of the cross-entropy of the votes."""
    rate: float = 2e-3
    """Adam's learning rate, linear to zero over the second half."""
    average: float = 0.999
    """Decay of the running average of the weights, which is what places."""
    off: Off = field(default_factory=lambda: Off(0.12, 8.0, 4.0))
    """How far a view's face is off: what is left after two looks, and the turns of the last."""
    light: Light = field(
        default_factory=lambda: Light(
            drawn=0.1,
            grey=0.25,
            gamma=0.4,
            cast=0.15,
            dim=0.25,
            side=0.05,
            skin=0.05,
            covered=0.0,
            small=0.5,
            enlarged=5.0,
            camera=Camera(blur=0.05, coarse=0.0, noise=0.1, jpeg=0.15),
        )
    )
    """How light, camera and medium are changed: less than in stage `look`, under whose changes points were
    placed worse after as many steps."""


@dataclass(frozen=True)
class Config:
    """The finder of faces, in two stages: what it is trained on, its size, the weights of its losses.

    Chosen: all values.
    """

    data: Path
    """A folder of portraits, in subfolders or not; those of the people kept for testing are left out."""
    teacher: Path
    """The YuNet detector's ONNX file, which labels them; the labels are kept in the run's folder."""
    licence: str
    """Terms of the weights that come out."""
    stage: Literal["look", "points"] = "look"
    """`look` trains the net that finds faces, `points` the one that then places their points. Each has a file
    of its own, and no need of the other's; `limner export --beside` makes one of both. Of the settings below,
    stage `points` takes `hold_out`, `clip` and those of `near` and `run`."""
    hold_out: int = 0
    """Every n-th person by name, from the first on, is left out of training, to choose settings on; 0 leaves
    nobody out."""
    width: int = 64
    """Channels at an eighth of the picture's size."""
    depth: int = 5
    """Residual blocks there."""
    place: float = 1.0
    """Weight of the distance of a first look's box and points."""
    points: float = 4.0
    """Weight of the distance of a second look's points."""
    vote: float = 0.5
    """Weight of the cross-entropy of a second look's votes."""
    sure: float = 0.3
    """Weight of the second look's word on whether it sees a face."""
    rate: float = 8e-4
    """Adam's learning rate, linear to zero over the second half."""
    clip: float = 5.0
    """The largest norm of the gradient."""
    average: float = 0.998
    """Decay of the running average of the weights, which is what finds."""
    near: Near = field(default_factory=Near)
    """Settings of stage `points`."""
    light: Light = field(default_factory=Light)
    """How light, camera and medium are changed in stage `look`."""
    run: RunConfig = field(default_factory=lambda: RunConfig(Path("runs/finder"), steps=6000, batch=8))
    """Steps, batch, seed, folder."""

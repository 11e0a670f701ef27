"""Settings of the `finder` recipe. Torch-free: the command line reads them."""

from dataclasses import dataclass, field
from pathlib import Path

from limner.engine.config import RunConfig
from limner.methods.finder.scenes import Light


@dataclass(frozen=True)
class Config:
    """The finder of faces: what it is trained on, its size, the weights of its losses. Chosen: all values."""

    data: Path
    """A folder of portraits, in subfolders or not; those of the people kept for testing are left out."""
    teacher: Path
    """The YuNet detector's ONNX file, which labels them; the labels are kept in the run's folder."""
    licence: str
    """Terms of the weights that come out."""
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
    light: Light = field(default_factory=Light)
    """How light, camera and medium are changed."""
    run: RunConfig = field(default_factory=lambda: RunConfig(Path("runs/finder"), steps=6000, batch=8))
    """Steps, batch, seed, folder."""

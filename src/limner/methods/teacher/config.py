"""Settings of the `teacher` method. Torch-free: the command line reads them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from limner.engine.config import RunConfig
from limner.methods.teacher.crops import Damage


@dataclass(frozen=True)
class Config:
    """A teacher of one kind of picture, taught by itself: it restores damaged crops. Chosen: all values."""

    kind: Literal["photo", "sketch"]
    """What it learns to see; sketches are seen in grey."""
    data: tuple[str, ...]
    """Where the pictures are: FOLDER for all pictures in it and its subfolders, or SET:FOLDER for what may
    be trained on of a data set: of a set of pairs (cuhk, fs2k, ...) its split NAME-train, of portraits the
    people who are not held out."""
    licence: str
    """Terms of the weights that come out."""
    hold_out: int = 0
    """Every n-th person by name, in each of `data`, is left out of training, to probe on; 0 takes all."""
    widths: tuple[int, int, int, int] = (32, 64, 128, 192)
    """Channels at 1/2, 1/4, 1/8 and 1/16 of the picture's size."""
    same: float = 0.1
    """Weight of the contrast of places."""
    rate: float = 2e-3
    """Adam's learning rate, linear to zero over the second half."""
    clip: float = 1.0
    """The largest norm of the gradient."""
    average: float = 0.99
    """Decay of the running average of the weights, which is what is kept."""
    damage: Damage = field(default_factory=Damage)
    """How crops are cut and damaged."""
    run: RunConfig = field(default_factory=lambda: RunConfig(Path("runs/teacher"), steps=2000, batch=8))
    """Steps, batch, seed, folder."""

"""Settings of the `matte` method. Torch-free: the command line reads them."""

from dataclasses import dataclass, field
from pathlib import Path

from limner.data.composites import Mix
from limner.engine.config import RunConfig


@dataclass(frozen=True)
class Config:
    """A small net that gives the alpha of people, trained on composites. Chosen: all values."""

    data: Path
    """A folder of portraits before plain backdrops: london/, canada/, congress/ (and bioguide/, whose edges
    serve as backdrops). People whom `limner.data.portraits.held_out` names are left out."""
    licence: str
    """Terms of the weights that come out, as their card will state them."""
    places: Path | None = None
    """A folder of photographs without anybody, pieces of which serve as backdrops too."""
    widths: tuple[int, ...] = (40, 80, 128, 176)
    """Channels at 1/4, 1/8, 1/16, ... of the picture's size; the coarsest sees the whole person."""
    depth: int = 2
    """Residual blocks at the coarsest level."""
    slopes: float = 1.0
    """Weight of the difference of slopes, which is what keeps hair and outline sharp."""
    rate: float = 2e-3
    """Adam's learning rate, linear to zero over the second half."""
    clip: float = 5.0
    """The largest norm of the gradient."""
    average: float = 0.995
    """Decay of the running average of the weights, which is what is kept."""
    mix: Mix = field(default_factory=Mix)
    """How composites are made."""
    run: RunConfig = field(default_factory=lambda: RunConfig(Path("runs/matte"), batch=8))
    """Steps, batch, seed, folder."""

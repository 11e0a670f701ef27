"""What every part is given."""

from dataclasses import dataclass
from pathlib import Path

import tyro


@dataclass(frozen=True, kw_only=True)
class Given:
    """Of every part."""

    model: tyro.conf.Positional[str]
    """The prior and its CLIP: a folder in diffusers' format, a name on the hub, or "stand-in"."""
    device: str = "cpu"
    """Where it runs, as torch calls it."""
    json: Path | None = None
    """Where the tables go as JSON."""


@dataclass(frozen=True, kw_only=True)
class People(Given):
    """Of every part that looks at held-out people."""

    portraits: Path
    """A folder of portraits; those of the people who are kept for testing are taken."""
    count: int = 20
    """How many; fewer are quicker."""
    seed: int = 7
    """Of all chance."""

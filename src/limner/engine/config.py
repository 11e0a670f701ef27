"""What every training is asked for, whatever its method. Torch-free: the command line reads it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from limner.ranges import MOST, check_ranges


@dataclass(frozen=True)
class RunConfig:
    """Settings of one run; those of the mathematics belong to the method's own config."""

    folder: Path
    """Where logs, checkpoint and the finished style go. The same command resumes what lies there."""
    steps: int = 4000
    """Optimisation steps in all. A finished run goes on when it is given more, on the longer schedule."""
    batch: int = 4
    """Samples a step and process."""
    seed: int = 0
    """Every random number of step k follows from (seed, k, process)."""
    save_every: int = 250
    """Steps between two checkpoints; at most this many are lost by a kill."""
    log_every: int = 25
    """Steps between two lines of the log."""
    precision: Literal["fp32", "bf16"] = "fp32"
    """bf16 autocasts the networks; worth it only where the processor has bf16 units."""
    device: Literal["auto", "cpu"] = "auto"
    """auto takes a GPU where there is one."""
    workers: int = 1
    """Processes that load samples; 0 loads them in the training process."""
    start: Path | None = None
    """The folder of another run of the same nets, from whose last checkpoint this one begins; it counts its
    own steps from 0, under its own settings. Without one, nets begin untrained."""

    def __post_init__(self) -> None:
        """Checks the ranges.

        Raises:
            LimnerError: A count is below its least value, or the seed has more than 64 bits.
        """
        counts = dict.fromkeys(("steps", "batch", "save_every", "log_every"), (1, MOST))
        check_ranges(self, "run.", **counts, workers=(0, MOST), seed=(0, 2**64 - 1))

"""How learners learn. Torch-free: the command line reads it."""

from dataclasses import dataclass

from limner.errors import LimnerError
from limner.ranges import MOST, check_ranges


@dataclass(frozen=True)
class Settings:
    """Each learner takes what is its own."""

    prior: str = "stand-in"
    """Of `instruct`: what it draws with, as `limner learn` takes it."""
    steps: int | None = None
    """Of `instruct`: steps of learning; by default as `limner learn` does."""
    drawing_steps: int | None = None
    """Of `instruct`: steps of sampling a picture; by default as the method does."""
    lines_steps: int = 100
    """Of `lines`: steps of learning; those of `instruct` take what `limner learn` does."""
    paired_steps: int = 300
    """Of `paired`: steps of training. Chosen: short, since one pair is soon known by heart."""
    teacher: str = "photo"
    """Of `gatys`: the network that it sees through, by its name or a file, see docs/teachers.md."""
    gatys_side: int = 160
    """Of `gatys`: the side of the square that is drawn, a multiple of 16."""
    gatys_steps: int = 50
    """Of `gatys`: steps for each picture."""

    def __post_init__(self) -> None:
        """Checks the ranges.

        Raises:
            LimnerError: A count is below its least value, or the side is no multiple of 16.
        """
        counts = ("steps", "drawing_steps", "lines_steps", "paired_steps")
        check_ranges(self, "learning.", **dict.fromkeys(counts, (1, MOST)), gatys_steps=(0, MOST))
        if self.gatys_side < 16 or self.gatys_side % 16:
            raise LimnerError(f"learning.gatys_side is {self.gatys_side}; a multiple of 16 is expected")

"""Which sample comes when: a function of (seed, position) alone, so that a resumed run sees the same."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

Sample = dict[str, NDArray[np.float32]]


class Samples(Protocol):
    """What a method trains on: indexed samples, each drawn with the randomness it is given."""

    def __len__(self) -> int:
        """How many different samples there are."""
        ...

    def sample(self, index: int, rng: np.random.Generator) -> Sample:
        """The sample at `index`, augmented by `rng`; arrays of equal shapes for all indices."""
        ...


class Positions(Dataset[Sample]):
    """An endless sequence of samples: epoch after epoch, each a new shuffle.

    Args:
        samples: The samples.
        seed: The run's seed.
    """

    def __init__(self, samples: Samples, seed: int) -> None:
        if len(samples) == 0:
            raise ValueError("there are no samples to train on; at least one is expected")
        self.samples, self.seed = samples, seed

    def __getitem__(self, position: int) -> Sample:
        """The sample at a position counted from the run's start over all processes."""
        epoch, place = divmod(position, len(self.samples))
        order = np.random.default_rng((self.seed, 0, epoch)).permutation(len(self.samples))
        rng = np.random.default_rng((self.seed, 1, position))
        return self.samples.sample(int(order[place]), rng)

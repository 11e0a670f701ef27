"""Which times are asked about in which order, each with one noise of its own."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from limner.engine.samples import Sample
from limner.pretrained.prior import Prior

TRAINED = 1000
"""Times that a prior was trained on."""
LEARN, HOLD = 0, 1
"""Kinds of noise: that which is learned from, that which states are compared by."""


class Times:
    """Times spread evenly over a prior's; `Run` goes through them in an order of chance, each once an epoch.

    Args:
        asked: How many are asked about in all; of more than `TRAINED`, each comes again in another order.
        pairs: How many pairs there are: neighbouring times go to them in turn.
    """

    def __init__(self, asked: int, pairs: int) -> None:
        self.times = spread(min(asked, TRAINED))
        self.pairs = pairs

    def __len__(self) -> int:
        return len(self.times)

    def sample(self, index: int, rng: np.random.Generator) -> Sample:
        """`t` and, for which pair, `pair`; both scalars."""
        del rng
        return {
            "t": np.asarray(self.times[index], np.float32),
            "pair": np.asarray(index % self.pairs, np.float32),
        }


def spread(count: int) -> list[int]:
    """So many whole times of 0 ... 999, the middles of even shares; all of them of 1000."""
    return [int((2 * i + 1) * TRAINED // (2 * count)) for i in range(count)]


def noises(prior: Prior, times: Sequence[float], seed: int, kind: int) -> Tensor:
    """eps_t: the one noise of each time, (N, channels, h, w), a function of seed, kind and time alone."""
    return torch.cat([prior.noise(1, _source(seed, kind, int(t))) for t in times])


def _source(seed: int, kind: int, t: int) -> torch.Generator:
    told = np.random.SeedSequence((seed, kind, t)).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(told) % 2**63)

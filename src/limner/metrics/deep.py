"""What a metric sees through a network: the activations of some layers, and what it learned to make of them.

The metrics here are mathematics on arrays; networks come from `limner.pretrained`, or from a test.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.metrics.check import Colour

Layer = npt.NDArray[np.float32]
"""What a layer answers, (C, h, w)."""

SMALLEST = 32
"""Below 31 pixels a side, AlexNet's later layers have no pixel left."""


@dataclass(frozen=True)
class Features:
    """A network as a metric uses it; calling it with a picture gives the layers.

    Attributes:
        network: From a picture, uint8 (H, W, 3), to its layers, shallow to deep.
        weights: What the metric learned for each layer, last axis C; empty where it learned nothing.
    """

    network: Callable[[Colour], Sequence[Layer]]
    weights: Sequence[npt.NDArray[np.float32]] = ()

    def __call__(self, picture: Colour) -> Sequence[Layer]:
        """The layers of a picture, uint8 (H, W, 3)."""
        return self.network(picture)

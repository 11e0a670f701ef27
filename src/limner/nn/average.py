"""A running average of a network's weights: calmer lines than the last step's weights draw."""

import copy
from collections.abc import Mapping
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)


class Average(Generic[M]):
    """Exponential moving average of all parameters and buffers.

    Source: Karras et al., Progressive growing of GANs (ICLR 2018), section 4: `w' = d w' + (1 - d) w`.
    Chosen: the decay grows with the number of updates, `min(decay, (1 + n) / (10 + n))`, so that the first
    random weights are soon forgotten.

    Args:
        module: The network to follow.
        decay: Weight of the old average, in [0, 1).
    """

    def __init__(self, module: M, decay: float) -> None:
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay = decay
        self.updates = 0

    @torch.no_grad()
    def update(self, module: M) -> None:
        """Moves the average towards `module`'s present weights."""
        self.updates += 1
        decay = min(self.decay, self.updates / (9 + self.updates))
        for mean, now in zip(self.module.state_dict().values(), module.state_dict().values(), strict=True):
            mean.lerp_(now, 1 - decay)

    def state_dict(self) -> dict[str, Tensor]:
        """The averaged weights, and the count of updates under `updates`."""
        return {**self.module.state_dict(), "updates": torch.tensor(self.updates)}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Takes what `state_dict` gave."""
        self.updates = int(state["updates"])
        self.module.load_state_dict({k: v for k, v in state.items() if k != "updates"})

"""The contract of a method. Torch-free: what needs torch is imported when it is called.

A method is a folder with three modules:

- `config.py`, torch-free: `Config`, a frozen dataclass with the paper's values as defaults and a string
  under each field that names its equation;
- `train.py`: `train(config, report) -> Path` of the finished `style.safetensors`;
- `model.py`: `build(about) -> nn.Module`, the untrained network that draws, with `stride` and `radius`,
  from what a weight file tells of itself.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from limner.progress import Report

if TYPE_CHECKING:
    from torch import Tensor, nn


class Drawer(Protocol):
    """A network that draws: pictures in [0, 1], (N, C, H, W) to (N, C', H, W)."""

    @property
    def stride(self) -> int:
        """Height and width must be multiples of this many pixels."""
        ...

    @property
    def radius(self) -> int:
        """A made pixel depends on the picture at most this many pixels away."""
        ...

    def __call__(self, x: "Tensor") -> "Tensor":
        """Draws."""
        ...


@dataclass(frozen=True)
class Method:
    """A method by the name of its folder.

    Attributes:
        package: The folder as Python imports it.
    """

    package: str

    @property
    def config(self) -> type[Any]:
        """The method's `Config`."""
        return importlib.import_module(f"{self.package}.config").Config

    def train(self, config: object, report: Report) -> Path:
        """Trains, or goes on training; see the method's `train.py`."""
        return importlib.import_module(f"{self.package}.train").train(config, report)

    def build(self, about: Mapping[str, str]) -> "nn.Module":
        """The untrained network that draws, a `Drawer`; see the method's `model.py`."""
        module = importlib.import_module(f"{self.package}.model")
        return cast("nn.Module", module.build(about))

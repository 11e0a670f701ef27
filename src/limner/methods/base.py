"""The contract of a method. Torch-free: what needs torch is imported when it is called.

A method is a folder with three modules:

- `config.py`, torch-free: `Config`, a frozen dataclass with the paper's values as defaults and a string
  under each field that names its equation;
- `train.py`: `train(config, report) -> Path` of the finished `style.safetensors`;
- `model.py`: `build(about) -> nn.Module`, the untrained network that draws, with `stride` and `radius`,
  from what a weight file tells of itself.
"""

import dataclasses
import importlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from limner.errors import LimnerError
from limner.progress import Report

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from torch import Tensor, nn


class Drawer(Protocol):
    """A network that draws: pictures in [0, 1], (N, C, H, W) to (N, C', H, W)."""

    @property
    def stride(self) -> int:
        """Height and width must be multiples of this many pixels."""
        ...

    @property
    def radius(self) -> int | None:
        """A made pixel depends on the picture at most this many pixels away; None: on all of it.

        A network of the second kind draws squares of `stride` pixels and nothing else.
        """
        ...

    def __call__(self, x: "Tensor", /) -> "Tensor":
        """Draws."""
        ...


@dataclass(frozen=True)
class Sampling:
    """How a style that samples a prior draws; what is None is as the style's file says.

    Attributes:
        steps: Of the sampling; more take longer.
        text_scale: How much what the style asks for is exaggerated.
        image_scale: How much of the photo is kept.
        trace: How far it is laid on the lines of a pencil that learned the same pair, from 0 to 1.
        seed: Of all chance; the same seed draws the same picture.

    Raises:
        LimnerError: Less than one step, a scale that is not finite, a trace beyond [0, 1], or a seed below 0.
    """

    steps: int | None = None
    text_scale: float | None = None
    image_scale: float | None = None
    trace: float | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        for name, least in (("steps", 1), ("seed", 0), ("text_scale", -math.inf), ("image_scale", -math.inf)):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= least):
                expected = "a finite number" if least == -math.inf else f"at least {least}"
                raise LimnerError(f"{name} {value!r}: {expected} is expected")
        if self.trace is not None and not 0 <= self.trace <= 1:
            raise LimnerError(f"trace {self.trace!r}: a number from 0 to 1 is expected")

    def given(self) -> dict[str, int | float]:
        """What is not None."""
        return {name: value for name, value in dataclasses.asdict(self).items() if value is not None}


class Sampler(Drawer, Protocol):
    """A drawer that samples a prior."""

    def sampled(self, sampling: Sampling) -> Drawer:
        """The drawer under other settings."""
        ...

    def around(self, about: Mapping[str, str]) -> tuple[Drawer, Mapping[str, str]] | None:
        """What draws around the squares, and what its file says, from the style's; None leaves paper."""
        ...


class Portable(Protocol):
    """A drawer of which a file for onnxruntime holds another network than itself."""

    def portable(self, about: Mapping[str, str]) -> "tuple[nn.Module, Mapping[str, str]]":
        """That network, a `Drawer`, and what its file says of itself, from what the style's says.

        Raises:
            limner.hub.StyleError: Nothing of it can be held so.
        """
        ...


def describe(config: "DataclassInstance", direction: str, trained_on: str) -> dict[str, str]:
    """What a weight file says of itself.

    Args:
        config: The method's `Config`; of its settings, paths and `run` are not told.
        direction: From which kind of picture to what, such as "photo-sketch".
        trained_on: How much of what.

    Returns:
        Its method (the name of the folder that `config` comes from), direction, licence, config as JSON,
        what it was trained on, seed.
    """
    fields = dataclasses.asdict(config)
    told = {k: v for k, v in fields.items() if k != "run" and not isinstance(v, Path)}
    return {
        "method": type(config).__module__.split(".")[-2],
        "direction": direction,
        "licence": fields["licence"],
        "config": json.dumps(told),
        "trained_on": trained_on,
        "seed": str(fields["run"]["seed"]),
    }


def shown_name(model: str) -> str:
    """A model's name, as a weight file tells it; of a folder, the last one of its path."""
    path = Path(model).expanduser()
    return path.resolve().name if model and path.is_dir() else model


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

"""Weights out of a packaged ONNX file: where a training may begin that has no checkpoint to begin from."""

from collections.abc import Mapping

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from limner import hub

HALF = ".half"
"""What `limner.export` adds to the names of weights that it stores in half precision."""


def weights(name: str) -> tuple[dict[str, Tensor], Mapping[str, str]]:
    """What a packaged style has learned.

    Args:
        name: Of the style.

    Returns:
        Its weights by the names that they had in training, in single precision, and what the file says of
        itself. Constants that the exporter added stand among them, under names of its own.

    Raises:
        limner.hub.StyleError: There is no such style, or its file is damaged.
    """
    model = onnx.load_from_string(hub.packaged(hub.card(name)))
    held = {w.name.removesuffix(HALF): numpy_helper.to_array(w) for w in model.graph.initializer}
    told = {entry.key: entry.value for entry in model.metadata_props}
    return {key: torch.tensor(value).float() for key, value in held.items()}, told

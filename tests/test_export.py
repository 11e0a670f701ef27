"""What is refused of an ONNX file, and what of its weights stays single."""

import json

import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn

from limner.export import largest_difference, store_half, to_onnx
from limner.hub import StyleError
from limner.pretrained.packaged import HALF
from limner.runtime import Net

ABOUT = {"direction": "photo-sketch", "frame": json.dumps({}), "stride": "16", "radius": "16"}


class Grey(nn.Module):
    """The mean of the colours, times a factor."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.factor * x.mean(1, keepdim=True)


@pytest.mark.parametrize(
    ("factor", "exported", "by"),
    [
        (float("nan"), 1.0, "torch"),
        (1.0, float("nan"), "the ONNX file"),
        (float("inf"), float("inf"), "torch"),
    ],
)
def test_a_net_that_draws_no_numbers_is_not_one_that_draws_the_same(
    factor: float, exported: float, by: str
) -> None:
    net = Net(to_onnx(Grey(exported), 16, ABOUT), "grey")
    with pytest.raises(StyleError, match=f"^{by} draws what is not finite"):
        largest_difference(Grey(factor), net, 16)


def test_the_difference_of_two_nets_is_told() -> None:
    net = Net(to_onnx(Grey(1.0), 16, ABOUT), "grey")
    assert largest_difference(Grey(1.0), net, 16) < 1e-6
    assert largest_difference(Grey(0.5), net, 16) > 0.25


def model(values: NDArray[np.float32]) -> onnx.ModelProto:
    """A model whose one weight is `w`, of 256 values."""
    made = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["": 17]> adds (float[n, 256] x) => (float[n, 256] y) {y = Add (x, w)}'
    )
    made.graph.initializer.append(numpy_helper.from_array(values, "w"))
    return made


def test_a_weight_beyond_half_precision_stays_single() -> None:
    for largest, name in ((65504.0, "w" + HALF), (-65504.0, "w" + HALF), (65505.0, "w"), (-1e6, "w")):
        values = np.linspace(-1, 1, 256, dtype=np.float32)
        values[7] = largest
        made = model(values)
        store_half(made)
        (weight,) = made.graph.initializer
        assert weight.name == name
        drawn = Net(made.SerializeToString(), "adds")(np.zeros((1, 256), np.float32))
        np.testing.assert_allclose(drawn[0], values, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_weight_that_is_no_number_is_refused_by_name(value: float) -> None:
    values = np.ones(256, np.float32)
    values[7] = value
    with pytest.raises(StyleError, match="the weight w is not finite"):
        store_half(model(values))

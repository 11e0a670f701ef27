"""From a trained style to an ONNX file that draws the same, by onnxruntime alone.

Weights are stored in half precision and widened when the file is opened: half the size, the same speed.
"""

import logging
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import onnx.compose
import torch
from google.protobuf.message import DecodeError
from onnx import helper, numpy_helper
from torch import nn

from limner.files import replacing
from limner.hub import StyleError
from limner.methods.base import Drawer, Portable
from limner.methods.style import open_style
from limner.pretrained.packaged import HALF
from limner.runtime import Net

TOLERANCE = 2 / 255
SIZES = ((64, 48), (256, 256), (400, 512))


def export(style: Path, out: Path, artist: str = "", beside: Path | None = None) -> float:
    """Writes a style as ONNX, after asserting that it draws the same as torch at three sizes.

    Args:
        style: A `style.safetensors` that `limner train` made.
        out: The `.onnx` file to write or replace.
        artist: Which of a style's several artists draws; by default the one that the style names.
        beside: An ONNX file whose network goes into the new file before this one; see `limner.runtime.Net`.

    Returns:
        The largest difference found, in [0, 1].

    Raises:
        StyleError: The style cannot be read, draws nothing (a teacher) or by sampling a prior alone, holds or
            draws what is not finite, the ONNX file draws otherwise (by more than 2/255), or `beside` is no
            ONNX file of one network.
    """
    net, about = open_style(style, artist)
    if about["direction"].endswith("-features"):
        raise StyleError(f"{style} gives features and draws nothing; a style that draws is expected")
    if hasattr(net, "portable"):
        net, about = cast(Portable, net).portable(about)
    drawer = cast(Drawer, net)
    told = {**about, "stride": str(drawer.stride), "radius": str(drawer.radius)}
    content = to_onnx(net, drawer.stride, told)
    difference = largest_difference(net, Net(content, str(out)), int(drawer.stride))
    if difference > TOLERANCE:
        raise StyleError(
            f"{out}: the ONNX file draws otherwise than torch by {difference:.4f}; "
            f"at most {TOLERANCE:.4f} is expected. Nothing was written."
        )
    content = joined(beside, content) if beside else content
    with replacing(out) as new:
        new.write_bytes(content)
    return difference


def joined(first: Path, second: bytes) -> bytes:
    """Two ONNX files as one, which says of itself what both did; the second's words begin with its direction.

    Raises:
        StyleError: The first is no ONNX file of one network.
    """
    try:
        one = onnx.load(first)
    except (OSError, DecodeError) as error:
        raise StyleError(f"{first} cannot be read as ONNX: {error}") from error
    if len(one.graph.input) != 1:
        raise StyleError(f"{first} holds {len(one.graph.input)} networks; one is expected")
    two = onnx.load_model_from_string(second)
    told = {p.key: p.value for p in one.metadata_props}
    added = {p.key: p.value for p in two.metadata_props}
    del one.metadata_props[:], two.metadata_props[:]
    prefix = f"{added['direction']}/"
    # Sides that are called alike would be taken for equal.
    for value in (*two.graph.input, *two.graph.output, *two.graph.value_info):
        for side in value.type.tensor_type.shape.dim:
            if side.dim_param:
                side.dim_param = prefix + side.dim_param
    both = onnx.compose.merge_models(one, two, io_map=[], prefix2=prefix)
    helper.set_model_props(both, {**told, **{prefix + key: value for key, value in added.items()}})
    onnx.checker.check_model(both)
    return both.SerializeToString()


def to_onnx(net: nn.Module, stride: int, about: Mapping[str, str]) -> bytes:
    """A network as ONNX: input `picture` (N, C, H, W), output `drawn`, both in [0, 1]; H, W free.

    Args:
        net: The network, in evaluation mode.
        stride: H and W are multiples of it.
        about: What the file shall say of itself.

    Raises:
        StyleError: torch.onnx gives nothing, or a larger weight is not finite.
    """
    channels = _channels_in(about)
    example = torch.zeros(1, channels, 4 * stride, 4 * stride)
    with _quiet():
        program = torch.onnx.export(
            net,
            (example,),
            input_names=["picture"],
            output_names=["drawn"],
            dynamic_shapes=({0: "n", 2: "height", 3: "width"},),
            dynamo=True,
            verbose=False,
            opset_version=18,
        )
    if program is None:
        raise StyleError("torch.onnx gave no program")
    model = program.model_proto
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
        # The exporter notes where in the source, and so on whose disk, each node was made.
        part.doc_string = ""
        del part.metadata_props[:]
    store_half(model)
    helper.set_model_props(model, dict(about))
    onnx.checker.check_model(model)
    return model.SerializeToString()


def store_half(model: onnx.ModelProto) -> None:
    """Stores a model's larger float32 weights as float16, each widened by a Cast that the runtime folds.

    A weight beyond the range of float16 is left as it is.

    Args:
        model: Changed in place.

    Raises:
        StyleError: One of them is not finite.
    """
    casts: list[onnx.NodeProto] = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 256:
            continue
        if not np.isfinite(values).all():
            raise StyleError(f"the weight {weight.name} is not finite; finite numbers are expected")
        if np.abs(values).max() > np.finfo(np.float16).max:
            continue
        name, half = weight.name, weight.name + HALF
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def largest_difference(net: nn.Module, exported: Net, stride: int) -> float:
    """The largest absolute difference of two drawings of noise and of flat grey, at three sizes.

    Raises:
        StyleError: A drawing is not finite.
    """
    rng = np.random.default_rng(0)
    channels = _channels_in(exported.about)
    worst = 0.0
    for height, width in SIZES:
        shape = (1, channels, height // stride * stride, width // stride * stride)
        for x in (rng.random(shape, np.float32), np.full(shape, 0.5, np.float32)):
            with torch.inference_mode():
                expected = net(torch.from_numpy(x)).numpy()
            made = exported(x)
            for drawn, by in ((expected, "torch"), (made, "the ONNX file")):
                if not np.isfinite(drawn).all():
                    raise StyleError(f"{by} draws what is not finite; values in [0, 1] are expected")
            worst = max(worst, float(np.abs(expected - made).max()))
    return worst


@contextmanager
def _quiet() -> Generator[None, None, None]:
    """Keeps the exporter's remarks on torchvision and on torch's own deprecations from the user."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)


def _channels_in(about: Mapping[str, str]) -> int:
    return 3 if about["direction"].startswith("photo") else 1

"""How alike a made picture is to the real one: every metric by name, and how to read its number."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from limner.metrics.check import Colour, Grey, MetricError
from limner.metrics.deep import Features
from limner.metrics.dists import dists
from limner.metrics.fid import fid
from limner.metrics.fsim import fsim
from limner.metrics.identity import Recognition, recognition
from limner.metrics.kid import kid
from limner.metrics.lpips import lpips
from limner.metrics.psnr import psnr
from limner.metrics.scoot import scoot
from limner.metrics.ssim import ssim
from limner.metrics.structure import structure

__all__ = [
    "METRICS",
    "Colour",
    "Features",
    "Grey",
    "Metric",
    "MetricError",
    "Recognition",
    "dists",
    "fid",
    "fsim",
    "kid",
    "lpips",
    "psnr",
    "recognition",
    "scoot",
    "ssim",
    "structure",
]


@dataclass(frozen=True)
class Metric:
    """A metric and how to read its number.

    Attributes:
        function: What it takes follows from `kind` and `network`:
            "pair" without a network, two grey pictures, uint8 (H, W); with one, two pictures in colour,
            uint8 (H, W, 3), and the network's `Features`;
            "set", features of real and of made pictures, (n, d) and (m, d);
            "people", real and made sketches, uint8 (n, H, W), and how many people to learn from;
            "points", five points of a photo's face and of a made one, (5, 2).
            It gives a float, or of people a `Recognition`.
        higher_is_better: Whether a higher score means more alike.
        range: The least and the greatest score there can be.
        kind: What is compared.
        network: Name of the network in `limner.pretrained` that it sees through; "" if it needs none.
    """

    function: Callable[..., Any]
    higher_is_better: bool
    range: tuple[float, float]
    kind: Literal["pair", "set", "people", "points"]
    network: str = ""


METRICS: dict[str, Metric] = {
    "ssim": Metric(ssim, higher_is_better=True, range=(-1.0, 1.0), kind="pair"),
    "fsim": Metric(fsim, higher_is_better=True, range=(0.0, 1.0), kind="pair"),
    "scoot": Metric(scoot, higher_is_better=True, range=(0.0, 1.0), kind="pair"),
    "psnr": Metric(psnr, higher_is_better=True, range=(0.0, math.inf), kind="pair"),
    "lpips-alex": Metric(
        lpips, higher_is_better=False, range=(0.0, math.inf), kind="pair", network="lpips-alex"
    ),
    "lpips-vgg": Metric(
        lpips, higher_is_better=False, range=(0.0, math.inf), kind="pair", network="lpips-vgg"
    ),
    "dists": Metric(dists, higher_is_better=False, range=(0.0, 2.0), kind="pair", network="dists"),
    "fid": Metric(fid, higher_is_better=False, range=(0.0, math.inf), kind="set", network="inception"),
    "kid": Metric(kid, higher_is_better=False, range=(-math.inf, math.inf), kind="set", network="inception"),
    "nlda": Metric(recognition, higher_is_better=True, range=(0.0, 1.0), kind="people"),
    "structure": Metric(structure, higher_is_better=False, range=(0.0, math.inf), kind="points"),
}
"""Every metric, by the name that commands and tables use. A new one is a file and a line here."""

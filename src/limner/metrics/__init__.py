"""How alike a made picture is to the real one: every metric by name, and how to read its number."""

from collections.abc import Callable
from dataclasses import dataclass

from limner.metrics.check import Grey
from limner.metrics.fsim import fsim
from limner.metrics.scoot import scoot
from limner.metrics.ssim import ssim

__all__ = ["METRICS", "Grey", "Metric", "fsim", "scoot", "ssim"]


@dataclass(frozen=True)
class Metric:
    """A metric and how to read its number.

    Attributes:
        function: Takes the real and the made picture, uint8 of one shape (H, W); gives the score.
        higher_is_better: Whether a higher score means more alike.
        range: The least and the greatest score there can be.
        needs_pair: Whether it compares picture with picture, not set with set.
    """

    function: Callable[[Grey, Grey], float]
    higher_is_better: bool
    range: tuple[float, float]
    needs_pair: bool = True


METRICS: dict[str, Metric] = {
    "ssim": Metric(ssim, higher_is_better=True, range=(-1.0, 1.0)),
    "fsim": Metric(fsim, higher_is_better=True, range=(0.0, 1.0)),
    "scoot": Metric(scoot, higher_is_better=True, range=(0.0, 1.0)),
}
"""Every metric, by the name that commands and tables use. A new one is a file and a line here."""

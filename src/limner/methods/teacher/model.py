"""What a teacher is trained with and then stands without: heads that restore, and the contrast of places."""

import json
from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from limner.pretrained.perceptual import LEVELS, Teacher, stand_in

PLACES = 512
"""Places of a batch that are told apart."""
TEMPERATURE = 0.1


class Heads(nn.Module):
    """Restores the picture from each map alone, by two 1x1 convolutions.

    Chosen: no step up and no skip from map to map, so that every map must hold the clean picture by itself,
    and little that the teacher should know can be learnt here instead.

    Args:
        widths: Channels of the maps at 1/2, 1/4, ... of the size.
        channels: Of the picture.
    """

    def __init__(self, widths: Sequence[int], channels: int) -> None:
        super().__init__()
        self.heads = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, width, 1),
                nn.ReLU(),
                nn.Conv2d(width, channels * 4**level, 1),
            )
            for level, width in enumerate(widths, start=1)
        )

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Takes the maps, gives of each the picture about [0, 1], folded to that size as `folded` does it."""
        return [head(layer) for head, layer in zip(self.heads, maps, strict=True)]


def folded(picture: Tensor) -> list[Tensor]:
    """A picture (N, C, H, W) at each map's size, its pixels in channels: (N, 4^l C, H / 2^l, W / 2^l)."""
    return [F.pixel_unshuffle(picture, 2**level) for level in range(1, LEVELS + 1)]


def same_place(one: Tensor, other: Tensor) -> Tensor:
    """`-E log (exp(f_i.g_i / t) / sum_j exp(f_i.g_j / t))`: a place is known again among others, a scalar.

    Source: van den Oord et al., Representation learning with contrastive predictive coding (2018), equation
    4; at places of a map as in Wang et al., Dense contrastive learning (DenseCL, CVPR 2021).

    Args:
        one: A map (N, C, h, w) of damaged pictures, of mean square one at every place.
        other: That of the same pictures, damaged otherwise.
    """
    f, g = (layer.permute(0, 2, 3, 1).flatten(0, 2) for layer in (one, other))
    chosen = torch.randperm(len(f), device=f.device)[:PLACES]
    likeness = f[chosen] @ g[chosen].T / (f.shape[1] * TEMPERATURE)
    return F.cross_entropy(likeness, torch.arange(len(chosen), device=f.device))


def build(about: Mapping[str, str]) -> Teacher:
    """The untrained teacher, as its weight file tells of it; no `Drawer`, it gives maps.

    Args:
        about: Holds, as JSON, `config` with `widths`.
    """
    return stand_in(json.loads(about["config"])["widths"])

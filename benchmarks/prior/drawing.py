"""What a prior draws: edits of photos by sentence, portraits by sentence alone; and a plain net beside it.

The noise of a batch follows from the seed and from its place, so that a command draws the same twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

from benchmarks.prior.squares import parts, pictures, tensor
from limner.errors import LimnerError
from limner.image import Picture
from limner.pretrained.guidance import Epsilon, guided, instructed
from limner.pretrained.opening import open_part
from limner.pretrained.prior import Prior
from limner.pretrained.sample import euler_ancestral

BATCH = 8


@dataclass(frozen=True)
class Manner:
    """How a prior draws.

    Attributes:
        steps: Of Euler's ancestral sampling.
        text_scale: How much the sentence is exaggerated.
        image_scale: How much the photo is, where there is one.
        seed: Of the noise.
    """

    steps: int
    text_scale: float
    image_scale: float = 1.0
    seed: int = 0


def edited(
    prior: Prior, photos: Sequence[Picture], sentences: Sequence[str], manner: Manner
) -> list[Picture]:
    """What a prior makes of photos by sentences, (side, side, 3) uint8 each."""
    made: list[Picture] = []
    empty = prior.embed([""])
    for part in parts(len(photos), BATCH):
        text, photo = _conditions(prior, photos[part], sentences[part])
        epsilon = instructed(prior, text, empty, photo, manner.text_scale, manner.image_scale)
        made += _sampled(prior, epsilon, len(text), manner, part.start)
    return made


def told(prior: Prior, sentences: Sequence[str], manner: Manner) -> list[Picture]:
    """What a prior makes of sentences alone, the photo dropped."""
    made: list[Picture] = []
    empty = prior.embed([""])
    for part in parts(len(sentences), BATCH):
        text = prior.embed(sentences[part])
        epsilon = guided(prior, text, empty, manner.text_scale)
        made += _sampled(prior, epsilon, len(text), manner, part.start)
    return made


def at_once(
    prior: Prior, net: UNet2DConditionModel, photos: Sequence[Picture], sentences: Sequence[str]
) -> list[Picture]:
    """What a net makes of them that gives latents, as of `Prior.encode`: of zeros for noise, at t = 0."""
    made: list[Picture] = []
    for part in parts(len(photos), BATCH):
        text, photo = _conditions(prior, photos[part], sentences[part])
        latents = net(torch.cat([torch.zeros_like(photo), photo], 1), 0, text).sample
        made += pictures(prior.decode(latents))
    return made


def open_plain(folder: Path, prior: Prior) -> UNet2DConditionModel:
    """The plain net of a folder, in `unet/` as in a pipeline.

    Raises:
        limner.pretrained.folder.PriorError: There is no U-Net in it.
        LimnerError: It takes or gives other channels.
    """
    net = open_part(UNet2DConditionModel, folder / "unet", prior.device, prior.dtype)
    got = int(net.config["in_channels"]), int(net.config["out_channels"])
    if got != (2 * prior.channels, prior.channels):
        raise LimnerError(
            f"{folder}: its U-Net takes and gives {got[0]} and {got[1]} channels; {2 * prior.channels} and "
            f"{prior.channels} are expected"
        )
    return net


def _conditions(prior: Prior, photos: Sequence[Picture], sentences: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Sentences (N, T, width) and photos (N, channels, h, w) as the U-Net is given them."""
    return prior.embed(list(sentences)), prior.condition(tensor(photos))


def _sampled(prior: Prior, epsilon: Epsilon, count: int, manner: Manner, start: int) -> list[Picture]:
    chance = torch.Generator().manual_seed(1000 * manner.seed + start)
    latents = euler_ancestral(prior, epsilon, prior.noise(count, chance), manner.steps, chance)
    return pictures(prior.decode(latents))

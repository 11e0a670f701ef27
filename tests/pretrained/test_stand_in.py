"""The stand-in that comes with limner: it was trained, and does what priors of its layout do."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from limner import image
from limner.data.edits import FAMILIES
from limner.faces import find, similarity, warp
from limner.faces.matte import matte
from limner.frame import square
from limner.image import Picture
from limner.metrics import ssim
from limner.pretrained.clip import load_clip
from limner.pretrained.guidance import instructed
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sample import euler_ancestral

NAMES = ("pencil", "negative", "sepia")


@dataclass(frozen=True)
class Edit:
    """What a photo becomes, and what asks for it."""

    picture: Picture
    sentence: str


@pytest.fixture(scope="module")
def prior() -> Prior:
    return load_prior("stand-in")


@pytest.fixture(scope="module")
def photo() -> Picture:
    """The public-domain portrait of the examples, in the square that priors see."""
    whole = image.read("examples/portrait.jpg")
    return warp(whole, similarity(find(whole)[0].eyes, square(256)), (256, 256), "reflect")


@pytest.fixture(scope="module")
def edits(photo: Picture) -> Mapping[str, Edit]:
    """The photo edited by a few families, as the stand-in learned it from other people."""
    alpha, eyes = matte(photo, find(photo)[:1]), square(256).eyes
    made: dict[str, Edit] = {}
    for name in NAMES:
        family, rng = FAMILIES[name], np.random.default_rng(1)
        parameters = family.draw_parameters(rng)
        picture = family.apply(photo, alpha, eyes, parameters, rng)
        made[name] = Edit(picture, family.say(parameters, rng))
    return made


def tensor(picture: Picture) -> Tensor:
    return torch.from_numpy(image.to_unit(picture))[None]


def grey(picture: Tensor | Picture) -> Picture:
    """(H, W) uint8 of (1, 3, H, W) in [0, 1] or of a picture."""
    if isinstance(picture, Tensor):
        picture = image.from_unit(picture[0].numpy())
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def test_it_is_an_instructing_prior_for_256_pixels(prior: Prior) -> None:
    assert (prior.name, prior.size, prior.stride, prior.channels, prior.instructs) == (
        "stand-in",
        256,
        8,
        32,
        True,
    )
    parts = (prior.unet, prior.vae, prior.text_encoder, load_clip("stand-in").vision)
    assert sum(weight.numel() for part in parts for weight in part.parameters()) < 30_000_000


def test_its_autoencoder_keeps_photo_and_lines(
    prior: Prior, photo: Picture, edits: Mapping[str, Edit]
) -> None:
    for picture in (photo, edits["pencil"].picture):
        made = prior.decode(prior.encode(tensor(picture)))
        assert ssim(grey(picture), grey(made)) > 0.95
        assert (made - tensor(picture)).abs().mean() < 0.02
    spread = prior.encode(tensor(photo)).std()
    assert 0.5 < spread < 2


def test_its_clip_tells_edits_apart(edits: Mapping[str, Edit]) -> None:
    clip = load_clip("stand-in")
    seen = clip.image(torch.cat([tensor(edits[name].picture) for name in NAMES]))
    alike = seen @ clip.sentence([edits[name].sentence for name in NAMES]).T
    assert alike.argmax(1).tolist() == [0, 1, 2]


@torch.no_grad()
def test_its_noise_prediction_uses_photo_and_sentence(
    prior: Prior, photo: Picture, edits: Mapping[str, Edit]
) -> None:
    z = prior.encode(torch.cat([tensor(edits[name].picture) for name in NAMES]))
    seen = prior.condition(tensor(photo)).expand_as(z)
    right, wrong = (prior.embed([edits[name].sentence for name in names]) for names in (NAMES, NAMES[::-1]))
    noise = prior.noise(len(z), torch.Generator().manual_seed(0))

    def error(text: Tensor, given: Tensor) -> float:
        """Over several times, of the clean latents that the noise leaves."""
        apart: list[Tensor] = []
        for t in (500, 700, 900):
            a = prior.signal(t)
            e = prior.predict(a.sqrt() * z + (1 - a).sqrt() * noise, torch.tensor(t), text, given)
            apart.append((1 - a) / a * (e - noise).square().mean())
        return float(torch.stack(apart).mean())

    best = error(right, seen)
    assert best < error(wrong, seen)
    assert best < error(right, torch.zeros_like(seen))


@torch.no_grad()
def test_it_edits_by_instruction(prior: Prior, photo: Picture, edits: Mapping[str, Edit]) -> None:
    text, empty = prior.embed([edits["negative"].sentence]), prior.embed([""])
    epsilon = instructed(prior, text, empty, prior.condition(tensor(photo)), 3, 1)
    generator = torch.Generator().manual_seed(0)
    made = prior.decode(
        euler_ancestral(prior, epsilon, prior.noise(1, generator), steps=10, generator=generator)
    )
    alike = np.corrcoef(grey(made).ravel(), grey(edits["negative"].picture).ravel())[0, 1]
    assert alike > 0.6


@torch.no_grad()
def test_in_half_precision_it_draws_the_same(prior: Prior, photo: Picture, edits: Mapping[str, Edit]) -> None:
    # Its levels end in noise 4096 times the picture: were z of bf16 too, all of the picture would be lost.
    made: list[Tensor] = []
    for each in (prior, load_prior("stand-in", dtype=torch.bfloat16)):
        text, empty = each.embed([edits["pencil"].sentence]), each.embed([""])
        epsilon = instructed(each, text, empty, each.condition(tensor(photo)), 2.0, 1.5)
        chance = torch.Generator().manual_seed(0)
        latents = euler_ancestral(each, epsilon, each.noise(1, chance), 4, chance)
        assert latents.dtype == torch.float32
        made.append(each.decode(latents).float())
    assert (made[0] - made[1]).abs().mean() < 0.03
    assert ssim(grey(made[0]), grey(made[1])) > 0.9

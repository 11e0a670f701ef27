"""Stage `autoencoder`: pictures to latents and back, such that lines are kept.

    L = l1 E |x - D(z)| + s L_ssim(x, D(z)) + k KL(q(z|x) || N(0, 1)),   z ~ q(z|x) = E(x)

on photos and edited photos, first on crops, then on whole ones. In the end the scale of the latents is
measured, 1 / deviation of E(x), which brings them to a variance of one.

Source: Rombach et al., High-resolution image synthesis with latent diffusion models (CVPR 2022), section 3.1
and appendix G. Differs: no adversarial term, which would invent lines, and no perceptual one; 1 - SSIM in
their place.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam

from limner import image
from limner.engine.run import Run
from limner.engine.samples import Sample
from limner.losses.similarity import similarity_loss
from limner.methods.prior.config import Config
from limner.methods.prior.model import about, as_prior, of_stage, pace, untrained
from limner.methods.prior.pack import Pack
from limner.nn.average import Average
from limner.pretrained.prior import Prior, latents_of
from limner.progress import Report

MEASURED = 256
"""Pictures that the scale of the latents is measured on."""


@dataclass(frozen=True)
class Pictures:
    """All photos, then all edited photos, of a pack."""

    pack: Pack

    def __len__(self) -> int:
        return 2 * len(self.pack)

    def sample(self, index: int, rng: np.random.Generator) -> Sample:
        """`picture` (3, size, size) in [0, 1]."""
        del rng
        half, row = divmod(index, len(self.pack))
        return {"picture": image.to_unit((self.pack.photo, self.pack.edited)[half][row])}


def train(config: Config, pack: Pack, held: Pack | None, report: Report) -> Path:
    """Trains the autoencoder; see `limner.methods.prior.train.train`."""
    own = config.autoencoder
    parts = untrained(config, pack)
    vae = parts.vae
    average = Average(vae, config.average)
    step = Adam(vae.parameters(), own.rate)
    run = Run(
        of_stage(config),
        keep={"vae": vae, "average": average, "step": step},
        about=about(config, pack),
        report=report,
    )

    for batch in run.batches(Pictures(pack)):
        small = run.step < round((1 - own.whole) * run.config.steps)
        x = batch["picture"]
        x = grained(cropped(x, own.crop, own.finer), own.grain) if small else fewer(x, own.crop)
        with run.autocast():
            # z ~ q(z|x), D(z)
            z, divergence = posterior(vae, x, own.blur)
            made = decoded(vae, z)
            l1 = (x - made).abs().mean()
            structure = similarity_loss(x, made)
            loss = own.l1 * l1 + own.structure * structure + own.kl * divergence
        run.descend(loss, step, own.rate * pace(config, run), config.clip_norm)
        average.update(vae)
        run.log({"l1": l1, "structure": structure, "kl": divergence})
        if held and run.watches:
            run.log(watched(average.module, held, run, own.blur))

    scale = 1 / deviation(as_prior(replace(parts, vae=average.module)), Pictures(pack))
    return run.finish(average.module.state_dict(), about={"scale": repr(scale)})


def posterior(
    vae: Any,  # noqa: ANN401  any class of `VAES`
    picture: Tensor,
    blur: float,
) -> tuple[Tensor, Tensor]:
    """Latents drawn from q(z|x), and KL(q || N(0, 1)) for each number of them, a scalar.

    An AutoencoderTiny or AutoencoderDC tells the mean alone; q is then of one deviation, `blur`, everywhere,
    and its KL is told but for its constant part.
    """
    told = vae.encode(2 * picture - 1)
    if not hasattr(told, "latent_dist"):
        z = latents_of(told)
        return z + blur * torch.randn_like(z), z.square().mean() / 2
    q = told.latent_dist
    return q.sample(), q.kl().sum() / q.mean.numel()


def decoded(vae: Any, z: Tensor) -> Tensor:  # noqa: ANN401
    """D(z), (N, 3, H, W) about [0, 1]; not clamped, so that what leaves it learns too."""
    return vae.decode(z).sample.float() / 2 + 0.5


def cropped(pictures: Tensor, crop: int, finer: float = 1.0) -> Tensor:
    """A random crop of each picture, of up to `finer` times the side, brought to it: (N, 3, crop, crop)."""
    most = min(round(finer * crop), pictures.shape[-1])
    cuts: list[Tensor] = []
    for picture in pictures:
        side = int(torch.randint(crop, most + 1, ()))
        y, x = torch.randint(pictures.shape[-1] - side + 1, (2,)).tolist()
        cut = picture[None, :, y : y + side, x : x + side]
        cuts.append(F.interpolate(cut, (crop, crop), mode="bilinear", antialias=True))
    return torch.cat(cuts)


def grained(pictures: Tensor, most: float) -> Tensor:
    """Pictures under grain, alike in all colours, each of a deviation of its own up to `most`; clamped."""
    if not most:
        return pictures
    amount = most * torch.rand((len(pictures), 1, 1, 1), device=pictures.device)
    return (pictures + amount * torch.randn_like(pictures[:, :1])).clamp(0, 1)


def fewer(pictures: Tensor, crop: int) -> Tensor:
    """As many whole pictures as hold the pixels of one crop each, at least one."""
    return pictures[: max(1, len(pictures) * crop**2 // pictures.shape[-1] ** 2)]


@torch.no_grad()
def watched(vae: nn.Module, held: Pack, run: Run, blur: float) -> dict[str, Tensor]:
    """L1 and 1 - SSIM of edited photos of people not learnt from."""
    apart: list[Tensor] = []
    for edited in held.edited:
        x = torch.from_numpy(image.to_unit(edited))[None].to(run.device)
        with run.autocast():
            z, _ = posterior(vae, x, blur)
            made = decoded(vae, z)
        apart.append(torch.stack([(x - made).abs().mean(), similarity_loss(x, made)]))
    l1, structure = torch.stack(apart).mean(0)
    return {"held_l1": l1, "held_structure": structure}


@torch.no_grad()
def deviation(prior: Prior, pictures: Pictures) -> float:
    """Of E(x), over a few pictures spread evenly."""
    chosen = np.linspace(0, len(pictures) - 1, min(MEASURED, len(pictures))).astype(int)
    rng = np.random.default_rng(0)
    each = (torch.from_numpy(pictures.sample(int(i), rng)["picture"])[None] for i in chosen)
    return float(torch.cat([prior.condition(picture) for picture in each]).std())

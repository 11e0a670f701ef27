"""Stages `unet` and `plain`: the edited latents from photo and sentence, by diffusion or at once.

    L = E min(1 / (1 - a_t), 6) |U(z_t, t, c_text, c_photo) - z|^2                           (unet)
    z_t = sqrt(a_t) z + sqrt(1 - a_t) e
    L = E |U(0, 0, c_text, c_photo) - z|^2                                                   (plain)

with z = s E(y) of the edited photo y, c_photo = E(x) of the photo x, t drawn evenly, e normal noise. So that
one net edits, draws portraits from words, and can be guided by both, c_text, c_photo, or both are left out at
times.

Source: Brooks, Holynski, Efros, InstructPix2Pix (CVPR 2023), section 3.2; z: Li and He, Back to basics: let
denoising generative models denoise (CVPR 2026); its weight: Hang et al., Efficient diffusion training via
min-SNR weighting strategy (ICCV 2023).
Chosen: the weight is 1 + min(a_t / (1 - a_t), 5), which but for the 5 makes it the error of v = sqrt(a_t) e -
sqrt(1 - a_t) z (Salimans and Ho, ICLR 2022, appendix D): more where little noise is left, as details need it,
and never nothing. A net may be asked for v or e instead (`--unet.prediction`), each without a weight.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import AdamW

from limner.engine.run import Run
from limner.engine.samples import Sample
from limner.methods.prior.config import Config
from limner.methods.prior.latents import Latents, encoded
from limner.methods.prior.model import (
    STAND_IN,
    about,
    as_left,
    as_prior,
    numbered,
    of_stage,
    pace,
    probed,
    said,
)
from limner.methods.prior.pack import Pack
from limner.methods.prior.triples import CAPTION, INSTRUCTION, PHOTO
from limner.nn.average import Average
from limner.pretrained.opening import quiet
from limner.pretrained.prior import Prior
from limner.pretrained.small import save
from limner.progress import Report

MOST = 5.0
"""The largest a_t / (1 - a_t) that errors of z count by, and once besides: up to there they are those of v.
Source: Hang et al., Efficient diffusion training via min-SNR weighting strategy (ICCV 2023)."""


@dataclass(frozen=True)
class Edits:
    """Latents with what asks for them.

    Attributes:
        latents: Of photos and edited photos.
        tokens: (N, 3, T): of each row's instruction, its caption, its photo's caption.
        nothing: (T,): of the empty sentence.
        drop: Share of edits without photo, of those without sentence, and of those without both.
        captions: Share of samples that are asked for by a caption alone, half of them photos.
    """

    latents: Latents
    tokens: NDArray[np.int64]
    nothing: NDArray[np.int64]
    drop: float = 0.0
    captions: float = 0.0

    def __len__(self) -> int:
        return len(self.tokens)

    def sample(self, index: int, rng: np.random.Generator) -> Sample:
        """`wanted` and `photo`, (channels, h, w) unscaled, 0 where there is no photo; `tokens` (T,)."""
        wanted, photo = self.latents.edited[index], self.latents.photo[index]
        if rng.random() < self.captions:
            kind = CAPTION if rng.random() < 0.5 else PHOTO
            wanted = wanted if kind == CAPTION else photo
            return _sample(wanted, np.zeros_like(photo), self.tokens[index, kind])
        chance, tokens = rng.random(), self.tokens[index, INSTRUCTION]
        # [0, drop) without the photo, [drop, 2 drop) without both, [2 drop, 3 drop) without the sentence.
        photo = photo if chance >= 2 * self.drop else np.zeros_like(photo)
        spoken = chance < self.drop or chance >= 3 * self.drop
        return _sample(wanted, photo, tokens if spoken else self.nothing)


def train(config: Config, pack: Pack, held: Pack | None, report: Report) -> Path:
    """Trains the U-Net by diffusion, or the plain net; see `limner.methods.prior.train.train`."""
    own, at_once = config.unet, config.stage == "plain"
    parts = as_left(config)
    unet = parts.unet
    average = Average(unet, config.average)
    step = AdamW(unet.parameters(), own.rate)
    run = Run(
        of_stage(config),
        keep={"unet": unet, "average": average, "step": step},
        about=about(config, pack),
        report=report,
    )
    prior = as_prior(parts)
    prior.vae.to(run.device)
    prior.text_encoder.to(run.device)
    nothing = numbered(parts, [""])[0]
    places = config.run.folder / "latents"
    latents = encoded(places / "train", pack, prior, run, report)
    drop, captions = (0.0, 0.0) if at_once else (own.drop, own.captions)
    samples = Edits(latents, said(parts, pack), nothing, drop, captions)
    probes = None
    if held:
        probes = Edits(encoded(places / "held", held, prior, run, report), said(parts, held), nothing)

    for batch in run.batches(samples):
        # t ~ U{0 ... 999}, e ~ N(0, 1)
        t = torch.randint(len(prior.scheduler.alphas_cumprod), (len(batch["wanted"]),), device=run.device)
        noise = torch.randn_like(batch["wanted"])
        with run.autocast():
            loss = error(unet, prior, batch, t, noise, at_once)
        run.descend(loss, step, own.rate * pace(config, run), config.clip_norm)
        average.update(unet)
        run.log({"error": loss})
        if probes and run.watches:
            run.log({"held_error": watched(average.module, prior, probes, run, at_once)})

    style = run.finish(average.module.state_dict())
    if at_once:
        with quiet():
            average.module.save_pretrained(style.parent / "unet")
        return style
    save(replace(parts, unet=average.module), config.run.folder / STAND_IN)
    return config.run.folder / STAND_IN


def error(
    unet: nn.Module, prior: Prior, batch: dict[str, Tensor], t: Tensor, noise: Tensor, at_once: bool
) -> Tensor:
    """L of a batch, a scalar.

    Args:
        unet: The net in training, or its average.
        prior: Its text encoder and noise levels.
        batch: As `Edits` gives it.
        t: (N,).
        noise: e, as the latents.
        at_once: Whether the net is the plain one.
    """
    z = float(prior.vae.config["scaling_factor"]) * batch["wanted"]
    with torch.no_grad():
        text = prior.text_encoder(batch["tokens"].long()).last_hidden_state
    a = prior.signal(t).view(-1, 1, 1, 1)
    if at_once:
        given, t, wanted = torch.zeros_like(z), torch.zeros_like(t), z
    else:
        given = a.sqrt() * z + (1 - a).sqrt() * noise
        velocity = a.sqrt() * noise - (1 - a).sqrt() * z
        wanted = {"sample": z, "v_prediction": velocity, "epsilon": noise}[prior.prediction]
    told = unet(torch.cat([given, batch["photo"]], 1), t, text).sample
    apart = F.mse_loss(told.float(), wanted, reduction="none")
    if prior.prediction == "sample" and not at_once:
        apart = (1 + (a / (1 - a)).clamp(max=MOST)) * apart
    return apart.mean()


@torch.no_grad()
def watched(unet: nn.Module, prior: Prior, probes: Edits, run: Run, at_once: bool) -> Tensor:
    """L of edits of people not learnt from, at the same times and noises whenever it is asked."""
    batch = probed(probes, run)
    noise = torch.randn(batch["wanted"].shape, generator=torch.Generator().manual_seed(0)).to(run.device)
    t = torch.linspace(0, len(prior.scheduler.alphas_cumprod) - 1, len(noise)).round().long().to(run.device)
    with run.autocast():
        return error(unet, prior, batch, t, noise, at_once)


def _sample(wanted: NDArray[np.float16], photo: NDArray[np.float16], tokens: NDArray[np.int64]) -> Sample:
    return {
        "wanted": wanted.astype(np.float32),
        "photo": photo.astype(np.float32),
        "tokens": tokens.astype(np.float32),
    }

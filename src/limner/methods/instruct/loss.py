"""The loss of the `instruct` method, term by term.

    z_t = sqrt(a_t) z_y + sqrt(1 - a_t) eps_t                                           (noised)
    e   = e(z_t, 0, 0) + s_I (e(z_t, z_x, 0) - e(z_t, 0, 0)) + s_T (e(z_t, z_x, c) - e(z_t, z_x, 0))
    L   = 4 MSE(e, eps_t) - 0.1 clamp(cos(d, W mean_tokens(c)), -1, 0.5)

with z_y the sketch's latents, z_x the photo's, c the instruction, W CLIP's text projection and d the
direction from CLIP's embedding of the photo to that of the sketch, of length one.

Source: Nguyen, Li, Ojha, Lee, Visual instruction inversion (NeurIPS 2023); the guidance is equation 3 of
    InstructPix2Pix (Brooks, Holynski, Efros, CVPR 2023).
Differs: the two branches that the instruction does not reach are gone through without gradients, apart from
    the third. The loss and its gradient are the same; the work is about half. Of a prior that predicts v, as
    the stand-in, the error of e counts 1 / a_t, which makes it that of v, as the prior was trained: at great
    noise, where the paper and the tone are decided, e is all but given.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from limner.pretrained.clip import Clip
from limner.pretrained.guidance import mixed
from limner.pretrained.prior import Prior

FAINT = 0.05
"""The least a_t that counts: nothing counts more than twentyfold. Chosen."""


@dataclass(frozen=True)
class Noised:
    """A noised sketch, and what the prior says of it whatever the instruction.

    Attributes:
        latents: z_t, (N, channels, h, w).
        t: (N,).
        noise: eps_t, as the latents.
        photo: z_x, as the latents.
        none: e(z_t, 0, 0), as the latents.
        seen: e(z_t, z_x, 0), as the latents.
    """

    latents: Tensor
    t: Tensor
    noise: Tensor
    photo: Tensor
    none: Tensor
    seen: Tensor


@torch.no_grad()
def noised(prior: Prior, sketch: Tensor, photo: Tensor, t: Tensor, noise: Tensor, empty: Tensor) -> Noised:
    """The first equation, and the two branches without an instruction.

    Args:
        prior: Predicts; one that instructs.
        sketch: z_y, (N, channels, h, w), as of `Prior.encode`.
        photo: z_x, as the sketch, as of `Prior.condition`.
        t: (N,), in [0, 1000).
        noise: eps_t, as the sketch.
        empty: The embedding of the empty sentence, (1, T, width).
    """
    a = prior.signal(t).to(sketch.dtype).view(-1, 1, 1, 1)
    z = a.sqrt() * sketch + (1 - a).sqrt() * noise
    both = torch.cat([torch.zeros_like(photo), photo])
    none, seen = prior.predict(torch.cat([z, z]), t.repeat(2), empty, both).chunk(2)
    return Noised(z, t, noise, photo, none, seen)


def noise_loss(prior: Prior, given: Noised, states: Tensor, text_scale: float, image_scale: float) -> Tensor:
    """MSE(e, eps_t) with e the guided noise, of a prior that predicts v or z over a_t: that of v; a scalar.

    Args:
        prior: Predicts.
        given: What is asked about.
        states: c, (1, T, width); gradients reach it.
        text_scale: s_T.
        image_scale: s_I.
    """
    asked = prior.predict(given.latents, given.t, states, given.photo)
    e = mixed(given.none, given.seen, asked, text_scale=text_scale, image_scale=image_scale)
    apart = F.mse_loss(e, given.noise, reduction="none").mean((1, 2, 3))
    if prior.prediction != "epsilon":
        apart = apart / prior.signal(given.t).to(apart).clamp(min=FAINT)
    return apart.mean()


@torch.no_grad()
def direction(clip: Clip, photo: Tensor, sketch: Tensor) -> Tensor:
    """d, from photos to their sketches, (N, width of CLIP), of length one; both (N, 3, H, W) in [0, 1]."""
    return F.normalize(clip.image(sketch) - clip.image(photo), dim=-1)


def likeness(clip: Clip, direction: Tensor, states: Tensor, ceiling: float) -> Tensor:
    """clamp(cos(d, W mean_tokens(c)), -1, ceiling), the mean over pairs; a scalar.

    Args:
        clip: Has W, `Clip.project`.
        direction: d, (N, width of CLIP).
        states: c, (1, T, width); gradients reach it.
        ceiling: The most that counts.
    """
    said = clip.project(states.mean(1))
    return F.cosine_similarity(direction, said, dim=-1).clamp(-1, ceiling).mean()

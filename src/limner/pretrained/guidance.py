"""Classifier-free guidance: what is asked for is exaggerated against what is not.

    text:         e = e(z, 0) + s (e(z, c_T) - e(z, 0))
    text, photo:  e = e(z, 0, 0) + s_I (e(z, c_I, 0) - e(z, 0, 0)) + s_T (e(z, c_I, c_T) - e(z, c_I, 0))
                    = (1 - s_I) e(z, 0, 0) + (s_I - s_T) e(z, c_I, 0) + s_T e(z, c_I, c_T)

Each function makes an `Epsilon`, from latents and time to noise, which the loops of `sample` and `invert`
take. Gradients pass, so that a loss may be written on the guided noise.

Source: Ho and Salimans, Classifier-free diffusion guidance (2022); Brooks, Holynski, Efros, InstructPix2Pix
    (CVPR 2023), equation 3.
Chosen: the branches go through the U-Net as one batch, in the order of the equation, which is also the order
    of the halves or thirds of every map collected on the way.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from limner.pretrained.prior import Prior

Epsilon = Callable[[Tensor, Tensor], Tensor]
"""From latents (N, channels, h, w) and a time, of all or (N,), to the noise in them."""


def plain(prior: Prior, text: Tensor, photo: Tensor | None = None) -> Epsilon:
    """No guidance: e(z, c_I, c_T).

    Args:
        prior: Predicts.
        text: c_T, (N or 1, T, width).
        photo: c_I, (N or 1, channels, h, w), of priors that instruct.
    """
    return lambda latents, t: prior.predict(latents, t, text, photo)


def guided(prior: Prior, text: Tensor, empty: Tensor, scale: float) -> Epsilon:
    """Guided by text.

    Args:
        prior: Predicts.
        text: c_T, (N or 1, T, width).
        empty: 0, the embedding of the empty sentence, (1, T, width), or of what is to be avoided.
        scale: s; 1 is no guidance.
    """

    def epsilon(latents: Tensor, t: Tensor) -> Tensor:
        texts = _stacked(latents, empty, text)
        none, told = prior.predict(_repeated(latents, 2), _times(t, 2), texts).chunk(2)
        return none + scale * (told - none)

    return epsilon


def instructed(
    prior: Prior,
    text: Tensor,
    empty: Tensor,
    photo: Tensor,
    text_scale: float = 7.5,
    image_scale: float = 1.5,
) -> Epsilon:
    """Guided by text and photo; a branch that these scales do not need is not asked.

    Two are needed where `image_scale` is 1 or both are equal, one where both are 1.

    Args:
        prior: Predicts; one that instructs.
        text: c_T, (N or 1, T, width).
        empty: 0, the embedding of the empty sentence, (1, T, width).
        photo: c_I, (N or 1, channels, h, w), as of `Prior.condition`.
        text_scale: s_T.
        image_scale: s_I; a larger one keeps more of the photo.
    """
    # 1 - s_I, s_I - s_T and s_T.
    weights = (1 - image_scale, image_scale - text_scale, text_scale)
    branches = ((empty, torch.zeros_like(photo)), (empty, photo), (text, photo))
    needed = [each for each in zip(weights, branches, strict=True) if each[0]]

    def epsilon(latents: Tensor, t: Tensor) -> Tensor:
        texts = _stacked(latents, *(words for _, (words, _) in needed))
        photos = _stacked(latents, *(seen for _, (_, seen) in needed))
        told = prior.predict(_repeated(latents, len(needed)), _times(t, len(needed)), texts, photos)
        parts = zip(needed, told.chunk(len(needed)), strict=True)
        return torch.stack([weight * part for (weight, _), part in parts]).sum(0)

    return epsilon


def mixed(none: Tensor, seen: Tensor, asked: Tensor, *, text_scale: float, image_scale: float) -> Tensor:
    """The three branches as one: e(z, 0, 0), e(z, c_I, 0) and e(z, c_I, c_T), each as latents."""
    return none + image_scale * (seen - none) + text_scale * (asked - seen)


def _stacked(latents: Tensor, *branches: Tensor) -> Tensor:
    return torch.cat([branch.expand(len(latents), *branch.shape[1:]) for branch in branches])


def _repeated(latents: Tensor, branches: int) -> Tensor:
    return torch.cat([latents] * branches)


def _times(t: Tensor, branches: int) -> Tensor:
    return t.repeat(branches) if t.ndim else t

"""From noise to latents: DDIM and Euler ancestral, on diffusers' schedulers.

    DDIM:   z_(t-1) = sqrt(a_(t-1)) (z_t - sqrt(1 - a_t) e) / sqrt(a_t) + sqrt(1 - a_(t-1) - s^2) e + s n
            s = eta sqrt((1 - a_(t-1)) / (1 - a_t)) sqrt(1 - a_t / a_(t-1)),    e = e(z_t, t),    n ~ N(0, 1)
    Euler:  y' = y + (down - sigma) e(y / sqrt(sigma^2 + 1), t) + up n
            up = next sqrt(1 - next^2 / sigma^2),    down^2 + up^2 = next^2

with sigma = sqrt((1 - a_t) / a_t) and y = z sqrt(sigma^2 + 1).

Source: Song, Meng, Ermon, Denoising diffusion implicit models (ICLR 2021), equations 12 and 16; Karras et
    al., Elucidating the design space of diffusion-based generative models (NeurIPS 2022), and Katherine
    Crowson's k-diffusion for the ancestral step.
"""

from typing import Any, cast

import torch
from diffusers import DDIMScheduler, EulerAncestralDiscreteScheduler
from torch import Tensor

from limner.pretrained.folder import PriorError
from limner.pretrained.guidance import Epsilon
from limner.pretrained.prior import Prior, levels

SETTINGS = {"prediction_type": "epsilon", "clip_sample": False}
"""Of every sampler: `Prior.predict` gives noise, and latents have no bounds to be clipped to."""


def ddim_levels(prior: Prior, steps: int, share: float = 1.0) -> DDIMScheduler:
    """The times of so many DDIM steps, noisiest first, with their a_t; of these the last `share`.

    Raises:
        PriorError: The number of steps is not in 1 ... the number of times that the prior was trained on, or
            of them no step is left.
    """
    scheduler = levels(_settings(prior))
    _check(steps, prior)
    scheduler.set_timesteps(steps, device=prior.device)
    left = round(share * steps)
    if not 1 <= left <= steps:
        raise PriorError(f"a share of {share} of {steps} steps; one to all of them are expected")
    scheduler.timesteps = scheduler.timesteps[-left:]
    return scheduler


@torch.no_grad()
def ddim(
    prior: Prior,
    epsilon: Epsilon,
    noise: Tensor,
    steps: int = 50,
    eta: float = 0.0,
    generator: torch.Generator | None = None,
    share: float = 1.0,
) -> Tensor:
    """Latents by DDIM.

    Args:
        prior: Whose noise levels they are.
        epsilon: The noise in latents, guided or not.
        noise: (N, channels, h, w), normal, as of `Prior.noise`.
        steps: Of the sampling.
        eta: 0 adds no noise on the way: the same noise always gives the same latents. 1 is DDPM's.
        generator: Of the noise on the way.
        share: Of the steps, the last ones: below 1 sampling begins at latents that still hold something, such
            as `invert` leaves them with the same share.

    Raises:
        PriorError: The number of steps is out of range, or none is left.
    """
    scheduler, z = cast(Any, ddim_levels(prior, steps, share)), noise
    for t in scheduler.timesteps:
        z = scheduler.step(epsilon(z, t), t, z, eta=eta, generator=generator).prev_sample
    return z


@torch.no_grad()
def euler_ancestral(
    prior: Prior, epsilon: Epsilon, noise: Tensor, steps: int = 20, generator: torch.Generator | None = None
) -> Tensor:
    """Latents by Euler's ancestral steps: arguments, shapes and errors as `ddim`."""
    scheduler = cast(Any, EulerAncestralDiscreteScheduler.from_config(_settings(prior)))
    _check(steps, prior)
    scheduler.set_timesteps(steps, device=prior.device)
    y = noise * scheduler.init_noise_sigma
    for t in scheduler.timesteps:
        e = epsilon(scheduler.scale_model_input(y, t), t)
        y = scheduler.step(e, t, y, generator=generator).prev_sample
    return y


def _settings(prior: Prior) -> dict[str, Any]:
    return {**prior.scheduler.config, **SETTINGS}


def _check(steps: int, prior: Prior) -> None:
    trained = int(prior.scheduler.config["num_train_timesteps"])
    if not 1 <= steps <= trained:
        raise PriorError(f"{steps} steps of sampling; 1 to {trained} are expected")

"""From latents back to the noise that DDIM draws them of.

    z_t = sqrt(a_t) (z_(t-1) - sqrt(1 - a_(t-1)) e) / sqrt(a_(t-1)) + sqrt(1 - a_t) e,    e = e(z_t, t)

It is DDIM's step (eta 0) solved for z_t, on whose right it stands too. Without refinement z_(t-1) takes its
place there; each refinement puts the z_t just found there, which tends to the exact inverse.

Source: Song, Meng, Ermon, Denoising diffusion implicit models (ICLR 2021), section 4.3; Pan et al., Effective
    real image editing with accelerated iterative diffusion inversion (ICCV 2023), for the refinement.
"""

import torch
from torch import Tensor

from limner.pretrained.guidance import Epsilon
from limner.pretrained.prior import Prior
from limner.pretrained.sample import ddim_levels


@torch.no_grad()
def invert(
    prior: Prior, epsilon: Epsilon, latents: Tensor, steps: int = 50, refine: int = 0, share: float = 1.0
) -> Tensor:
    """The noise of which `ddim`, with as many steps and the same epsilon, draws the latents.

    Args:
        prior: Whose noise levels they are.
        epsilon: The noise in latents; without guidance the way back is most exact.
        latents: (N, channels, h, w), as of `Prior.encode`.
        steps: Of the way back.
        refine: How often each step is refined; every time costs as much as the step.
        share: Of the steps, the least noisy ones; the rest is not walked. Where levels end in noise alone the
            last ones hold so little of a picture that a network may not find back through them.

    Raises:
        limner.pretrained.folder.PriorError: The number of steps is out of range, or none is left.
    """
    levels = ddim_levels(prior, steps, share)
    z, before = latents, levels.final_alpha_cumprod
    for t in levels.timesteps.flip(0):
        a, start = levels.alphas_cumprod[t.cpu()], z
        for _ in range(1 + refine):
            e = epsilon(z, t)
            z = a.sqrt() * (start - (1 - before).sqrt() * e) / before.sqrt() + (1 - a).sqrt() * e
        before = a
    return z

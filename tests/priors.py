"""Tiny priors of chance in the true layouts: Stable Diffusion 1.x, InstructPix2Pix, and the stand-in's."""

from pathlib import Path

import torch

from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sizes import Sizes
from limner.pretrained.small import save, small

SENTENCES = ("turn it into a pencil sketch", "make it a charcoal drawing", "a portrait in pencil")
FULL = Sizes(
    size=64,
    instructs=False,
    latents=4,
    vae=(8, 8, 16, 16),
    vae_layers=2,
    autoencoder="AutoencoderKL",
    unet=(8, 16, 16, 16),
    unet_layers=2,
    heads=2,
    tokens=12,
    merges=40,
    text=16,
    text_layers=1,
    vision=16,
    vision_layers=1,
    vision_size=32,
    common=8,
)
"""The blocks of Stable Diffusion 1.x, level by level, narrow."""


def write_prior(folder: Path, sizes: Sizes = FULL, seed: int = 0, prediction: str = "epsilon") -> Path:
    """A folder in diffusers' format with weights of chance."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        save(small(sizes, SENTENCES, prediction), folder, torch.float32)
    return folder


def calm(folder: Path) -> Prior:
    """A prior whose U-Net says little, as a trained one does of clean latents: its inverse is near."""
    prior = load_prior(folder)
    last = prior.unet.conv_out
    for parameter in last.parameters():
        parameter.data *= 0.02
    return prior

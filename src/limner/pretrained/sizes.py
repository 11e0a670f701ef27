"""How large each part of a small prior is. Torch-free: the command line reads it."""

from dataclasses import dataclass
from typing import Literal

Vae = Literal["AutoencoderKL", "AutoencoderTiny", "AutoencoderDC"]


@dataclass(frozen=True)
class Sizes:
    """How large each part is; the defaults are those of the stand-in.

    Attributes:
        size: Side of the pictures in pixels.
        instructs: Whether the U-Net takes a photo beside the latents.
        latents: Channels of the latents.
        autoencoder: Its class. An AutoencoderTiny is of one width, the first; an AutoencoderDC begins at half
            the size, so that its first width counts for nothing.
        vae: Channels of each level of the autoencoder, finest first; of an AutoencoderDC each four times
            the one before or a whole part of that, and the last a multiple of the latents'.
        vae_layers: Blocks a level of it.
        unet: Channels of each level of the U-Net, finest first.
        unet_layers: Blocks a level of it on the way down; one more on the way up.
        heads: Of each attention in the U-Net.
        tokens: Of a sentence.
        merges: Tokens beyond the 512 that spell any word.
        text: Width of the text encoder.
        text_layers: Of it.
        vision: Width of the picture encoder.
        vision_layers: Of it.
        vision_size: Side of the squares that it sees.
        patch: Side of its patches.
        common: Width of CLIP's common space.
    """

    size: int = 256
    instructs: bool = True
    latents: int = 32
    autoencoder: Vae = "AutoencoderDC"
    vae: tuple[int, ...] = (64, 64, 128, 128)
    vae_layers: int = 1
    unet: tuple[int, ...] = (64, 128, 192)
    unet_layers: int = 1
    heads: int = 2
    tokens: int = 32
    merges: int = 1024
    text: int = 256
    text_layers: int = 4
    vision: int = 192
    vision_layers: int = 4
    vision_size: int = 128
    patch: int = 16
    common: int = 128

"""An untrained prior with CLIP at any sizes, and its folder: what the stand-in is trained from.

It has the parts, classes and layout of Stable Diffusion 1.x and InstructPix2Pix: cross attention on every
level of the U-Net but the coarsest, an autoencoder of stride 2^(levels - 1), CLIP's text encoder.
The text encoder is CLIP's own, whose projection lies in the same file; `image_encoder` is its other half.
"""

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from pathlib import Path
from typing import Any, cast

import torch
from diffusers import AutoencoderDC, AutoencoderKL, AutoencoderTiny, DDIMScheduler, UNet2DConditionModel
from torch import nn
from transformers import (
    CLIPTextConfig,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

from limner.errors import LimnerError
from limner.files import replacing
from limner.pretrained.folder import INDEX
from limner.pretrained.opening import quiet
from limner.pretrained.prior import levels
from limner.pretrained.sizes import Sizes
from limner.pretrained.words import train_tokenizer


@dataclass(frozen=True)
class Parts:
    """A prior and its CLIP, to be trained.

    Attributes:
        unet: Predicts noise.
        vae: Picture to latents and back.
        text: The text encoder, with CLIP's projection.
        vision: CLIP's picture encoder.
        tokenizer: Sentence to tokens.
        scheduler: Noise levels, `noise_levels` of what the U-Net predicts.
    """

    unet: UNet2DConditionModel
    vae: AutoencoderKL | AutoencoderTiny | AutoencoderDC
    text: CLIPTextModelWithProjection
    vision: CLIPVisionModelWithProjection
    tokenizer: CLIPTokenizer
    scheduler: DDIMScheduler

    @property
    def networks(self) -> dict[str, nn.Module]:
        """By the names of their folders."""
        return {
            "unet": self.unet,
            "vae": self.vae,
            "text_encoder": self.text,
            "image_encoder": self.vision,
        }


def small(sizes: Sizes, words: Iterable[str] | CLIPTokenizer, prediction: str = "epsilon") -> Parts:
    """All parts, untrained: their weights are drawn from torch's generator.

    Args:
        sizes: Of the parts.
        words: The tokenizer, or sentences that one is to know.
        prediction: What the U-Net is to predict, as `noise_levels` takes it.

    Raises:
        LimnerError: Widths that an AutoencoderDC cannot have.
    """
    known = isinstance(words, CLIPTokenizer)
    tokenizer = words if known else train_tokenizer(words, sizes.merges, sizes.tokens)
    vae = {"AutoencoderKL": _kl, "AutoencoderTiny": _tiny, "AutoencoderDC": _dc}[sizes.autoencoder](sizes)
    text, vision = _text(sizes, tokenizer), _vision(sizes)
    return Parts(_unet(sizes), vae, text, vision, tokenizer, noise_levels(prediction))


def save(parts: Parts, folder: Path, dtype: torch.dtype = torch.float16) -> None:
    """Writes a folder in diffusers' format, which `load_prior`, `load_clip` and diffusers itself read.

    Args:
        parts: What is written; the parts themselves keep their precision.
        folder: Is made if it is not there.
        dtype: Of the weights in the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with quiet():
        for name, network in parts.networks.items():
            written = copy.deepcopy(network).to(dtype=dtype, memory_format=torch.contiguous_format)  # pyright: ignore[reportCallIssue]
            cast(Any, written).save_pretrained(folder / name)
        parts.tokenizer.save_pretrained(folder / "tokenizer")
        parts.scheduler.save_pretrained(folder / "scheduler")
    index = {
        "_class_name": "StableDiffusion" + "InstructPix2Pix" * _instructs(parts) + "Pipeline",
        "feature_extractor": [None, None],
        "image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
        "safety_checker": [None, None],
        "requires_safety_checker": False,
        "scheduler": ["diffusers", "DDIMScheduler"],
        # The same file without its projection: what diffusers' pipelines take.
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", type(parts.vae).__name__],
    }
    with replacing(folder / INDEX) as new:
        new.write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
    # safetensors makes files for the owner's eyes only.
    for file in folder.glob("*/*"):
        file.chmod((folder / INDEX).stat().st_mode)


def _instructs(parts: Parts) -> bool:
    return int(parts.unet.config["in_channels"]) > int(parts.unet.config["out_channels"])


def _groups(channels: tuple[int, ...]) -> int:
    """Of each group norm, eight channels or more a group.

    A group of one channel, as 32 groups of 32 channels are, takes every picture's mean out of it, and the
    autoencoder then learns brightness and colour only very slowly.
    """
    return max(1, gcd(*channels) // 8)


def _unet(sizes: Sizes) -> UNet2DConditionModel:
    deeper = len(sizes.unet) - 1
    return UNet2DConditionModel(
        sample_size=sizes.size // 2 ** (len(sizes.vae) - 1),
        in_channels=sizes.latents * (2 if sizes.instructs else 1),
        out_channels=sizes.latents,
        down_block_types=("CrossAttnDownBlock2D",) * deeper + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * deeper,
        block_out_channels=sizes.unet,
        layers_per_block=sizes.unet_layers,
        norm_num_groups=_groups(sizes.unet),
        cross_attention_dim=sizes.text,
        # diffusers calls the number of heads so.
        attention_head_dim=sizes.heads,
    )


def _kl(sizes: Sizes) -> AutoencoderKL:
    levels = len(sizes.vae)
    return cast(Any, AutoencoderKL)(
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=sizes.vae,
        layers_per_block=sizes.vae_layers,
        latent_channels=sizes.latents,
        norm_num_groups=_groups(sizes.vae),
        sample_size=sizes.size,
    )


def _tiny(sizes: Sizes) -> AutoencoderTiny:
    levels, layers = len(sizes.vae), sizes.vae_layers
    return AutoencoderTiny(
        encoder_block_out_channels=(sizes.vae[0],) * levels,
        decoder_block_out_channels=(sizes.vae[0],) * levels,
        num_encoder_blocks=(1,) + (layers,) * (levels - 1),
        num_decoder_blocks=(layers,) * (levels - 1) + (1,),
        latent_channels=sizes.latents,
    )


def _dc(sizes: Sizes) -> AutoencoderDC:
    """Source: Chen et al., Deep compression autoencoder (ICLR 2025). Chosen: its size, and no attention."""
    widths, levels = sizes.vae, len(sizes.vae)
    # Where a level ends, pixels become channels, of which as many as make one are averaged.
    is_whole = all(4 * a % b == 0 and b % 4 == 0 for a, b in pairwise(widths[1:]))
    if not is_whole or widths[-1] % sizes.latents:
        raise LimnerError(
            f"an autoencoder of widths {widths} and {sizes.latents} latents; each width is expected to be "
            "four times the one before, or a whole part of that, and the last a multiple of the latents"
        )
    # No blocks at full size: they cost as much as all others, and pixels lie side by side in channels below.
    layers = (0,) + (sizes.vae_layers,) * (levels - 1)
    made = AutoencoderDC(
        latent_channels=sizes.latents,
        encoder_block_out_channels=widths,
        decoder_block_out_channels=widths,
        encoder_layers_per_block=layers,
        decoder_layers_per_block=layers,
        encoder_qkv_multiscales=((),) * levels,
        decoder_qkv_multiscales=((),) * levels,
        scaling_factor=1.0,
    )
    # diffusers' pipelines tell the stride by it, as of its other autoencoders.
    made.register_to_config(block_out_channels=widths)
    return made


def _text(sizes: Sizes, tokenizer: CLIPTokenizer) -> CLIPTextModelWithProjection:
    end = cast(Any, tokenizer).eos_token_id
    return CLIPTextModelWithProjection(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=sizes.text,
            intermediate_size=4 * sizes.text,
            num_hidden_layers=sizes.text_layers,
            num_attention_heads=max(1, sizes.text // 64),
            max_position_embeddings=sizes.tokens,
            projection_dim=sizes.common,
            bos_token_id=cast(Any, tokenizer).bos_token_id,
            eos_token_id=end,
            pad_token_id=end,
        )
    )


def _vision(sizes: Sizes) -> CLIPVisionModelWithProjection:
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=sizes.vision,
            intermediate_size=4 * sizes.vision,
            num_hidden_layers=sizes.vision_layers,
            num_attention_heads=max(1, sizes.vision // 64),
            image_size=sizes.vision_size,
            patch_size=sizes.patch,
            projection_dim=sizes.common,
        )
    )


def noise_levels(prediction: str) -> DDIMScheduler:
    """The noise levels that a prior is trained on.

    Those of Stable Diffusion 1.x, of which the last keeps 7 % of the picture. Of the stand-in's latents,
    whose channels have means of their own, that is enough to tell how light a picture is: a network learned
    to look there, and drew darkly from mere noise. Where v or z is predicted they are stretched until the
    last one is noise alone, and sampling begins there; e tells nothing of the picture at such a level.
    Source: Lin, Liu, Li, Yang, Common diffusion noise schedules and sample steps are flawed (WACV 2024).

    Args:
        prediction: "epsilon", "v_prediction" or "sample".
    """
    to_the_end = {"timestep_spacing": "trailing", "rescale_betas_zero_snr": True}
    return levels(
        {
            "beta_start": 0.00085,
            "beta_end": 0.012,
            "beta_schedule": "scaled_linear",
            "clip_sample": False,
            "set_alpha_to_one": False,
            "prediction_type": prediction,
            **({"steps_offset": 1} if prediction == "epsilon" else to_the_end),
        }
    )

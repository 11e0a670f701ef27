"""The diffusion prior: a frozen latent diffusion model, full or stand-in, through one object.

    z = s E(x),  x = D(z / s),    e = e_theta(z_t, t, c_text, c_photo),  z_t = sqrt(a_t) z + sqrt(1 - a_t) e

with E, D the autoencoder, s its scale, a_t what is left of the picture's variance at time t. Stable Diffusion
takes four channels; InstructPix2Pix eight, of which the last are the latents E(photo) of the photo to be
changed, unscaled (Brooks, Holynski, Efros, CVPR 2023, section 3.2).

Source: Rombach et al., High-resolution image synthesis with latent diffusion models (CVPR 2022).
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from diffusers import AutoencoderDC, AutoencoderKL, AutoencoderTiny, DDIMScheduler, UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from limner.errors import LimnerWarning
from limner.pretrained.folder import Folder, PriorError, check_memory, find, read_json
from limner.pretrained.opening import TOKENIZERS, open_part, open_tokenizer, quiet

PREDICTIONS = ("epsilon", "v_prediction", "sample")
LEAST = 2.0**-24
"""What is left of a picture's variance at a level of noise alone; Source: as in diffusers' Euler samplers."""
VAES = {
    "AutoencoderKL": AutoencoderKL,
    "AutoencoderTiny": AutoencoderTiny,
    "AutoencoderDC": AutoencoderDC,
}


@dataclass(frozen=True)
class Prior:
    """A frozen diffusion model; gradients reach what it is given, never its weights.

    Attributes:
        name: What the user calls it.
        revision: The hub's commit; empty of folders that are not the hub's.
        unet: Predicts noise; its class and the others' are diffusers' and transformers'.
        vae: Picture to latents and back.
        text_encoder: Tokens to states.
        tokenizer: Sentence to tokens.
        scheduler: Its noise levels: `alphas_cumprod`, and the settings that samplers are made with.
    """

    name: str
    revision: str
    unet: UNet2DConditionModel
    vae: AutoencoderKL | AutoencoderTiny | AutoencoderDC
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer
    scheduler: DDIMScheduler

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return self.unet.device

    @property
    def dtype(self) -> torch.dtype:
        """What it computes in."""
        return self.unet.dtype

    @property
    def channels(self) -> int:
        """Of the latents."""
        return int(self.vae.config["latent_channels"])

    @property
    def instructs(self) -> bool:
        """Whether it changes a photo by a sentence, as InstructPix2Pix; else it knows sentences only."""
        return int(self.unet.config["in_channels"]) == 2 * self.channels

    @property
    def stride(self) -> int:
        """Pixels a side of the picture to one of the latents."""
        is_kl = isinstance(self.vae, AutoencoderKL)
        widths = self.vae.config["block_out_channels" if is_kl else "encoder_block_out_channels"]
        return 2 ** (len(widths) - 1)

    @property
    def size(self) -> int:
        """The side, in pixels, of the pictures that it was trained on."""
        return int(self.unet.config["sample_size"]) * self.stride

    def to(self, device: torch.device) -> "Prior":
        """The same prior, moved to a device."""
        for part in (self.unet, self.vae, self.text_encoder):
            cast(Any, part).to(device)
        return self

    def noise(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Latents to begin with: (count, channels, size / stride, size / stride), normal.

        In float32 whatever the prior computes in, so that a sampler's steps are, too: where levels end in
        noise alone, half precision would lose the picture in the noise.
        """
        side = self.size // self.stride
        where = generator.device if generator else self.device
        shape = (count, self.channels, side, side)
        return torch.randn(shape, generator=generator, device=where).to(self.device)

    def encode(self, picture: Tensor) -> Tensor:
        """The latents that diffusion works on: z = s E(x), the mode of the posterior.

        Args:
            picture: (N, 3, H, W) in [0, 1]; sides are multiples of `stride`.

        Returns:
            (N, channels, H / stride, W / stride), of a variance near one.

        Raises:
            PriorError: The picture is of another shape.
        """
        return self._scale * self.condition(picture)

    def condition(self, photo: Tensor) -> Tensor:
        """The latents of the photo that is to be changed: E(x), unscaled; otherwise as `encode`."""
        if photo.ndim != 4 or photo.shape[1] != 3 or any(side % self.stride for side in photo.shape[2:]):
            raise PriorError(
                f"a picture of shape {tuple(photo.shape)}; (N, 3, H, W) is expected, H and W multiples of "
                f"{self.stride}"
            )
        given = 2 * photo.to(self.device, self.dtype) - 1
        return latents_of(self.vae.encode(given))

    def decode(self, latents: Tensor) -> Tensor:
        """The picture of latents: D(z / s), (N, 3, H, W) in [0, 1]."""
        made = cast(Any, self.vae).decode(latents.to(self.dtype) / self._scale).sample
        return (made / 2 + 0.5).clamp(0, 1)

    def tokens(self, sentence: str) -> Tensor:
        """A sentence's tokens, (T,): the start, its words, and ends to the full length of the text encoder.

        A sentence that is too long is cut, with a `LimnerWarning`.
        """
        whole = cast(list[int], self.tokenizer(sentence)["input_ids"])
        length = int(self.text_encoder.config.max_position_embeddings)
        if len(whole) > length:
            told = f"{sentence!r} has {len(whole)} tokens; {self.name} reads the first {length}"
            warnings.warn(told, LimnerWarning, stacklevel=2)
        cut = self.tokenizer(sentence, padding="max_length", truncation=True, max_length=length)
        return torch.tensor(cut["input_ids"], device=self.device)

    def embed(self, sentences: Sequence[str]) -> Tensor:
        """What the text encoder makes of sentences: its last states, (N, T, width). "" is no instruction."""
        ids = torch.stack([self.tokens(sentence) for sentence in sentences])
        return self.text_encoder(ids).last_hidden_state

    def predict(
        self, latents: Tensor, t: Tensor | float, text: Tensor, photo: Tensor | None = None
    ) -> Tensor:
        """The noise in latents: e_theta(z_t, t, c_text, c_photo).

        Args:
            latents: z_t, (N, channels, h, w), of any precision.
            t: Of all, or (N,), in [0, 1000); may lie between two whole times.
            text: (N or 1, T, width), as of `embed`.
            photo: (N or 1, channels, h, w), as of `condition`; None is zeros: no photo.

        Returns:
            As latents, in their precision. What a network says of v = sqrt(a_t) e - sqrt(1 - a_t) z, or of z
            itself, is turned into e.

        Raises:
            PriorError: A photo is given and the model takes none, or it is of another size.
        """
        if photo is not None and not self.instructs:
            raise PriorError(
                f"{self.name} takes no photo (its U-Net has {self.channels} channels); a model such as "
                "timbrooks/instruct-pix2pix is expected"
            )
        if photo is not None and photo.shape[1:] != latents.shape[1:]:
            raise PriorError(
                f"a photo's latents of shape {tuple(photo.shape)}; those of the picture are "
                f"{tuple(latents.shape)}"
            )
        given = latents
        if self.instructs:
            beside = torch.zeros_like(latents) if photo is None else photo.expand_as(latents)
            given = torch.cat([latents, beside], 1)
        t = torch.as_tensor(t, device=latents.device)
        said = self.unet(given.to(self.dtype), t, text.expand(len(latents), -1, -1)).sample.to(latents.dtype)
        left = self.signal(t).to(latents.dtype).view(-1, 1, 1, 1)
        if self.prediction == "v_prediction":
            return left.sqrt() * said + (1 - left).sqrt() * latents
        if self.prediction == "sample":
            return (latents - left.sqrt() * said) / (1 - left).sqrt()
        return said

    @property
    def prediction(self) -> str:
        """What the U-Net says: "epsilon", "v_prediction" or "sample", which is z."""
        return str(self.scheduler.config["prediction_type"])

    def signal(self, t: Tensor | float) -> Tensor:
        """a_t, the picture's share of the variance; in float32, of t's shape.

        Chosen: between two whole times sqrt((1 - a_t) / a_t) is interpolated, as samplers in sigma do.
        """
        t = torch.as_tensor(t, dtype=torch.float32)
        a = self.scheduler.alphas_cumprod.to(t.device)
        sigma = ((1 - a) / a).sqrt()
        low = t.floor().long()
        high = (low + 1).clamp(max=len(a) - 1)
        return 1 / (1 + torch.lerp(sigma[low], sigma[high], t - low).square())

    @property
    def _scale(self) -> float:
        return float(self.vae.config["scaling_factor"])


def latents_of(encoded: Any) -> Tensor:  # noqa: ANN401  of any class of `VAES`
    """The latents in what an autoencoder's `encode` gives: the mode where it gives a distribution."""
    if hasattr(encoded, "latent_dist"):
        return encoded.latent_dist.mode()
    return encoded.latents if hasattr(encoded, "latents") else encoded.latent


def load_prior(
    name: str | Path, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32
) -> Prior:
    """A pretrained diffusion model, in evaluation mode and frozen.

    Args:
        name: "stand-in", the path of a folder in diffusers' format, or OWNER/NAME on the Hugging Face hub,
            which was fetched before (`limner fetch OWNER/NAME`).
        device: Where it runs, as torch calls it.
        dtype: What its networks compute in; half precision is slow but on a GPU.

    Raises:
        PriorError: There is no such model, a part is missing, damaged or of another kind, its channels do not
            fit together, or the memory has no room for it.
        limner.hub.StyleError: The stand-in in the package is damaged.
        limner.hub.FetchError: It is the hub's, and was not fetched yet.
    """
    folder, device = find(name), torch.device(device)
    parts = [
        folder.part("unet", ["UNet2DConditionModel"]),
        folder.part("vae", list(VAES)),
        folder.part("text_encoder", ["CLIPTextModel"]),
    ]
    tokenizer = open_tokenizer(folder.part("tokenizer", TOKENIZERS)[1])
    check_memory([path for _, path in parts], device, dtype, folder.name)
    (_, unet), (vae, autoencoder), (_, text) = parts
    prior = Prior(
        folder.name,
        folder.revision,
        open_part(UNet2DConditionModel, unet, device, dtype),
        open_part(VAES[vae], autoencoder, device, dtype),
        open_part(CLIPTextModel, text, device, dtype),
        tokenizer,
        _scheduler(folder),
    )
    _check(prior)
    return prior


def levels(told: Mapping[str, Any]) -> DDIMScheduler:
    """The noise levels of any of diffusers' schedulers, which share their settings.

    A level of noise alone keeps `LEAST` of the picture instead of none, by which DDIM would divide.
    """
    scheduler = cast(DDIMScheduler, DDIMScheduler.from_config(dict(told)))
    scheduler.alphas_cumprod = scheduler.alphas_cumprod.clamp(min=LEAST)
    return scheduler


def _scheduler(folder: Folder) -> DDIMScheduler:
    told = read_json(folder.path / "scheduler" / "scheduler_config.json")
    try:
        with quiet():
            return levels(told)
    except (NotImplementedError, TypeError, ValueError) as error:
        raise PriorError(f"{folder.name}: its scheduler is of another kind ({error})") from error


def _check(prior: Prior) -> None:
    """Raises PriorError where parts do not fit together."""
    given, wanted = int(prior.unet.config["in_channels"]), prior.channels
    if given not in (wanted, 2 * wanted):
        raise PriorError(
            f"{prior.name}: its U-Net takes {given} channels; {wanted} (Stable Diffusion) or {2 * wanted} "
            f"(InstructPix2Pix) are expected with a VAE of {wanted}"
        )
    width, reads = int(prior.text_encoder.config.hidden_size), prior.unet.config["cross_attention_dim"]
    if width != reads:
        raise PriorError(
            f"{prior.name}: its text encoder gives {width} numbers a token; its U-Net reads {reads}"
        )
    if prior.prediction not in PREDICTIONS:
        raise PriorError(
            f"{prior.name}: its U-Net predicts {prior.prediction!r}; {' or '.join(PREDICTIONS)} is expected"
        )

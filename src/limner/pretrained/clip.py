"""CLIP: pictures and sentences as directions of one space, full or stand-in, through one object.

    E(x) = W_I g(x) / |W_I g(x)|,    E(s) = W_T h(s) / |W_T h(s)|

Source: Radford et al., Learning transferable visual models from natural language supervision (ICML 2021).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

from limner.pretrained.folder import Folder, PriorError, check_memory, find, read_json
from limner.pretrained.opening import TOKENIZERS, open_part, open_tokenizer

MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)
"""Of the pictures that OpenAI trained on, in [0, 1]; every CLIP is given pictures normalised by them."""


@dataclass(frozen=True)
class Clip:
    """A frozen CLIP; gradients reach pictures and states, never its weights.

    Attributes:
        name: What the user calls it.
        revision: The hub's commit; empty of folders that are not the hub's.
        vision: Sees pictures.
        text: Reads tokens.
        tokenizer: Sentence to tokens.
    """

    name: str
    revision: str
    vision: CLIPVisionModelWithProjection
    text: CLIPTextModelWithProjection
    tokenizer: CLIPTokenizer

    @property
    def size(self) -> int:
        """The side of the squares that it sees."""
        return cast(int, self.vision.config.image_size)

    @property
    def width(self) -> int:
        """Of the common space."""
        return int(self.vision.config.projection_dim)

    def to(self, device: torch.device) -> "Clip":
        """The same CLIP, moved to a device."""
        for part in (self.vision, self.text):
            cast(Any, part).to(device)
        return self

    def image(self, picture: Tensor) -> Tensor:
        """Where pictures lie: (N, width), of length one.

        Args:
            picture: (N, 3, H, W), or (N, 1, H, W) of grey ones, in [0, 1]; any size.

        Raises:
            PriorError: The picture is of another shape.
        """
        return F.normalize(self.vision(self.prepared(picture)).image_embeds, dim=-1)

    def sentence(self, sentences: Sequence[str]) -> Tensor:
        """Where sentences lie: (N, width), of length one. What is too long is cut."""
        length = int(self.text.config.max_position_embeddings)
        told = self.tokenizer(list(sentences), padding="max_length", truncation=True, max_length=length)
        ids = torch.tensor(told["input_ids"], device=self.text.device)
        return F.normalize(self.text(ids).text_embeds, dim=-1)

    def project(self, states: Tensor) -> Tensor:
        """W_T of states (..., width of the text encoder), such as the mean of a prior's words; any length.

        They must be those of the same text encoder: Stable Diffusion 1.x reads with ViT-L/14's.
        """
        return self.text.text_projection(states)

    def prepared(self, picture: Tensor) -> Tensor:
        """As CLIP is given pictures: the shorter side resized, the middle square, normalised.

        Chosen: bicubic with antialiasing, clamped, as its authors do, but for rounding to 256 tones.
        """
        if picture.ndim != 4 or picture.shape[1] not in (1, 3):
            raise PriorError(f"a picture of shape {tuple(picture.shape)}; (N, 3 or 1, H, W) is expected")
        given = picture.to(self.vision.device, self.vision.dtype).expand(-1, 3, -1, -1)
        short, side = min(given.shape[2:]), self.size
        height, width = (max(side, int(side * length / short)) for length in given.shape[2:])
        seen = F.interpolate(given, (height, width), mode="bicubic", antialias=True).clamp(0, 1)
        top, left = (height - side) // 2, (width - side) // 2
        shift, scale = (seen.new_tensor(each).view(3, 1, 1) for each in (MEAN, DEVIATION))
        return (seen[..., top : top + side, left : left + side] - shift) / scale


def load_clip(
    name: str | Path, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32
) -> Clip:
    """A trained CLIP, in evaluation mode and frozen.

    Args:
        name: "stand-in"; the path of a folder, in transformers' format of a CLIPModel or in diffusers' with
            `image_encoder` and `text_encoder`, both with their projections; or OWNER/NAME on the hub.
        device: Where it runs, as torch calls it.
        dtype: What it computes in.

    Raises:
        PriorError: There is no such model, a part is missing or damaged, or the memory has no room for it.
        limner.hub.StyleError: The stand-in in the package is damaged.
        limner.hub.FetchError: It is the hub's, and was not fetched yet.
    """
    folder, device = find(name), torch.device(device)
    vision, text, tokenizer = _parts(folder)
    check_memory(sorted({vision, text}), device, dtype, folder.name)
    return Clip(
        folder.name,
        folder.revision,
        open_part(CLIPVisionModelWithProjection, vision, device, dtype),
        open_part(CLIPTextModelWithProjection, text, device, dtype),
        open_tokenizer(tokenizer),
    )


def _parts(folder: Folder) -> tuple[Path, Path, Path]:
    """Where picture encoder, text encoder and tokenizer lie."""
    if folder.is_pipeline:
        return (
            folder.part("image_encoder", ["CLIPVisionModelWithProjection"])[1],
            folder.part("text_encoder", ["CLIPTextModel", "CLIPTextModelWithProjection"])[1],
            folder.part("tokenizer", TOKENIZERS)[1],
        )
    path = folder.path
    kinds = read_json(path / "config.json").get("architectures") if (path / "config.json").is_file() else None
    if kinds != ["CLIPModel"]:
        raise PriorError(
            f"{path} is no CLIP: a config.json of a CLIPModel, or a diffusers pipeline, is expected; found "
            f"is {kinds[0] if kinds else 'neither'}"
        )
    return path, path, path

"""Stage `clip`: pictures and sentences in one space; its text encoder is the U-Net's.

    L = contrast of u_i = E(x_i) and v_i = E(s_i) over a batch, see `limner.losses.contrast`

x an edited photo and s the instruction or the caption of it, or x a photo and s its caption.

Source: Radford et al., Learning transferable visual models from natural language supervision (ICML 2021): the
loss, a learnt temperature that begins at 0.07 and sharpens no more than a hundredfold.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import AdamW

from limner import image
from limner.engine.run import Run
from limner.engine.samples import Sample
from limner.losses.contrast import contrast_loss
from limner.methods.prior.config import Config
from limner.methods.prior.model import TOKENIZER, about, encoders, of_stage, pace, probed, said, untrained
from limner.methods.prior.pack import Pack
from limner.methods.prior.triples import CAPTION, INSTRUCTION, PHOTO
from limner.nn.average import Average
from limner.pretrained.clip import Clip
from limner.progress import Report


class Sharpness(nn.Module):
    """s = e^w, the inverse of the temperature, in (0, 100]."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(self) -> Tensor:
        """Gives s, a scalar."""
        return self.w.exp().clamp(max=100)


@dataclass(frozen=True)
class Told:
    """Pictures, each with one of its sentences.

    Attributes:
        pack: The pictures.
        tokens: (N, 3, T): of each row's instruction, its caption, its photo's caption.
        side: Of the squares that are seen.
        zoom: Least side of what is seen of a picture, in its sides.
        captions: Share of captions, half of them of photos.
    """

    pack: Pack
    tokens: NDArray[np.int64]
    side: int
    zoom: float
    captions: float

    def __len__(self) -> int:
        return len(self.pack)

    def sample(self, index: int, rng: np.random.Generator) -> Sample:
        """`picture` (3, side, side) in [0, 1] and `tokens` (T,), whole numbers."""
        kind = INSTRUCTION if rng.random() >= self.captions else CAPTION if rng.random() < 0.5 else PHOTO
        picture = (self.pack.photo if kind == PHOTO else self.pack.edited)[index]
        size = round(len(picture) * rng.uniform(self.zoom, 1))
        x, y = rng.integers(len(picture) - size + 1, size=2)
        cut = picture[y : y + size, x : x + size]
        seen = np.asarray(cv2.resize(cut, (self.side, self.side), interpolation=cv2.INTER_AREA), np.uint8)
        return {"picture": image.to_unit(seen), "tokens": self.tokens[index, kind].astype(np.float32)}


def train(config: Config, pack: Pack, held: Pack | None, report: Report) -> Path:
    """Trains both halves of CLIP; see `limner.methods.prior.train.train`."""
    own, side = config.clip, config.sizes.vision_size
    parts = untrained(config, pack)
    both, sharpness = encoders(parts), Sharpness()
    average = Average(both, config.average)
    step = AdamW([*both.parameters(), *sharpness.parameters()], own.rate, weight_decay=own.decay)
    run = Run(
        of_stage(config),
        keep={"both": both, "sharpness": sharpness, "average": average, "step": step},
        about=about(config, pack),
        report=report,
    )
    sight = Clip("", "", parts.vision, parts.text, parts.tokenizer)
    nets: Any = average.module
    kept = Clip("", "", nets["vision"], nets["text"], parts.tokenizer)
    probes = Told(held, said(parts, held), side, 1, own.captions) if held else None

    for batch in run.batches(Told(pack, said(parts, pack), side, own.zoom, own.captions)):
        loss = contrast(sight, batch, sharpness(), run)
        run.descend(loss, step, own.rate * pace(config, run), config.clip_norm)
        average.update(both)
        run.log({"contrast": loss, "sharpness": sharpness()})
        if probes and run.watches:
            with torch.no_grad():
                run.log({"held_contrast": contrast(kept, probed(probes, run), sharpness(), run)})

    parts.tokenizer.save_pretrained(run.config.folder / TOKENIZER)
    return run.finish(average.module.state_dict())


def contrast(sight: Clip, batch: dict[str, Tensor], sharpness: Tensor, run: Run) -> Tensor:
    """L of a batch, a scalar."""
    tokens = batch["tokens"].long()
    with run.autocast():
        u = sight.image(batch["picture"])
        v = F.normalize(sight.text(tokens).text_embeds, dim=-1)
        return contrast_loss(u, v, tokens, sharpness)

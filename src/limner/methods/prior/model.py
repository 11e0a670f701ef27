"""What the stages share: the parts, and what earlier stages left of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from limner.engine.config import RunConfig
from limner.engine.run import Run
from limner.engine.samples import Samples
from limner.engine.schedule import linear_decay, warm_up
from limner.errors import LimnerError
from limner.hub import StyleError
from limner.methods.base import describe, shown_name
from limner.methods.prior.config import Config, Stage
from limner.methods.prior.pack import Pack
from limner.pretrained.clip import load_clip
from limner.pretrained.opening import open_tokenizer
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.small import Parts, small

STAND_IN = "stand-in"
TOKENIZER = "tokenizer"
OF_THE_UNET = ("unet", "unet_layers", "heads")
"""Sizes that earlier stages read nothing of: U-Nets of several sizes may be trained on what they left."""


def of_stage(config: Config) -> RunConfig:
    """The run of the present stage, in its own folder."""
    return replace(config.run, folder=config.run.folder / config.stage)


def about(config: Config, pack: Pack) -> dict[str, str]:
    """What the weight file of a stage says of itself; folders are nobody's business."""
    names = tuple(Path(folder).name for folder in config.data)
    config = replace(config, data=names, unet=replace(config.unet, parts=shown_name(config.unet.parts)))
    told = f"{len(pack)} photos and their edits, of {len({row.identity for row in pack.rows})} people of "
    return {
        **describe(config, f"prior-{config.stage}", told + ", ".join(names)),
        "pack": pack.key,
    }


def untrained(config: Config, pack: Pack) -> Parts:
    """All parts, drawn from the run's seed; the tokenizer knows what the pack says."""
    torch.manual_seed(config.run.seed)
    return small(config.sizes, pack.sentences)


def as_left(config: Config) -> Parts:
    """The parts around an untrained U-Net: as earlier stages left them, or of a finished model; frozen.

    Raises:
        LimnerError: A stage has not finished in this folder, or it or the model is of other sizes.
        limner.pretrained.folder.PriorError: The model cannot be opened.
    """
    parts = _finished(config) if config.unet.parts else _staged(config)
    for network in (parts.vae, parts.text, parts.vision):
        network.eval().requires_grad_(False)
    return parts


def pace(config: Config, run: Run) -> float:
    """The factor of the learning rate at the present step: up at first, down over the second half."""
    return warm_up(run.step, config.warm) * linear_decay(run.step, run.config.steps)


def encoders(parts: Parts) -> nn.ModuleDict:
    """Both halves of CLIP as one network."""
    return nn.ModuleDict({"text": parts.text, "vision": parts.vision})


def as_prior(parts: Parts) -> Prior:
    """Parts in training, as methods use a finished prior."""
    text = cast(Any, parts.text)  # CLIP's own, which has a projection more
    return Prior(STAND_IN, "", parts.unet, parts.vae, text, parts.tokenizer, parts.scheduler)


def numbered(parts: Parts, sentences: Sequence[str]) -> NDArray[np.int64]:
    """Tokens of sentences: (N, T), each cut or filled to the length that the text encoder reads."""
    length = int(parts.text.config.max_position_embeddings)
    told = parts.tokenizer(list(sentences), padding="max_length", truncation=True, max_length=length)
    return np.asarray(told["input_ids"], np.int64)


def said(parts: Parts, pack: Pack) -> NDArray[np.int64]:
    """Tokens of what each row of a pack says: (N, 3, T), in the order of `Row.sentences`."""
    told = numbered(parts, [sentence for row in pack.rows for sentence in row.sentences])
    return told.reshape(len(pack), 3, -1)


def probed(samples: Samples, run: Run) -> dict[str, Tensor]:
    """All samples as one batch on the device, each with the same chance whenever it is asked."""
    drawn = [samples.sample(i, np.random.default_rng(i)) for i in range(len(samples))]
    return {k: torch.from_numpy(np.stack([each[k] for each in drawn])).to(run.device) for k in drawn[0]}


def build(about: Mapping[str, str]) -> NoReturn:
    """Refuses: no stage draws by itself.

    Raises:
        StyleError: Always.
    """
    raise StyleError(
        f"this is the {about['direction']} of a stand-in, which draws nothing by itself; the folder "
        f"{STAND_IN}, which stage unet writes, is opened by load_prior"
    )


def _staged(config: Config) -> Parts:
    """The parts as stages `autoencoder` and `clip` left them in the run's folder."""
    vae, told = _left(config, "autoencoder")
    both, _ = _left(config, "clip")
    torch.manual_seed(config.run.seed)
    tokenizer = open_tokenizer(config.run.folder / "clip" / TOKENIZER)
    parts = small(config.sizes, tokenizer, config.unet.prediction)
    parts.vae.load_state_dict(vae)
    encoders(parts).load_state_dict(both)
    parts.vae.register_to_config(scaling_factor=float(told["scale"]))
    return parts


def _finished(config: Config) -> Parts:
    """The parts of a finished model."""
    prior, clip = load_prior(config.unet.parts), load_clip(config.unet.parts)
    torch.manual_seed(config.run.seed)
    parts = small(config.sizes, prior.tokenizer, config.unet.prediction)
    given, asked = _measures(prior), _measures(as_prior(parts))
    if given != asked:
        other = "; ".join(f"{k} is {v}, sizes ask for {asked[k]}" for k, v in given.items() if v != asked[k])
        raise LimnerError(f"{prior.name} is of other sizes: {other}")
    return replace(parts, vae=prior.vae, text=clip.text, vision=clip.vision)


def _measures(prior: Prior) -> Mapping[str, int]:
    """What a U-Net must fit in a model."""
    return {
        "size": prior.size,
        "stride": prior.stride,
        "latents": prior.channels,
        "text": int(prior.text_encoder.config.hidden_size),
    }


def _left(config: Config, stage: Stage) -> tuple[dict[str, Tensor], Mapping[str, str]]:
    """Weights of a finished stage, and what its file says of itself."""
    folder = config.run.folder
    path = folder / stage / "style.safetensors"
    if not path.is_file():
        raise LimnerError(
            f"{folder} holds no finished stage {stage}: run limner train prior --stage {stage} --run.folder "
            f"{folder} first, with the same --data and --sizes"
        )
    try:
        with safe_open(str(path), framework="pt") as file:
            weights, told = {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise LimnerError(f"{path} cannot be read ({error}); train stage {stage} again") from error
    sizes = json.loads(told["config"])["sizes"]
    given = json.loads(json.dumps(vars(config.sizes)))
    other = [
        f"{k} was {sizes.get(k)}, is {v}"
        for k, v in given.items()
        if sizes.get(k) != v and k not in OF_THE_UNET
    ]
    if other:
        raise LimnerError(f"stage {stage} in {folder} was of other sizes: {'; '.join(other)}")
    return weights, told

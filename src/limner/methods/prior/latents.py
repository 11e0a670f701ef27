"""Latents of a pack, encoded once and kept beside it. Never mirrored: sentences tell left from right."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from limner.engine.run import Run
from limner.files import replacing
from limner.methods.prior.growing import Growing
from limner.methods.prior.pack import PICTURES, Pack
from limner.pretrained.prior import Prior
from limner.progress import Report, reporting

BATCH = 16
"""On a GPU; on a processor one picture at a time is a third faster, since it stays in the cache."""
KEY = "key.json"


@dataclass(frozen=True)
class Latents:
    """E(x) of a pack's pictures, the mode, unscaled.

    Attributes:
        photo: (N, channels, h, w) float16.
        edited: The same shape.
    """

    photo: NDArray[np.float16]
    edited: NDArray[np.float16]


def encoded(folder: Path, pack: Pack, prior: Prior, run: Run, report: Report) -> Latents:
    """The latents in a folder; they are made where they are missing, or of another pack or autoencoder.

    Args:
        folder: Where they are kept.
        pack: The pictures.
        prior: Its autoencoder encodes.
        run: On its device, in its precision.
        report: Is told the progress.
    """
    key = _key(pack, prior, run)
    if not (folder / KEY).exists() or json.loads((folder / KEY).read_text(encoding="utf-8")) != key:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / KEY).unlink(missing_ok=True)
        _make(folder, pack, prior, run, report)
        with replacing(folder / KEY) as new:
            new.write_text(json.dumps(key), encoding="utf-8")
    photo, edited = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in PICTURES)
    return Latents(photo, edited)


@torch.no_grad()
def _make(folder: Path, pack: Pack, prior: Prior, run: Run, report: Report) -> None:
    # The same numbers, half again as fast on a processor.
    prior.vae.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    side = pack.photo.shape[1] // prior.stride
    shape = (prior.channels, side, side)
    with ExitStack() as stack:
        files = [stack.enter_context(Growing(folder / f"{name}.npy", shape, np.float16)) for name in PICTURES]
        batch = BATCH if run.device.type == "cuda" else 1
        for start in reporting(range(0, len(pack), batch), "batch of latents", report):
            for file, pictures in zip(files, (pack.photo, pack.edited), strict=True):
                few = torch.from_numpy(pictures[start : start + batch].transpose(0, 3, 1, 2).copy())
                with run.autocast():
                    latents = prior.condition(few.float() / 255)
                for each in latents.float().cpu().numpy():
                    file.append(each)


def _key(pack: Pack, prior: Prior, run: Run) -> Mapping[str, str]:
    """What latents follow from."""
    digest = hashlib.sha256()
    for weight in prior.vae.state_dict().values():
        digest.update(weight.detach().float().cpu().contiguous().numpy().tobytes())
    return {"pack": pack.key, "autoencoder": digest.hexdigest(), "precision": run.config.precision}

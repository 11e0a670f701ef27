"""How near pictures are to the nearest of others, by two rulers.

    d(x) = min_k |r(x) - r(x_k)|,    |r| = 1

- grey: r is the grey picture of 32 x 32 pixels with its mean taken off, so that neither light nor contrast of
  an edit hides a likeness;
- CLIP: r is CLIP's direction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.prior.squares import parts, tensor
from limner.evaluate.matching import grey
from limner.image import Picture
from limner.pretrained.clip import Clip

Rows = NDArray[np.float32]
Ruler = Callable[[Sequence[Picture]], Rows]
SMALL, BATCH = 32, 8


@dataclass(frozen=True)
class Near:
    """The nearest picture of each of n others.

    Attributes:
        places: Where it is among those looked at, (n,).
        distances: How far it is, (n,), from 0 to 2.
    """

    places: NDArray[np.int64]
    distances: Rows


def nearest(given: Rows, *among: Rows) -> Near:
    """The nearest of rows (m, d), each of which may be told in several ways, to each of (n, d)."""
    every = np.stack([_apart(given, rows) for rows in among]).min(axis=0)
    places = every.argmin(axis=1)
    return Near(places, every[np.arange(len(given)), places])


def _apart(given: Rows, among: Rows) -> Rows:
    """All distances between rows (n, d) and (m, d), (n, m)."""
    squares = np.square(given).sum(1)[:, None] + np.square(among).sum(1) - 2 * given @ among.T
    return np.sqrt(np.maximum(squares, 0))


def by_grey(given: Sequence[Picture]) -> Rows:
    """Pictures (H, W, 3) uint8 by the ruler of grey, (n, 1024); zeros of a picture of one tone."""
    small = [cv2.resize(grey(each), (SMALL, SMALL), interpolation=cv2.INTER_AREA).ravel() for each in given]
    rows = np.stack(small).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def by_clip(clip: Clip) -> Ruler:
    """The ruler of a CLIP, (n, width)."""

    def rule(given: Sequence[Picture]) -> Rows:
        seen = [clip.image(tensor(given[part])) for part in parts(len(given), BATCH)]
        return torch.cat(seen).float().cpu().numpy()

    return rule

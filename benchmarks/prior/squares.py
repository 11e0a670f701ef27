"""Pictures as a prior sees them: squares around the face, and how they become tensors and back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from limner import image
from limner.data.pair import DataError
from limner.data.portraits import identity, portraits
from limner.faces import Face, find, similarity, warp
from limner.faces.align import scale
from limner.faces.matte import matte
from limner.frame import square
from limner.image import Picture

Unit = NDArray[np.float32]

ENLARGED = 2.0
"""Chosen: a portrait that the square would enlarge more often than this is too blurred to be measured on."""
BEYOND = 0.25
"""Chosen: the largest share of a square that may lie beyond its portrait, where the edge is repeated."""


@dataclass(frozen=True)
class Sitter:
    """A person in a square.

    Attributes:
        name: Who it is, as `limner.data.portraits.identity` says.
        photo: (side, side, 3) uint8.
        matte: (side, side) in [0, 1], 1 on the person.
    """

    name: str
    photo: Picture
    matte: Unit


def sitters(folder: Path, count: int, side: int, seed: int) -> list[Sitter]:
    """Held-out people in an order of chance, one portrait each.

    Portraits are left out that show no face, or are too small (`ENLARGED`) or cut too narrowly (`BEYOND`).

    Args:
        folder: Of portraits.
        count: At most so many.
        side: Of the squares, in pixels.
        seed: Of the order.

    Raises:
        DataError: There is no portrait of a held-out person, or none of them will do.
    """
    paths = portraits(folder, test=True)
    order = np.random.default_rng(seed).permutation(len(paths))
    found: dict[str, Sitter] = {}
    for path in (paths[i] for i in order):
        if len(found) == count:
            break
        sitter = None if identity(path) in found else sitting(path, side)
        if sitter:
            found[sitter.name] = sitter
    if not found:
        raise DataError(f"{folder}: no held-out portrait shows a face that is large enough for {side} pixels")
    return list(found.values())


def sitting(path: Path, side: int) -> Sitter | None:
    """The person on a portrait; None where `sitters` leaves it out."""
    portrait = image.read(path)
    faces = find(portrait)
    if not faces:
        return None
    frame = square(side)
    matrix = similarity(faces[0].eyes, frame)
    beyond = warp(np.zeros(portrait.shape[:2], np.float32), matrix, frame.size, "white")
    if scale(matrix) > ENLARGED or beyond.mean() > BEYOND:
        return None
    alpha = warp(matte(portrait, faces), matrix, frame.size) * (1 - beyond)
    return Sitter(identity(path), warp(portrait, matrix, frame.size), np.asarray(alpha, np.float32))


def faced(picture: Picture, side: int) -> Picture | None:
    """The square (side, side, 3) around the largest face; None where the finder sees none."""
    faces: list[Face] = find(picture)
    if not faces:
        return None
    frame = square(side)
    return warp(picture, similarity(faces[0].eyes, frame), frame.size)


def middle(picture: Picture, side: int) -> Picture:
    """The middle square of a picture (H, W, 3), brought to (side, side, 3)."""
    height, width = picture.shape[:2]
    short = min(height, width)
    top, left = (height - short) // 2, (width - short) // 2
    how = cv2.INTER_AREA if short > side else cv2.INTER_CUBIC
    cut = picture[top : top + short, left : left + short]
    return np.asarray(cv2.resize(cut, (side, side), interpolation=how), np.uint8)


def tensor(pictures: Sequence[Picture]) -> Tensor:
    """Pictures (H, W, 3) of one size as networks see them, (N, 3, H, W) in [0, 1]."""
    return torch.from_numpy(np.stack([image.to_unit(picture) for picture in pictures]))


def pictures(batch: Tensor) -> list[Picture]:
    """The way back of `tensor`."""
    return [image.from_unit(each) for each in batch.float().cpu().numpy()]


def parts(count: int, size: int) -> Iterator[slice]:
    """Cuts `count` things into batches."""
    return (slice(start, start + size) for start in range(0, count, size))

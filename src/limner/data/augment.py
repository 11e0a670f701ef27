"""Augmentation of aligned pairs: the same change of geometry for both, a change of light for the photo.

The light is changed widely on purpose: a style learnt from one studio must not depend on its lamps, its
backdrop or its camera's colours.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.data.backdrop import invent
from limner.data.pair import Picture
from limner.errors import LimnerError
from limner.ranges import MOST, check_ranges

Unit = NDArray[np.float32]


@dataclass(frozen=True)
class Augment:
    """How far a training pair may be changed. Chosen: all values."""

    crop: int = 256
    """Side of the square cut from the pair, in pixels."""
    trim: tuple[int, int, int, int] = (12, 20, 12, 4)
    """Pixels left out at the left, top, right and bottom: paper edges and handwriting of the scans."""
    turn: float = 6.0
    """Largest turn, in degrees either way."""
    zoom: float = 0.15
    """Largest change of size, as the natural logarithm either way."""
    gamma: float = 0.5
    """Largest gamma, as the natural logarithm either way."""
    cast: float = 0.12
    """Largest gain or loss of one colour channel, as a share."""
    grey: float = 0.2
    """Share of photos turned grey."""
    shuffle: float = 0.05
    """Share of photos whose colour channels are permuted."""
    replace: float = 0.5
    """Share of photos whose plain backdrop is replaced by another."""
    hair: float = 0.0
    """Share of pairs whose hair is recoloured, in photo and sketch alike, of sets whose sitters all have dark
    hair (`limner.data.hair`)."""

    def __post_init__(self) -> None:
        """Checks the ranges.

        Raises:
            LimnerError: A crop that networks cannot halve four times, or a value out of its range.
        """
        if self.crop < 16 or self.crop % 16:
            raise LimnerError(f"augment.crop is {self.crop}; 16 or a multiple of it is expected")
        shares = dict.fromkeys(("grey", "shuffle", "replace", "hair"), (0, 1))
        changes = dict.fromkeys(("trim", "turn", "zoom", "gamma"), (0, MOST))
        check_ranges(self, "augment.", **shares, **changes, cast=(0, 1))

    def geometry(self, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]:
        """A random similarity transform.

        Args:
            shape: (H, W, ...) of the pair.
            rng: The source of chance.

        Returns:
            A 2 x 3 matrix from crop to picture, pixel centres at integers; the crop's centre lies inside the
            trimmed picture, and the crop too, as far as the trimmed picture is large enough.
        """
        left, top, right, bottom = self.trim
        turn = np.deg2rad(rng.uniform(-self.turn, self.turn))
        size = np.exp(rng.uniform(-self.zoom, self.zoom))
        flip = -1.0 if rng.random() < 0.5 else 1.0
        linear = size * np.array([[flip * np.cos(turn), -np.sin(turn)], [flip * np.sin(turn), np.cos(turn)]])
        half = size * (self.crop - 1) / 2
        centre = [
            _between(low + half, high - 1 - half, rng)
            for low, high in ((left, shape[1] - right), (top, shape[0] - bottom))
        ]
        offset = np.array(centre) - linear @ np.full(2, (self.crop - 1) / 2)
        return np.column_stack([linear, offset])

    def cut(self, picture: Picture, matrix: NDArray[np.float64], paper: bool) -> Unit:
        """One crop.

        Args:
            picture: (H, W, C) or (H, W).
            matrix: As `geometry` gives it.
            paper: Fill beyond the edge with white, else by repeating the edge.

        Returns:
            (crop, crop, C) or (crop, crop), in [0, 1].
        """
        made = cv2.warpAffine(
            picture,
            matrix,
            (self.crop, self.crop),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT if paper else cv2.BORDER_REPLICATE,
            borderValue=(255, 255, 255),
        )
        return (made.astype(np.float32) / np.float32(255)).astype(np.float32)

    def photo(
        self, photo: Picture, matte: Picture, matrix: NDArray[np.float64], rng: np.random.Generator
    ) -> Unit:
        """A photo as a training sees it: cut, before another backdrop, under another light.

        Args:
            photo: (H, W, 3) uint8.
            matte: (H, W) uint8, 255 where it shows a plain backdrop.
            matrix: As `geometry` gives it.
            rng: The source of chance.

        Returns:
            (3, crop, crop) in [0, 1].
        """
        cut = self.cut(photo, matrix, paper=False)
        return planes(self.seen(cut, self.cut(matte, matrix, paper=False), rng))

    def seen(self, photo: Unit, matte: Unit, rng: np.random.Generator) -> Unit:
        """A cut photo before another backdrop, under another light.

        Args:
            photo: (crop, crop, 3) in [0, 1].
            matte: (crop, crop) in [0, 1], 1 where the photo shows a plain backdrop.
            rng: The source of chance.

        Returns:
            (crop, crop, 3) in [0, 1].
        """
        return self.light(self.backdrop(photo, matte, rng), rng)

    def backdrop(self, photo: Unit, matte: Unit, rng: np.random.Generator) -> Unit:
        """A photo (crop, crop, 3) before another backdrop, where `matte` (crop, crop) is one."""
        if rng.random() >= self.replace:
            return photo
        alpha = matte[..., None]
        return (photo + alpha * (invent(self.crop, rng) - photo)).astype(np.float32)

    def light(self, photo: Unit, rng: np.random.Generator) -> Unit:
        """A photo (H, W, 3) in [0, 1] under another light, by another camera; the same shape and range."""
        if rng.random() < self.shuffle:
            photo = photo[..., rng.permutation(3)]
        if rng.random() < self.grey:
            photo = np.repeat(photo.mean(axis=2, keepdims=True), 3, axis=2)
        gain = rng.uniform(1 - self.cast, 1 + self.cast, 3).astype(np.float32)
        gamma = np.float32(np.exp(rng.uniform(-self.gamma, self.gamma)))
        return (np.clip(gain * photo, 0, 1) ** gamma).astype(np.float32)


def planes(picture: Unit) -> Unit:
    """A picture (H, W, C) as (C, H, W), the same values."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1), dtype=np.float32)


def _between(low: float, high: float, rng: np.random.Generator) -> float:
    """A place from `low` to `high`; the middle where the crop is larger than the picture."""
    return rng.uniform(low, high) if low < high else (low + high) / 2

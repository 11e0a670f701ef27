"""Crops of pictures, and the same crops damaged: what a teacher learns from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.data.augment import Augment
from limner.data.camera import Camera
from limner.data.cutting import cut
from limner.data.pair import Picture

Unit = NDArray[np.float32]


@dataclass(frozen=True)
class Damage:
    """How a crop is cut, and what is done to it. Chosen: all values."""

    crop: int = 128
    """Side of the crop in pixels, a multiple of 16."""
    shortest: float = 280.0
    """The shorter side of the whole picture, at the least: the crop shows about half of a face."""
    longest: float = 520.0
    """The shorter side of the whole picture, at the most: the crop shows an eye."""
    turn: float = 10.0
    """Largest turn, in degrees either way."""
    hidden: float = 0.3
    """Share of squares of 16 x 16 pixels that are painted over in one tone."""
    erased: int = 8
    """Strokes of an eraser over a sketch, at the most."""
    tone: float = 0.3
    """Largest gamma of a sketch, as the natural logarithm either way."""
    light: Augment = field(default_factory=lambda: Augment(gamma=0.4, cast=0.15, grey=0.2, shuffle=0.0))
    """Another light on a photo."""
    camera: Camera = field(default_factory=lambda: Camera(blur=0.0, coarse=0.0))
    """Noise and JPEG. No blur: who has learnt to undo it no longer sees that a made picture is blurred."""
    shift: float = 1.5
    """Standard deviation, in pixels, of how far the second copy lies beside the first."""

    def matrix(self, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]:
        """A random similarity from a picture (H, W, ...) to a crop, (2, 3); the crop's middle lies inside."""
        shorter = np.exp(rng.uniform(np.log(self.shortest), np.log(self.longest)))
        k = shorter / min(shape[:2])
        turn = np.deg2rad(rng.uniform(-self.turn, self.turn))
        flip = -1.0 if rng.random() < 0.5 else 1.0
        turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        linear = k * turned @ np.diag([flip, 1.0])
        half = min(self.crop, shorter) / 2 / k
        seen = np.array([rng.uniform(half, size - half) for size in shape[1::-1]])
        return np.column_stack([linear, (self.crop - 1) / 2 - linear @ seen])

    def spoil(self, clean: Unit, kind: str, rng: np.random.Generator) -> Unit:
        """A damaged copy of a crop (crop, crop, 3) in [0, 1], of a photo or of a sketch."""
        if kind == "photo":
            made = self.light.light(clean, rng)
        else:
            gamma = np.float32(np.exp(rng.uniform(-self.tone, self.tone)))
            made = _erased(clean, int(rng.integers(self.erased + 1)), rng) ** gamma
        return _hidden(self.camera.take(made, rng), self.hidden, rng)


@dataclass(frozen=True)
class Crops:
    """Pictures in memory; each sample is a new crop of one, clean and damaged, once or twice.

    Attributes:
        pictures: Each (H, W, 3) uint8.
        kind: What they are.
        damage: How a crop is cut and damaged.
        twice: Whether there is a second damaged copy.
    """

    pictures: Sequence[Picture]
    kind: Literal["photo", "sketch"]
    damage: Damage
    twice: bool = False

    def __len__(self) -> int:
        return len(self.pictures)

    def sample(self, index: int, rng: np.random.Generator) -> dict[str, Unit]:
        """`clean`, `damaged` and, where `twice`, `again`: each (C, crop, crop) in [0, 1], C 1 of a sketch.

        `clean` is a crop, `damaged` that crop damaged, `again` one a little beside it, damaged otherwise.
        """
        picture = self.pictures[index]
        matrix = self.damage.matrix(picture.shape, rng)
        clean = self._cut(picture, matrix)
        made = {"clean": clean, "damaged": self.damage.spoil(clean, self.kind, rng)}
        if self.twice:
            matrix[:, 2] += rng.normal(0, self.damage.shift, 2)
            made["again"] = self.damage.spoil(self._cut(picture, matrix), self.kind, rng)
        channels = 3 if self.kind == "photo" else 1
        return {k: np.ascontiguousarray(crop.transpose(2, 0, 1)[:channels]) for k, crop in made.items()}

    def _cut(self, picture: Picture, matrix: NDArray[np.float64]) -> Unit:
        crop = cut(picture, matrix, self.damage.crop)
        return crop if self.kind == "photo" else np.repeat(crop.mean(axis=2, keepdims=True), 3, axis=2)


def _hidden(crop: Unit, share: float, rng: np.random.Generator) -> Unit:
    """A crop with a share of its 16 x 16 squares painted over in one random tone.

    Source: Pathak et al., Context encoders (CVPR 2016), section 3.3, whose random blocks are larger.
    """
    made, cells = crop.copy(), np.argwhere(rng.random((len(crop) // 16, len(crop) // 16)) < share)
    tone = rng.random(3).astype(np.float32) if crop.std(axis=2).any() else np.float32(rng.random())
    for y, x in 16 * cells:
        made[y : y + 16, x : x + 16] = tone
    return made


def _erased(crop: Unit, strokes: int, rng: np.random.Generator) -> Unit:
    """A sketch with soft strokes of paper over it."""
    side = len(crop)
    veil = np.zeros((side, side), np.float32)
    for _ in range(strokes):
        along = np.cumsum(rng.normal(0, side / 8, (4, 2)), axis=0) + rng.uniform(0, side, 2)
        width = int(rng.integers(2, max(3, side // 12)))
        cv2.polylines(veil, [np.rint(along).astype(np.int32)], False, 1.0, width, cv2.LINE_AA)
    paper = np.percentile(crop, 98).astype(np.float32)
    return (crop + veil[..., None] * (paper - crop)).astype(np.float32)

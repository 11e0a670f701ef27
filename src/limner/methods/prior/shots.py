"""Squares around a face: where a portrait is cut, at which scale, under which light. Torch-free."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limner.data.augment import Augment
from limner.data.pair import Picture
from limner.faces import warp
from limner.faces.align import move
from limner.frame import Point, span

Unit = NDArray[np.float32]
Eyes = tuple[Point, Point]
PLACE = (0.5, 0.44)
"""Where the middle of the eyes lies in a square, in sides, before it is shifted. Chosen."""


@dataclass(frozen=True)
class Framing:
    """How squares are cut from portraits. Chosen: all values."""

    smallest: float = 0.17
    """Eye distance in sides of the square, at the least: hair and shoulders are on it."""
    largest: float = 0.27
    """Eye distance in sides, at the most, as far as the portrait is wide enough."""
    shift: float = 0.04
    """Standard deviation of where the eyes lie, in sides."""
    turn: float = 3.0
    """Standard deviation of the turn, in degrees."""
    least: float = 32.0
    """Portraits with a smaller eye distance, in pixels, are left out: they would be blurred."""
    enlarged: float = 1.8
    """How often a pixel of the portrait is enlarged, at the most."""
    light: Augment = field(default_factory=lambda: Augment(gamma=0.2, cast=0.04, grey=0.03, shuffle=0.0))
    """The light: `gamma`, `cast`, `grey` and `shuffle` of it. Mild, since edits are of light too."""

    def matrix(
        self, shape: tuple[int, ...], eyes: Eyes, size: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """A random similarity from a portrait to a square around the face.

        The square lies within the portrait as far as that is large enough, but for its turn.

        Args:
            shape: (H, W, ...) of the portrait.
            eyes: (x, y) of both, in pixels.
            size: Side of the square in pixels.
            rng: The source of chance.

        Returns:
            (2, 3), pixel centres at integers; half of them mirror.
        """
        part = np.exp(rng.uniform(np.log(self.smallest), np.log(self.largest)))
        least = min(size / self.enlarged, *shape[:2])
        side = float(np.clip(abs(span(eyes)) / part, least, min(shape[:2])))
        place = np.array(PLACE) + rng.normal(0, self.shift, 2)
        limit = np.array(shape[1::-1]) - 1
        middle = np.mean(eyes, axis=0) + side * (0.5 - place)
        middle = np.clip(middle, side / 2, np.maximum(limit - side / 2, side / 2))
        turn = np.deg2rad(rng.normal(0, self.turn))
        flip = -1.0 if rng.random() < 0.5 else 1.0
        turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        linear = size / side * turned @ np.diag([flip, 1.0])
        return np.column_stack([linear, (size - 1) / 2 - linear @ middle])

    def shot(
        self, portrait: Picture, alpha: Unit, eyes: Eyes, size: int, rng: np.random.Generator
    ) -> tuple[Picture, Unit, Eyes]:
        """A square of a portrait under a random light.

        Args:
            portrait: (H, W, 3) uint8.
            alpha: Its matte (H, W) in [0, 1].
            eyes: (x, y) of the image-left and of the image-right eye, in pixels.
            size: Side of the square in pixels.
            rng: The source of chance.

        Returns:
            The photo (size, size, 3) uint8, its matte (size, size) in [0, 1], its eyes, the image-left first.
        """
        matrix = self.matrix(portrait.shape, eyes, size, rng)
        cut = warp(portrait, matrix, (size, size), "reflect")
        lit = self.light.light(np.divide(cut, np.float32(255), dtype=np.float32), rng)
        one, other = sorted((x, y) for x, y in move(eyes, matrix).tolist())
        return np.rint(255 * lit).astype(np.uint8), warp(alpha, matrix, (size, size), "reflect"), (one, other)

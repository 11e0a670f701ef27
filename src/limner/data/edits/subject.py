"""What an edit works on: a portrait, and what drawings ask of it, measured once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from limner.data.flow import along
from limner.data.pair import Picture
from limner.data.pencil import Hand, contours, wanted, way
from limner.data.sitter import Real, Sitter, Unit, even, noise, sit, step
from limner.frame import Point
from limner.image import GREY

__all__ = ["Colour", "Real", "Subject", "Unit", "laid"]

Colour = tuple[float, float, float]
"""Red, green and blue in [0, 1]."""
FORM = 0.42
"""Chosen: of a face's tone, how much is drawn besides its hollows."""


@dataclass(frozen=True)
class Subject:
    """A portrait to edit. Lengths are hundredths of the eye distance, unless pixels are named.

    Attributes:
        photo: (H, W, 3) in [0, 1].
        sitter: Its tone, and where on the face each pixel lies.
        matte: (H, W) in [0, 1], as given, or 1.
        hand: The pencil's measures for these eyes.
    """

    photo: Unit
    sitter: Sitter
    matte: Unit
    hand: Hand

    @classmethod
    def of(cls, photo: Picture, matte: Unit | None, eyes: tuple[Point, Point]) -> "Subject":
        """Measures a photo (H, W, 3) uint8; raises what `limner.data.sitter.sit` raises."""
        sitter = sit(photo, matte, eyes)
        alpha = np.ones(sitter.matte.shape, np.float32) if matte is None else matte.astype(np.float32)
        return cls(np.divide(photo, np.float32(255), dtype=np.float32), sitter, alpha, Hand(eyes=eyes))

    @property
    def shape(self) -> tuple[int, ...]:
        """(H, W)."""
        return self.sitter.matte.shape

    @property
    def unit(self) -> float:
        """Pixels in a hundredth of the eye distance."""
        return self.sitter.unit

    @cached_property
    def flow(self) -> Real:
        """Along which direction (H, W, 2) hair, folds and features run."""
        return way(self.sitter, self.hand, 0.06)

    @cached_property
    def dark(self) -> Real:
        """How dark (H, W) to draw, in [0, 1]: 0 on lit skin of any colour and where nobody is."""
        sitter = self.sitter
        form = np.clip(sitter.soft(sitter.tone, 1.2), 0, 1)
        hollows = np.clip(wanted(sitter, self.hand), 0, 1)
        return np.clip(FORM * form + (1 - 0.5 * FORM) * hollows, 0, 1) * step(sitter.matte, 0.2, 0.8)

    @cached_property
    def strokes(self) -> Real:
        """How much of a place (H, W) strokes cover, in [0, 0.8]: dark hair keeps some paper between them."""
        return 0.8 * self.dark**1.1

    @cached_property
    def bright(self) -> Real:
        """How much light (H, W) falls on the person, in [0, 1]: 1 on highlights, 0 where nobody is."""
        sitter = self.sitter
        shine = np.clip(0.62 - 1.1 * sitter.soft(sitter.tone, 1), 0, 1)
        return shine * (1 - 0.6 * self.dark) * step(sitter.matte, 0.2, 0.8)

    @cached_property
    def white(self) -> float:
        """The light of the photo's white, in [0, 1]."""
        return max(float(np.percentile(self.photo.mean(axis=2), 99)), 0.05)

    @cached_property
    def grey(self) -> Unit:
        """The photo's light (H, W) in [0, 1]; Source: ITU-R BT.601."""
        return (self.photo @ np.array(GREY, np.float32)).astype(np.float32)

    def lines(self, width: float) -> Real:
        """Contours (H, W) in [0, 1], fine ones of a sigma of `width`."""
        hand = Hand(eyes=self.hand.eyes, width=width)
        return contours(self.sitter, np.ones(self.shape, np.float32), hand)

    def strands(self, spacing: float, length: float, rng: np.random.Generator) -> Real:
        """Strokes that follow the flow, as a screen (H, W) evenly spread over [0, 1]."""
        grain = noise(self.shape, 0.3 * spacing * self.unit, rng)
        return even(along(grain, self.flow, length * self.unit))


def laid(paper: Colour | Real, ink: Colour | Real, amount: Real) -> Real:
    """Ink laid on paper, each a colour or (H, W, 3), by an amount (H, W) in [0, 1]; gives (H, W, 3)."""
    under, over = np.asarray(paper, np.float32), np.asarray(ink, np.float32)
    return under + np.clip(amount, 0, 1)[..., None] * (over - under)


def between(first: Colour, last: Colour, part: float) -> Colour:
    """The colour `part` of the way from one to another."""
    red, green, blue = (a + part * (b - a) for a, b in zip(first, last, strict=True))
    return red, green, blue

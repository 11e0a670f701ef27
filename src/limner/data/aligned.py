"""Aligned pairs in memory, as a training draws them: cut, turned, lit, at random."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limner.data.augment import Augment, planes
from limner.data.hair import recoloured
from limner.data.pair import Picture


@dataclass(frozen=True)
class AlignedPairs:
    """Pairs whose faces lie in one frame, pixel on pixel.

    Attributes:
        photos: Each (H, W, 3) uint8.
        sketches: Each (H, W) uint8.
        mattes: Each (H, W) uint8, 255 where the photo shows a plain backdrop.
        augment: How a pair is changed each time it is drawn.
        hair: Each (H, W) uint8, 255 where it is dark, to be recoloured; without, no hair is.
    """

    photos: Sequence[Picture]
    sketches: Sequence[Picture]
    mattes: Sequence[Picture]
    augment: Augment
    hair: Sequence[Picture] = ()

    def __len__(self) -> int:
        return len(self.photos)

    def sample(self, index: int, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        """A crop of one pair.

        Returns:
            `photo` (3, crop, crop) under a changed light, to draw from; `plain`, the same as it was taken but
            for its hair, to be drawn; `sketch` (1, crop, crop); all in [0, 1].
        """
        augment = self.augment
        matrix = augment.geometry(self.photos[index].shape, rng)
        plain = augment.cut(self.photos[index], matrix, paper=False)
        drawn = augment.cut(self.sketches[index], matrix, paper=True)
        if self.hair and rng.random() < augment.hair:
            plain, drawn = recoloured(plain, drawn, augment.cut(self.hair[index], matrix, paper=False), rng)
        seen = augment.seen(plain, augment.cut(self.mattes[index], matrix, paper=False), rng)
        return {"photo": planes(seen), "plain": planes(plain), "sketch": drawn[None]}

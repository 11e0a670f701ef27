"""Aligned pairs in memory, as a training draws them: cut, turned, lit, at random."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limner.data.augment import Augment
from limner.data.pair import Picture


@dataclass(frozen=True)
class AlignedPairs:
    """Pairs whose faces lie in one frame, pixel on pixel.

    Attributes:
        photos: Each (H, W, 3) uint8.
        sketches: Each (H, W) uint8.
        mattes: Each (H, W) uint8, 255 where the photo shows a plain backdrop.
        augment: How a pair is changed each time it is drawn.
    """

    photos: Sequence[Picture]
    sketches: Sequence[Picture]
    mattes: Sequence[Picture]
    augment: Augment

    def __len__(self) -> int:
        return len(self.photos)

    def sample(self, index: int, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        """A crop of one pair.

        Returns:
            `photo` (3, crop, crop) under a changed light, to draw from; `plain`, the same as it was taken, to
            be drawn; `sketch` (1, crop, crop); all in [0, 1].
        """
        photo, sketch = self.photos[index], self.sketches[index]
        matrix = self.augment.geometry(photo.shape, rng)
        seen = self.augment.photo(photo, self.mattes[index], matrix, rng)
        plain = np.ascontiguousarray(self.augment.cut(photo, matrix, paper=False).transpose(2, 0, 1))
        drawn = self.augment.cut(sketch, matrix, paper=True)[None]
        return {"photo": seen, "plain": plain, "sketch": drawn}

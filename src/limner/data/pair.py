"""A pair: a photo and the sketch of the same face."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limner import image
from limner.errors import LimnerError

Picture = NDArray[np.uint8]


class DataError(LimnerError):
    """A data set is missing or damaged; the message says what was expected where, and what was found."""


@dataclass(frozen=True)
class Pair:
    """Where a photo and its sketch lie.

    Attributes:
        identity: The person's name in the data set.
        photo: Path of the photo.
        sketch: Path of the sketch.
    """

    identity: str
    photo: Path
    sketch: Path

    def read(self) -> tuple[Picture, Picture]:
        """Reads both.

        Returns:
            The photo (H, W, 3) and the sketch (H, W, 3), uint8.

        Raises:
            limner.image.ImageError: One of them cannot be read.
            DataError: They are not of one size.
        """
        photo, sketch = image.read(self.photo), image.read(self.sketch)
        if photo.shape != sketch.shape:
            raise DataError(
                f"{self.photo} is {photo.shape[1]} x {photo.shape[0]} and {self.sketch} "
                f"{sketch.shape[1]} x {sketch.shape[0]}; a pair of one size is expected"
            )
        return photo, sketch

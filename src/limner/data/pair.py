"""A pair: a photo and the sketch of the same face."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
        identity: Its name in the data set: the person, where the set says who is who, else the picture.
        photo: Path of the photo.
        sketch: Path of the sketch.
        style: The artist or manner within the set, "" where it has one only.
        attributes: What the set says of the photo, such as "smile": "yes".
    """

    identity: str
    photo: Path
    sketch: Path
    style: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

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


def some(names: Iterable[str]) -> str:
    """The first five of the names, sorted, as an error's one line may hold them."""
    known = sorted(names)
    rest = f" and {len(known) - 5} more" if len(known) > 5 else ""
    return ", ".join(known[:5]) + rest

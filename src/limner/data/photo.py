"""A photo without a sketch."""

from dataclasses import dataclass
from pathlib import Path

from limner import image
from limner.data.pair import Picture


@dataclass(frozen=True)
class Photo:
    """Where a photo lies.

    Attributes:
        identity: Who or what it shows; photos of one person share it.
        photo: Path of the photo.
    """

    identity: str
    photo: Path

    def read(self) -> Picture:
        """Reads it, (H, W, 3) uint8; raises `limner.image.ImageError` where that cannot be done."""
        return image.read(self.photo)

"""Which made picture belongs to which real one, and both as a metric takes them."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from limner.data.folder import by_name
from limner.data.pair import some
from limner.errors import LimnerError
from limner.hub import Drawn
from limner.image import Picture

SHAPE = 0.02
"""Chosen: sides whose ratio differs by more than this share show another cut, which no resizing mends."""
COLOURED = 12
"""Chosen: channels further apart than this anywhere but in one pixel of a thousand are colour, not JPEG."""


class ScoreError(LimnerError):
    """Pictures cannot be scored; the message says what was expected and what was found."""


@dataclass(frozen=True)
class Match:
    """A real picture and the made one of the same face.

    Attributes:
        name: By which tables call it.
        real: Path of the reference.
        made: Path of what is judged.
        source: Path of what it was drawn from, if that is another picture than the reference.
        to: What was drawn.
    """

    name: str
    real: Path
    made: Path
    source: Path | None = None
    to: Drawn = "sketch"

    @property
    def photo(self) -> Path:
        """Path of the photo of the face: what a sketch was drawn from, or what a made photo is held to."""
        return self.source if self.source and self.to == "sketch" else self.real


def matched(real: Path, made: Path) -> list[Match]:
    """Two files, or the pictures of two folders by their names up to the first dot.

    Raises:
        ScoreError: A file against a folder, or pictures without a partner.
        limner.data.pair.DataError: Two pictures of one folder share a name.
        limner.image.ImageError: A folder holds no picture.
    """
    for path in (real, made):
        if not path.exists():
            raise ScoreError(f"{path} does not exist; a picture or a folder of pictures is expected")
    if real.is_dir() != made.is_dir():
        raise ScoreError(f"{real} and {made}: two files or two folders are expected")
    if not real.is_dir():
        return [Match(real.name.split(".")[0], real, made)]
    reals, mades = by_name(real), by_name(made)
    lacks = {made: reals.keys() - mades.keys(), real: mades.keys() - reals.keys()}
    told = "; ".join(f"not in {folder}: {some(names)}" for folder, names in lacks.items() if names)
    if told:
        raise ScoreError(f"{len(reals)} pictures in {real}, {len(mades)} in {made}; {told}")
    return [Match(name, reals[name], mades[name]) for name in sorted(reals)]


def grey(picture: Picture) -> Picture:
    """(H, W) of (H, W, 3), both uint8, weighted as Pillow's "L" (ITU-R 601)."""
    return np.asarray(Image.fromarray(picture).convert("L"))


def coloured(picture: Picture) -> bool:
    """Whether a picture (H, W, 3) shows colour, more than JPEG leaves on a grey one."""
    apart = picture.max(axis=2).astype(np.int16) - picture.min(axis=2)
    return bool(np.mean(apart > COLOURED) > 1e-3)


def brought(picture: Picture, size: tuple[int, int]) -> Picture:
    """A picture brought to a size (width, height) as the field does before scoring.

    Chosen: areas averaged where it shrinks on both sides, bicubic elsewhere.

    Raises:
        ScoreError: The sides have another ratio: the picture is cut otherwise.
    """
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    if abs(width * size[1] / (height * size[0]) - 1) > SHAPE:
        raise ScoreError(f"{width} x {height} is cut otherwise than {size[0]} x {size[1]}")
    shrinks = size[0] <= width and size[1] <= height
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)

"""Training pairs out of portraits alone: limner's own pencil draws each, aligned in one frame.

What comes of it is a plain folder of pairs, as `limner.data.folder` reads it, free of anybody's drawings.
"""

import zlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limner import image
from limner.data.pencil import Hand, draw
from limner.errors import LimnerError
from limner.faces import find, similarity, warp
from limner.faces.matte import matte
from limner.frame import PORTRAIT, Frame
from limner.image import Picture
from limner.progress import Report, reporting, silent


@dataclass(frozen=True)
class Paired:
    """What became of one portrait.

    Attributes:
        source: The portrait.
        error: Why there is no pair of it, one line; empty when there is one.
    """

    source: Path
    error: str = ""


def make_pairs(
    portraits: Sequence[Path], out: Path, seed: int = 0, frame: Frame = PORTRAIT, report: Report = silent
) -> Generator[Paired, None, None]:
    """Draws each portrait and writes the pair; one that is there already is left as it is.

    Args:
        portraits: Their names up to the suffix name the pairs.
        out: Gets `photos` and `sketches`, each picture (H, W) of the frame.
        seed: Together with a portrait's name, the source of all chance in its drawing.
        frame: Where the largest face of each is brought to. What lies outside of the portrait repeats its
            edge in the photo and is paper in the sketch.
        report: Is told the progress after each.

    Yields:
        What became of each.

    Raises:
        LimnerError: Two portraits share one name.
    """
    names = [path.stem for path in portraits]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise LimnerError(f"two portraits are called {min(twice)}; one pair a name is expected")
    for path in reporting(portraits, "portrait", report):
        photo, sketch = (out / kind / f"{path.stem}.png" for kind in ("photos", "sketches"))
        if sketch.exists() and photo.exists():
            yield Paired(path)
            continue
        try:
            seen, drawn = pair(
                image.read(path), frame, np.random.default_rng((seed, zlib.crc32(path.stem.encode())))
            )
        except LimnerError as error:
            yield Paired(path, f"{path}: {error}")
            continue
        for target, picture in ((photo, seen), (sketch, drawn)):
            target.parent.mkdir(parents=True, exist_ok=True)
            image.write(target, picture, force=True)
        yield Paired(path)


def pair(portrait: Picture, frame: Frame, rng: np.random.Generator) -> tuple[Picture, Picture]:
    """One portrait in the frame, and the pencil's drawing of it.

    Args:
        portrait: (H, W, 3) uint8.
        frame: Where its largest face is brought to.
        rng: The source of chance.

    Returns:
        The photo (h, w, 3) and the sketch (h, w), uint8, of the frame's size.

    Raises:
        LimnerError: No face was found.
    """
    faces = find(portrait)
    if not faces:
        raise LimnerError("no face was found; portraits of one person are expected")
    matrix = similarity(faces[0].eyes, frame)
    photo = warp(portrait, matrix, frame.size)
    beyond = warp(np.zeros(portrait.shape[:2], np.float32), matrix, frame.size, "white")
    alpha = warp(matte(portrait, faces), matrix, frame.size)
    return photo, draw(photo, alpha * (1 - beyond), Hand(eyes=frame.eyes), rng)

"""Drawings as somebody photographs them at home: how many are refused as photos, and how many photos are not.

    python -m benchmarks.lamp cuhk=DATA/cuhk-400x500 fs2k/1=DATA/fs2k fs2k/2=DATA/fs2k fs2k/3=DATA/fs2k

A small lamp stands before the drawing, somewhere, two to four half-lengths of it away; it is a little red,
the lens darkens the corners, the sensor adds noise. Pairs that are held out of each set's training split
(SET-choose) are asked as `limner learn` asks them; those in whose photo or drawing no face is seen are left
out.
"""

import argparse
import zlib
from pathlib import Path

import numpy as np

from benchmarks.record import Table, show
from limner import image
from limner.evaluate import PROTOCOLS
from limner.evaluate.subjects import subjects_of
from limner.faces import find
from limner.image import GREY, Picture
from limner.methods.fitting import is_photo

NEAREST, FURTHEST = 2.0, 4.0
"""Of the lamp, in half-lengths of the drawing's longer side."""
CORNERS = 0.12
"""How much darker the lens is at the end of the longer side."""
EXPOSED = 0.65, 0.95
"""Of white paper where the lamp is nearest."""
GREEN, BLUE = (0.9, 1.0), (0.75, 0.95)
"""Of the lamp, beside red."""
NOISE = 2.0
"""Of the sensor: a standard deviation in levels."""


def lit(drawing: Picture, name: str) -> Picture:
    """A drawing by lamplight, (H, W, 3) uint8 from the same; all chance follows from the name."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    height, width = drawing.shape[:2]
    long = max(height, width)
    y, x = np.mgrid[1 - height : height : 2, 1 - width : width : 2] / long
    across, down = rng.uniform(-1.5, 1.5, 2)
    away = rng.uniform(NEAREST, FURTHEST)
    # A point's light falls with the square of its distance, and with the cosine to the paper.
    light = (away**2 + (x - across) ** 2 + (y - down) ** 2) ** -1.5
    light *= rng.uniform(*EXPOSED) / light.max() / (1 + CORNERS * (x**2 + y**2))
    colour = np.array([1, rng.uniform(*GREEN), rng.uniform(*BLUE)])
    seen = drawing * light[..., None] * colour + rng.normal(0, NOISE, drawing.shape)
    return np.clip(np.round(seen), 0, 255).astype(np.uint8)


def count(name: str, folder: Path) -> tuple[int, int, int, int, int]:
    """Pairs; drawings that are refused as they are, and by lamplight; photos that are, and grey ones."""
    of, _, artist = name.partition("/")
    split = f"{of}-choose" + (f"/{artist}" if artist else "")
    told: list[tuple[bool, ...]] = []
    for subject in subjects_of(PROTOCOLS[of], folder, split)[0]:
        if subject.real is None:
            continue
        photo, drawing = image.read(subject.source), image.read(subject.real)
        grey = np.repeat(np.round(photo @ np.array(GREY))[..., None], 3, axis=2).astype(np.uint8)
        asked = (drawing, lit(drawing, subject.name), photo, grey)
        faces = [find(each)[:1] for each in asked]
        if all(faces):
            told.append(tuple(is_photo(each, face[0]) for each, face in zip(asked, faces, strict=True)))
    scanned, dark, coloured, plain = np.sum(told, axis=0).tolist()
    return len(told), scanned, dark, coloured, plain


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "sets", nargs="+", metavar="NAME=FOLDER", help="a set, or SET/ARTIST, and where it lies"
    )
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    named = (each.partition("=") for each in given.sets)
    rows = [(name, *(str(n) for n in count(name, Path(folder)))) for name, _, folder in named]
    head = ("set", "pairs", "drawings", "by lamplight", "photos", "grey photos")
    show(given.json, Table("refused", head, tuple(rows)))


if __name__ == "__main__":
    main()

"""A contact sheet: portraits above, drawn below, so that a style can be judged by eye.

    python -m benchmarks.sheet --style pencil --out docs/pictures/pencil.jpg PHOTO...

Each photo is brought to the style's frame. One in which no face is found shows as an empty cell.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import limner
from limner import image
from limner.faces import find, similarity, warp
from limner.sketcher import Options, Sketcher

Picture = NDArray[np.uint8]


def cell(hand: Sketcher, path: Path, width: int) -> Picture:
    """A photo in the frame above its drawing, (2 H, W, 3)."""
    picture = image.read(path)
    size = (width, round(width * hand.frame.height / hand.frame.width))
    faces = find(picture)
    if not faces:
        return np.full((2 * size[1], size[0], 3), 255, np.uint8)
    photo = warp(picture, similarity(faces[0].eyes, hand.frame), hand.frame.size)
    drawn = hand.draw(picture, Options(crop=True))
    small = np.diag([width / hand.frame.width] * 2) @ np.eye(2, 3)
    if drawn.ndim == 2:
        drawn = np.repeat(drawn[..., None], 3, axis=2)
    return np.concatenate([warp(each, small, size) for each in (photo, drawn)])


def main() -> None:
    """Writes the sheet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--style", default="pencil")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("--width", type=int, default=240, help="of a cell, in pixels")
    given = parser.parse_args()
    hand = limner.load(given.style)
    cells = [cell(hand, path, given.width) for path in given.photos]
    lack = -len(cells) % given.columns
    cells += [np.full_like(cells[0], 255)] * lack
    rows = [cells[i : i + given.columns] for i in range(0, len(cells), given.columns)]
    sheet = np.concatenate([np.concatenate(row, axis=1) for row in rows])
    image.write(given.out, sheet, force=True)


if __name__ == "__main__":
    main()

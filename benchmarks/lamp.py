"""Drawings as somebody photographs them at home: what is refused as a photo, and how white paper is made.

    python -m benchmarks.lamp cuhk=DATA/cuhk-400x500 fs2k/1=DATA/fs2k fs2k/2=DATA/fs2k fs2k/3=DATA/fs2k

A small lamp stands before the drawing, somewhere, two to four half-lengths of it away; it is a little red,
the lens darkens the corners, the sensor adds noise. Pairs that are held out of each set's training split
(SET-choose) are asked as `limner learn` asks them; those in whose photo or drawing no face is seen are left
out. How far paper is off is told in levels, over a tenth of the drawing or more, the lightest of the scan.
"""

import zlib
from collections.abc import Sequence

import numpy as np

from benchmarks.choose import arguments, held_out
from benchmarks.record import Table, show
from limner import image
from limner.data.pair import Pair
from limner.evaluate.matching import grey
from limner.faces import find
from limner.faces.paper import WHITE, levelled
from limner.image import Picture
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


def off(made: Picture, scan: Picture) -> float:
    """How many levels from white the paper of a drawing is, both (H, W, 3) uint8."""
    seen, known = grey(made), grey(scan)
    paper = known >= np.percentile(known, 90) - 4
    return float(np.abs(seen[paper].clip(max=WHITE).astype(float) - WHITE).mean())


def measured(pairs: Sequence[Pair]) -> tuple[str, ...]:
    """The cells of a set, as `main` heads them; of drawings and photos, how many are refused as photos."""
    refused: list[tuple[bool, ...]] = []
    levels: list[tuple[float, float]] = []
    for pair in pairs:
        photo, drawing = image.read(pair.photo), image.read(pair.sketch)
        dark = lit(drawing, pair.identity)
        asked = (drawing, dark, photo, np.repeat(grey(photo)[..., None], 3, axis=2))
        faces = [find(each)[:1] for each in asked]
        if not all(faces):
            continue
        refused.append(tuple(is_photo(each, face[0]) for each, face in zip(asked, faces, strict=True)))
        levels.append((off(dark, drawing), off(levelled(dark, [faces[1][0].eyes]), drawing)))
    counts = (str(n) for n in np.sum(refused, axis=0).tolist())
    return (f"{len(refused)}", *counts, *(f"{n:.1f}" for n in np.mean(levels, axis=0).tolist()))


def main() -> None:
    """Prints the table."""
    given = arguments(__doc__ or "").parse_args()
    rows = [(name, *measured(pairs)) for name, pairs in map(held_out, given.sets)]
    head = ("set", "pairs", "drawings", "by lamplight", "photos", "grey photos", "paper off", "made white")
    show(given.json, Table("refused", head, tuple(rows)))


if __name__ == "__main__":
    main()

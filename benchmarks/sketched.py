"""Held-out people drawn by hands that no style has seen: pairs to score photos from sketches on.

    python -m benchmarks.sketched --portraits PORTRAITS --hand charcoal --out runs/sketched/charcoal
    limner bench pairs --data runs/sketched/charcoal --style photo

The hands are limner's own drawing-like edits (`limner.data.edits`), with parameters that no training draws. A
drawing lies on its photo to the pixel, as no artist's does.
"""

import argparse
from pathlib import Path

from benchmarks.lamp import lit
from benchmarks.prior.edits import chosen
from benchmarks.prior.squares import sitters
from benchmarks.prior.triples import triple
from limner import image


def main() -> None:
    """Writes the pairs, photos and sketches, as squares around the faces."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--portraits", type=Path, required=True)
    parser.add_argument("--hand", required=True, help="a family of edits, such as charcoal")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lamp", action="store_true", help="photograph the drawings, see benchmarks.lamp")
    parser.add_argument("--count", type=int, default=100, help="people at most")
    parser.add_argument("--side", type=int, default=256, help="of the pictures, in pixels")
    parser.add_argument("--seed", type=int, default=7, help="of who is taken, and of every stroke")
    given = parser.parse_args()
    (hand,) = chosen([given.hand])
    for sitter in sitters(given.portraits, given.count, given.side, given.seed):
        name = f"{sitter.name}.png"
        drawn = triple(sitter, hand, given.seed).edited
        drawn = lit(drawn, sitter.name) if given.lamp else drawn
        for folder, picture in (("photos", sitter.photo), ("sketches", drawn)):
            (given.out / folder).mkdir(parents=True, exist_ok=True)
            image.write(given.out / folder / name, picture, force=True)


if __name__ == "__main__":
    main()

"""How far mattes are off on composites of held-out people, and how they look on real backgrounds.

    python -m benchmarks.matte --data PORTRAITS
    python -m benchmarks.matte --sheet docs/pictures/matte.jpg PHOTO...

The composites are always the same: every held-out person whose portrait can be keyed, once, before a
backdrop that is in turn of a kind that training drew (with pieces of real ones, from held-out portraits) and
a photograph that comes with scikit-image, none of which training saw. A matte is given what a user's is: the
picture and the faces that `limner.faces.find` sees in it.

- mae: mean `|a - a'|` over all pixels;
- grad: mean `|grad(G * a) - grad(G * a')|` over all pixels, G a Gaussian of sigma 1.4 pixels.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

from benchmarks.record import Table, show
from limner import image
from limner.data import backdrop
from limner.data.composites import Composites, Mix
from limner.data.scenery import scenery
from limner.evaluate.statistics import interval
from limner.faces import Face, find
from limner.faces.matte import lack, matte

Picture = NDArray[np.uint8]
Unit = NDArray[np.float32]
Matter = Callable[[Picture, list[Face]], Unit]

SIDE, SEED, SIGMA = 400, 7, 1.4
PHOTOGRAPHS = ("brick", "chelsea", "coffee", "grass", "gravel", "hubble_deep_field", "rocket")
KINDS = ("drawn", "photograph")
Scores = dict[tuple[str, str], list[tuple[float, float]]]
MIX = Mix(crop=SIDE, smallest=0.45, largest=1.3, company=0.15, nobody=0.0)


def photograph(rng: np.random.Generator) -> Unit:
    """A random piece of a scikit-image photograph, (SIDE, SIDE, 3) in [0, 1]."""
    picture = np.asarray(getattr(skimage.data, str(rng.choice(PHOTOGRAPHS)))(), np.uint8)
    if picture.ndim == 2:
        picture = np.repeat(picture[..., None], 3, axis=2)
    side = int(min(picture.shape[:2]) * rng.uniform(0.4, 1))
    y, x = (int(rng.integers(0, size - side + 1)) for size in picture.shape[:2])
    cut = cv2.resize(picture[y : y + side, x : x + side], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return (cut.astype(np.float32) / 255 * rng.uniform(0.6, 1.1, 3)).clip(0, 1).astype(np.float32)


def network(picture: Picture, faces: list[Face]) -> Unit:
    """What is shipped."""
    return matte(picture, faces)


def uncut(picture: Picture, faces: list[Face]) -> Unit:
    """The same, colours not asked where the network is in doubt."""
    with patch("limner.faces.matte.cut", _as_it_is):
        return matte(picture, faces)


def _as_it_is(_: Picture, alpha: Unit) -> Unit:
    return alpha


def faceless(picture: Picture, _: list[Face]) -> Unit:
    """What is shipped, not told of any face."""
    return matte(picture)


def keyed(picture: Picture, _: list[Face]) -> Unit:
    """The rough keying that the styles' training uses."""
    return (1 - backdrop.matte(picture) / np.float32(255)).astype(np.float32)


def boxes(picture: Picture, faces: list[Face]) -> Unit:
    """One in a box of head and shoulders below each face."""
    made = np.zeros(picture.shape[:2], np.float32)
    for face in faces:
        x0, y0, x1, y1 = face.box
        wide, high = x1 - x0, y1 - y0
        left, top = max(0, round(x0 - 0.15 * wide)), max(0, round(y0 - 0.2 * high))
        made[top:, left : max(0, round(x1 + 0.15 * wide))] = 1
    return made


def everything(picture: Picture, _: list[Face]) -> Unit:
    """One everywhere."""
    return np.ones(picture.shape[:2], np.float32)


MATTERS: dict[str, Matter] = {
    "limner": network,
    "limner, without GrabCut": uncut,
    "limner, no faces given": faceless,
    "rough keying": keyed,
    "boxes below faces": boxes,
    "all one": everything,
}


def slopes(alpha: Unit) -> Unit:
    """The gradient of a matte under the Gaussian, (H, W, 2)."""
    soft = cv2.GaussianBlur(alpha, (0, 0), SIGMA)
    return np.stack(np.gradient(soft), axis=-1).astype(np.float32)


def measure(data: Path, out: Path | None) -> None:
    """Prints and keeps the table."""
    people = Composites.read(data, MIX, held=True)
    scores: Scores = {(name, kind): [] for name in MATTERS for kind in KINDS}
    for index in range(len(people)):
        rng = np.random.default_rng((SEED, index))
        kind = KINDS[index % 2]
        palette = rng.random((6, 3)).astype(np.float32)
        scene = photograph(rng) if index % 2 else scenery(SIDE, people.tiles, palette, rng)
        made = people.before(scene, index, rng)
        picture, true = image.from_unit(made["photo"]), made["matte"][0]
        faces = find(picture)
        for name, matter in MATTERS.items():
            alpha = matter(picture, faces)
            off = float(np.abs(alpha - true).mean())
            bent = float(np.linalg.norm(slopes(alpha) - slopes(true), axis=2).mean())
            scores[name, kind].append((off, bent))
    show(out, tabled(scores), portraits=len(people), side=SIDE, seed=SEED)


def tabled(scores: Scores) -> Table:
    """Means and intervals, by backdrop and over both."""
    rows: list[tuple[str, ...]] = []
    for matter in MATTERS:
        kinds = {kind: scores[matter, kind] for kind in KINDS}
        for kind, values in (kinds | {"both": [v for each in kinds.values() for v in each]}).items():
            off, bent = np.array(values).T
            cells = [
                f"{np.mean(v):.4f} [{low:.4f}, {high:.4f}]"
                for v in (off, bent)
                for low, high in [interval(v)]
            ]
            rows.append((matter, kind, str(len(off)), cells[0], f"{np.median(off):.4f}", cells[1]))
    head = ("matte", "backdrop", "n", "mae [95 %]", "median mae", "grad [95 %]")
    return Table("matte", head, tuple(rows))


def cell(path: Path, size: tuple[int, int]) -> Picture:
    """Photo, matte and the person on paper, side by side, (H, 3 W, 3); a red bar: lacking."""
    photo = image.read(path)
    k = min(size[0] / photo.shape[1], size[1] / photo.shape[0])
    faces = find(photo)
    alpha = matte(photo, faces)
    grey = np.repeat(image.from_unit(alpha)[..., None], 3, axis=2)
    paper = 255 - alpha[..., None] * (255 - photo.astype(np.float32))
    shown = np.concatenate([photo, grey, paper.astype(np.uint8)], axis=1)
    shown = cv2.resize(
        shown, (3 * round(photo.shape[1] * k), round(photo.shape[0] * k)), interpolation=cv2.INTER_AREA
    )
    made = np.full((size[1], 3 * size[0], 3), 255, np.uint8)
    made[: shown.shape[0], : shown.shape[1]] = shown
    if lack(alpha, faces):
        made[:6] = (220, 30, 30)
    return made


def sheet(photos: list[Path], out: Path, columns: int, width: int) -> None:
    """Writes the contact sheet."""
    cells = [cell(path, (width, width * 5 // 4)) for path in photos]
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % columns)
    rows = [np.concatenate(cells[i : i + columns], axis=1) for i in range(0, len(cells), columns)]
    image.write(out, np.concatenate(rows), force=True)


def main() -> None:
    """Prints the table or writes the sheet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("photos", nargs="*", type=Path)
    parser.add_argument(
        "--data", type=Path, help="the folder that the matte was trained on: prints the table"
    )
    parser.add_argument("--json", type=Path, help="where the table goes as JSON")
    parser.add_argument("--sheet", type=Path, help="where the contact sheet of PHOTO... goes")
    parser.add_argument("--columns", type=int, default=3)
    parser.add_argument("--width", type=int, default=160, help="of a photo on the sheet, in pixels")
    given = parser.parse_args()
    if given.data:
        measure(given.data, given.json)
    if given.sheet:
        sheet(given.photos, given.sheet, given.columns, given.width)


if __name__ == "__main__":
    main()

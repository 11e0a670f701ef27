"""Who is kept for testing under one name, and trained on under another: portraits alike to the last hair.

    python -m benchmarks.twins PORTRAITS [--least 0.76] [--sheet twins.png]

Of each portrait that the rule of `limner.data.portraits` keeps for testing, the most alike one of those that
are trained on: the correlation of both faces, laid on each other by the eyes and freed of light and of noise
(a difference of Gaussians). Above 0.86 all are the same photograph, cut or graded otherwise; below that it is
the eye that tells. `splits/portraits-twins.txt` was written by looking at all pairs down to 0.76. A person on
two photographs that are less alike is not found by this.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from limner import image
from limner.data.layout import pictures
from limner.data.portraits import drawn, identity
from limner.evaluate.judging import FIRST
from limner.faces import similarity, warp
from limner.frame import Frame

SEEN = Frame(56, 56, (14, 20), (42, 20))
"""Chosen: eyes, brows, nose and mouth, without hair."""


def looks(path: Path) -> NDArray[np.float32] | None:
    """A face as a vector of mean 0 and length 1; None where none is found."""
    picture = image.read(path)
    k = min(1.0, 400 / max(picture.shape[:2]))
    picture = np.asarray(cv2.resize(picture, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), np.uint8)
    faces = FIRST(picture)
    if not faces:
        return None
    face = warp(picture, similarity(faces[0].eyes, SEEN), SEEN.size, "replicate")
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = cv2.GaussianBlur(grey, (0, 0), 1) - cv2.GaussianBlur(grey, (0, 0), 4)
    vector = fine.ravel() - fine.mean()
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def main() -> None:
    """Prints the pairs, most alike first, and draws them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("portraits", type=Path)
    parser.add_argument("--least", type=float, default=0.76, help="correlation")
    parser.add_argument("--sheet", type=Path, help="a picture of them, side by side")
    given = parser.parse_args()
    seen = [(path, vector) for path in pictures(given.portraits) if (vector := looks(path)) is not None]
    tested = [(path, vector) for path, vector in seen if drawn(identity(path))]
    trained = [(path, vector) for path, vector in seen if not drawn(identity(path))]
    alike = np.stack([v for _, v in tested]) @ np.stack([v for _, v in trained]).T
    best = alike.argmax(axis=1)
    pairs = zip(alike.max(axis=1), tested, best, strict=True)
    found = [(float(share), path, trained[j][0]) for share, (path, _), j in pairs if share >= given.least]
    found.sort(reverse=True)
    for share, test, other in found:
        print(f"{share:.4f}  {test.relative_to(given.portraits)}  {other.relative_to(given.portraits)}")
    if given.sheet:
        cells = [np.hstack([_small(test), _small(other)]) for _, test, other in found]
        cells += [np.full_like(cells[0], 255)] * (-len(cells) % 8)
        rows = [np.hstack(cells[i : i + 8]) for i in range(0, len(cells), 8)]
        image.write(given.sheet, np.vstack(rows), force=True)


def _small(path: Path) -> NDArray[np.uint8]:
    """A portrait in a cell of a sheet."""
    picture = image.read(path)
    k = min(96 / picture.shape[0], 76 / picture.shape[1])
    small = cv2.resize(picture, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
    cell = np.full((100, 80, 3), 255, np.uint8)
    cell[: small.shape[0], : small.shape[1]] = small
    return cell


if __name__ == "__main__":
    main()

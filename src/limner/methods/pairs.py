"""Pairs for a training, in the frame of the style that is trained.

Photos come as they are: the finder brings each into the frame, and its sketch goes through the same matrix,
so that the artist's own small displacements stay the artist's. A sketch that was photographed is brought
onto white paper. What lies outside of a photo is cut off, not invented: the largest rectangle that holds both
eyes is left. Pictures that have the frame's size already are taken for aligned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from limner import image
from limner.data import DATASETS
from limner.data.aligned import AlignedPairs
from limner.data.augment import Augment
from limner.data.backdrop import matte
from limner.data.hair import all_hair
from limner.data.pair import DataError, Pair, Picture
from limner.faces import Frame, similarity, warp
from limner.faces.align import Matrix, move
from limner.faces.paper import levelled
from limner.methods.eyes import Eyes, Seen

FOLDER = "folder"


@dataclass(frozen=True)
class Source:
    """Where an artist's pairs lie.

    Attributes:
        folder: The data set.
        dataset: Its name in `limner.data.DATASETS`; by default a plain folder of pairs.
        style: The artist within the set; "" takes all.
    """

    folder: Path
    dataset: str = FOLDER
    style: str = ""

    @classmethod
    def read(cls, word: str) -> "Source":
        """Reads FOLDER of a plain folder of pairs, SET:FOLDER, or SET/STYLE:FOLDER for one artist of a set.

        Raises:
            DataError: No folder is named.
        """
        where, colon, folder = word.partition(":")
        dataset, _, style = where.partition("/")
        named = cls(Path(folder), dataset, style) if colon and dataset in DATASETS else cls(Path(word))
        if named.folder == Path():
            raise DataError(
                f"{word!r}: FOLDER, SET:FOLDER or SET/STYLE:FOLDER is expected, "
                f"SET one of {', '.join(DATASETS)}"
            )
        return named

    @property
    def title(self) -> str:
        """What others may know of it: the last two folders, or the set and the artist."""
        if self.dataset == FOLDER:
            return "/".join(self.folder.parts[-2:])
        return f"{self.dataset}/{self.style}" if self.style else self.dataset

    def pairs(self, hold_out: int = 0) -> list[Pair]:
        """The artist's pairs that may be trained on; see `DataSet.training`.

        Args:
            hold_out: Every n-th pair of the whole set, from the first on, is left out, as in the splits
                cuhk-choose and fs2k-choose for 8; 0 takes all.

        Raises:
            DataError: The set is missing, damaged or for testing alone, or holds nothing of this artist.
        """
        pairs = DATASETS[self.dataset].training(self.folder)
        kept = [pair for i, pair in enumerate(pairs) if not hold_out or i % hold_out]
        kept = [pair for pair in kept if self.style in ("", pair.style)]
        if not kept:
            raise DataError(f"{self.folder} holds no training pair of style {self.style!r}")
        return kept


def read_pairs(pairs: Sequence[Pair], frame: Frame, augment: Augment, seen: Seen) -> AlignedPairs:
    """Pairs in the frame, in memory; those in whose photo no face with both eyes is found are left out.

    Args:
        pairs: Where they lie.
        frame: Where faces are brought to.
        augment: How pairs are changed each time one is drawn.
        seen: Knows, or finds, where the eyes are.

    Raises:
        DataError: No face is found in any photo, or a photo and its sketch differ in size.
        limner.image.ImageError: A picture cannot be read.
    """
    photos: list[Picture] = []
    sketches: list[Picture] = []
    for pair in pairs:
        photo, sketch = pair.read()
        both = _in_frame(pair.photo, (photo, np.ascontiguousarray(sketch[..., 0])), frame, seen)
        photos += both[:1]
        sketches += [levelled(each) for each in both[1:]]
    if not photos:
        raise DataError(f"in none of {len(pairs)} photos a face was found; {pairs[0].photo} is one of them")
    mattes = [matte(photo) for photo in photos]
    dark = all_hair(photos, sketches, mattes) if augment.hair else ()
    return AlignedPairs(photos, sketches, mattes, augment, dark)


def digest(pictures: Iterable[Picture]) -> str:
    """The SHA-256 of what is learned from, by which a run knows it again."""
    seen = sha256()
    for each in pictures:
        seen.update(each.tobytes())
    return seen.hexdigest()


def read_photos(paths: Iterable[Path], frame: Frame, seen: Seen) -> list[Picture]:
    """Photos in the frame, each (h, w, 3) uint8; those where no face with both eyes is found are left out."""
    found = (_in_frame(path, (image.read(path),), frame, seen) for path in paths)
    return [pictures[0] for pictures in found if pictures]


def aligned(pictures: Sequence[Picture], eyes: Eyes, frame: Frame) -> list[Picture]:
    """Pictures of one face, through the matrix that brings its eyes to the frame's.

    Args:
        pictures: Each (H, W) or (H, W, 3) uint8, of one size.
        eyes: Of the face.
        frame: Where the eyes are to be.

    Returns:
        Each (h, w) or (h, w, 3) uint8: the frame's largest rectangle that the pictures fill and both eyes lie
        in; none if there is no such rectangle.
    """
    height, width = pictures[0].shape[:2]
    matrix = similarity(eyes, frame)
    filled = _filled(matrix, width, height, frame)
    return [warp(each, matrix, frame.size)[filled].copy() for each in pictures] if filled else []


def _filled(matrix: Matrix, width: int, height: int, frame: Frame) -> tuple[slice, slice] | None:
    """Rows and columns of the frame's largest part that a picture of this size fills, both eyes within."""
    corners = move([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], matrix)
    x, top, bottom = np.arange(frame.width), np.zeros(frame.width), np.full(frame.width, frame.height - 1.0)
    # Clockwise, upper edges run to the right, lower ones to the left.
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if x0 == x1:
            bottom[(x - x0) * (y1 - y0) > 0] = -1
            continue
        edge = y0 + (y1 - y0) / (x1 - x0) * (x - x0)
        if x0 < x1:
            top = np.maximum(top, edge)
        else:
            bottom = np.minimum(bottom, edge)
    # The filled part is convex: rows that two of its columns fill, all between them fill.
    xs, ys = zip(*frame.eyes, strict=True)
    left, right = x[x <= min(xs), None], x[x >= max(xs)]
    first = np.ceil(np.maximum(top[left], top[right]))
    last = np.floor(np.minimum(bottom[left], bottom[right]))
    area = (right - left + 1) * (last - first + 1) * ((first <= min(ys)) & (last >= max(ys)))
    if not area.any():
        return None
    i, j = np.unravel_index(area.argmax(), area.shape)
    return slice(int(first[i, j]), int(last[i, j]) + 1), slice(int(left[i, 0]), int(right[j]) + 1)


def _in_frame(photo: Path, pictures: Sequence[Picture], frame: Frame, seen: Seen) -> list[Picture]:
    """Pictures of one face aligned; as they are if they have the frame's size, none without both eyes."""
    height, width = pictures[0].shape[:2]
    if (width, height) == frame.size:
        return list(pictures)
    eyes = seen.eyes(photo, pictures[0])
    return aligned(pictures, eyes, frame) if eyes else []

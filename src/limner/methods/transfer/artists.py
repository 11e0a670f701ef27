"""What the `transfer` method trains on: pairs of several artists, and portraits that nobody drew.

Photos come as they are, or already of the frame's size: the finder brings each into the style's frame, and
its sketch goes through the same matrix, so that the artist's own small displacements stay the artist's. What
lies outside of a photo is cut off, not invented.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limner import image
from limner.data import DATASETS
from limner.data.aligned import AlignedPairs
from limner.data.augment import Augment
from limner.data.backdrop import matte
from limner.data.pair import DataError, Pair, Picture
from limner.data.portraits import portraits
from limner.faces import Frame, similarity, warp
from limner.faces.align import Matrix, move
from limner.methods.transfer.eyes import Eyes, Seen


@dataclass(frozen=True)
class Source:
    """Where one artist's pairs lie.

    Attributes:
        name: What the artist's style will be called.
        dataset: Name of a data set in `limner.data.DATASETS`.
        folder: Where it lies.
        style: The artist within the set; "" takes all.
    """

    name: str
    dataset: str
    folder: Path
    style: str = ""

    @classmethod
    def read(cls, word: str) -> "Source":
        """Reads `NAME=SET:FOLDER` or `NAME=SET/STYLE:FOLDER`, such as `fs2k-1=fs2k/1:DATA/fs2k`.

        Raises:
            DataError: The word is written otherwise, or there is no such data set.
        """
        name, equals, rest = word.partition("=")
        where, colon, folder = rest.partition(":")
        dataset, _, style = where.partition("/")
        if not (name and equals and colon and folder) or dataset not in DATASETS:
            raise DataError(
                f"{word!r}: NAME=SET:FOLDER or NAME=SET/STYLE:FOLDER is expected, with a SET of "
                + ", ".join(DATASETS)
            )
        return cls(name, dataset, Path(folder), style)

    def pairs(self, hold_out: int = 0) -> list[Pair]:
        """The artist's pairs of the set's training split, or all of a set without one.

        Args:
            hold_out: Every n-th pair, from the first on, is left out; 0 takes all.

        Raises:
            DataError: The set is missing or damaged, or holds nothing of this artist.
        """
        dataset = DATASETS[self.dataset]
        split = f"{self.dataset}-train"
        pairs = dataset.pairs(self.folder, split if split in dataset.splits else None)
        of_artist = [pair for pair in pairs if self.style in ("", pair.style)]
        kept = [pair for i, pair in enumerate(of_artist) if not hold_out or i % hold_out]
        if not kept:
            raise DataError(f"{self.name}: {self.folder} holds no training pair of style {self.style!r}")
        return kept


@dataclass(frozen=True)
class Artists:
    """Pairs of several artists, each as often as any other, beside portraits of strangers.

    Attributes:
        artists: The pairs of each.
        strangers: Aligned photos that nobody drew, each (H, W, 3) uint8.
        backdrops: Of each stranger, (H, W) uint8, 255 where the photo shows a plain backdrop.
        augment: How photos are changed each time one is drawn.
    """

    artists: Sequence[AlignedPairs]
    strangers: Sequence[Picture]
    backdrops: Sequence[Picture]
    augment: Augment

    @classmethod
    def read(
        cls,
        artists: Iterable[Sequence[Pair]],
        strangers: Iterable[Path],
        frame: Frame,
        augment: Augment,
        kept: Path,
    ) -> "Artists":
        """Reads and aligns everything into memory.

        Args:
            artists: The pairs of each.
            strangers: Folders of portraits; people who are kept for testing are left out.
            frame: Where faces are brought to.
            augment: How photos are changed.
            kept: A file that keeps where the eyes are, so that the next call need not look again.

        Raises:
            DataError: A folder holds no portrait, or no face is found in any photo of an artist.
            limner.image.ImageError: A picture cannot be read.
        """
        seen = Seen(kept)
        read = [_drawn(pairs, frame, augment, seen) for pairs in artists]
        photos = _undrawn((p for folder in strangers for p in portraits(folder)), frame, seen)
        seen.keep()
        return cls(read, photos, [matte(photo) for photo in photos], augment)

    def __len__(self) -> int:
        """As many as if each artist had drawn as much as the busiest."""
        return len(self.artists) * max(len(pairs) for pairs in self.artists)

    def sample(self, index: int, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        """One pair, who drew it, and somebody whom nobody drew.

        Returns:
            `photo`, `plain`, `sketch` as `AlignedPairs.sample`; `stranger` (3, crop, crop) in [0, 1]; and
            `hand` (artists,), 1 for the artist and 0 for others. Without strangers, the photo of another pair
            of the artist stands for one.
        """
        turn, who = divmod(index, len(self.artists))
        pairs = self.artists[who]
        hand = np.eye(len(self.artists), dtype=np.float32)[who]
        return {**pairs.sample(turn % len(pairs), rng), "hand": hand, "stranger": self._stranger(pairs, rng)}

    def _stranger(self, pairs: AlignedPairs, rng: np.random.Generator) -> NDArray[np.float32]:
        photos, backdrops = (
            (self.strangers, self.backdrops) if self.strangers else (pairs.photos, pairs.mattes)
        )
        index = int(rng.integers(len(photos)))
        matrix = self.augment.geometry(photos[index].shape, rng)
        return self.augment.photo(photos[index], backdrops[index], matrix, rng)


def aligned(pictures: Sequence[Picture], eyes: Eyes, frame: Frame) -> list[Picture]:
    """Pictures of one face, through the matrix that brings its eyes to the frame's.

    Args:
        pictures: Each (H, W) or (H, W, 3) uint8, of one size.
        eyes: Of the face.
        frame: Where the eyes are to be.

    Returns:
        Each (h, w) or (h, w, 3) uint8: the frame as far as the pictures fill it.
    """
    height, width = pictures[0].shape[:2]
    matrix = similarity(eyes, frame)
    left, top, right, bottom = _filled(matrix, width, height, frame)
    return [warp(each, matrix, frame.size)[top:bottom, left:right].copy() for each in pictures]


def _filled(matrix: Matrix, width: int, height: int, frame: Frame) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the frame's part that a picture of this size fills."""
    corners = move([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]], matrix)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    left, top = max(0, x0, x2), max(0, y0, y1)
    right, bottom = min(frame.width - 1, x1, x3), min(frame.height - 1, y2, y3)
    return int(np.ceil(left)), int(np.ceil(top)), int(right) + 1, int(bottom) + 1


def _in_frame(photo: Path, pictures: Sequence[Picture], frame: Frame, seen: Seen) -> Sequence[Picture]:
    """Pictures of one face aligned; as they are if they have the frame's size, none if no face is found."""
    height, width = pictures[0].shape[:2]
    if (width, height) == frame.size:
        return pictures
    eyes = seen.eyes(photo, pictures[0])
    return aligned(pictures, eyes, frame) if eyes else ()


def _drawn(pairs: Sequence[Pair], frame: Frame, augment: Augment, seen: Seen) -> AlignedPairs:
    photos: list[Picture] = []
    sketches: list[Picture] = []
    for pair in pairs:
        photo, sketch = pair.read()
        grey = np.ascontiguousarray(sketch[..., 0])
        both = _in_frame(pair.photo, (photo, grey), frame, seen)
        photos += both[:1]
        sketches += both[1:]
    if not photos:
        raise DataError(f"in none of {len(pairs)} photos a face was found; {pairs[0].photo} is one of them")
    return AlignedPairs(photos, sketches, [matte(photo) for photo in photos], augment)


def _undrawn(paths: Iterable[Path], frame: Frame, seen: Seen) -> list[Picture]:
    found = (_in_frame(path, (image.read(path),), frame, seen) for path in paths)
    return [pictures[0] for pictures in found if pictures]

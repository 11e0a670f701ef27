"""What the `transfer` method trains on: pairs of several artists, and portraits that nobody drew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limner.data.aligned import AlignedPairs
from limner.data.augment import Augment
from limner.data.backdrop import matte
from limner.data.pair import DataError, Pair, Picture
from limner.data.portraits import portraits
from limner.faces import Frame
from limner.methods.eyes import Seen
from limner.methods.pairs import Source, read_pairs, read_photos


def named(word: str) -> tuple[str, Source]:
    """An artist's name and pairs, of `NAME=SOURCE`; see `Source.read`.

    Raises:
        DataError: The word is written otherwise.
    """
    name, equals, source = word.partition("=")
    if not (name and equals):
        raise DataError(f"{word!r}: NAME=FOLDER, NAME=SET:FOLDER or NAME=SET/STYLE:FOLDER is expected")
    return name, Source.read(source)


def all_named(words: Sequence[str]) -> dict[str, Source]:
    """Each artist's pairs, by name; raises `DataError` as `named`, or if two have one name."""
    sources = dict(map(named, words))
    if len(sources) < len(words):
        raise DataError(f"{len(words)} artists of {len(sources)} names; a name for each is expected")
    return sources


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
        read = [read_pairs(pairs, frame, augment, seen) for pairs in artists]
        photos = read_photos((p for folder in strangers for p in portraits(folder)), frame, seen)
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

"""What the `transfer` method trains on: pairs of several artists, and portraits that nobody drew."""

from collections.abc import Iterable, Iterator, Sequence
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
    """Pairs of several artists, beside portraits of strangers.

    Attributes:
        artists: The pairs of each.
        strangers: Aligned photos that nobody drew, each (H, W, 3) uint8.
        backdrops: Of each stranger, (H, W) uint8, 255 where the photo shows a plain backdrop.
        augment: How photos are changed each time one is drawn.
        turns: Whose turn it is, by place in `artists`, over and over.
    """

    artists: Sequence[AlignedPairs]
    strangers: Sequence[Picture]
    backdrops: Sequence[Picture]
    augment: Augment
    turns: Sequence[int]

    @classmethod
    def read(
        cls,
        artists: Iterable[Sequence[Pair]],
        strangers: Iterable[Path],
        frame: Frame,
        augment: Augment,
        kept: Path,
        often: Sequence[int] = (),
    ) -> "Artists":
        """Reads and aligns everything into memory.

        Args:
            artists: The pairs of each.
            strangers: Folders of portraits; people who are kept for testing are left out.
            frame: Where faces are brought to.
            augment: How photos are changed.
            kept: A file that keeps where the eyes are, so that the next call need not look again.
            often: How many turns each artist has in a round; without, one each.

        Raises:
            DataError: A folder holds no portrait, no face is found in any photo of an artist, or turns are
                given to more or fewer than the artists.
            limner.image.ImageError: A picture cannot be read.
        """
        seen, artists = Seen(kept), list(artists)
        often = often or [1] * len(artists)
        if len(often) != len(artists):
            raise DataError(f"turns for {len(often)} artists are given, and there are {len(artists)}")
        turns = [who for who, count in enumerate(often) for _ in range(count)]
        read = [read_pairs(pairs, frame, augment, seen) for pairs in artists]
        photos = read_photos((p for folder in strangers for p in portraits(folder)), frame, seen)
        seen.keep()
        return cls(read, photos, [matte(photo) for photo in photos], augment, turns)

    def __len__(self) -> int:
        """As many as if each artist had drawn, a turn, as much as the busiest."""
        return len(self.turns) * max(len(pairs) for pairs in self.artists)

    def sample(self, index: int, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        """One pair, who drew it, and somebody whom nobody drew.

        Returns:
            `photo`, `plain`, `sketch` as `AlignedPairs.sample`; `stranger` (3, crop, crop) in [0, 1]; and
            `hand` (artists,), 1 for the artist and 0 for others. Without strangers, the photo of another pair
            of the artist stands for one.
        """
        round_, place = divmod(index, len(self.turns))
        who = self.turns[place]
        turn = round_ * self.turns.count(who) + place - self.turns.index(who)
        pairs = self.artists[who]
        hand = np.eye(len(self.artists), dtype=np.float32)[who]
        return {**pairs.sample(turn % len(pairs), rng), "hand": hand, "stranger": self._stranger(pairs, rng)}

    def pictures(self) -> Iterator[Picture]:
        """All that is learned from."""
        for pairs in self.artists:
            yield from (*pairs.photos, *pairs.sketches)
        yield from self.strangers

    def _stranger(self, pairs: AlignedPairs, rng: np.random.Generator) -> NDArray[np.float32]:
        photos, backdrops = (
            (self.strangers, self.backdrops) if self.strangers else (pairs.photos, pairs.mattes)
        )
        index = int(rng.integers(len(photos)))
        matrix = self.augment.geometry(photos[index].shape, rng)
        return self.augment.photo(photos[index], backdrops[index], matrix, rng)

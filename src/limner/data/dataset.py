"""A data set: what it is, where its pictures are expected, and who of it is trained on or tested."""

from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from limner.data.pair import DataError, Pair, some
from limner.data.photo import Photo
from limner.data.split import Split
from limner.errors import LimnerError
from limner.frame import Frame


@dataclass(frozen=True)
class DataSet:
    """A data set of pairs.

    Attributes:
        name: What commands call it.
        title: What it is, and who to cite.
        licence: The terms of its pictures.
        layout: What is expected where, in one line.
        read: Gives all pairs beneath a folder, sorted by identity, no identity twice; raises `DataError`.
        splits: By name.
        frame: Where the faces are in the aligned copy, None if there is none. A copy k times as large has
            them k times as far.
    """

    name: str
    title: str
    licence: str
    layout: str
    read: Callable[[Path], list[Pair]]
    splits: Mapping[str, Split] = field(default_factory=dict[str, Split])
    frame: Frame | None = None

    def pairs(self, folder: Path, split: str | None = None) -> list[Pair]:
        """The pairs beneath a folder.

        Args:
            folder: Holds the set in its `layout`.
            split: Name of one of `splits`; None takes all that is there, sorted by identity.

        Returns:
            The pairs, of a split in its order.

        Raises:
            DataError: There is no such split, or the folder does not hold what is expected: a picture
                lacks its partner, somebody of the split is missing, or somebody is there whom no split
                knows.
        """
        chosen = None if split is None else _split(self.name, self.splits, split)
        with _told_of(self.name, self.layout):
            found = {pair.identity: pair for pair in self.read(folder)}
            if chosen is None:
                return list(found.values())
            _refuse_strangers(found, self.splits.values(), folder)
            return [found[name] for name in chosen.chosen(found, folder)]

    def training(self, folder: Path) -> list[Pair]:
        """The pairs beneath a folder that may be trained on: of the split whose name ends in `-train`.

        Args:
            folder: Holds the set in its `layout`; of a set without splits, all is taken.

        Raises:
            DataError: The set has splits, but none to train on, or the folder does not hold what is expected.
        """
        if self.splits and not self.train:
            raise DataError(
                f"data set {self.name} is for testing alone; its splits: {', '.join(self.splits)}"
            )
        return self.pairs(folder, self.train)

    @property
    def train(self) -> str | None:
        """Name of the split that may be trained on: the one that ends in `-train`; None if there is none."""
        return next((name for name in self.splits if name.endswith("-train")), None)


@dataclass(frozen=True)
class PhotoSet:
    """A data set of photos alone.

    Attributes:
        name: What commands call it.
        title: What it is, and who to cite.
        licence: The terms of its pictures.
        layout: What is expected where, in one line.
        read: Gives all photos beneath a folder, sorted by identity; raises `DataError`.
        splits: By name.
    """

    name: str
    title: str
    licence: str
    layout: str
    read: Callable[[Path], list[Photo]]
    splits: Mapping[str, Split] = field(default_factory=dict[str, Split])

    def photos(self, folder: Path, split: str | None = None) -> list[Photo]:
        """The photos beneath a folder; a folder may hold more of them than a split names.

        Args:
            folder: Holds the set in its `layout`.
            split: Name of one of `splits`; None takes all that is there, sorted by identity.

        Returns:
            The photos, of a split in its order; all photos of a person stand together.

        Raises:
            DataError: There is no such split, or the folder does not hold what is expected.
        """
        chosen = None if split is None else _split(self.name, self.splits, split)
        with _told_of(self.name, self.layout):
            found = self.read(folder)
            if chosen is None:
                return found
            names = chosen.chosen((photo.identity for photo in found), folder)
            place = {name: i for i, name in enumerate(names)}
            return sorted((p for p in found if p.identity in place), key=lambda p: place[p.identity])


def _split(name: str, splits: Mapping[str, Split], wanted: str) -> Split:
    if wanted not in splits:
        known = ", ".join(splits) or "none"
        raise DataError(f"data set {name} has no split {wanted}; its splits: {known}")
    return splits[wanted]


@contextmanager
def _told_of(name: str, layout: str) -> Generator[None, None, None]:
    """Adds to an error which data set it is about, and what was expected."""
    try:
        yield
    except LimnerError as error:
        raise DataError(f"data set {name}: {error}. Expected: {layout}") from error


def _refuse_strangers(found: Collection[str], splits: Collection[Split], folder: Path) -> None:
    strangers = [name for name in found if not any(split.knows(name) for split in splits)]
    if strangers:
        raise DataError(
            f"{folder}: {len(found)} identities; {len(strangers)} of them are in no split: {some(strangers)}"
        )

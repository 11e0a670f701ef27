"""Folders of portraits without drawings: who is on them, and who must not be trained on.

A fifth of the people is kept for testing, by the hash of a name, so that it is the same people on every
machine, for every part that learns from portraits, and adding a set never moves anybody. For the four freely
licensed sets that limner was trained on (Face Research Lab London, Young Adult White Faces, official
portraits of two collections) `splits/portraits-test.txt` lists their names.

The two collections show some people twice, under other names. Whom the hash would keep for testing while he
is trained on under another name, `splits/portraits-twins.txt` lists: they count as trained on.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from limner.data.dataset import PhotoSet
from limner.data.layout import pictures
from limner.data.pair import DataError
from limner.data.photo import Photo
from limner.data.split import load, splits

SHARE = 5
"""One person in so many is kept for testing."""


def identity(path: Path) -> str:
    """Who is on a portrait: the name up to its first underscore (London's 001_03 and 001_08 are one)."""
    return path.stem.split("_")[0]


def drawn(name: str) -> bool:
    """Whether the hash of a name falls on the one in five who are kept for testing."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % SHARE == 0


def held_out(name: str) -> bool:
    """Whether a person, named as by `identity`, is kept for testing: by the hash, but for the known twins."""
    return drawn(name) and name not in _twins()


@lru_cache
def _twins() -> frozenset[str]:
    return frozenset(load("portraits-twins").ids)


def watched(names: Iterable[str], every: int) -> frozenset[str]:
    """Of people who may be trained on, those left out to watch a training by: every n-th name; 0, nobody."""
    return frozenset(sorted(set(names))[::every]) if every else frozenset()


def portraits(folder: Path, test: bool = False) -> list[Path]:
    """The portraits of a folder and its subfolders.

    Args:
        folder: Holds pictures, in subfolders or not.
        test: Those of the people kept for testing, instead of all others.

    Returns:
        Their paths, sorted.

    Raises:
        DataError: There is no such folder, no picture in it, or all are of the other people.
    """
    paths = pictures(folder)
    kept = [p for p in paths if held_out(identity(p)) == test]
    if not kept:
        kept_for = "trained on" if test else "kept for testing"
        raise DataError(f"{folder}: by their names all {len(paths)} portraits are {kept_for}; none is left")
    return kept


def everybody(folder: Path) -> list[Photo]:
    """All portraits of a folder and its subfolders, those of one person together.

    Raises:
        DataError: There is no such folder, or no picture in it.
    """
    return sorted((Photo(identity(p), p) for p in pictures(folder)), key=lambda p: (p.identity, p.photo))


PORTRAITS = PhotoSet(
    name="portraits",
    title="the four sets of portraits that limner's own parts were trained on: Face Research Lab London Set "
    "and Young Adult White Faces (DeBruine and Jones), official portraits of two collections",
    licence="CC BY 4.0 and public domain",
    layout="pictures, in subfolders or not, whose names up to the first underscore are the people's",
    read=everybody,
    splits=splits("portraits-test"),
)

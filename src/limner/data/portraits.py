"""Folders of portraits without drawings: who is on them, and who must not be trained on.

A fifth of the people of four freely licensed sets (Face Research Lab London, Young Adult White Faces,
official portraits of two collections) is kept for testing: the names in `splits/portraits.txt`, chosen by
the hash of a name, so that adding a set never moves anybody.
"""

import hashlib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from limner.data.pair import DataError
from limner.image import PICTURE_SUFFIXES

SPLIT = "splits/portraits.txt"


def identity(path: Path) -> str:
    """Who is on a portrait: the name up to its first underscore (London's 001_03 and 001_08 are one)."""
    return path.stem.split("_")[0]


@lru_cache
def kept_people() -> frozenset[str]:
    """The names of the people kept for testing."""
    return frozenset((files("limner.data") / SPLIT).read_text(encoding="utf-8").split())


def held_out(name: str) -> bool:
    """Whether a person, named as by `identity`, is kept for testing."""
    return name in kept_people()


def drawn_lot(name: str) -> bool:
    """The rule behind the split file: one name in five, by its SHA-256."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 5 == 0


def portraits(folder: Path, test: bool = False) -> list[Path]:
    """The portraits of a folder and its subfolders.

    Args:
        folder: Holds pictures, in subfolders or not.
        test: Those of the people kept for testing, instead of all others.

    Returns:
        Their paths, sorted.

    Raises:
        DataError: There are none.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES)
    kept = [p for p in paths if held_out(identity(p)) == test]
    if not kept:
        raise DataError(f"{folder} holds no {'test' if test else 'training'} portrait; pictures are expected")
    return kept

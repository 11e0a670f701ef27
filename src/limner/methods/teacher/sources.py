"""From the words of `--data` to the pictures that a teacher may learn from."""

from pathlib import Path
from typing import Literal

from limner.data import DATASETS
from limner.data.layout import pictures
from limner.data.portraits import PORTRAITS, held_out, identity, watched

Named = tuple[str, Path]
"""Who is on a picture, and its path."""


def sources(data: tuple[str, ...], kind: Literal["photo", "sketch"], hold_out: int = 0) -> list[Path]:
    """The pictures to learn from, source by source, each sorted.

    Args:
        data: Each FOLDER or SET:FOLDER, as `Config.data` tells.
        kind: Which half of a pair is taken.
        hold_out: Every n-th person of a source is left out; 0 takes all.

    Raises:
        DataError: There is no such folder, or it holds no picture or not what its set expects.
    """
    return [path for word in data for path in _parted(_all(word, kind), hold_out, held=False)]


def probes(data: tuple[str, ...], kind: Literal["photo", "sketch"], hold_out: int) -> list[Path]:
    """The pictures that `sources` leaves out; raises what it raises."""
    return [path for word in data for path in _parted(_all(word, kind), hold_out, held=True)]


def name(word: str) -> str:
    """What a source may be called in a file that others read: its set, or the last part of its folder."""
    called, folder = _read(word)
    return called or folder.name


def _read(word: str) -> tuple[str, Path]:
    """The set, "" if it is none, and the folder."""
    called, colon, folder = word.partition(":")
    known = called in (PORTRAITS.name, *DATASETS)
    return (called, Path(folder)) if colon and known else ("", Path(word))


def _all(word: str, kind: Literal["photo", "sketch"]) -> list[Named]:
    called, folder = _read(word)
    if not called:
        return [(identity(path), path) for path in pictures(folder)]
    if called == PORTRAITS.name:
        return [(p.identity, p.photo) for p in PORTRAITS.photos(folder) if not held_out(p.identity)]
    pairs = DATASETS[called].training(folder)
    return [(pair.identity, pair.photo if kind == "photo" else pair.sketch) for pair in pairs]


def _parted(found: list[Named], hold_out: int, held: bool) -> list[Path]:
    left_out = watched((who for who, _ in found), hold_out)
    return [path for who, path in found if (who in left_out) == held]

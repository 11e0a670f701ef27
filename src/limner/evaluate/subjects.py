"""What a protocol has drawn and scored: what is drawn from, what that is held to, and what was made of it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from limner.data import DATASETS, PHOTOSETS
from limner.data.layout import named, pictures
from limner.data.pair import Pair, some
from limner.data.portraits import held_out
from limner.evaluate.matching import Match, ScoreError
from limner.evaluate.protocol import Protocol
from limner.hub import Drawn

HELD_OUT = "held-out"
"""The split of photos of people whom no part of limner is trained on, see `limner.data.portraits`."""


@dataclass(frozen=True)
class Subject:
    """One thing to draw.

    Attributes:
        name: By which tables and files call it.
        source: What is drawn from, a photo or a sketch.
        real: The other of the pair, if there is one.
    """

    name: str
    source: Path
    real: Path | None = None


def located(protocol: Protocol, data: Path | None) -> Path:
    """Where a protocol's data set lies: as given, or by its name in the folder that LIMNER_DATA names.

    Raises:
        ScoreError: Neither is told.
    """
    if data is not None:
        return data
    home = os.environ.get("LIMNER_DATA")
    if not home:
        raise ScoreError(
            f"{protocol.name} needs to know where its data set {protocol.dataset} lies: give --data FOLDER, "
            f"or set LIMNER_DATA to a folder that holds {protocol.dataset}"
        )
    return Path(home) / protocol.dataset


def named_folder(word: str) -> tuple[str, Path]:
    """Name and folder of NAME=FOLDER.

    Raises:
        ScoreError: It is not written so.
    """
    name, _, folder = word.partition("=")
    if not name or not folder:
        raise ScoreError(f"{word!r}: NAME=FOLDER is expected")
    return name, Path(folder)


def subjects_of(protocol: Protocol, data: Path, split: str) -> tuple[list[Subject], str, str]:
    """What is scored, the name of the split, and the SHA-256 of the identities, a line each.

    Args:
        protocol: Which.
        data: Where its data set lies.
        split: In place of the protocol's own; "" keeps that. SPLIT/STYLE or /STYLE leaves one artist's pairs.

    Raises:
        ScoreError: There is no such split of photos alone, or nobody in it, or nothing of this artist.
        limner.data.pair.DataError: The data set is missing or damaged, or has no such split.
    """
    if protocol.pairs:
        split, _, artist = split.partition("/")
        split = split or protocol.split
        told = split or f"all of {data.name}"
        pairs = DATASETS[protocol.dataset].pairs(data, split or None)
        if artist:
            pairs = _of_artist(pairs, artist, told)
            told = f"{told}, artist {artist}"
        subjects = [Subject(p.identity, p.photo, p.sketch) for p in pairs]
        if protocol.to == "photo":
            subjects = [Subject(p.identity, p.sketch, p.photo) for p in pairs]
    else:
        subjects = _unpaired(protocol, data, split)
        told = f"{split or 'all'} of {data.name}"
    # Of those who are there, since a split by a rule takes others from another copy of the set.
    return subjects, told, sha256("".join(f"{each.name}\n" for each in subjects).encode()).hexdigest()


def _of_artist(pairs: Sequence[Pair], artist: str, told: str) -> list[Pair]:
    """The pairs of one artist of a set of several."""
    kept = [pair for pair in pairs if pair.style == artist]
    if not kept:
        known = ", ".join(sorted({pair.style for pair in pairs} - {""})) or "none by name"
        raise ScoreError(f"{told} holds nothing of artist {artist}; artists there: {known}")
    return kept


def _unpaired(protocol: Protocol, data: Path, split: str) -> list[Subject]:
    """Photos alone, named by the folders they lie in and their own names up to the first dot."""
    if split not in ("", HELD_OUT):
        raise ScoreError(f"{protocol.name} has no split {split}; {HELD_OUT} is one, and to give none")
    photos = PHOTOSETS[protocol.dataset].photos(data)
    kept = [p.photo for p in photos if not split or held_out(p.identity)]
    if not kept:
        raise ScoreError(f"{data}: none of the people on {len(photos)} photos is held out")
    return [Subject(name, path) for name, path in named(kept, lambda path: _name(path, data)).items()]


def drawn_from(subjects: Sequence[Subject], sources: Path | None) -> list[Subject]:
    """The subjects, drawn from other pictures if a folder of them is given; raises as `matches_in`."""
    if sources is None:
        return list(subjects)
    return [Subject(s.name, path) for s, path in zip(subjects, _in(sources, subjects), strict=True)]


def matches_in(subjects: Sequence[Subject], folder: Path, to: Drawn = "sketch") -> list[Match]:
    """Each subject with its made picture in a folder; where it is no pair, held to what was drawn from.

    Raises:
        ScoreError: Some pictures are not there.
        limner.data.pair.DataError: There is no such folder, or no picture in it.
    """
    paths = _in(folder, subjects)
    return [
        Match(s.name, s.real or s.source, path, s.source if s.real else None, to)
        for s, path in zip(subjects, paths, strict=True)
    ]


def _in(folder: Path, subjects: Sequence[Subject]) -> list[Path]:
    """The picture of each subject in a folder: its name up to the first dot, folders before it.

    Raises:
        ScoreError: Some pictures are not there.
        limner.data.pair.DataError: There is no such folder, or no picture in it, or two of one name.
    """
    there = named(pictures(folder), lambda path: _name(path, folder))
    found = [there.get(subject.name) for subject in subjects]
    lost = [s.name for s, path in zip(subjects, found, strict=True) if path is None]
    if lost:
        raise ScoreError(
            f"{folder}: {len(there)} pictures, {len(subjects)} are expected; not there: {some(lost)}"
        )
    return [path for path in found if path is not None]


def _name(path: Path, folder: Path) -> str:
    """A picture's name up to the first dot, folders before it."""
    inside = path.relative_to(folder).parent
    return "_".join([*inside.parts, path.name.split(".")[0]])

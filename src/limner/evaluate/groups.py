"""Who belongs together among the subjects of a benchmark: by skin, by set, and by what tables tell of them.

The tables are those of `limner.data.people`.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limner import image
from limner.data.pair import some
from limner.data.people import Table, tables
from limner.data.portraits import identity
from limner.evaluate.skin import lightness
from limner.evaluate.subjects import Subject
from limner.faces import Face
from limner.image import Picture
from limner.progress import Report, reporting, silent

Places = Mapping[str, Sequence[int]]
"""Places among the subjects, by the name of the group."""


@dataclass(frozen=True)
class Group:
    """Some of the subjects.

    Attributes:
        kind: What they are grouped by, such as "set".
        name: What they have in common.
        members: Their places among the subjects.
    """

    kind: str
    name: str
    members: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


def groups_of(
    subjects: Sequence[Subject],
    data: Path,
    finder: Callable[[Picture], list[Face]],
    report: Report = silent,
) -> tuple[list[Group], list[str]]:
    """The groups that some of the subjects are in, and others not.

    Args:
        subjects: Photos alone.
        data: The folder that holds them; each of its subfolders is a set.
        finder: Finds the faces of (H, W, 3) uint8, largest first.
        report: Is told the progress after every photo.

    Returns:
        The groups, and of whom nothing is told that tells of others, a line each.

    Raises:
        limner.data.pair.DataError: A table cannot be read.
        limner.image.ImageError: A photo cannot be read.
    """
    known = tables(data)
    light = [_light(each, finder) for each in reporting(subjects, "picture", report, "skin looked at")]
    kinds: list[tuple[str, Places]] = [("skin", by_lightness(light)), ("set", _sets(subjects, data))]
    unseen = [subject.name for subject, found in zip(subjects, light, strict=True) if found is None]
    notes = _lacking("skin: no face to measure", unseen)
    for table in known:
        columns, untold = _told(table, subjects)
        kinds += columns
        notes += untold
    places: dict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, named in kinds:
        for name, members in named.items():
            places[kind, name].update(members)
    apart = {names: found for names, found in places.items() if 0 < len(found) < len(subjects)}
    return [Group(*names, tuple(sorted(found))) for names, found in apart.items()], notes


def by_lightness(light: Sequence[float | None]) -> Places:
    """Thirds of the subjects by the lightness of their skin, and the darkest tenth, which thirds would hide.

    Args:
        light: CIE L* of each; None where it is not known.
    """
    values = np.array([math.nan if value is None else value for value in light])
    if np.isfinite(values).sum() < 3:
        return {}
    tenth, third, other = np.nanquantile(values, (1 / 10, 1 / 3, 2 / 3))
    chosen = {
        f"darkest tenth (L* to {tenth:.1f})": values <= tenth,
        f"darkest third (L* to {third:.1f})": values <= third,
        "middle third": (third < values) & (values <= other),
        f"lightest third (L* over {other:.1f})": values > other,
    }
    return {name: np.flatnonzero(mask).tolist() for name, mask in chosen.items()}


def _light(subject: Subject, finder: Callable[[Picture], list[Face]]) -> float | None:
    photo = image.read(subject.source)
    faces = finder(photo)
    return lightness(photo, faces[0]) if faces else None


def _sets(subjects: Sequence[Subject], data: Path) -> Places:
    """By the subfolder that they lie in; those right in the folder by its own name."""
    inside = [subject.source.relative_to(data).parts for subject in subjects]
    return _alike({i: parts[0] if len(parts) > 1 else data.name for i, parts in enumerate(inside)})


def _told(table: Table, subjects: Sequence[Subject]) -> tuple[list[tuple[str, Places]], list[str]]:
    """The groups of each column of a table, and of whom it does not tell."""
    who = {i: identity(s.source) for i, s in enumerate(subjects) if s.source.is_relative_to(table.about)}
    known = {place: name for place, name in who.items() if name in table.identities}
    notes = _lacking(f"{table.path.name}: not in it", set(who.values()) - table.identities)
    kinds: list[tuple[str, Places]] = []
    for kind, column in table.columns.items():
        kinds.append((kind, _alike({place: column[name] for place, name in known.items() if name in column})))
        notes += _lacking(f"{table.path.name}: {kind} not told", set(known.values()) - column.keys())
    return kinds, notes


def _alike(names: Mapping[int, str]) -> Places:
    """Places by the name that they share, sorted by it."""
    found: dict[str, list[int]] = {name: [] for name in sorted(set(names.values()))}
    for place, name in names.items():
        found[name].append(place)
    return found


def _lacking(what: str, names: Collection[str]) -> list[str]:
    """A line that tells who lacks something, if anybody does."""
    return [f"{what}: {len(names)}, {some(names)}"] if names else []

"""What a table beside portraits tells of the people on them, such as their age.

A table is a file of comma-separated values: `groups.csv` tells of the pictures in its folder and below,
`NAME_info.csv` of those in the folder NAME beside it, or, where there is none, as `groups.csv` does. A head
line comes first; the first column is the identity (see `limner.data.portraits.identity`), each other one is
called as its head; an empty field or NA tells nothing.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limner.data.pair import DataError

NUMBERS = 10
"""Chosen: a column with more different numbers than this is told by tens, as ages are."""

_GROUPS, _INFO = "groups.csv", "_info.csv"
_UNTOLD = frozenset({"", "NA"})


@dataclass(frozen=True)
class Table:
    """What is told of some people.

    Attributes:
        path: Of the table.
        about: The folder of the pictures that it is about.
        identities: Who is in it.
        columns: By the column's name and then the identity, of those of whom it is told.
    """

    path: Path
    about: Path
    identities: frozenset[str]
    columns: Mapping[str, Mapping[str, str]]


def tables(folder: Path) -> list[Table]:
    """The tables of a folder and its subfolders, sorted by path.

    Raises:
        DataError: One cannot be read: no UTF-8, no head line, a line of another length, somebody twice.
    """
    paths = sorted(p for p in folder.rglob("*.csv") if p.name == _GROUPS or p.name.endswith(_INFO))
    return [_table(path) for path in paths]


def _table(path: Path) -> Table:
    head, *lines = _lines(path)
    people = {line[0]: line for line in lines}
    if len(people) < len(lines):
        raise DataError(f"{path}: {len(lines)} lines of {len(people)} people; one line each is expected")
    columns = {
        name: _by_tens({who: line[i] for who, line in people.items() if line[i] not in _UNTOLD})
        for i, name in enumerate(head[1:], start=1)
    }
    beside = path.with_name(path.name.removesuffix(_INFO))
    return Table(path, beside if beside.is_dir() else path.parent, frozenset(people), columns)


def _lines(path: Path) -> list[list[str]]:
    """All lines that are not empty, the head first, each of as many fields."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [[field.strip() for field in line] for line in csv.reader(file) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: comma-separated values in UTF-8 are expected ({error})") from error
    if not lines or len(lines[0]) < 2:
        raise DataError(f"{path}: a head line of an identity and at least one column more is expected")
    for line in lines:
        if len(line) != len(lines[0]):
            raise DataError(f"{path}: {len(line)} fields of {line[0]!r}; {len(lines[0])} are expected")
    return lines


def _by_tens(words: Mapping[str, str]) -> Mapping[str, str]:
    """The words as they are; of many different numbers, the tens that they lie in, such as "20 to 29"."""
    numbers = {who: _number(word) for who, word in words.items()}
    if None in numbers.values() or len(set(numbers.values())) <= NUMBERS:
        return words
    starts = {who: 10 * math.floor(number / 10) for who, number in numbers.items() if number is not None}
    return {who: f"{start} to {start + 9}" for who, start in starts.items()}


def _number(word: str) -> float | None:
    """The number, None if it is none or not finite."""
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) else None

"""A split: who of a data set is trained on, or tested, as a file in this package.

A file in `splits/` is called after its split. Lines that start with `#` say where the list comes from. Any
other line is one identity, or a rule for sets whose list is published nowhere that could be read:

    ar_* 1-80 of 123

is the first 80 of the 123 identities that start with `ar_`, sorted by name. `without cuhk-train` at its end
leaves those of another split out before anything is counted. A rule with other counts than the folder is
refused, so that nobody drops out in silence.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from limner.data.pair import DataError, some

_RULE = re.compile(r"(\S*)\* (\d+)-(\d+) of (\d+)(?: without (\S+))?")


@dataclass(frozen=True)
class Rule:
    """A stretch of the sorted identities.

    Attributes:
        prefix: What the identities start with that are counted.
        first: The first one taken, from 1.
        last: The last one taken.
        total: How many there must be.
        without: Identities that are left out before counting.
    """

    prefix: str
    first: int
    last: int
    total: int
    without: frozenset[str] = frozenset()

    def chosen(self, known: Iterable[str], folder: Path) -> tuple[str, ...]:
        """Those of the known identities that the rule takes.

        Args:
            known: All identities that were found.
            folder: What an error is told of.

        Raises:
            DataError: There are not `total` to count.
        """
        counted = sorted(name for name in set(known) - self.without if name.startswith(self.prefix))
        if len(counted) != self.total:
            kind = f" that start with {self.prefix}" if self.prefix else ""
            beside = f" beside {len(self.without)} others" if self.without else ""
            there = f"; there are: {some(counted)}" if counted else ""
            raise DataError(
                f"{folder}: {len(counted)} identities{kind}{beside}; {self.total} are expected{there}"
            )
        return tuple(counted[self.first - 1 : self.last])


@dataclass(frozen=True)
class Split:
    """Who belongs to a part of a data set.

    Attributes:
        name: What a score calls it, and the name of its file.
        source: Where the list comes from: the comment at the top of its file, in one line.
        sha256: Of the file, in hexadecimal. It binds the identities listed; of a rule, the rule alone, not
            whom it takes from a folder.
        ids: The identities listed, in the protocol's order.
        rules: What more is taken, by place among the sorted identities.
    """

    name: str
    source: str
    sha256: str
    ids: tuple[str, ...]
    rules: tuple[Rule, ...] = ()

    def __len__(self) -> int:
        return len(self.ids) + sum(rule.last - rule.first + 1 for rule in self.rules)

    def chosen(self, known: Iterable[str], folder: Path) -> tuple[str, ...]:
        """The identities of this split, in its order.

        Args:
            known: All identities that were found.
            folder: What an error is told of.

        Raises:
            DataError: One listed is not among them, or a rule counts others than it expects.
        """
        known = set(known)
        missing = set(self.ids) - known
        if missing:
            raise DataError(
                f"{folder}: {len(known)} identities; {len(missing)} of the {len(self.ids)} that split "
                f"{self.name} lists are not there: {some(missing)}"
            )
        return self.ids + tuple(name for rule in self.rules for name in rule.chosen(known, folder))

    def knows(self, identity: str) -> bool:
        """Whether an identity is listed here, or may be meant by a rule."""
        return identity in self.ids or any(identity.startswith(rule.prefix) for rule in self.rules)


@lru_cache
def load(name: str) -> Split:
    """The packaged split of that name.

    Raises:
        DataError: There is none.
    """
    try:
        text = (files("limner.data") / "splits" / f"{name}.txt").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"limner has no split that is called {name}") from None
    comments = [line for line in text.splitlines() if line.startswith("#")]
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    rules = {line: found for line in lines if (found := _RULE.fullmatch(line))}
    return Split(
        name=name,
        source=" ".join(line[1:].strip() for line in comments),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        ids=tuple(line for line in lines if line not in rules),
        rules=tuple(_rule(*found.groups()) for found in rules.values()),
    )


def _rule(prefix: str, first: str, last: str, total: str, without: str | None) -> Rule:
    left_out = frozenset(load(without).ids) if without else frozenset[str]()
    return Rule(prefix, int(first), int(last), int(total), left_out)


def splits(*names: str) -> Mapping[str, Split]:
    """Packaged splits, by their name."""
    return {name: load(name) for name in names}

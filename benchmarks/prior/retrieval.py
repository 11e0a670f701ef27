"""Whether CLIP knows which of a hundred sentences a picture was edited by.

The pictures are held-out people, edited with held-out parameters: the families in an order of chance, over
and over, each time on the next person. No two of the sentences are the same; where a family says what was
said before, it is drawn again. Two sentences may still ask for nearly the same, so the share is told, too,
of pictures whose nearest sentence is of their own family.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np
from numpy.typing import NDArray

from benchmarks.prior.given import People
from benchmarks.prior.nearness import Rows, by_clip
from benchmarks.prior.squares import Sitter, sitters
from benchmarks.prior.triples import Triple, triple
from benchmarks.record import Table, show
from limner.data.edits import FAMILIES, Family
from limner.errors import LimnerError
from limner.pretrained.clip import Clip, load_clip

DRAWS = 100
"""How often a family may repeat itself before it has nothing new to say."""


@dataclass(frozen=True, kw_only=True)
class Options(People):
    """From a picture to the sentence that it was edited by."""

    count: int = 100
    """Pictures, and sentences to choose from."""
    side: int = 256
    """Of the squares that are edited, in pixels."""
    people: int = 50
    """Held-out people, at most, who are edited in turn."""
    seeds: int = 3
    """How often all is drawn anew, but for the people."""


def different(people: Sequence[Sitter], families: Sequence[Family], number: int, seed: int) -> list[Triple]:
    """So many edits whose sentences are pairwise different, families and people in turn.

    Raises:
        LimnerError: A family has nothing new to say.
    """
    rng = np.random.default_rng(seed)
    order = cycle([families[i] for i in rng.permutation(len(families))])
    said: dict[str, Triple] = {}
    for person, family in islice(zip(cycle(people), order, strict=False), number):
        drawn = (triple(person, family, seed, draw) for draw in range(DRAWS))
        new = next((each for each in drawn if each.sentence not in said), None)
        if new is None:
            raise LimnerError(
                f"{number} different sentences; {family.name}: nothing new is said in {DRAWS} draws; about "
                f"{len(said)} are expected at most"
            )
        said[new.sentence] = new
    return list(said.values())


def embedded(clip: Clip, triples: Sequence[Triple]) -> tuple[Rows, Rows]:
    """Pictures and sentences as directions, each (N, width)."""
    seen = by_clip(clip)([each.edited for each in triples])
    return seen, clip.sentence([each.sentence for each in triples]).float().cpu().numpy()


def ranks(seen: Rows, read: Rows) -> NDArray[np.int64]:
    """How many other sentences are at least as near to a picture as its own, (N,): ties count against it."""
    alike = seen @ read.T
    return (alike >= np.diag(alike)[:, None]).sum(axis=1) - 1


def shares(seen: Rows, read: Rows, families: Sequence[str]) -> dict[str, float]:
    """Top 1, top 5, and how often the nearest sentence is of the picture's family."""
    place, names = ranks(seen, read), np.array(families)
    nearest = (seen @ read.T).argmax(axis=1)
    return {
        "top 1": float(np.mean(place < 1)),
        "top 5": float(np.mean(place < 5)),
        "family": float(np.mean(names[nearest] == names)),
    }


def chance(families: Sequence[str]) -> dict[str, float]:
    """The same of guesses."""
    names = np.array(families)
    n = len(names)
    same = float(np.mean(names[:, None] == names))
    return {"top 1": 1 / n, "top 5": min(5, n) / n, "family": same}


def tabled(found: Mapping[str, Mapping[str, float]]) -> Table:
    """A line each."""
    rows = tuple((name, *(f"{value:.3f}" for value in each.values())) for name, each in found.items())
    return Table("retrieval", ("seed", "top 1", "top 5", "family"), rows)


def measure(options: Options) -> None:
    """Prints and keeps the table."""
    clip = load_clip(options.model, options.device)
    many = min(options.people, options.count)
    people = sitters(options.portraits, many, options.side, options.seed)
    found: dict[str, dict[str, float]] = {}
    guessed: list[dict[str, float]] = []
    for seed in range(options.seed, options.seed + options.seeds):
        triples = different(people, list(FAMILIES.values()), options.count, seed)
        families = [each.family.name for each in triples]
        found[str(seed)] = shares(*embedded(clip, triples), families)
        guessed.append(chance(families))
    means = {"mean": list(found.values()), "chance": guessed}
    for name, each in means.items():
        found[name] = {what: float(np.mean([one[what] for one in each])) for what in each[0]}
    show(options.json, tabled(found), among=options.count, people=len(people))

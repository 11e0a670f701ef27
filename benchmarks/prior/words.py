"""Portraits from words alone, each beside its nearest training pictures: is a prior's memory showing?

Sentences are drawn with the photo dropped; `nearness` tells how near the training pictures are, mirrored or
not. What a distance means is told by two others, edited by the same families: held-out people, whom the prior
cannot know, and training people, who are what it would give back had it learned them by heart. A ruler sees
memories only if the training people are nearer than the held-out ones, and found again. Made and edited
pictures are brought into the square once more where a face is seen: a memory may have moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from benchmarks.prior.drawing import Manner
from benchmarks.prior.drawing import told as drawn
from benchmarks.prior.given import People
from benchmarks.prior.grid import grid
from benchmarks.prior.nearness import Near, Ruler, by_clip, by_grey, nearest
from benchmarks.prior.squares import Sitter, faced, sitters, sitting
from benchmarks.prior.triples import Triple, triple
from benchmarks.record import Table, show
from limner import image
from limner.data.edits import FAMILIES, Family
from limner.data.pair import DataError
from limner.image import Picture
from limner.methods.prior.captions import caption
from limner.methods.teacher.sources import sources
from limner.pretrained.clip import load_clip
from limner.pretrained.prior import load_prior

MADE, NEW, LEARNED = "made from words", "held-out people, edited", "training people, edited"
QUANTILES = {"least": 0, "10 %": 10, "median": 50, "90 %": 90, "most": 100}


@dataclass(frozen=True, kw_only=True)
class Options(People):
    """Portraits from sentences, and how near the training pictures are."""

    count: int = 28
    """Portraits, and people of either kind beside them."""
    training: tuple[str, ...]
    """What the prior was trained on: SET:FOLDER of data sets (training people alone), or folders."""
    sentences: tuple[str, ...] = ()
    """What is drawn, in turn; by default captions of a woman and a man, by family."""
    clip: str = ""
    """The CLIP; by default that of the prior's own folder."""
    steps: int = 20
    """Of sampling."""
    scale: float = 5.0
    """How much the sentence is exaggerated."""
    sheet: Path | None = None
    """Where made ones beside the nearest by grey and by CLIP go: give pictures that may be shown."""


@dataclass(frozen=True)
class Known:
    """The training pictures that show a face.

    Attributes:
        paths: Where they lie.
        photos: As squares, (side, side, 3) uint8.
    """

    paths: list[Path]
    photos: list[Picture]


def known(training: tuple[str, ...], side: int) -> Known:
    """The training pictures of `Options.training`.

    Raises:
        DataError: None of them shows a face, or a folder is none.
    """
    squares = ((path, faced(image.read(path), side)) for path in sources(training, "photo"))
    found = [(path, photo) for path, photo in squares if photo is not None]
    if not found:
        raise DataError(f"{', '.join(training)}: no training picture shows a face")
    return Known([path for path, _ in found], [photo for _, photo in found])


def learned(train: Known, families: Sequence[Family], seed: int) -> tuple[list[Triple], list[int]]:
    """A training person edited by each family, and where their pictures are among those known.

    There are fewer where fewer of the pictures are large enough.
    """
    side = len(train.photos[0])
    found: list[tuple[int, Sitter]] = []
    for place in np.random.default_rng(seed).permutation(len(train.paths)).tolist():
        if len(found) == len(families):
            break
        sitter = sitting(train.paths[place], side)
        if sitter:
            found.append((place, sitter))
    edits = [triple(sitter, family, seed) for (_, sitter), family in zip(found, families, strict=False)]
    return edits, [place for place, _ in found]


def squared(made: Sequence[Picture]) -> list[Picture]:
    """Pictures (side, side, 3) with the face in its place; as they are where none is seen."""
    around = [faced(each, len(each)) for each in made]
    return [each if cut is None else cut for each, cut in zip(made, around, strict=True)]


def spread(number: int) -> list[Family]:
    """So many families, evenly over all of them."""
    every = list(FAMILIES.values())
    return [every[i * len(every) // number % len(every)] for i in range(number)]


def ruled(
    rule: Ruler, photos: Sequence[Picture], compared: Mapping[str, Sequence[Picture]]
) -> dict[str, Near]:
    """The nearest photos, mirrored or not, to each of the pictures compared, where there are any."""
    among = rule(photos), rule([each[:, ::-1] for each in photos])
    return {who: nearest(rule(each), *among) for who, each in compared.items() if each}


def row(who: str, ruler: str, near: Near, places: Sequence[int] = ()) -> tuple[str, ...]:
    """A line of the table; `places` are those of the pictures themselves, where they are known."""
    ends = np.percentile(near.distances, list(QUANTILES.values()))
    again = f"{np.mean(near.places == np.array(places)):.3f}" if len(places) else ""
    return who, ruler, f"{len(near.distances)}", *(f"{end:.3f}" for end in ends), again


def measure(options: Options) -> None:
    """Prints and keeps the table, and writes the sheet."""
    prior = load_prior(options.model, options.device)
    rulers = {"grey": by_grey, "CLIP": by_clip(load_clip(options.clip or options.model, options.device))}
    people = sitters(options.portraits, options.count, prior.size, options.seed)
    train = known(options.training, prior.size)
    families = spread(options.count)
    new = [triple(people[i % len(people)], each, options.seed) for i, each in enumerate(families)]
    old, places = learned(train, families, options.seed)
    asked = options.sentences or [
        caption(("a woman", "a man")[i % 2], each) for i, each in enumerate(families)
    ]
    sentences = list(islice(cycle(asked), options.count))
    made = drawn(prior, sentences, Manner(options.steps, options.scale, seed=options.seed))
    compared = {
        MADE: squared(made),
        NEW: squared([each.edited for each in new]),
        LEARNED: squared([each.edited for each in old]),
    }
    near = {name: ruled(rule, train.photos, compared) for name, rule in rulers.items()}
    rows = tuple(
        row(who, name, each, places if who == LEARNED else ())
        for name, all_of_them in near.items()
        for who, each in all_of_them.items()
    )
    table = Table("words", ("pictures", "ruler", "n", *QUANTILES, "found again"), rows)
    show(options.json, table, training=len(train.photos), steps=options.steps, scale=options.scale)
    if options.sheet:
        seen = [each[MADE] for each in near.values()]
        image.write(options.sheet, _sheet(made, sentences, train.photos, seen), force=True)


def _sheet(
    made: Sequence[Picture], sentences: Sequence[str], photos: Sequence[Picture], seen: Sequence[Near]
) -> Picture:
    """Each made picture beside the nearest by every ruler; under it, how near they are and the sentence."""
    groups = [[each, *(photos[near.places[i]] for near in seen)] for i, each in enumerate(made)]
    far = [" ".join(f"{near.distances[i]:.2f}" for near in seen) for i in range(len(made))]
    under = [f"{each}  {sentence}" for each, sentence in zip(far, sentences, strict=True)]
    return grid(groups, under, across=min(4, len(groups)))

"""Portraits from words alone, each beside its nearest training pictures: is a prior's memory showing?

A sentence of each family in turn is drawn with the photo dropped. Nearness is an L2 distance by two rulers:

- grey: of grey pictures of 32 x 32 pixels, each brought to a mean of zero and a length of one, so that paper
  and ink of an edit hide no likeness;
- CLIP: of the stand-in's directions.

What a distance means is told by two others, edited as the same sentences ask: held-out people, whom the prior
cannot know, and training people, who are what it would give back had it learned them by heart. A ruler sees
memories only if the training people are nearer than the held-out ones, and found again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.prior.given import People
from benchmarks.prior.grid import grid
from benchmarks.prior.squares import Sitter, faced, parts, pictures, sitters, sitting, tensor
from benchmarks.prior.triples import Triple, triple
from benchmarks.record import Table, show
from limner import image
from limner.data.edits import FAMILIES, Family
from limner.data.pair import DataError
from limner.evaluate.matching import grey
from limner.image import Picture
from limner.methods.teacher.sources import sources
from limner.pretrained.clip import Clip, load_clip
from limner.pretrained.guidance import guided
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sample import euler_ancestral

Rows = NDArray[np.float32]
SMALL, BATCH = 32, 8
QUANTILES = (0, 10, 50, 90, 100)


@dataclass(frozen=True, kw_only=True)
class Options(People):
    """Portraits from sentences, and how near the training pictures are."""

    count: int = 28
    """Portraits."""
    training: tuple[str, ...]
    """What the prior was trained on: NAME=FOLDER of data sets (training people alone), or folders."""
    steps: int = 20
    """Of sampling."""
    scale: float = 5.0
    """How much the sentence is exaggerated."""
    sheet: Path | None = None
    """Where made ones beside the nearest training pictures go: give pictures that may be shown."""


@dataclass(frozen=True)
class Known:
    """The training pictures that show a face, as squares.

    Attributes:
        paths: Where they lie.
        photos: (side, side, 3) uint8.
    """

    paths: list[Path]
    photos: list[Picture]


@dataclass(frozen=True)
class Near:
    """The nearest training picture of each of n pictures.

    Attributes:
        places: Among the training pictures, (n,).
        distances: (n,).
    """

    places: NDArray[np.int64]
    distances: NDArray[np.float32]


def drawn(prior: Prior, sentences: Sequence[str], options: Options) -> list[Picture]:
    """Portraits from sentences, without a photo."""
    made: list[Picture] = []
    empty = prior.embed([""])
    for part in parts(len(sentences), BATCH):
        chance = torch.Generator().manual_seed(options.seed + part.start)
        epsilon = guided(prior, prior.embed(sentences[part]), empty, options.scale)
        noise = prior.noise(len(sentences[part]), chance)
        made += pictures(prior.decode(euler_ancestral(prior, epsilon, noise, options.steps, chance)))
    return made


def known(words: tuple[str, ...], side: int) -> Known:
    """The training pictures of `--training`.

    Raises:
        DataError: None of them shows a face, or a folder is none.
    """
    found = [(path, faced(image.read(path), side)) for path in sources(words, "photo")]
    pairs = [(path, photo) for path, photo in found if photo is not None]
    if not pairs:
        raise DataError(f"{', '.join(words)}: none of {len(found)} training pictures shows a face")
    return Known([path for path, _ in pairs], [photo for _, photo in pairs])


def greys(given: Sequence[Picture]) -> Rows:
    """Small grey pictures, even in tone and contrast, (n, 1024) of length one."""
    small = [cv2.resize(grey(each), (SMALL, SMALL), interpolation=cv2.INTER_AREA).ravel() for each in given]
    rows = np.stack(small).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def directions(clip: Clip, given: Sequence[Picture]) -> Rows:
    """Where CLIP puts pictures, (n, width) of length one."""
    with torch.no_grad():
        seen = [clip.image(tensor(given[part])) for part in parts(len(given), BATCH)]
    return torch.cat(seen).float().cpu().numpy()


def nearest(given: Rows, among: Rows) -> Near:
    """The nearest of rows (m, d), for each of (n, d), by L2."""
    apart = np.maximum(np.square(given).sum(1)[:, None] + np.square(among).sum(1) - 2 * given @ among.T, 0)
    places = apart.argmin(axis=1)
    return Near(places, np.sqrt(apart[np.arange(len(given)), places]))


def learned(known: Known, like: Sequence[Triple], seed: int) -> tuple[list[Triple], list[int]]:
    """Training people edited by the families of others' edits, and where they are among those known."""
    order = np.random.default_rng(seed).permutation(len(known.paths)).tolist()
    side = len(known.photos[0])
    found: list[tuple[int, Sitter]] = []
    for place in order:
        if len(found) == len(like):
            break
        sitter = sitting(known.paths[place], side)
        if sitter:
            found.append((place, sitter))
    edited = [triple(sitter, each.family, seed) for (_, sitter), each in zip(found, like, strict=False)]
    return edited, [place for place, _ in found]


def told(who: str, ruler: str, near: Near, true: Sequence[int] = ()) -> tuple[str, ...]:
    """A line of the table; `true` are the places of pictures that are there themselves."""
    ends = (f"{value:.3f}" for value in np.percentile(near.distances, QUANTILES))
    again = f"{np.mean(near.places == np.array(true)):.3f}" if len(true) else ""
    return who, ruler, f"{len(near.distances)}", *ends, again


def tabled(lines: Sequence[tuple[str, ...]]) -> Table:
    """How the distances to the nearest training picture are spread."""
    ends = ("least", "10 %", "median", "90 %", "most")
    return Table("words", ("pictures", "ruler", "n", *ends, "found again"), tuple(lines))


def spread(families: Mapping[str, Family], number: int) -> list[Family]:
    """So many families, evenly over all of them."""
    every = list(families.values())
    return [every[i * len(every) // number % len(every)] for i in range(number)]


def measure(options: Options) -> None:
    """Prints and keeps the table, and writes the sheet."""
    prior, clip = load_prior(options.model, options.device), load_clip(options.model, options.device)
    people = sitters(options.portraits, options.count, prior.size, options.seed)
    families = spread(FAMILIES, options.count)
    new = [triple(people[i % len(people)], each, options.seed) for i, each in enumerate(families)]
    sentences = [each.sentence for each in new]
    train = known(options.training, prior.size)
    old, places = learned(train, new, options.seed)
    made = drawn(prior, sentences, options)
    rulers = {"grey": greys, "CLIP": lambda given: directions(clip, given)}
    lines: list[tuple[str, ...]] = []
    seen: dict[str, Near] = {}
    for ruler, rule in rulers.items():
        among = rule(train.photos)
        seen[ruler] = nearest(rule(made), among)
        lines.append(told("made from words", ruler, seen[ruler]))
        lines.append(told("held-out people", ruler, nearest(rule([each.edited for each in new]), among)))
        if old:
            near = nearest(rule([each.edited for each in old]), among)
            lines.append(told("training people", ruler, near, places))
    show(options.json, tabled(lines), training=len(train.photos), steps=options.steps, scale=options.scale)
    if options.sheet:
        beside = [[train.photos[near.places[i]] for near in seen.values()] for i in range(len(made))]
        groups = [[each, *others] for each, others in zip(made, beside, strict=True)]
        lines_under = [
            f"{seen['grey'].distances[i]:.2f} {seen['CLIP'].distances[i]:.2f} {sentence}"
            for i, sentence in enumerate(sentences)
        ]
        image.write(options.sheet, grid(groups, lines_under, across=min(4, len(groups))), force=True)

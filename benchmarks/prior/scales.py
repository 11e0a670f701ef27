"""Which scales of sentence and photo to draw by: chosen on people whom training only watched.

A run's `pack/held` holds photos of them, each edited, with parameters as training draws them. What each pair
of scales makes is held to the true edits by SSIM of grey pictures and by structure, as in part `edits`; the
photo given back is the last line. SSIM prefers what is drawn softly, so look at the sheet before choosing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.prior.drawing import Manner, edited
from benchmarks.prior.edits import KINDS, METRICS, cell
from benchmarks.prior.given import Given
from benchmarks.prior.grid import grid
from benchmarks.record import Table, show
from limner import image
from limner.data.edits import FAMILIES
from limner.evaluate.judging import Rules, judge
from limner.image import Picture
from limner.methods.prior.pack import Pack, opened
from limner.pretrained.prior import load_prior


@dataclass(frozen=True, kw_only=True)
class Options(Given):
    """SSIM and structure of edits of watched people, by the scales of sentence and photo."""

    pack: Path
    """Finished triples, such as `pack/held` of a run."""
    steps: int = 12
    """Of sampling."""
    text_scale: tuple[float, ...] = (1.0, 2.0, 3.0)
    """How much the sentence is exaggerated."""
    image_scale: tuple[float, ...] = (1.0, 1.5)
    """How much the photo is."""
    seed: int = 0
    """Of the noise."""
    sheet: Path | None = None
    """Where photo, true edit and one edit by each pair of scales go: give portraits that may be shown."""


def tabled(pack: Pack, rows: Sequence[int], made: Mapping[tuple[str, str], Sequence[Picture]]) -> Table:
    """By text scale and photo scale: edited pictures, some rows of a pack, beside what was made of each."""
    columns = list(product(METRICS, KINDS))
    lines: list[tuple[str, ...]] = []
    for scales, theirs in made.items():
        cells: list[str] = []
        for metric, kind in columns:
            judged = judge(metric, Rules())
            seen = [
                judged.see(pack.edited[row], drawn, pack.edited[row])
                for row, drawn in zip(rows, theirs, strict=True)
                if FAMILIES[pack.rows[row].family].kind == kind
            ]
            cells.append(cell(judged, seen) if seen else "none of these")
        lines.append((*scales, *cells))
    return Table("scales", ("text scale", "photo scale", *(f"{k}: {m}" for m, k in columns)), tuple(lines))


def measure(options: Options) -> None:
    """Prints and keeps the table, and writes the sheet."""
    prior, pack = load_prior(options.model, options.device), opened(options.pack)
    rows = [i for i, row in enumerate(pack.rows) if row.family]
    photos = [np.asarray(pack.photo[i]) for i in rows]
    sentences = [pack.rows[i].instruction for i in rows]
    made: dict[tuple[str, str], list[Picture]] = {}
    for text, photo in product(options.text_scale, options.image_scale):
        manner = Manner(options.steps, text, photo, options.seed)
        made[f"{text:g}", f"{photo:g}"] = edited(prior, photos, sentences, manner)
    if options.sheet:
        groups = [
            (photos[n], np.asarray(pack.edited[i]), *(each[n] for each in made.values()))
            for n, i in enumerate(rows)
        ]
        image.write(options.sheet, grid(groups, sentences, across=1), force=True)
    made["photo given back", ""] = photos
    show(options.json, tabled(pack, rows, made), triples=len(rows), steps=options.steps, seed=options.seed)

"""Triples made once, and kept beside the run as arrays that are read from the disk as they are needed.

A folder holds `photo.npy` and `edited.npy`, (N, size, size, 3) uint8, and `rows.json`, which is written last:
without it, or with another order in it, the triples are made anew.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limner.data.edits import FAMILIES
from limner.data.pair import DataError
from limner.files import replacing
from limner.methods.prior.growing import Growing
from limner.methods.prior.triples import Order, Portrait, Row, Triple, triples
from limner.progress import Report, reporting, silent

ROWS = "rows.json"
PICTURES = ("photo", "edited")


@dataclass(frozen=True)
class Pack:
    """Triples on the disk.

    Attributes:
        photo: (N, size, size, 3) uint8.
        edited: The same shape.
        rows: What is said of each.
        key: SHA-256 of all that they follow from.
    """

    photo: NDArray[np.uint8]
    edited: NDArray[np.uint8]
    rows: Sequence[Row]
    key: str

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sentences(self) -> list[str]:
        """All that is said, each once, sorted."""
        return sorted({said for row in self.rows for said in row.sentences})


def packed(
    folder: Path,
    portraits: Sequence[Portrait],
    count: int,
    order: Order,
    workers: int = 1,
    report: Report = silent,
) -> Pack:
    """The triples that lie in a folder; makes them where they are missing or follow from another order.

    Args:
        folder: Where they are kept.
        portraits: Of whom; each gives the same number of triples.
        count: How many triples, at most: of a portrait without a usable face there are none.
        order: How they are made.
        workers: Processes that make them; up to 1, this one does. Their number changes no triple.
        report: Is told the progress after every portrait.

    Raises:
        DataError: No portrait gives a triple.
        limner.image.ImageError: A portrait cannot be read.
    """
    key = _key(portraits, count, order)
    if not (folder / ROWS).exists() or json.loads((folder / ROWS).read_text(encoding="utf-8"))["key"] != key:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ROWS).unlink(missing_ok=True)
        rows = _make(folder, portraits, count, order, workers, report)
        told = {"key": key, "rows": [dataclasses.asdict(row) for row in rows]}
        with replacing(folder / ROWS) as new:
            new.write_text(json.dumps(told, indent=0) + "\n", encoding="utf-8")
    return opened(folder)


def opened(folder: Path) -> Pack:
    """The triples of a folder that `packed` has finished.

    Raises:
        DataError: It has not.
    """
    if not (folder / ROWS).is_file():
        raise DataError(f"{folder} holds no {ROWS}; a finished pack of limner train prior is expected")
    told = json.loads((folder / ROWS).read_text(encoding="utf-8"))
    photo, edited = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in PICTURES)
    return Pack(photo, edited, [Row(**row) for row in told["rows"]], told["key"])


def _make(
    folder: Path, portraits: Sequence[Portrait], count: int, order: Order, workers: int, report: Report
) -> list[Row]:
    """Writes the pictures, portrait by portrait; gives what is said of them."""
    rows: list[Row] = []
    shape = (order.size, order.size, 3)
    with ExitStack() as stack:
        photos, edits = (
            stack.enter_context(Growing(folder / f"{name}.npy", shape, np.uint8)) for name in PICTURES
        )
        made = _made(portraits, count, order, workers)
        for _ in reporting(portraits, "portrait", report):
            for photo, edited, row in next(made):
                photos.append(photo)
                edits.append(edited)
                rows.append(row)
    if not rows:
        raise DataError(
            f"none of {len(portraits)} portraits gives a triple; {portraits[0].path} is one of them"
        )
    return rows


def _made(
    portraits: Sequence[Portrait], count: int, order: Order, workers: int
) -> Iterator[Sequence[Triple]]:
    """The triples of each portrait, in turn."""
    numbers = [range(len(range(first, count, len(portraits)))) for first in range(len(portraits))]
    work = partial(triples, order=order)
    if workers <= 1:
        yield from map(work, portraits, numbers)
        return
    # Forked, they would share the threads of a torch that is already running.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(work, portraits, numbers)


def _key(portraits: Sequence[Portrait], count: int, order: Order) -> str:
    """SHA-256 of all that triples follow from, but for limner's own version."""
    files = [(each.path.name, each.path.stat().st_size, each.who) for each in portraits]
    families = [(each.name, dict(each.parameters), each.sentences) for each in FAMILIES.values()]
    told = json.dumps([files, families, count, dataclasses.asdict(order)])
    return hashlib.sha256(told.encode()).hexdigest()

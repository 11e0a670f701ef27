"""How fast the metrics are: FSIM beside piq's, Scoot beside a plain NumPy one, recognition on 338 people.

    python -m benchmarks.metrics [--pairs 1000] [--json OUT]

Both sides score the same drawn pairs of 200 x 250 in one run, in turn in ten parts, each with all processors:
ours a pair a thread, as `limner score` does, piq's in batches of ten by torch. piq comes from
`pip install --no-deps piq`; only its FSIM is imported, which needs no torchvision.
"""

import argparse
import importlib
import importlib.util
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.record import Table, show
from limner.metrics import fsim, recognition, scoot

Grey = NDArray[np.uint8]
Pairs = Sequence[tuple[Grey, Grey]]
Scorer = Callable[[Pairs], list[float]]
PARTS, BATCH, LEVELS = 10, 10, 6


def drawn(count: int, seed: int = 0) -> Iterator[tuple[Grey, Grey]]:
    """Pairs of pictures (250, 200) of strokes on paper, and the same blurred and with other strokes."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        page = np.full((250, 200), 245, np.uint8)
        for x, y, p, q, tone in rng.integers(
            (0, 0, -30, -30, 20), (200, 250, 30, 30, 180), (300, 5)
        ).tolist():
            cv2.line(page, (x, y), (x + p, y + q), tone, 1, cv2.LINE_AA)
        other = np.asarray(cv2.GaussianBlur(page, (0, 0), float(rng.uniform(0.5, 2))), np.uint8)
        noisy = np.clip(other + rng.normal(0, rng.uniform(2, 20), page.shape), 0, 255)
        yield page, noisy.astype(np.uint8)


def side_by_side(metric: Callable[[Grey, Grey], float]) -> Scorer:
    """A metric of ours, a pair a thread."""

    def scored(pairs: Pairs) -> list[float]:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(metric, *zip(*pairs, strict=True)))

    return scored


def theirs() -> Scorer:
    """The FSIM of piq."""
    spec = importlib.util.find_spec("piq")
    if spec is None or spec.submodule_search_locations is None:
        raise SystemExit("piq is not there: pip install --no-deps piq")
    package = ModuleType("piq")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["piq"] = package  # the package itself imports torchvision; its FSIM does not
    function = importlib.import_module("piq.fsim").fsim

    def scored(pairs: Pairs) -> list[float]:
        values: list[float] = []
        for i in range(0, len(pairs), BATCH):
            x, y = (
                torch.from_numpy(np.stack(s)[:, None]).float()
                for s in zip(*pairs[i : i + BATCH], strict=True)
            )
            with torch.inference_mode():
                values += function(x, y, reduction="none", data_range=255, chromatic=False).tolist()
        return values

    return scored


def plain_scoot(real: Grey, made: Grey) -> float:
    """Scoot written down as it is defined, block by block."""
    return 1 / (1 + float(np.linalg.norm(_texture(real) - _texture(made))))


def _texture(picture: Grey) -> NDArray[np.float64]:
    level = np.clip(np.floor(picture * (LEVELS / 255) + 1), 1, LEVELS).astype(int) - 1
    contrasts, energies = [], []
    apart = np.subtract.outer(np.arange(LEVELS), np.arange(LEVELS)) ** 2
    (height, width) = picture.shape
    for v in range(4):
        for w in range(4):
            block = level[height * v // 4 : height * (v + 1) // 4, width * w // 4 : width * (w + 1) // 4]
            counts = np.zeros((LEVELS, LEVELS))
            for down, right in ((0, 1), (-1, 1), (-1, 0), (-1, -1)):
                here = block[-down:, max(0, -right) : block.shape[1] - max(0, right)]
                there = block[: block.shape[0] + down, max(0, right) : block.shape[1] + min(0, right)]
                np.add.at(counts, (here.ravel(), there.ravel()), 1)
            p = np.floor(counts / 4 + 0.5)
            p /= p.sum()
            contrasts.append((p * apart).sum())
            energies.append((p * p).sum())
    return np.array(contrasts + energies)


def compared(name: str, ours: Scorer, other: Scorer, pairs: Pairs) -> tuple[str, ...]:
    """A row: seconds of each over all pairs, the ratio part by part, the largest difference."""
    for scorer in (ours, other):
        scorer(pairs[:BATCH])  # the first call makes filters
    times: list[tuple[float, float]] = []
    differences: list[float] = []
    for i in range(PARTS):
        part = pairs[i::PARTS]
        start = time.perf_counter()
        mine = ours(part)
        middle = time.perf_counter()
        yours = other(part)
        times.append((middle - start, time.perf_counter() - middle))
        differences.append(float(np.abs(np.subtract(mine, yours)).max()))
    ratios = [slow / fast for fast, slow in times]
    fast, slow = (sum(each) for each in zip(*times, strict=True))
    spread = f"{min(ratios):.1f}, {max(ratios):.1f}"
    return (
        name,
        f"{fast:.1f}",
        f"{slow:.1f}",
        f"{statistics.median(ratios):.1f}",
        spread,
        f"{max(differences):.1e}",
    )


def recognised() -> Table:
    """Time of 20 splits of 338 people, 150 to learn from, each a noisy copy of itself."""
    rng = np.random.default_rng(0)
    real = rng.integers(0, 256, (338, 250, 200), np.uint8)
    made = np.clip(real + rng.normal(0, 60, real.shape), 0, 255).astype(np.uint8)
    start = time.perf_counter()
    rate = recognition(real, made, train=150)
    row = ("20 splits of 338", f"{time.perf_counter() - start:.1f}", f"{rate.mean_of_best:.3f}")
    return Table("recognition", ("people", "seconds", "rate"), (row,))


def main() -> None:
    """Prints and keeps the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    pairs = list(drawn(options.pairs))

    def plain(some: Pairs) -> list[float]:
        return [plain_scoot(*pair) for pair in some]

    rows = (
        compared("FSIM, beside piq", side_by_side(fsim), theirs(), pairs),
        compared("Scoot, beside plain NumPy", side_by_side(scoot), plain, pairs),
    )
    head = ("metric", "ours, s", "other, s", "times faster (median)", "least, most", "largest difference")
    show(options.json, Table("metrics", head, rows), recognised(), pairs=len(pairs))


if __name__ == "__main__":
    main()

"""What learning from one pair costs: seconds and memory of `limner learn`, and of drawing with what came out.

    python -m benchmarks.learn [--photo examples/portrait.jpg] [--threads 2] [--runs 5] [--json OUT]

The pair is the photo and what limner's own pencil renderer draws of it. Learning is timed as the command runs
it, a process of its own with all it opens; a drawing likewise, and, apart from that, one face in a process
where everything is open, with each number of branches that guidance may ask for.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

import limner
from benchmarks.footprint import peak_megabytes
from benchmarks.record import Table, show
from limner import image
from limner.frame import PORTRAIT
from limner.methods.base import Sampling
from limner.pairing import pair
from limner.sketcher import Sketcher

SCALES = {"3, the default's": None, "2, an image scale of 1": 1.0}
"""Branches that a step asks for, by the image scale."""


def drawn_in(hand: Sketcher, photo: Path, image_scale: float | None, runs: int) -> list[float]:
    """Seconds of each drawing of one face, after one that is not counted."""
    picture, sampling = image.read(photo), Sampling(image_scale=image_scale)
    seconds: list[float] = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        hand(picture, crop=True, sampling=sampling)
        seconds.append(time.perf_counter() - start)
    return seconds[1:]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photo", type=Path, default=Path("examples/portrait.jpg"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(given.threads)
    torch.set_num_threads(given.threads)
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder, name)) for name in ("photo.png", "sketch.png", "one.safetensors")]
        pictures = pair(image.read(given.photo), PORTRAIT, np.random.default_rng(0))
        for name, picture in zip(names[:2], pictures, strict=True):
            image.write(Path(name), picture)
        photo, sketch, style = names
        run = (sys.executable, "-m", "limner")
        learn = (*run, "learn", photo, sketch, "--out", style, "--licence", "for study")
        drawn = str(Path(folder, "drawn.png"))
        draw = (*run, "draw", str(given.photo.resolve()), "--style", style, "--out", drawn)
        for told, command in (("`limner learn`", learn), ("`limner draw`", draw)):
            megabytes, seconds = peak_megabytes(*command)
            rows.append((told, f"{seconds:.1f}", f"{megabytes:.0f}"))
        hand = limner.load(style)
        for told, scale in SCALES.items():
            each = drawn_in(hand, given.photo, scale, given.runs)
            spread = f"{statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f})"
            rows.append((f"one face, all open, branches: {told}", spread, ""))
    head = ("stand-in prior", "seconds", "peak memory, MB")
    show(given.json, Table("learning", head, tuple(rows)), threads=given.threads)


if __name__ == "__main__":
    main()

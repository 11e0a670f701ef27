"""Scores folders of made pictures against a folder of real ones, as one Markdown table.

    python -m benchmarks.score --real sketches --made ours=out --made theirs=published

Files pair by their name up to the first dot. Pictures are read as grey (Pillow's "L") and a made
one is brought to its real one's size first: OpenCV's INTER_AREA where it shrinks on both sides,
INTER_CUBIC elsewhere. Beside each mean stands its bootstrap 95 % interval over the pictures.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from limner.data.folder import by_name
from limner.metrics import METRICS, Grey

RESAMPLES, SEED = 1000, 0
PAIRWISE = {name: METRICS[name] for name in ("ssim", "fsim", "scoot")}

Scores = dict[str, list[float]]


def read(path: Path, size: tuple[int, int] | None) -> Grey:
    """A picture as grey (H, W), brought to a size (W, H)."""
    with Image.open(path) as picture:
        grey = np.asarray(picture.convert("L"))
    height, width = grey.shape
    if size is None or size == (width, height):
        return grey
    shrinks = size[0] <= width and size[1] <= height
    resized = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return resized.astype(np.uint8)


def score(real: dict[str, Path], folder: Path, size: tuple[int, int] | None) -> Scores:
    """Each metric's scores of a folder, picture by picture in the order of `real`."""
    made = by_name(folder)
    for whose, alone in (("real", real.keys() - made), ("made", made.keys() - real)):
        if alone:
            some = ", ".join(sorted(alone)[:5])
            raise SystemExit(f"{folder}: {len(alone)} {whose} pictures have no partner: {some}")
    scores: Scores = {name: [] for name in PAIRWISE}
    for key, path in real.items():
        x = read(path, size)
        y = read(made[key], (x.shape[1], x.shape[0]))
        for name, metric in PAIRWISE.items():
            scores[name].append(metric.function(x, y))
    return scores


def interval(scores: npt.ArrayLike) -> tuple[float, float]:
    """The 95 % interval of the mean, from resampling the pictures."""
    values = np.asarray(scores, dtype=np.float64)
    drawn = np.random.default_rng(SEED).integers(0, values.size, (RESAMPLES, values.size))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def as_table(tables: dict[str, Scores], n: int) -> str:
    """A row for each made folder: mean and interval of each metric."""
    rows = [["made", "n", *PAIRWISE], ["---"] * (2 + len(PAIRWISE))]
    for name, scores in tables.items():
        row = [name, str(n)]
        for values in scores.values():
            low, high = interval(values)
            row.append(f"{np.mean(values):.4f} [{low:.4f}, {high:.4f}]")
        rows.append(row)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def as_size(text: str) -> tuple[int, int]:
    """Reads 200x250 as width 200, height 250."""
    width, height = text.split("x")
    return int(width), int(height)


def as_named_folder(text: str) -> tuple[str, Path]:
    """Reads NAME=FOLDER."""
    name, folder = text.split("=", 1)
    return name, Path(folder)


def main() -> None:
    """Prints the table and, where asked, writes every picture's scores as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--real", type=Path, required=True, metavar="FOLDER")
    add("--made", type=as_named_folder, action="append", required=True, metavar="NAME=FOLDER")
    add("--size", type=as_size, metavar="WxH", help="bring the real pictures to this size as well")
    add("--json", type=Path, metavar="OUT", help="write every picture's scores to this file")
    given = parser.parse_args()

    real = by_name(given.real)
    if len({name for name, _ in given.made}) < len(given.made):
        parser.error("--made: every NAME must be another")
    tables = {name: score(real, folder, given.size) for name, folder in given.made}
    print(as_table(tables, len(real)))
    if given.json:
        record = {
            made: {
                name: {
                    "mean": float(np.mean(values)),
                    "interval": interval(values),
                    "pictures": dict(zip(real, values, strict=True)),
                }
                for name, values in scores.items()
            }
            for made, scores in tables.items()
        }
        given.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""A contact sheet: photo, artist and every method side by side, with the scores underneath."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from limner import image
from limner.evaluate.matching import Match
from limner.evaluate.scoring import Scores
from limner.image import Picture
from limner.metrics import METRICS

ROWS, WIDTH, LINE, GAP = 8, 200, 14, 4


def sheet(matches: Mapping[str, Sequence[Match]], methods: Mapping[str, Scores], rows: int = ROWS) -> Picture:
    """The pictures from the worst to the best, evenly spaced in the first method's first score.

    Args:
        matches: What was scored, by method, all in one order.
        methods: The scores, by method.
        rows: How many pictures to show.

    Returns:
        (H, W, 3) uint8.
    """
    first = next(iter(methods))
    shown = ranked(methods[first], rows)
    given = matches[first][0]
    heads = {"sketch": ("photo", "artist"), "photo": ("sketch", "photo")}[given.to]
    strips = [_titles([*(heads if given.source else heads[:1]), *methods])]
    for i in shown:
        match = matches[first][i]
        cells = [_cell(match.source, [match.name])] if match.source else []
        cells.append(_cell(match.real, [] if match.source else [match.name]))
        for method, scores in methods.items():
            told = [
                f"{name} {score.values[i]:.3f}" if math.isfinite(score.values[i]) else f"{name}: no face"
                for name, score in scores.metrics.items()
                if score.values
            ]
            cells.append(_cell(matches[method][i].made, told))
        strips.append(_side_by_side(cells))
    return np.concatenate(strips)


def ranked(scores: Scores, rows: int) -> list[int]:
    """Places of pictures from worst to best by the first score that has one for each, evenly spaced."""
    ranking = next((name for name, score in scores.metrics.items() if score.values), None)
    if ranking is None:
        return list(range(min(rows, len(scores.names))))
    better = 1 if METRICS[ranking].higher_is_better else -1
    values = better * np.array(scores.metrics[ranking].values)
    order = np.argsort(np.nan_to_num(values, nan=-np.inf), kind="stable")
    return order[np.linspace(0, len(order) - 1, min(rows, len(order))).round().astype(int)].tolist()


def _cell(path: Path, told: Sequence[str]) -> Picture:
    """A picture at the sheet's width with lines of text under it."""
    picture = Image.fromarray(image.read(path))
    small = picture.resize((WIDTH, max(1, round(WIDTH * picture.height / picture.width))))
    made = Image.new("RGB", (WIDTH, small.height + LINE * len(told) + GAP), "white")
    made.paste(small, (0, 0))
    _write(made, told, small.height)
    return np.asarray(made)


def _titles(heads: Sequence[str]) -> Picture:
    """The names of the columns."""
    cells: list[Picture] = []
    for head in heads:
        made = Image.new("RGB", (WIDTH, LINE + GAP), "white")
        _write(made, [head], 0)
        cells.append(np.asarray(made))
    return _side_by_side(cells)


def _write(made: Image.Image, told: Sequence[str], top: int) -> None:
    pen, font = ImageDraw.Draw(made), ImageFont.load_default()
    for i, line in enumerate(told):
        pen.text((2, top + i * LINE), line, fill="black", font=font)


def _side_by_side(cells: Sequence[Picture]) -> Picture:
    height = max(len(cell) for cell in cells)
    padded = [np.full((height, WIDTH + GAP, 3), 255, np.uint8) for _ in cells]
    for space, cell in zip(padded, cells, strict=True):
        space[: len(cell), :WIDTH] = cell
    return np.concatenate(padded, axis=1)

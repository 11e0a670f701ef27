"""Find the faces of a picture and five points on each, with the net that comes with limner.

It looks twice. The first look goes over the picture at sizes halved again and again, so that every face is
once between 20 and 40 pixels large, and asks of each 8 x 8 cell whether a face is centred there. The second
look takes each face found, upright and 36 pixels between the eyes, and its mirror image, lets every cell vote
on where the points are, and says whether this is a face at all; then twice more, each from the better points,
at last turned a little to either side, since answers to different views err differently. Where both see
nobody, they look once more, at sizes between. What is a face then has its points placed by a second net,
which does nothing else and sees finer.

Coordinates are those of `limner.faces.align`. The nets, `limner.methods.finder`, are trained to answer in the
channels and units that are named here; one file holds both.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from limner import hub
from limner.faces.align import Matrix, invert, move, scale, similarity, warp
from limner.faces.face import MIRRORED, Face
from limner.frame import Frame
from limner.runtime import Net

Picture = NDArray[np.uint8]
Rows = NDArray[np.float64]
"""Faces as (n, 15): x0, y0, x1, y1, the five points' x and y, the score."""

CELL = 8
"""Side of the pixels that one answer of the net stands for."""
FOUND, PLACE, VOTES, SHIFTS, FACE = slice(0, 1), slice(1, 15), slice(15, 20), slice(20, 30), slice(30, 31)
"""What the net's channels hold."""
PLACE_UNIT, SHIFT_UNIT, VOTE_UNIT = 32.0, 16.0, 8.0
"""Pixels in one of `PLACE` and of `SHIFTS`; logits in one of `VOTES`."""

NEAR = Frame(112, 112, (35.5, 44.4), (75.5, 44.4))
"""A view of the second net."""
NEAR_CELL = 4
"""Side of the pixels that one answer of the second net stands for."""
NEAR_VOTES, NEAR_SHIFTS = slice(0, 5), slice(5, 15)
"""What the second net's channels hold."""
NEAR_SHIFT_UNIT, NEAR_VOTE_UNIT = 128.0, 64.0
"""Pixels in one of `NEAR_SHIFTS`; logits in one of `NEAR_VOTES`."""

SURE = 0.7
"""The least score of a face."""
LONGEST = 1280
"""Pictures are shrunk to this side first: the smallest face found is then 1/64 of the picture."""
_ENLARGED = 4.0  # times at most, for small pictures
_ENOUGH = 160  # pixels of the longest side, below which a picture is enlarged
_COARSEST = 24  # pixels of the longest side at the last size
# Where the first look's sizes begin, as a share of the largest; the next is tried where nothing was found.
# Of the turned faces that were missed among training portraits, sizes between gave back half (8 of 13, 6 of
# 11), and showed none in 92 face-free pictures. More turns gave back fewer; a lower `_MAYBE` showed some.
_SIZES = (1.0, 0.7)
_MARGIN = 24  # pixels drawn around the picture at each size, for faces that its edge cuts
_MAYBE = 0.15  # the least probability at the first look
# How many times rarer faces are among what the first look proposes than in the second look's training.
# Chosen on training portraits, plain and turned, and on 92 face-free pictures: between faces and all else.
_RARE = 700.0
_MOST = 400  # faces that are looked at twice
# By how many degrees a face is turned in the views of one look after another; several are averaged. A first
# look at a tilted face is off by half an eye distance. On training portraits two turned views at last placed
# the eyes a tenth better than an upright one, and as well as five or nine of more turns and sizes.
_LOOKS = ((0.0,), (0.0,), (-8.0, 8.0))
# The same for the second net. On training portraits left out of its training, three views placed eyes 1 %
# better than two or one; five, or other sizes, no better than three; and one view before them, from whose
# points they begin, 1 % better again.
_NEAR_LOOKS = ((0.0,), (-6.0, 0.0, 6.0))
_BATCH = 32  # views at once


@dataclass(frozen=True)
class _Looker:
    """A net that looks at views of a face.

    Its number in the file, its view, its cells, channels and units, and whether dark views are brightened.
    """

    part: int
    view: Frame
    cell: int
    votes: slice
    shifts: slice
    face: slice | None
    vote_unit: float
    shift_unit: float
    lit: bool


_FINDER = _Looker(
    part=0,
    view=Frame(128, 128, (45.5, 50.8), (81.5, 50.8)),
    cell=CELL,
    votes=VOTES,
    shifts=SHIFTS,
    face=FACE,
    vote_unit=VOTE_UNIT,
    shift_unit=SHIFT_UNIT,
    lit=False,
)
_PLACER = _Looker(
    part=1,
    view=NEAR,
    cell=NEAR_CELL,
    votes=NEAR_VOTES,
    shifts=NEAR_SHIFTS,
    face=None,
    vote_unit=NEAR_VOTE_UNIT,
    shift_unit=NEAR_SHIFT_UNIT,
    lit=True,
)


def find(picture: Picture, sure: float = SURE, near: bool = True) -> list[Face]:
    """Find faces: upright or tilted by up to 30 degrees (often more), from 20 pixels to the whole picture.

    Args:
        picture: (H, W, 3) RGB or (H, W) grey, uint8, 0 .. 255, any size.
        sure: The least score.
        near: Whether the second net places the points. Scores are taken without it (`limner.evaluate`).

    Returns:
        The faces, largest box first; an empty list where there is none.

    Raises:
        ValueError: A picture of another shape or dtype, or without pixels.
    """
    shape = picture.shape
    if picture.dtype != np.uint8 or not (len(shape) == 2 or shape[2:] == (3,)) or 0 in shape:
        raise ValueError(
            f"a uint8 picture (H, W, 3) or (H, W) with pixels expected, got {picture.dtype} {shape}"
        )
    colour = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    rows = np.zeros((0, 15))
    for share in _SIZES:
        rows = _first_look(colour, share)
        for turns in _LOOKS:
            rows = _second_look(colour, rows, turns)
        rows = _distinct(rows)
        rows = rows[rows[:, 14] >= sure]
        if len(rows):
            break
    rows = _near_look(colour, rows) if near else rows
    return sorted((_face(row) for row in rows), key=lambda face: -face.area)


def _first_look(picture: Picture, share: float) -> Rows:
    """The faces of a picture as a first look sees them, the likeliest first.

    Args:
        picture: (H, W, 3).
        share: Of the largest size, which the look begins at.
    """
    height, width = picture.shape[:2]
    longest = max(height, width)
    k = share * min(LONGEST / longest, max(1.0, min(_ENLARGED, _ENOUGH / longest)))
    rows = np.zeros((0, 15))
    while longest * k >= _COARSEST:
        size = max(1, round(width * k)), max(1, round(height * k))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR)
        beyond = [2 * _MARGIN + side + -(2 * _MARGIN + side) % CELL for side in size]
        edges = (_MARGIN, beyond[1] - size[1] - _MARGIN, _MARGIN, beyond[0] - size[0] - _MARGIN)
        padded = cv2.copyMakeBorder(small, *edges, cv2.BORDER_REPLICATE)
        shrunk = np.array([size[0] / width, size[1] / height])
        seen = _centres(_net()(_planes(padded[None]))[0])
        seen[:, :14] = ((seen[:, :14].reshape(-1, 7, 2) - _MARGIN + 0.5) / shrunk - 0.5).reshape(-1, 14)
        rows = np.concatenate([rows, seen])
        k /= 2
    return _distinct(rows)[:_MOST]


def _centres(cells: NDArray[np.float32]) -> Rows:
    """The faces of a first look's (31, h, w) cells: each where its probability tops its neighbours'."""
    p = cells[FOUND][0]
    top = (p >= cv2.dilate(p, np.ones((3, 3), np.uint8))) & (p > _MAYBE)
    ys, xs = np.nonzero(top)
    rows = np.zeros((len(ys), 15))
    for row, y, x in zip(rows, ys, xs, strict=True):
        around = tuple(slice(max(0, at - 1), min(at + 2, n)) for at, n in zip((y, x), p.shape, strict=True))
        centres = np.mgrid[around][::-1] * CELL + (CELL - 1) / 2
        weight = np.where(p[around] > p[y, x] / 2, p[around], 0)
        said = PLACE_UNIT * cells[(PLACE, *around)] + np.tile(centres, (7, 1, 1))
        row[:14] = (said * weight).sum(axis=(1, 2)) / weight.sum()
        row[14] = p[y, x]
    return rows


def _second_look(picture: Picture, rows: Rows, degrees: Sequence[float]) -> Rows:
    """The same faces with better points and boxes moved along, scored by this look alone; a view a turn.

    On training portraits and face-free pictures the score of a second look from already good points told
    faces from other things better than the first look's score or any product of the two.
    """
    better = rows.copy()
    # Eyes in one place give no view to look at: no face.
    apart = _apart(rows)
    better[~apart, 14] = 0
    if apart.any():
        better[apart], sure = _looked(picture, rows[apart], _FINDER, degrees)
        better[apart, 14] = sure / (sure + _RARE * (1 - sure))
    return better


def _near_look(picture: Picture, rows: Rows) -> Rows:
    """The same faces with the points that the second net places, and boxes moved along."""
    better = rows.copy()
    for turns in _NEAR_LOOKS:
        apart = _apart(better)
        if apart.any():
            better[apart], _ = _looked(picture, better[apart], _PLACER, turns)
    return better


def _apart(rows: Rows) -> NDArray[np.bool_]:
    """Whether a face's eyes lie in two places."""
    return np.hypot(*(rows[:, 6:8] - rows[:, 4:6]).T) > 1e-3


def _looked(
    picture: Picture, rows: Rows, looker: _Looker, degrees: Sequence[float]
) -> tuple[Rows, NDArray[np.float64]]:
    """The faces as a net sees them, each in a view a turn: points and boxes moved, and how surely, (n,)."""
    frames = [_turned(looker.view, angle) for angle in degrees]
    matrices = [similarity((_pair(row[4:6]), _pair(row[6:8])), frame) for row in rows for frame in frames]
    batches = [matrices[start : start + _BATCH] for start in range(0, len(matrices), _BATCH)]
    answers = [_answers(picture, batch, looker) for batch in batches]
    points, sure = (np.concatenate(parts) for parts in zip(*answers, strict=True))
    placed = [move(at, invert(matrix)) for at, matrix in zip(points, matrices, strict=True)]
    better = rows.copy()
    better[:, 4:14] = np.reshape(placed, (len(rows), len(frames), 10)).mean(axis=1)
    better[:, :4] += np.tile((better - rows)[:, 4:14].reshape(-1, 5, 2).mean(axis=1), 2)
    return better, sure.reshape(len(rows), len(frames)).mean(axis=1)


def _answers(
    picture: Picture, matrices: Sequence[Matrix], looker: _Looker
) -> tuple[Rows, NDArray[np.float64]]:
    """The points (n, 5, 2) in the views that the matrices bring to, and how surely each shows a face (n,)."""
    views = np.stack([_view(picture, matrix, looker.view.size) for matrix in matrices])
    planes = _planes(np.concatenate([views, views[:, :, ::-1]]))
    cells = _net()(lit(planes) if looker.lit else planes, looker.part)
    plain, mirrored = (_voted(half, looker) for half in np.split(cells, 2))
    mirrored = mirrored[:, MIRRORED]
    mirrored[..., 0] = looker.view.width - 1 - mirrored[..., 0]
    if looker.face is None:
        return (plain + mirrored) / 2, np.ones(len(views))
    y, x = (n // 2 for n in cells.shape[2:])
    sure = np.split(cells[:, looker.face, y - 1 : y + 1, x - 1 : x + 1].mean(axis=(1, 2, 3)), 2)
    return (plain + mirrored) / 2, (sure[0] + sure[1]) / 2


def _voted(cells: NDArray[np.float32], looker: _Looker) -> NDArray[np.float64]:
    """Where the cells (n, C, h, w) of views see the points: (n, 5, 2) in pixels of the view."""
    n, _, height, width = cells.shape
    votes = looker.vote_unit * cells[:, looker.votes].reshape(n, 5, -1).astype(np.float64)
    w = np.exp(votes - votes.max(axis=2, keepdims=True))
    w /= w.sum(axis=2, keepdims=True)
    centres = np.mgrid[:height, :width][::-1] * looker.cell + (looker.cell - 1) / 2
    places = centres + looker.shift_unit * cells[:, looker.shifts].reshape(n, 5, 2, height, width)
    return (w[:, :, None] * places.reshape(n, 5, 2, -1)).sum(axis=3)


@lru_cache
def _turned(view: Frame, degrees: float) -> Frame:
    """A view with the eyes turned about their middle."""
    (xl, y), (xr, _) = view.left_eye, view.right_eye
    middle, half = (xl + xr) / 2, (xr - xl) / 2
    across, down = half * math.cos(math.radians(degrees)), half * math.sin(math.radians(degrees))
    return Frame(view.width, view.height, (middle - across, y - down), (middle + across, y + down))


def _view(picture: Picture, matrix: Matrix, size: tuple[int, int]) -> Picture:
    """A view of a picture, of that (width, height), from no more of the picture than it shows."""
    height, width = picture.shape[:2]
    right, bottom = size
    corners = move([(0, 0), (right, 0), (0, bottom), (right, bottom)], invert(matrix))
    reach = 4 / scale(matrix) + 2
    low = np.clip(np.floor(corners.min(axis=0) - reach), 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0) + reach), low + 1, (width, height)).astype(int)
    shifted = np.column_stack([matrix[:, :2], matrix[:, 2] + matrix[:, :2] @ low])
    return warp(picture[low[1] : high[1], low[0] : high[0]], shifted, size)


def _distinct(rows: Rows) -> Rows:
    """The rows, best score first, without those that another, better one already tells of."""
    kept: list[NDArray[np.float64]] = []
    for row in rows[np.argsort(-rows[:, 14])]:
        if not any(_same(row, other) for other in kept):
            kept.append(row)
    return np.array(kept).reshape(-1, 15)


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether two rows tell of one face: their boxes cover each other, or one lies inside the other."""
    sides = np.minimum(one[2:4], other[2:4]) - np.maximum(one[:2], other[:2])
    shared = np.prod(np.maximum(sides, 0))
    areas = [np.prod(np.maximum(row[2:4] - row[:2], 1e-6)) for row in (one, other)]
    return bool(shared > 0.35 * (sum(areas) - shared) or shared > 0.7 * min(areas))


def _face(row: NDArray[np.float64]) -> Face:
    (a, b, c, d, e) = (_pair(point) for point in row[4:14].reshape(5, 2))
    x0, y0, x1, y1 = (float(v) for v in row[:4])
    return Face((x0, y0, x1, y1), float(row[14]), (a, b, c, d, e))


def _pair(point: NDArray[np.float64]) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def lit(views: NDArray[np.float32]) -> NDArray[np.float32]:
    """Views as the second net sees them: dark ones brightened, so that light need not be learned.

    Chosen: by one factor, of at most 45, which brings the 98th percentile of all values to 0.9; bright ones
    stay.

    Args:
        views: (n, 3, h, w) in [0, 1].

    Returns:
        The same shape and range.
    """
    bright = np.quantile(views.reshape(len(views), -1), 0.98, axis=1)
    factor = np.maximum(1, 0.9 / np.maximum(bright, 0.02)).astype(np.float32)
    return np.minimum(views * factor[:, None, None, None], np.float32(1))


def _planes(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, h, w, 3) uint8 as (n, 3, h, w) in [0, 1]."""
    planes = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), np.float32)
    return np.divide(planes, 255, dtype=np.float32)


@lru_cache
def _net() -> Net:
    return Net(hub.packaged(hub.cards()["finder"]), "the finder of faces")

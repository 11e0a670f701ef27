"""The matte: how much of each pixel is a person, from 0 (background) to 1 (head, hair, shoulders, body).

A small network sees the picture twice: as a whole, which gives the bodies, and around each face at one scale,
which gives hair and outline of people who are small in it. Where the union is in doubt colour decides
(`limner.faces.cut`), and the outline follows the picture's own edges up to full size by a guided filter:

    a = (Sigma + eps U)^-1 cov(I, p),   b = mean(p) - a . mean(I),   q = mean(a) . I + mean(b)

with p the matte so far, I the picture's colours, Sigma their covariance in a window.
Source: He, Sun, Tang, Guided image filtering (PAMI 2013), equations 19 to 21; that a and b may come from a
smaller picture: He, Sun, Fast guided filter (2015).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from limner import hub
from limner.faces import share
from limner.faces.cut import cut
from limner.faces.face import Face
from limner.image import to_unit
from limner.runtime import Net

Picture = NDArray[np.uint8]
Unit = NDArray[np.float32]
Real = NDArray[np.floating[Any]]

# Chosen: all values, on held-out composites and by eye.
WHOLE = 160
"""Longest side of the picture as the network sees it whole, in pixels."""
NEAR = 144
"""Height of the window around a face as the network sees it, in pixels."""
CANVAS = 1024
"""Longest side at which what was seen is put together, in pixels."""
MOST = 48
"""Faces that get a window of their own, the largest first."""
WINDOW = (-4.5, -4.0, 4.5, 6.0)
"""x0, y0, x1, y1 of a face's window from the middle of its eyes, in eye distances."""
EPSILON = 1e-4
"""Of the guided filter: colours that vary less than its root are no edge."""
NOBODY = 0.002
"""A matte of a lower mean sees nobody."""
HEAD = 2.0
"""How far the head of a face that the matte misses is drawn, in eye distances from its middle."""
STRIP = 1 << 20
"""Pixels that are brought to full size at a time."""


def matte(picture: Picture, faces: Sequence[Face] = ()) -> Unit:
    """The soft alpha of all people in a picture.

    Args:
        picture: (H, W, 3) uint8, any size from 1 x 1.
        faces: Those of the picture, as `limner.faces.find` gives them. Without them people who are small in
            the picture are seen roughly or not at all.

    Returns:
        (H, W) float32 in [0, 1]; all zero where nobody was seen (see `lack`).

    Raises:
        limner.hub.StyleError: The packaged network is missing or damaged.
        ValueError: Not a picture.
    """
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise ValueError(f"a uint8 picture (H, W, 3) expected, got {picture.dtype} {picture.shape}")
    canvas = _fitted(picture, min(CANVAS, max(picture.shape[:2])))
    rough = _joined(picture, canvas, faces)
    if rough.max() < 0.05:
        return np.zeros(picture.shape[:2], np.float32)
    return _full(picture, _guide(canvas, cut(canvas, _belonging(rough))))


def lack(alpha: Unit, faces: Sequence[Face] = ()) -> str:
    """What a matte is without, in words for a user; empty where it can be used as it is.

    Args:
        alpha: (H, W) in [0, 1], as `matte` gives it.
        faces: Those of the picture; each must be covered for more than half.
    """
    if alpha.mean() < NOBODY:
        return "no person stands out from the background; it is left as it is"
    missed = len(_missed(alpha, faces))
    where = "" if missed == len(faces) else " around them"
    told = f"{missed} of {len(faces)} faces do not stand out from the background; it is left as it is{where}"
    return told if missed else ""


def without_gaps(alpha: Unit, faces: Sequence[Face] = ()) -> Unit:
    """What of a picture is to be drawn on paper: the matte, and the heads of faces that it misses.

    Args:
        alpha: (H, W) in [0, 1], as `matte` gives it.
        faces: Those of the picture, as of `lack`.

    Returns:
        (H, W) float32 in [0, 1]; 1 all over where the matte sees nobody, or none of the faces.
    """
    missed = _missed(alpha, faces)
    if alpha.mean() < NOBODY or len(missed) == len(faces) > 0:
        return np.ones_like(alpha)
    made = alpha.copy()
    for face in missed:
        shown = share.around(face, HEAD, (alpha.shape[1], alpha.shape[0]))
        if shown is None:
            continue
        box, samples = shown
        x0, y0, x1, y1 = box
        made[y0:y1, x0:x1] = np.maximum(made[y0:y1, x0:x1], share.spread(samples, box))
    return made


def _missed(alpha: Unit, faces: Sequence[Face]) -> list[Face]:
    """The faces that are not covered for more than half."""
    return [face for face in faces if _inner(alpha, face).mean() < 0.5]


def _inner(alpha: Unit, face: Face) -> Unit:
    """The matte in the middle half of a face's box; the nearest pixel where the box leaves the picture."""
    x0, y0, x1, y1 = face.box
    (left, right), (top, bottom) = (
        np.clip(np.rint([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b]), 0, size - 1).astype(int)
        for a, b, size in ((x0, x1, alpha.shape[1]), (y0, y1, alpha.shape[0]))
    )
    return alpha[top : bottom + 1, left : right + 1]


@lru_cache(maxsize=1)
def _net() -> Net:
    """The packaged network, opened once."""
    return Net(hub.packaged(hub.cards()["matte"]), "the matte")


def _seen(picture: Picture) -> Unit:
    """The network's matte (H, W) of a picture at just this scale."""
    stride = int(_net().about["stride"])
    height, width = picture.shape[:2]
    padded = cv2.copyMakeBorder(picture, 0, -height % stride, 0, -width % stride, cv2.BORDER_REPLICATE)
    return _net()(to_unit(np.asarray(padded, np.uint8))[None])[0, 0, :height, :width]


def _fitted(picture: Picture, longest: int) -> Picture:
    """A picture with a given longest side."""
    height, width = picture.shape[:2]
    k = longest / max(height, width)
    size = max(1, round(width * k)), max(1, round(height * k))
    if size == (width, height):
        return picture
    how = cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


def _joined(picture: Picture, canvas: Picture, faces: Sequence[Face]) -> Unit:
    """What the network sees of the whole and around each face, on the canvas (h, w)."""
    height, width = canvas.shape[:2]
    whole = cv2.resize(_seen(_fitted(canvas, WHOLE)), (width, height), interpolation=cv2.INTER_LINEAR)
    total, weight = np.zeros_like(whole), np.zeros_like(whole)
    for (x0, y0, x1, y1), span in _windows(picture.shape, canvas.shape, faces):
        k = picture.shape[0] / height, picture.shape[1] / width
        cut = picture[round(y0 * k[0]) : round(y1 * k[0]), round(x0 * k[1]) : round(x1 * k[1])]
        near = _seen(_fitted(cut, max(1, round(NEAR * max(cut.shape[:2]) / span))))
        share = _faded((x0, y0, x1, y1), width, height)
        total[y0:y1, x0:x1] += share * cv2.resize(near, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        weight[y0:y1, x0:x1] += share
    return (total / np.maximum(weight, 1) + (1 - np.minimum(weight, 1)) * whole).astype(np.float32)


def _windows(
    shape: tuple[int, ...], canvas: tuple[int, ...], faces: Sequence[Face]
) -> Iterator[tuple[tuple[int, int, int, int], float]]:
    """Around each face, on the canvas: the window x0, y0, x1, y1, and its uncut height in the picture.

    A window that would show the picture no larger than it is seen whole is left out.
    """
    height, width = canvas[:2]
    k = height / shape[0], width / shape[1]
    for face in sorted(faces, key=lambda f: -f.area)[:MOST]:
        (xl, yl), (xr, yr) = face.eyes
        # Of a head in profile the eyes lie close together; then the box tells its size.
        unit = max(float(np.hypot(xr - xl, yr - yl)), 0.35 * (face.box[2] - face.box[0]))
        span = unit * (WINDOW[3] - WINDOW[1])
        x, y = (xl + xr) / 2, (yl + yr) / 2
        x0, x1 = (round(np.clip((x + unit * WINDOW[i]) * k[1], 0, width)) for i in (0, 2))
        y0, y1 = (round(np.clip((y + unit * WINDOW[i]) * k[0], 0, height)) for i in (1, 3))
        if min(x1 - x0, y1 - y0) >= 4 and NEAR / span > 1.2 * WHOLE / max(shape[:2]):
            yield (x0, y0, x1, y1), span


def _faded(window: tuple[int, int, int, int], width: int, height: int) -> Unit:
    """How far a window counts, (h, w) in [0, 1]: less towards its edges, but for those of the picture."""
    x0, y0, x1, y1 = window

    def ramp(low: int, high: int, end: int) -> Unit:
        place = (np.arange(low, high, dtype=np.float32) + 0.5 - low) / (high - low)
        rising = np.ones_like(place) if low == 0 else np.clip(place / 0.15, 0, 1)
        return np.minimum(rising, 1 if high == end else np.clip((1 - place) / 0.15, 0, 1))

    return np.outer(ramp(y0, y1, height), ramp(x0, x1, width)).astype(np.float32)


def _belonging(alpha: Unit) -> Unit:
    """A matte without its specks: what hangs together counts from a twentieth of the largest part on."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats((alpha > 0.3).astype(np.uint8))
    if count < 3:
        return alpha
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = areas >= areas[1:].max() / 20
    kept[0] = False
    reach = 2 * (max(alpha.shape) // 100) + 3
    around = cv2.dilate(kept[parts].astype(np.uint8), np.ones((reach, reach), np.uint8))
    return np.where(around > 0, alpha, 0).astype(np.float32)


def _guide(picture: Picture, rough: Unit) -> Unit:
    """The guided filter's coefficients (h, w, 4): a for red, green and blue, then b."""
    image = np.divide(picture, np.float32(255), dtype=np.float32)
    radius = max(2, max(rough.shape) // 160)

    def mean(values: Real) -> Unit:
        size = 2 * radius + 1
        return np.asarray(cv2.blur(values, (size, size), borderType=cv2.BORDER_REFLECT), np.float32)

    centre, level = mean(image), mean(rough)
    cov = [mean(image[..., i] * rough) - centre[..., i] * level for i in range(3)]

    def sigma(i: int, j: int) -> Unit:
        made = mean(image[..., i] * image[..., j]) - centre[..., i] * centre[..., j]
        return (made + (EPSILON if i == j else 0)).astype(np.float32)

    rr, rg, rb, gg, gb, bb = (sigma(i, j) for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)))
    # The inverse of a symmetric 3 x 3 matrix by its cofactors.
    c0, c1, c2 = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    c3, c4, c5 = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    scale = 1 / (rr * c0 + rg * c1 + rb * c2)
    a = [
        scale * (p * cov[0] + q * cov[1] + s * cov[2])
        for p, q, s in ((c0, c1, c2), (c1, c3, c4), (c2, c4, c5))
    ]
    b = level - sum(each * centre[..., i] for i, each in enumerate(a))
    return mean(np.stack([*a, b], axis=-1))


def _full(picture: Picture, coefficients: Unit) -> Unit:
    """The matte at the picture's own size, from coefficients at the canvas's, strip by strip."""
    height, width = picture.shape[:2]
    high, wide = coefficients.shape[:2]
    alpha = np.empty((height, width), np.float32)
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        strip = np.divide(picture[top : top + rows], np.float32(255), dtype=np.float32)
        y = np.clip((np.arange(top, top + len(strip)) + 0.5) * high / height - 0.5, 0, high - 1)
        above = np.minimum(y.astype(int), max(0, high - 2))
        part = (y - above).astype(np.float32)[:, None, None]
        between = coefficients[above] * (1 - part) + coefficients[np.minimum(above + 1, high - 1)] * part
        if wide != width:
            between = cv2.resize(between, (width, len(strip)), interpolation=cv2.INTER_LINEAR)
        made = np.einsum("hwc,hwc->hw", between[..., :3], strip) + between[..., 3]
        # What a net leaves of doubt on either side is cut off.
        alpha[top : top + rows] = np.clip((made - 0.04) / 0.92, 0, 1)
    return alpha

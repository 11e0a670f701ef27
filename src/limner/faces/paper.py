"""The paper of a drawing brought to white, so that one photographed by lamplight looks as if it were scanned.

    ln p(x, y) = a + b x + c y + d x^2 + e x y + f y^2,    min E rho(ln s - ln p)
    rho(r) = 0.9 r where r > 0, -0.1 r elsewhere,    s' = 250 s / p

with s the drawing in grey around its faces: nine tenths of it lie below p, a tenth above. That is the paper,
where a tenth of a drawing is paper; in logarithms, since light multiplies.

Source: Koenker and Bassett, Regression quantiles (Econometrica 46, 1978), for rho; minimised by least
squares, weighted anew each time.
Chosen: all else. Scans stay as they are, which p of a plane tells, since more freedom follows dark hair: of
all drawings of CUHK and FS2K it is over 200. On 86 drawings of training splits by the light of a computed
lamp (with a script that was not kept) a plane in place of the paraboloid left paper 4 to 12 times as far from
white, doing without logarithms 1.3 to 2.2 times; a third degree did no better. How far: docs/instruct.md.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.faces.align import warp
from limner.frame import Point, span
from limner.image import Picture

WHITE = 250
"""What paper becomes: that of scans."""
SCANNED = 200
"""Where paper is nowhere darker, a drawing is left as it is."""
SHARE = 0.9
"""Of the pixels, that lie below the paper."""
LIGHTER = 8.0
"""At most so many times lighter."""
AROUND = 2.5
"""Half a side of the square around each face in which paper is looked for, in eye distances."""
_SIDE = 64  # pixels of the square that is looked at
_ROUNDS = 30  # of weighting
_LEAST = 0.01  # a hundredth of the light: what is nearer to p weighs no more


def levelled(sketch: Picture, eyes: Sequence[tuple[Point, Point]] = ()) -> Picture:
    """A drawing whose paper is white.

    Args:
        sketch: (H, W) or (H, W, 3) uint8.
        eyes: Of its faces, (x, y) in pixels, left first; around them lies the paper. Without any it lies
            everywhere.

    Returns:
        The same where the paper is light already, else a grey picture of the same shape.
    """
    height, width = sketch.shape[:2]
    x0, y0, x1, y1 = _around(eyes, width, height)
    grey = sketch if sketch.ndim == 2 else np.asarray(cv2.cvtColor(sketch, cv2.COLOR_RGB2GRAY), np.uint8)
    small = cv2.resize(grey[y0:y1, x0:x1], (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    seen = np.log(small.astype(np.float64).clip(1))
    if np.exp(_paper(seen, _terms(1))).min() >= SCANNED:
        return sketch
    paper = np.exp(_paper(seen, _terms(2))).clip(WHITE / LIGHTER).astype(np.float32)
    # From the square's pixels to the picture's; beyond the square the light is that of its edge.
    matrix = np.array([[(x1 - x0) / _SIDE, 0, 0], [0, (y1 - y0) / _SIDE, 0]])
    matrix[:, 2] = (matrix[:, :2].sum(axis=1) - 1) / 2 + (x0, y0)
    paper = warp(paper, matrix, (width, height))
    white = np.asarray(cv2.divide(grey, paper, scale=WHITE, dtype=cv2.CV_8U), np.uint8)
    return white if sketch.ndim == 2 else np.repeat(white[..., None], 3, axis=2)


def _around(eyes: Sequence[tuple[Point, Point]], width: int, height: int) -> tuple[int, int, int, int]:
    """The box around all squares, within the picture: x0, y0, x1, y1."""
    whole = (0, 0, width, height)
    if not eyes:
        return whole
    middles = np.array([np.mean(pair, axis=0) for pair in eyes])
    reach = AROUND * np.array([[abs(span(pair))] for pair in eyes])
    x0, y0 = np.floor((middles - reach).min(axis=0)).clip(0).astype(int).tolist()
    x1, y1 = np.ceil((middles + reach).max(axis=0)).clip(0).astype(int).tolist()
    box = min(x0, width - 1), min(y0, height - 1), min(x1, width), min(y1, height)
    return box if box[2] > box[0] and box[3] > box[1] else whole


def _terms(degree: int) -> NDArray[np.float64]:
    """All x^i y^j up to a degree over the square, x and y from -1 to 1: (pixels, terms)."""
    along = (2 * np.arange(_SIDE) + 1) / _SIDE - 1
    y, x = (each.ravel() for each in np.meshgrid(along, along, indexing="ij"))
    powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    return np.stack([x**i * y**j for i, j in powers], axis=1)


def _paper(seen: NDArray[np.float64], terms: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logarithm of p where the square was seen, of the same shape."""
    wanted = seen.ravel()
    weight = np.ones_like(wanted)
    told = np.zeros_like(wanted)
    for _ in range(_ROUNDS):
        root = np.sqrt(weight)
        told = terms @ np.linalg.lstsq(terms * root[:, None], wanted * root)[0]
        rest = wanted - told
        weight = np.where(rest > 0, SHARE, 1 - SHARE) / np.abs(rest).clip(_LEAST)
    return told.reshape(seen.shape)

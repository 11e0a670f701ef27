"""The paper of a drawing brought to white, so that one photographed by lamplight looks as if it were scanned.

    p(x, y) = a + b x + c y,    min E rho(s - p),    rho(r) = 0.9 r where r > 0, -0.1 r elsewhere
    s' = 250 s / p

with s the drawing in grey around its faces: nine tenths of it lie below p, a tenth above. That is the paper,
where a tenth of a drawing is paper; a plane, since one lamp or window lights it, and more would follow hair.

Source: Koenker and Bassett, Regression quantiles (Econometrica 46, 1978), for rho; minimised by least
squares, weighted anew each time.
Chosen: all else. Scans stay as they are: of all drawings of CUHK and FS2K that are trained on p is over
200. On training drawings by lamplight (docs/results.md) every share between 0.8 and 0.95 did alike, and so
did a saddle or a paraboloid in place of the plane.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from limner.frame import Point, span
from limner.image import Picture

WHITE = 250
"""What paper becomes: that of scans."""
SCANNED = 200
"""Where paper is nowhere darker, a drawing is left as it is."""
SHARE = 0.9
"""Of the pixels, that lie below the paper."""
LIGHTER = 4.0
"""At most so many times lighter."""
AROUND = 2.5
"""Half a side of the square around each face in which paper is looked for, in eye distances."""
_SIDE = 64  # pixels of the square that is looked at
_ROUNDS = 30  # of weighting; seventy more moved no plane by two levels


def levelled(sketch: Picture, eyes: Sequence[tuple[Point, Point]] = ()) -> Picture:
    """A drawing whose paper is white.

    Args:
        sketch: (H, W) or (H, W, 3) uint8.
        eyes: Of its faces, (x, y) in pixels, left first; around them lies the paper. None: everywhere.

    Returns:
        The same where the paper is light already, else a grey picture of the same shape.
    """
    height, width = sketch.shape[:2]
    x0, y0, x1, y1 = _around(eyes, width, height)
    grey = sketch if sketch.ndim == 2 else np.asarray(cv2.cvtColor(sketch, cv2.COLOR_RGB2GRAY), np.uint8)
    a, b, c = _paper(grey[y0:y1, x0:x1])
    least, most = a - abs(b) - abs(c), a + abs(b) + abs(c)
    if least >= SCANNED:
        return sketch
    x, y = ((2 * np.arange(n) + 1 - p - q) / (q - p) for n, p, q in ((width, x0, x1), (height, y0, y1)))
    # Beyond the square the lamp is neither further away nor nearer.
    lowest, highest = (max(each, WHITE / LIGHTER) for each in (least, most))
    paper = np.add.outer(np.float32(a + c * y), np.float32(b * x))
    np.clip(paper, lowest, highest, out=paper)
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


def _paper(grey: Picture) -> tuple[float, float, float]:
    """a, b and c, with x and y from -1 to 1 over the picture."""
    seen = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    along = (2 * np.arange(_SIDE) + 1) / _SIDE - 1
    y, x = (each.ravel() for each in np.meshgrid(along, along, indexing="ij"))
    terms = np.stack([np.ones_like(x), x, y], axis=1)
    weight = np.ones_like(seen)
    plane = np.zeros(3)
    for _ in range(_ROUNDS):
        root = np.sqrt(weight)
        plane = np.asarray(np.linalg.lstsq(terms * root[:, None], seen * root)[0], np.float64)
        rest = seen - terms @ plane
        weight = np.where(rest > 0, SHARE, 1 - SHARE) / np.abs(rest).clip(1)
    a, b, c = plane.tolist()
    return a, b, c

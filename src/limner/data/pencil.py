"""A pencil artist of our own: a portrait drawn by rules, so that a style can be learned from free photos.

Three layers of graphite lie on white paper. With T the tone of `limner.data.sitter`, 0 on the sitter's own
lit skin, and G a Gaussian blur,

    contour = along(G_sigma T - G_{1.6 sigma} T)      thresholded softly, at two widths
    strokes = along(noise) < wanted darkness           hair along its flow, shadows in one hatching direction
    graphite = 1 - (1 - contour) (1 - strokes)

Source: Kang, Lee, Chui, Coherent line drawing, NPAR 2007, and Winnemoeller, Kyprianidis, Olsen, XDoG,
    Computers & Graphics 36(6), 2012 (flow-guided difference of Gaussians, soft threshold); Cabral and Leedom,
    SIGGRAPH 1993 (strokes as noise smeared along a flow), all through `limner.data.flow`.
Differs: The difference of Gaussians is round, not taken across the flow; half the time, and no line moved.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from limner.data.flow import along, flow
from limner.data.pair import Picture
from limner.data.sitter import Real, Sitter, Unit, even, noise, sit, step
from limner.frame import Point


@dataclass(frozen=True)
class Hand:
    """How an artist draws. Lengths are pixels of a picture whose eyes are 100 apart. Chosen: all, by eye."""

    eyes: tuple[Point, Point] = ((150.0, 250.0), (250.0, 250.0))
    """Where the sitter's eyes (x, y) lie, in pixels of the photo, the image's left one first."""
    width: float = 0.85
    """Of fine contours, as sigma; coarse ones are 2.6 times wider."""
    contour: float = 1.0
    """Strength of contours: 0 is none."""
    darkness: float = 0.87
    """Of the densest graphite: 1 is black."""
    paper: float = 1.0
    """Of empty paper: 1 is white."""
    shade: float = 1.0
    """Strength of strokes and tone: 0 leaves contours alone."""
    curve: float = 0.7
    """Exponent of hair's and clothes' tone: below 1 is darker."""
    angle: float = 55.0
    """Of the hatching, in degrees, anticlockwise on screen from the right."""
    spacing: float = 0.65
    """Of strokes from each other, as sigma of the noise that they come from."""
    length: float = 6.0
    """Of strokes, as sigma along them."""
    jitter: float = 0.3
    """By how much a contour strays, as standard deviation."""
    grain: float = 0.1
    """Of the paper in graphite, as standard deviation of its density."""


def draw(photo: Picture, matte: Unit | None, hand: Hand, rng: np.random.Generator) -> Picture:
    """Draws a portrait photo in pencil.

    Args:
        photo: (H, W, 3) uint8, a face upright with its eyes at `hand.eyes`.
        matte: (H, W) in [0, 1], 1 on the person: what lies around stays paper. None: all is person.
        hand: The artist.
        rng: The source of chance: of the grain, the strokes and the unsteadiness of lines.

    Returns:
        (H, W) uint8, dark on white. Nothing but contours strays from its place, and they by `hand.jitter`.

    Raises:
        DataError: The photo has no three channels of uint8 or no pixels, or the matte another size.
        ValueError: The hand's eyes coincide.
    """
    sitter = sit(photo, matte, hand.eyes)
    grain = noise(sitter.matte.shape, hand.spacing * sitter.unit, rng)
    strokes = even(along(grain, way(sitter, hand, 0.2), hand.length * sitter.unit))
    lines = _strayed(contours(sitter, strokes, hand), hand.jitter * sitter.unit, rng)
    shades = _shades(sitter, strokes, hand)
    bare = (1 - np.clip(hand.contour * lines, 0, 1)) * (1 - np.clip(hand.shade * shades, 0, 1))
    ink = np.clip((1 - bare) * (1 + hand.grain * grain), 0, 1) * hand.darkness
    return np.clip(np.rint(255 * hand.paper * (1 - ink)), 0, 255).astype(np.uint8)


def way(sitter: Sitter, hand: Hand, skin: float) -> Real:
    """Where strokes (H, W, 2) run: along hair, as hatched on clothes and, below the slope `skin`, on skin."""
    rest = 0.004 + skin * sitter.oval + 0.03 * step(sitter.v, 1.4, 1.8)
    return flow(sitter.soft(sitter.tone, 0.6), 3.2 * sitter.unit, hand.angle, rest / np.float32(sitter.unit))


def contours(sitter: Sitter, strokes: Real, hand: Hand) -> Real:
    """Fine and coarse lines, and the outline of who would else fade into the paper.

    Args:
        sitter: Who is drawn.
        strokes: (H, W) in [0, 1], which break the lines a little.
        hand: The artist.

    Returns:
        (H, W) in [0, 1], 1 where a line lies.
    """
    u, v, tone = sitter.u, sitter.v, sitter.tone

    def edges(width: float) -> Real:
        return sitter.soft(tone, width) - sitter.soft(tone, 1.6 * width)

    both = np.dstack([edges(hand.width), edges(2.6 * hand.width)])
    found = along(both, way(sitter, hand, 0.04), 3 * sitter.unit)
    care = np.exp(-(((u / 0.9) ** 2 + ((v - 0.45) / 0.9) ** 2) ** 2))
    top = (1 - sitter.oval) * (1 - step(v, 0.8, 1.4))  # of the head: fair and white hair
    rough = sitter.on_face(2.5 * np.abs(found[..., 0]), 50, 0.004, 0.03)  # skin's own grain
    fine = step(found[..., 0] - rough + 0.01 * care + 0.007 * top, 0.013, 0.064)
    coarse = (0.6 - 0.25 * care) * step(found[..., 1], 0.03, 0.12)
    cut = step(sitter.soft(sitter.matte, 1.6), 0.3, 0.7)
    rim = step(sitter.soft(cut, 0.8) - sitter.soft(cut, 1.8), 0.03, 0.14)
    rim *= (0.25 + 0.6 * step(v, -0.3, 0.4)) * step(strokes, -0.2, 0.5)
    lines = 1 - (1 - fine) * (1 - coarse) * (1 - rim)
    return lines * (0.75 + 0.25 * step(strokes, 0, 0.5))


def _shades(sitter: Sitter, strokes: Real, hand: Hand) -> Real:
    """Strokes, the denser the darker, over a little even tone; clothes fade towards the lower edge."""
    fade = _fade(sitter)
    dark = wanted(sitter, hand)
    drawn = step(1.1 * dark - strokes, -0.15, 0.5) * (0.4 + 0.6 * dark)
    return ((0.35 + 0.15 * sitter.oval) * dark * fade**2 + 0.75 * drawn) * step(sitter.matte, 0.2, 0.8)


def wanted(sitter: Sitter, hand: Hand) -> Real:
    """How dark (H, W) a drawing is to be, in [0, 1] or nearly: 0 on lit skin, hollows and hair dark."""
    hair = _hair(sitter, hand) * _fade(sitter)
    return hair + sitter.oval * (_skin(sitter) - hair)


def _fade(sitter: Sitter) -> Real:
    return 1 - 0.65 * step(sitter.v, 1.5, 2.4)


def _hair(sitter: Sitter, hand: Hand) -> Real:
    """Wanted darkness of hair and clothes: their mass, and their strands as far as they stand out."""
    around = sitter.soft(sitter.tone, 7)
    detail = sitter.tone - around
    usual = np.sqrt(np.maximum(sitter.soft(detail * detail, 7), 0))
    mass = np.clip((around - 0.22) / 0.78, 0, 1) ** np.float32(hand.curve)
    return np.clip(0.8 * mass + 0.26 * sitter.soft(detail, 0.6) / (usual + 0.04) - 0.05, 0, 1)


def _skin(sitter: Sitter) -> Real:
    """Wanted darkness of a face: its hollows, in the measure that is usual on it, and real darkness."""
    hollow = sitter.soft(sitter.tone - 0.7 * sitter.soft(sitter.tone, 22), 1)
    usual = sitter.on_face(hollow, 80, 0.05, 0.4)
    form = np.clip(0.27 * (sitter.soft(hollow, 2) / usual - 0.25), 0, 0.4)
    return form + np.clip(0.9 * (hollow - max(0.17, 1.6 * usual)), 0, 0.7)


def _strayed(lines: Real, by: float, rng: np.random.Generator) -> Real:
    """Lines (H, W) as an unsteady hand draws them."""
    cells = rng.standard_normal((12, 10, 2), np.float32) * np.float32(by)
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in lines.shape[::-1]))
    at = np.dstack([x, y]) + cv2.resize(cells, lines.shape[::-1], interpolation=cv2.INTER_CUBIC)
    made = cv2.remap(lines, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # pyright: ignore
    return np.asarray(made, np.float32)

"""A pencil artist of our own: a portrait drawn by rules, so that a style can be learned from free photos.

Three layers of graphite lie on white paper. With L the photo's light, S(x) the level of the sitter's own lit
skin around x and D how deep the face's darkest places lie below it, the tone is

    T(x) = (S(x) - log L(x)) / D

0 on lit skin of any colour in any light, and the same for a photo made darker or of another gamma. Then

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
from numpy.typing import NDArray

from limner.data.flow import along, flow
from limner.data.pair import DataError, Picture
from limner.frame import Point, span

Unit = NDArray[np.float32]

GREY = (0.15, 0.6, 0.25)
"""Shares of red, green and blue in a photo's light. Chosen: little red, so that lips and freckles show."""
BLACK = 0.02
"""Added to light before its logarithm: nothing is darker."""
SHALLOW = 0.35
"""The least D: a photo with less contrast than this is flat."""


@dataclass(frozen=True)
class Hand:
    """How an artist draws. Lengths are pixels of a picture whose eyes are 100 apart. Chosen: all, by eye."""

    eyes: tuple[Point, Point] = ((150.0, 250.0), (250.0, 250.0))
    """Where the sitter's eyes (x, y) lie, in pixels of the photo, the image's left one first."""
    width: float = 1.0
    """Of fine contours, as sigma; coarse ones are 2.2 times wider."""
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


@dataclass(frozen=True)
class _Sitter:
    """What is drawn.

    Attributes:
        tone: (H, W), 0 on lit skin and paper, about 1 in the darkest places.
        matte: (H, W), 1 on the person.
        u, v: (H, W) place of each pixel from the middle of the eyes, to the right and down, in eye distances.
        unit: Pixels in a hundredth of the eye distance.
    """

    tone: Unit
    matte: Unit
    u: Unit
    v: Unit
    unit: float

    @property
    def oval(self) -> Unit:
        """(H, W), 1 within the face, 0 beyond it."""
        return 1 - _step((self.u / 0.92) ** 2 + ((self.v - 0.2) / 1.15) ** 2, 0.75, 1.25)

    def soft(self, values: Unit, sigma: float) -> Unit:
        """Values blurred, sigma in hundredths of the eye distance."""
        return _blur(values, sigma * self.unit)


def draw(photo: Picture, matte: Unit | None, hand: Hand, rng: np.random.Generator) -> Picture:
    """Draws a portrait photo in pencil.

    Args:
        photo: (H, W, 3) uint8, a face upright with its eyes at `hand.eyes`.
        matte: (H, W) in [0, 1], 1 on the person: what lies around stays paper. None: all is person.
        hand: The artist.
        rng: The source of chance: of the grain, the strokes and the unsteadiness of lines.

    Returns:
        (H, W) uint8, dark on white. Nothing is moved by more than `hand.jitter`.

    Raises:
        DataError: The photo has no three channels of uint8 or no pixels, or the matte another size.
        ValueError: The hand's eyes coincide.
    """
    if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3 or not photo.size:
        raise DataError(f"got a photo of {photo.dtype} {photo.shape}, expected uint8 (H, W, 3)")
    if matte is not None and matte.shape != photo.shape[:2]:
        raise DataError(f"got a matte of {matte.shape}, expected the photo's {photo.shape[:2]}")
    whole = np.ones(photo.shape[:2], np.float32)
    sitter = _sit(photo, whole if matte is None else matte.astype(np.float32), hand)
    noise = _noise(whole.shape, hand.spacing * sitter.unit, rng)
    way = _way(sitter, hand)
    strokes = _even(along(noise, way, hand.length * sitter.unit))
    lines = _strayed(_contours(sitter, way, strokes, hand), hand.jitter * sitter.unit, rng)
    ink = 1 - (1 - np.clip(hand.contour * lines, 0, 1)) * (
        1 - np.clip(hand.shade * _shades(sitter, strokes, hand), 0, 1)
    )
    ink = np.clip(ink * (1 + hand.grain * noise), 0, 1) * np.float32(hand.darkness)
    return np.clip(np.rint(255 * hand.paper * (1 - ink)), 0, 255).astype(np.uint8)


def _sit(photo: Picture, matte: Unit, hand: Hand) -> _Sitter:
    """The photo's tone T on the person, and where on the face each pixel is."""
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in matte.shape[::-1]))
    middle = (complex(*hand.eyes[0]) + complex(*hand.eyes[1])) / 2
    place = (x - middle.real + 1j * (y - middle.imag)) / span(hand.eyes)
    u, v = place.real.astype(np.float32), place.imag.astype(np.float32)
    unit = abs(span(hand.eyes)) / 100
    light = np.log(photo @ np.array(GREY, np.float32) / np.float32(255) + np.float32(BLACK))
    face = ((u / 0.75) ** 2 + (v - 0.25) ** 2 < 1) & (matte > 0.5)
    inside = light[face] if face.any() else light.ravel()
    skin = np.float32(np.percentile(inside, 60))
    deep = max(float(skin) - float(np.percentile(inside, 1.5)), SHALLOW)
    lit = (face & (light > skin - 0.3 * deep)).astype(np.float32)
    level = (_blur(lit * light, 50 * unit) + 0.05 * skin) / (_blur(lit, 50 * unit) + 0.05)
    tone = np.clip((level - light) / deep, -0.6, 2).astype(np.float32)
    return _Sitter(tone * matte, matte, u, v, unit)


def _way(sitter: _Sitter, hand: Hand) -> Unit:
    """Where strokes run: along hair, brows and folds; along the hatching on skin and clothes."""
    rest = 0.004 + 0.06 * sitter.oval + 0.03 * _step(sitter.v, 1.4, 1.8)
    return flow(sitter.soft(sitter.tone, 0.6), 2.2 * sitter.unit, hand.angle, rest / np.float32(sitter.unit))


def _contours(sitter: _Sitter, way: Unit, strokes: Unit, hand: Hand) -> Unit:
    """Fine and coarse lines, and the outline of who would else fade into the paper."""
    u, v, tone = sitter.u, sitter.v, sitter.tone

    def edges(width: float) -> Unit:
        return sitter.soft(tone, width) - sitter.soft(tone, 1.6 * width)

    found = along(np.dstack([edges(hand.width), edges(2.2 * hand.width)]), way, 3 * sitter.unit)
    care = np.exp(-(((u / 0.9) ** 2 + ((v - 0.45) / 0.9) ** 2) ** 2))
    fine = _step(found[..., 0] + 0.01 * care, 0.022, 0.082)
    coarse = 0.6 * _step(found[..., 1], 0.03, 0.12)
    cut = _step(sitter.soft(sitter.matte, 1.6), 0.3, 0.7)
    rim = _step(sitter.soft(cut, 0.8) - sitter.soft(cut, 1.8), 0.03, 0.14)
    rim *= (0.1 + 0.75 * _step(v, -0.3, 0.4)) * _step(strokes, -0.2, 0.5)
    lines = 1 - (1 - fine) * (1 - coarse) * (1 - rim)
    return lines * (0.75 + 0.25 * _step(strokes, 0, 0.5))


def _shades(sitter: _Sitter, strokes: Unit, hand: Hand) -> Unit:
    """Strokes, the denser the darker, over a little even tone; clothes fade towards the lower edge."""
    fade = 1 - 0.75 * _step(sitter.v, 1.5, 2.4)
    hair, oval = _hair(sitter, hand) * fade, sitter.oval
    wanted = hair + oval * (_skin(sitter) - hair)
    drawn = _step(1.1 * wanted - strokes, -0.15, 0.5) * (0.3 + 0.7 * wanted)
    return (0.35 * wanted * fade**2 + 0.75 * drawn) * _step(sitter.matte, 0.2, 0.8)


def _hair(sitter: _Sitter, hand: Hand) -> Unit:
    """Wanted darkness of hair and clothes: their mass, and their strands as far as they stand out."""
    around = sitter.soft(sitter.tone, 7)
    detail = sitter.tone - around
    usual = np.sqrt(np.maximum(sitter.soft(detail * detail, 7), 0))
    mass = np.clip((around - 0.18) / 0.82, 0, 1) ** np.float32(hand.curve)
    return np.clip(0.8 * mass + 0.22 * sitter.soft(detail, 0.6) / (usual + 0.06) - 0.05, 0, 1)


def _skin(sitter: _Sitter) -> Unit:
    """Wanted darkness of a face: its hollows, in the measure that is usual on it, and real darkness."""
    hollow = sitter.soft(sitter.tone - 0.7 * sitter.soft(sitter.tone, 22), 1)
    seen = hollow[(sitter.oval > 0.9) & (sitter.matte > 0.5)]
    usual = float(np.clip(np.percentile(seen, 80), 0.05, 0.4)) if seen.size else 0.1
    form = np.clip(0.22 * (hollow / usual - 0.35), 0, 0.35)
    return form + np.clip(0.9 * (hollow - max(0.17, 1.6 * usual)), 0, 0.5)


def _noise(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> Unit:
    """Noise (H, W) of mean 0 and standard deviation 1, with spots of the given sigma."""
    made = _blur(rng.standard_normal(shape, np.float32), sigma)
    return (made - made.mean()) / max(float(made.std()), 1e-6)


def _even(values: Unit) -> Unit:
    """Values of a bell curve, spread nearly evenly over [0, 1]."""
    return 0.5 + 0.5 * np.tanh(0.8 * values / max(float(values.std()), 1e-6))


def _strayed(lines: Unit, by: float, rng: np.random.Generator) -> Unit:
    """Lines (H, W) as an unsteady hand draws them."""
    cells = rng.standard_normal((12, 10, 2), np.float32) * np.float32(by)
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in lines.shape[::-1]))
    at = np.dstack([x, y]) + cv2.resize(cells, lines.shape[::-1], interpolation=cv2.INTER_CUBIC)
    made = cv2.remap(lines, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # pyright: ignore
    return np.asarray(made, np.float32)


def _step(values: Unit, low: float, high: float) -> Unit:
    """0 below `low`, 1 above `high`, smooth between them."""
    part = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return part * part * (3 - 2 * part)


def _blur(values: Unit, sigma: float) -> Unit:
    """A Gaussian blur of (H, W); a wide one on a smaller copy."""
    height, width = values.shape
    n = max(1.0, sigma / 2) if sigma > 4 else 1.0
    size = max(1, round(width / n)), max(1, round(height / n))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA) if n > 1 else values
    small = cv2.GaussianBlur(small, (0, 0), max(sigma / n, 0.1))
    return np.asarray(cv2.resize(small, (width, height)) if n > 1 else small, np.float32)

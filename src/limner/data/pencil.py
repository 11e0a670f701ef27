"""A pencil artist of our own: a portrait drawn by rules, so that a style can be learned from free photos.

Three layers of graphite lie on white paper. With L the photo's light, S(x) the level of the sitter's own lit
skin around x and D how deep the face's darkest places lie below it, the tone is

    T(x) = (S(x) - log L(x)) / D

0 on lit skin of any colour, and nearly the same for a photo made darker or of another gamma. Then

    contour = along(G_sigma T - G_{1.6 sigma} T)      thresholded softly, at two widths
    strokes = along(noise) < wanted darkness           hair along its flow, shadows in one hatching direction
    graphite = 1 - (1 - contour) (1 - strokes)

Source: Kang, Lee, Chui, Coherent line drawing, NPAR 2007, and Winnemoeller, Kyprianidis, Olsen, XDoG,
    Computers & Graphics 36(6), 2012 (flow-guided difference of Gaussians, soft threshold); Cabral and Leedom,
    SIGGRAPH 1993 (strokes as noise smeared along a flow), all through `limner.data.flow`.
Differs: The difference of Gaussians is round, not taken across the flow; half the time, and no line moved.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.data.flow import along, flow
from limner.data.pair import DataError, Picture
from limner.frame import Point, span

Unit = NDArray[np.float32]
Real = NDArray[np.floating[Any]]

GREY = (0.15, 0.6, 0.25)
"""Shares of red, green and blue in a photo's light. Chosen: little red, so that lips and freckles show."""
BLACK = 0.05
"""Added to light, of which 1 is the photo's white, before its logarithm: nothing is darker."""
SHALLOW = 0.35
"""The least D: a photo with less contrast than this is flat."""
EYES = 0.7
"""By what part the contrast of the eyes is raised, since a drawing stands and falls with them."""


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


@dataclass(frozen=True)
class _Sitter:
    """What is drawn.

    Attributes:
        tone: (H, W), 0 on lit skin and paper, about 1 in the darkest places.
        matte: (H, W), 1 on the person.
        u: (H, W), how far to the right of the middle of the eyes a pixel lies, in eye distances.
        v: (H, W), how far below it.
        oval: (H, W), 1 within the face, 0 beyond it.
        unit: Pixels in a hundredth of the eye distance.
    """

    tone: Real
    matte: Real
    u: Real
    v: Real
    oval: Real
    unit: float

    def soft(self, values: Real, sigma: float) -> Unit:
        """Values blurred, sigma in hundredths of the eye distance."""
        return _blur(values, sigma * self.unit)

    def on_face(self, values: Real, percent: float, low: float, high: float) -> float:
        """A percentile of values on the face, kept between `low` and `high`; `low` where no face is seen."""
        seen = values[(self.oval > 0.9) & (self.matte > 0.5)]
        return float(np.clip(np.percentile(seen, percent), low, high)) if seen.size else low


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
    if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3 or not photo.size:
        raise DataError(f"got a photo of {photo.dtype} {photo.shape}, expected uint8 (H, W, 3)")
    if matte is not None and matte.shape != photo.shape[:2]:
        raise DataError(f"got a matte of {matte.shape}, expected the photo's {photo.shape[:2]}")
    alone = np.ones(photo.shape[:2], np.float32) if matte is None else _step(matte, 0.3, 0.9)
    sitter = _sit(photo, alone, hand)
    noise = _noise(alone.shape, hand.spacing * sitter.unit, rng)
    strokes = _even(along(noise, _way(sitter, hand, 0.2), hand.length * sitter.unit))
    lines = _strayed(_contours(sitter, strokes, hand), hand.jitter * sitter.unit, rng)
    shades = _shades(sitter, strokes, hand)
    bare = (1 - np.clip(hand.contour * lines, 0, 1)) * (1 - np.clip(hand.shade * shades, 0, 1))
    ink = np.clip((1 - bare) * (1 + hand.grain * noise), 0, 1) * hand.darkness
    return np.clip(np.rint(255 * hand.paper * (1 - ink)), 0, 255).astype(np.uint8)


def _sit(photo: Picture, matte: Real, hand: Hand) -> _Sitter:
    """Where on the face each pixel is, and the tone T, with the hair of dark heads and the eyes set off."""
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in matte.shape[::-1]))
    middle = (complex(*hand.eyes[0]) + complex(*hand.eyes[1])) / 2
    place = (x - middle.real + 1j * (y - middle.imag)) / span(hand.eyes)
    u, v = place.real.astype(np.float32), place.imag.astype(np.float32)
    oval = 1 - _step((u / 0.98) ** 2 + ((v - 0.2) / 1.15) ** 2, 0.8, 1.2)
    unit = abs(span(hand.eyes)) / 100
    tone, hair = _tone_and_hair(photo, ((u / 0.75) ** 2 + (v - 0.25) ** 2 < 1) & (matte > 0.5), unit)
    head = (1 - oval) * (1 - _step(v, 0.6, 1.2))
    tone += head * np.maximum(hair + 0.5 * np.clip(tone, -0.3, 0.3) - tone, 0) * (hair > 0)
    eyes = np.exp(-(((np.abs(u) - 0.5) / 0.28) ** 2) - (v / 0.16) ** 2)
    tone += EYES * eyes * (tone - _blur(tone, 6 * unit))
    return _Sitter(tone * matte, matte, u, v, oval, unit)


def _tone_and_hair(photo: Picture, face: NDArray[np.bool_], unit: float) -> tuple[Real, Real]:
    """The tone T, and how dark at least to draw what lies where hair grows.

    Cropped dark hair shines as bright as dark skin. But skin is warm, red over blue; what is cooler than the
    sitter's own, and darker than the photo's white, is dark hair, not white hair. Grey photos tell nothing.

    Args:
        photo: (H, W, 3).
        face: (H, W), where skin is to be expected.
        unit: As in `_Sitter`.

    Returns:
        Both (H, W); the second 0 where the colours do not speak of hair.
    """
    grey = photo @ np.array(GREY, np.float32)
    white = max(float(np.percentile(grey, 99)), 1.0)
    light = np.log(grey / white + np.float32(BLACK))
    inside = light[face] if face.any() else light.ravel()
    skin = float(np.percentile(inside, 60))
    deep = max(skin - float(np.percentile(inside, 1.5)), SHALLOW)
    lit = (face & (light > skin - 0.3 * deep)).astype(np.float32)
    level = (_blur(lit * light, 45 * unit) + 0.05 * skin) / (_blur(lit, 45 * unit) + 0.05)
    tone = np.clip((level - light) / deep, -0.6, 2).astype(np.float32)
    red, blue = (np.log(photo[..., i] / np.float32(white) + np.float32(BLACK)) for i in (0, 2))
    own = float(np.median((red - blue)[lit > 0])) if lit.any() else 0.0
    cool = _step(1 - _blur(red - blue, 4 * unit) / max(own, 0.15), 0.25, 0.65)
    cool *= float(np.clip((own - 0.05) / 0.1, 0, 1))
    return tone, 0.7 * cool * _step(_blur(-light / deep, 4 * unit), 0.2, 0.6)


def _way(sitter: _Sitter, hand: Hand, skin: float) -> Real:
    """Where strokes run: along hair, along the hatching on clothes and, below the slope `skin`, on skin."""
    rest = 0.004 + skin * sitter.oval + 0.03 * _step(sitter.v, 1.4, 1.8)
    return flow(sitter.soft(sitter.tone, 0.6), 3.2 * sitter.unit, hand.angle, rest / np.float32(sitter.unit))


def _contours(sitter: _Sitter, strokes: Real, hand: Hand) -> Real:
    """Fine and coarse lines, and the outline of who would else fade into the paper."""
    u, v, tone = sitter.u, sitter.v, sitter.tone

    def edges(width: float) -> Real:
        return sitter.soft(tone, width) - sitter.soft(tone, 1.6 * width)

    both = np.dstack([edges(hand.width), edges(2.6 * hand.width)])
    found = along(both, _way(sitter, hand, 0.04), 3 * sitter.unit)
    care = np.exp(-(((u / 0.9) ** 2 + ((v - 0.45) / 0.9) ** 2) ** 2))
    top = (1 - sitter.oval) * (1 - _step(v, 0.8, 1.4))  # of the head: fair and white hair
    rough = sitter.on_face(2.5 * np.abs(found[..., 0]), 50, 0.004, 0.03)  # skin's own grain
    fine = _step(found[..., 0] - rough + 0.01 * care + 0.007 * top, 0.013, 0.064)
    coarse = (0.6 - 0.25 * care) * _step(found[..., 1], 0.03, 0.12)
    cut = _step(sitter.soft(sitter.matte, 1.6), 0.3, 0.7)
    rim = _step(sitter.soft(cut, 0.8) - sitter.soft(cut, 1.8), 0.03, 0.14)
    rim *= (0.25 + 0.6 * _step(v, -0.3, 0.4)) * _step(strokes, -0.2, 0.5)
    lines = 1 - (1 - fine) * (1 - coarse) * (1 - rim)
    return lines * (0.75 + 0.25 * _step(strokes, 0, 0.5))


def _shades(sitter: _Sitter, strokes: Real, hand: Hand) -> Real:
    """Strokes, the denser the darker, over a little even tone; clothes fade towards the lower edge."""
    fade = 1 - 0.65 * _step(sitter.v, 1.5, 2.4)
    hair, oval = _hair(sitter, hand) * fade, sitter.oval
    wanted = hair + oval * (_skin(sitter) - hair)
    drawn = _step(1.1 * wanted - strokes, -0.15, 0.5) * (0.4 + 0.6 * wanted)
    return ((0.35 + 0.15 * oval) * wanted * fade**2 + 0.75 * drawn) * _step(sitter.matte, 0.2, 0.8)


def _hair(sitter: _Sitter, hand: Hand) -> Real:
    """Wanted darkness of hair and clothes: their mass, and their strands as far as they stand out."""
    around = sitter.soft(sitter.tone, 7)
    detail = sitter.tone - around
    usual = np.sqrt(np.maximum(sitter.soft(detail * detail, 7), 0))
    mass = np.clip((around - 0.22) / 0.78, 0, 1) ** np.float32(hand.curve)
    return np.clip(0.8 * mass + 0.26 * sitter.soft(detail, 0.6) / (usual + 0.04) - 0.05, 0, 1)


def _skin(sitter: _Sitter) -> Real:
    """Wanted darkness of a face: its hollows, in the measure that is usual on it, and real darkness."""
    hollow = sitter.soft(sitter.tone - 0.7 * sitter.soft(sitter.tone, 22), 1)
    usual = sitter.on_face(hollow, 80, 0.05, 0.4)
    form = np.clip(0.27 * (sitter.soft(hollow, 2) / usual - 0.25), 0, 0.4)
    return form + np.clip(0.9 * (hollow - max(0.17, 1.6 * usual)), 0, 0.7)


def _noise(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> Real:
    """Noise (H, W) of mean 0 and standard deviation 1, with spots of the given sigma."""
    made = _blur(rng.standard_normal(shape, np.float32), sigma)
    return (made - made.mean()) / max(float(made.std()), 1e-6)


def _even(values: Real) -> Real:
    """Values of a bell curve, spread nearly evenly over [0, 1]."""
    return 0.5 + 0.5 * np.tanh(0.8 * values / max(float(values.std()), 1e-6))


def _strayed(lines: Real, by: float, rng: np.random.Generator) -> Real:
    """Lines (H, W) as an unsteady hand draws them."""
    cells = rng.standard_normal((12, 10, 2), np.float32) * np.float32(by)
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in lines.shape[::-1]))
    at = np.dstack([x, y]) + cv2.resize(cells, lines.shape[::-1], interpolation=cv2.INTER_CUBIC)
    made = cv2.remap(lines, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # pyright: ignore
    return np.asarray(made, np.float32)


def _step(values: Real, low: float, high: float) -> Real:
    """0 below `low`, 1 above `high`, smooth between them."""
    part = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return part * part * (3 - 2 * part)


def _blur(values: Real, sigma: float) -> Unit:
    """A Gaussian blur of (H, W); a wide one on a smaller copy."""
    height, width = values.shape
    n = max(1.0, sigma / 2) if sigma > 4 else 1.0
    size = max(1, round(width / n)), max(1, round(height / n))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA) if n > 1 else values
    small = cv2.GaussianBlur(small, (0, 0), max(sigma / n, 0.1))
    return np.asarray(cv2.resize(small, (width, height)) if n > 1 else small, np.float32)

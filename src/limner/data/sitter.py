"""Who is drawn: a photo's tone measured against the sitter's own lit skin, and where on the face it lies.

With L the photo's light, S(x) the level of the sitter's own lit skin around x and D how deep the face's
darkest places lie below it, the tone is

    T(x) = (S(x) - log L(x)) / D

0 on lit skin of any colour, and nearly the same for a photo made darker or of another gamma.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

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
class Sitter:
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
        return blur(values, sigma * self.unit)

    def on_face(self, values: Real, percent: float, low: float, high: float) -> float:
        """A percentile of values on the face, kept between `low` and `high`; `low` where no face is seen."""
        seen = values[(self.oval > 0.9) & (self.matte > 0.5)]
        return float(np.clip(np.percentile(seen, percent), low, high)) if seen.size else low


def sit(photo: Picture, matte: Unit | None, eyes: tuple[Point, Point]) -> Sitter:
    """Measures a portrait photo for drawing: where on the face each pixel is, and the tone T.

    The hair of dark heads and the eyes are set off.

    Args:
        photo: (H, W, 3) uint8, a face upright.
        matte: (H, W) in [0, 1], 1 on the person. None: all is person.
        eyes: (x, y) of the image-left and of the image-right eye, in pixels.

    Raises:
        DataError: The photo has no three channels of uint8 or no pixels, or the matte another size.
        ValueError: The eyes coincide.
    """
    if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3 or not photo.size:
        raise DataError(f"got a photo of {photo.dtype} {photo.shape}, expected uint8 (H, W, 3)")
    if matte is not None and matte.shape != photo.shape[:2]:
        raise DataError(f"got a matte of {matte.shape}, expected the photo's {photo.shape[:2]}")
    alone = np.ones(photo.shape[:2], np.float32) if matte is None else step(matte, 0.3, 0.9)
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in alone.shape[::-1]))
    middle = (complex(*eyes[0]) + complex(*eyes[1])) / 2
    place = (x - middle.real + 1j * (y - middle.imag)) / span(eyes)
    u, v = place.real.astype(np.float32), place.imag.astype(np.float32)
    oval = 1 - step((u / 0.98) ** 2 + ((v - 0.2) / 1.15) ** 2, 0.8, 1.2)
    unit = abs(span(eyes)) / 100
    tone, hair = _tone_and_hair(photo, ((u / 0.75) ** 2 + (v - 0.25) ** 2 < 1) & (alone > 0.5), unit)
    head = (1 - oval) * (1 - step(v, 0.6, 1.2))
    tone += head * np.maximum(hair + 0.5 * np.clip(tone, -0.3, 0.3) - tone, 0) * (hair > 0)
    near = np.exp(-(((np.abs(u) - 0.5) / 0.28) ** 2) - (v / 0.16) ** 2)
    tone += EYES * near * (tone - blur(tone, 6 * unit))
    return Sitter(tone * alone, alone, u, v, oval, unit)


def _tone_and_hair(photo: Picture, face: NDArray[np.bool_], unit: float) -> tuple[Real, Real]:
    """The tone T, and how dark at least to draw what lies where hair grows.

    Cropped dark hair shines as bright as dark skin. But skin is warm, red over blue; what is cooler than the
    sitter's own, and darker than the photo's white, is dark hair, not white hair. Grey photos tell nothing.

    Args:
        photo: (H, W, 3).
        face: (H, W), where skin is to be expected.
        unit: As in `Sitter`.

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
    level = (blur(lit * light, 45 * unit) + 0.05 * skin) / (blur(lit, 45 * unit) + 0.05)
    tone = np.clip((level - light) / deep, -0.6, 2).astype(np.float32)
    red, blue = (np.log(photo[..., i] / np.float32(white) + np.float32(BLACK)) for i in (0, 2))
    own = float(np.median((red - blue)[lit > 0])) if lit.any() else 0.0
    cool = step(1 - blur(red - blue, 4 * unit) / max(own, 0.15), 0.25, 0.65)
    cool *= float(np.clip((own - 0.05) / 0.1, 0, 1))
    return tone, 0.7 * cool * step(blur(-light / deep, 4 * unit), 0.2, 0.6)


def noise(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> Real:
    """Noise (H, W) of mean 0 and standard deviation 1, with spots of the given sigma."""
    made = blur(rng.standard_normal(shape, np.float32), sigma)
    return (made - made.mean()) / max(float(made.std()), 1e-6)


def even(values: Real) -> Real:
    """Values of a bell curve, spread nearly evenly over [0, 1]."""
    return 0.5 + 0.5 * np.tanh(0.8 * values / max(float(values.std()), 1e-6))


def step(values: Real, low: float, high: float) -> Real:
    """0 below `low`, 1 above `high`, smooth between them."""
    part = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return part * part * (3 - 2 * part)


def blur(values: Real, sigma: float) -> Unit:
    """A Gaussian blur of (H, W); a wide one on a smaller copy."""
    height, width = values.shape
    n = max(1.0, sigma / 2) if sigma > 4 else 1.0
    size = max(1, round(width / n)), max(1, round(height / n))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA) if n > 1 else values
    small = cv2.GaussianBlur(small, (0, 0), max(sigma / n, 0.1))
    return np.asarray(cv2.resize(small, (width, height)) if n > 1 else small, np.float32)

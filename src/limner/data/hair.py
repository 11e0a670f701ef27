"""Hair of another colour, in photo and drawing alike: white, blond or red where a sitter's hair is black.

The sitters of a small set may all have black hair. A net trained on them draws every head of hair black, the
more surely as a changed light turns their hair grey in photos and leaves it black in the drawings.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.data.pair import Picture
from limner.data.sitter import blur, step

Unit = NDArray[np.float32]

# Chosen by eye on training pairs of CUHK and FS2K: all values; lengths are in pixels of a frame of 400 x 500.
LEAST = 0.06
"""The share of a picture that must be hair, lest a dark corner is taken for it."""
COMMON = 0.8
"""The share of a set's sitters of dark hair from which on there is too little other hair to learn from. Of
CUHK's it is 0.98; of those of FS2K's artists, whose hair has every colour, 0.31 to 0.70."""
COLOURS = (
    ((0.88, 0.88, 0.89), 0.10),  # white
    ((0.62, 0.62, 0.63), 0.35),  # grey
    ((0.83, 0.70, 0.45), 0.28),  # blond
    ((0.62, 0.45, 0.28), 0.50),  # light brown
    ((0.50, 0.24, 0.12), 0.60),  # red
)
"""Of each colour its mean in the photo, and the share of black hair's tone that it has in a drawing."""
_GREY = np.array([0.3, 0.59, 0.11], np.float32)
_NONE = 1e-3  # of a weight, lest a mean over none divides by 0


def all_hair(
    photos: Sequence[Picture], sketches: Sequence[Picture], backdrops: Sequence[Picture]
) -> list[Picture]:
    """The dark hair of a set, `hair` of each; none where less than `COMMON` of the sitters have any.

    Where hair of every colour is drawn, it need not be invented.

    Args:
        photos: Each (H, W, 3) uint8.
        sketches: Each (H, W) uint8.
        backdrops: Each (H, W) uint8, as `hair` takes it.

    Returns:
        Each (H, W) uint8, or nothing.
    """
    masks = [hair(*each) for each in zip(photos, sketches, backdrops, strict=True)]
    return masks if sum(bool(mask.any()) for mask in masks) >= COMMON * len(masks) else []


def hair(photo: Picture, sketch: Picture, backdrop: Picture) -> Picture:
    """Where a photo is dark, and its artist filled it with dark strokes: hair, beards, black cloth.

    Args:
        photo: (H, W, 3) uint8.
        sketch: (H, W) uint8, its drawing, pixel on pixel.
        backdrop: (H, W) uint8, 255 where the photo shows a plain backdrop.

    Returns:
        (H, W) uint8, 255 where it is so; all zero where it is less than `LEAST` of the picture.
    """
    grey, person = photo @ _GREY / np.float32(255), 1 - backdrop / np.float32(255)
    lit = float(np.percentile(grey[person > 0.5], 85)) if (person > 0.5).any() else 1.0
    light, tone = blur(grey, 2) / max(lit, 0.05), blur(sketch / np.float32(255), 5)
    sure = (light < 0.4) & (tone < 0.65) & (person > 0.5)
    _, parts, told, _ = cv2.connectedComponentsWithStats(sure.astype(np.uint8))
    large = 1 + np.flatnonzero(told[1:, cv2.CC_STAT_AREA] > 0.005 * grey.size)
    seed = np.isin(parts, large).astype(np.uint8)
    if seed.mean() < LEAST:
        return np.zeros_like(backdrop)
    # Shine and single hairs are brighter than what is sure, and lie beside it.
    near = blur(cv2.dilate(seed, np.ones((15, 15), np.uint8)).astype(np.float32), 3)
    dark = (1 - step(grey / max(lit, 0.05), 0.45, 0.7)) * (1 - step(tone, 0.75, 0.9))
    mask = np.maximum(blur(seed.astype(np.float32), 2), near * dark) * person
    return np.round(255 * mask).astype(np.uint8)


def recoloured(photo: Unit, sketch: Unit, mask: Unit, rng: np.random.Generator) -> tuple[Unit, Unit]:
    """A pair whose dark hair has another colour: one of `COLOURS`, varied.

    With m the mean of the hair's light (or of the drawing's tone) around a pixel, in the photo its own light
    over m, and m over that of all hair, shade the colour; in the drawing the tone of m becomes a part of it,
    and strokes keep most of their strength.

    Args:
        photo: (H, W, 3) in [0, 1].
        sketch: (H, W) in [0, 1].
        mask: (H, W) in [0, 1], 1 on hair; see `hair`.
        rng: The source of chance.

    Returns:
        Both, in the same shapes and ranges; as they are where there is no hair.
    """
    if mask.max() < 0.5:
        return photo, sketch
    colour, share = COLOURS[int(rng.integers(len(COLOURS)))]
    colour = np.float32(rng.uniform(0.85, 1.1)) * np.array(colour, np.float32)
    share *= rng.uniform(0.8, 1.2)
    weight, grey = mask + np.float32(_NONE), photo @ _GREY
    near = blur(grey * weight, 6) / blur(weight, 6)
    every = float((grey * mask).sum() / mask.sum())
    fine = np.clip((grey + 0.02) / (near + 0.02), 0.3, 1.6) ** 0.7
    broad = np.clip((near + 0.05) / (every + 0.05), 0.4, 1.6) ** 0.5
    made = np.clip(colour * (fine * broad)[..., None], 0, 1)
    tone = blur(sketch * weight, 4) / blur(weight, 4)
    drawn = np.clip(1 - share * (1 - tone) + 0.9 * (sketch - tone), 0, 1)
    return (
        (photo + mask[..., None] * (made - photo)).astype(np.float32),
        (sketch + mask * (drawn - sketch)).astype(np.float32),
    )

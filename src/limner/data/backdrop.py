"""The plain backdrop of a studio photo: found by its colour, and replaced by another.

Few pairs share one studio, and a net trained on them takes its backdrop's colour for the paper. Other
backdrops in training break that habit without one more drawing.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.data.pair import Picture

# Chosen on training photos by eye: the largest distance in Lab (lightness counted a third) of a backdrop
# that darkens to its edges.
REACH = 22.0


def matte(photo: Picture) -> Picture:
    """How much of each pixel is backdrop.

    Chosen: what has the colour of the upper corners and hangs together with the upper edge or the sides,
    one pixel of it given to the person, softened over three.

    Args:
        photo: (H, W, 3) uint8.

    Returns:
        (H, W) uint8, 255 where all is backdrop; all zero where the corners have no common colour.
    """
    lab = cv2.cvtColor(photo, cv2.COLOR_RGB2LAB).astype(np.float32)
    lab[..., 0] /= 3
    side = max(2, photo.shape[1] // 12)
    corners = [
        np.median(lab[side : 3 * side, part], axis=(0, 1)) for part in (slice(side), slice(-side, None))
    ]
    empty = np.zeros(photo.shape[:2], np.uint8)
    if np.linalg.norm(corners[0] - corners[1]) > REACH:
        return empty
    near = (np.linalg.norm(lab - np.mean(corners, axis=0), axis=2) < REACH).astype(np.uint8)
    _, parts = cv2.connectedComponents(near)
    edge = np.unique(np.concatenate([parts[0], parts[: len(parts) // 2, 0], parts[: len(parts) // 2, -1]]))
    backdrop = np.isin(parts, edge[edge > 0]).astype(np.uint8) * 255
    eroded = cv2.erode(backdrop, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.GaussianBlur(eroded, (3, 3), 0), np.uint8)


def invent(side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A random backdrop: one colour, a soft gradient, or a blurred room.

    Args:
        side: Its height and width in pixels.
        rng: The source of chance.

    Returns:
        (side, side, 3) in [0, 1].
    """
    cells = int(rng.choice([1, 2, 3, 8, 24]))
    base = rng.random(3)
    spots = np.clip(base + rng.normal(0, 0.15, (cells, cells, 3)), 0, 1).astype(np.float32)
    made = cv2.resize(spots, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.clip(made, 0, 1).astype(np.float32)

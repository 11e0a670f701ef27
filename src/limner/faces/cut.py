"""What a rough matte is unsure of, decided by colour: GrabCut, between the person's colours and the rest's.

A small network is unsure where clothes are dark, hair hangs down, an earring stands off. There the picture
itself tells: two mixtures of Gaussians are fitted to the colours of what is surely person and of what surely
is not, and each pixel in between goes to one of them, so that the borders between the two run along edges.

Source: Rother, Kolmogorov, Blake, GrabCut: interactive foreground extraction using iterated graph cuts
    (SIGGRAPH 2004), as OpenCV has it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Unit = NDArray[np.float32]

# Chosen: all values, on composites of people in training (docs/matte.md), and by eye.
SIDE = 320
"""Longest side at which it is decided, in pixels."""
SURE, LIKELY, POSSIBLE = 0.9, 0.5, 0.05
"""A pixel above the first is person, one above the second may rather be, one below the third is not."""
NEAR = 0.03
"""How far from what may be person a pixel may still turn out to be, in longest sides."""


def cut(picture: Picture, alpha: Unit) -> Unit:
    """A matte without doubt, but for the edge of its outline.

    Args:
        picture: (H, W, 3) uint8, at least 1 x 1.
        alpha: (H, W) in [0, 1], what is known of it.

    Returns:
        (H, W) float32 in [0, 1]; the matte as it was where nobody, or everything, is surely person.
    """
    height, width = alpha.shape
    k = min(1.0, SIDE / max(height, width))
    size = max(1, round(width * k)), max(1, round(height * k))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    rough = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    reach = 2 * max(1, round(NEAR * max(size))) + 1
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    near = cv2.dilate((rough > POSSIBLE).astype(np.uint8), around) > 0
    mask = np.full(rough.shape, cv2.GC_BGD, np.uint8)
    mask[near] = cv2.GC_PR_BGD
    mask[rough > LIKELY] = cv2.GC_PR_FGD
    mask[rough > SURE] = cv2.GC_FGD
    if not ((mask == cv2.GC_FGD).any() and (mask == cv2.GC_BGD).any()):
        return alpha
    # The mixtures begin by chance, and the same picture is to have the same matte. OpenCV has no other
    # generator for them than the caller's.
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, mask, (0, 0, 0, 0), *models, 1, cv2.GC_INIT_WITH_MASK)
    person = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(cv2.resize(person, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)

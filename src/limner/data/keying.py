"""Keying: what a plain studio backdrop gives for free, the soft alpha and the unmixed colours of a person.

A photo is `I = alpha F + (1 - alpha) B`. Before a plain backdrop B is known everywhere: a smooth surface,
fitted where backdrop is sure and carried on behind the person. F is known inside the person, and carried
outwards over a narrow unsure band. There alpha is the one unknown that is left:

    alpha = (I - B) . (F - B) / |F - B|^2

Chosen: everything here. The rule that refuses a keying (`Keyed.doubt`) matters as much as the keying: what
passes is taken for the truth.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.data.pair import Picture

Unit = NDArray[np.float32]
Real = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

SIDE = 352
"""Longest side that a portrait is keyed at, in pixels."""
DEGREE = 3
"""Of the polynomial surface that is the backdrop."""


@dataclass(frozen=True)
class Keyed:
    """A person cut from a plain backdrop.

    Attributes:
        colour: (H, W, 3) uint8, the person's colours, carried on beyond the outline.
        alpha: (H, W) uint8, 255 where all is person.
        doubt: Why the keying should not be believed, empty where it may be.
    """

    colour: Picture
    alpha: Picture
    doubt: str


def key(photo: Picture) -> Keyed:
    """Cuts a person from a plain backdrop.

    Args:
        photo: (H, W, 3) uint8, at least 32 x 32; shrunk to `SIDE` if it is larger.

    Returns:
        The person at that size, and what speaks against the keying.
    """
    k = min(1.0, SIDE / max(photo.shape[:2]))
    if k < 1:
        photo = np.asarray(cv2.resize(photo, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), np.uint8)
    picture = photo.astype(np.float32)
    lab = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2LAB), np.float32)
    # Every third pixel: enough for a smooth surface, and each as noisy as all.
    surface, spread = _backdrop(lab[::3, ::3])
    surface = np.asarray(cv2.resize(surface, photo.shape[1::-1]), np.float32)
    side = max(photo.shape[:2])
    behind = _grown(lab, surface, spread, side / 40)
    person = _person(~behind)
    sure = cv2.erode(person.astype(np.uint8), _disc(max(2, side // 90))) > 0
    empty = cv2.dilate(person.astype(np.uint8), _disc(max(2, side // 60))) == 0
    paint = _carried(picture, empty, side / 40)
    inner = _carried(picture, sure, side / 60)
    span = inner - paint
    alpha = ((picture - paint) * span).sum(2) / np.maximum((span**2).sum(2), 1)
    alpha = np.clip((alpha - 0.04) / 0.92, 0, 1)
    alpha[sure], alpha[empty] = 1, 0
    unmixed = (picture - (1 - alpha[..., None]) * paint) / np.maximum(alpha[..., None], 0.1)
    weight = np.clip(2 * alpha[..., None] - 0.6, 0, 1)
    colour = np.clip(weight * unmixed + (1 - weight) * inner, 0, 255)
    doubt = _doubt(float(np.linalg.norm(spread)), behind, person, sure, empty, _length(span), alpha)
    levels = np.rint(255 * alpha).astype(np.uint8)
    return Keyed(np.rint(colour).astype(np.uint8), levels, doubt)


def _backdrop(lab: Unit) -> tuple[Unit, Unit]:
    """The backdrop's surface (H, W, 3) and the spread (3,) of its pixels about it, both in Lab."""
    height, width = lab.shape[:2]
    inside = np.zeros((height, width), np.bool_)
    edge = max(2, width // 14)
    inside[: max(2, height // 24)] = True
    inside[: height // 2, :edge] = inside[: height // 2, -edge:] = True
    floor = np.array([2.0, 1.2, 1.2], np.float32)
    surface, spread = lab, floor
    reach = inside
    for degree in (1, 2, DEGREE, DEGREE):
        surface = _fit(lab, inside, degree)
        apart = np.abs(lab - surface)
        spread = np.maximum(1.4826 * np.median(apart[inside], axis=0), floor).astype(np.float32)
        far = _length(apart / spread)
        reach = _hangs_together(far < 4)
        reach = cv2.erode(reach.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        if reach.sum() < 50:
            break
        inside = reach
    return surface, spread


def _fit(values: Real, where: Mask, degree: int) -> Unit:
    """The polynomial surface (H, W, 3) of least squares through some pixels of (H, W, 3)."""
    height, width = where.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    terms = [x**i * y**j for i in range(degree + 1) for j in range(degree + 1 - i)]
    base = np.stack(terms, axis=-1)
    # Every seventh pixel is plenty for ten coefficients.
    rows, seen = base[where][::7], values[where][::7]
    if len(rows) < 2 * base.shape[2]:
        return np.broadcast_to(values.mean(axis=(0, 1)), values.shape).astype(np.float32)
    normal = rows.T @ rows + 1e-4 * len(rows) * np.eye(base.shape[2], dtype=np.float32)
    return (base @ np.linalg.solve(normal, rows.T @ seen)).astype(np.float32)


def _hangs_together(near: Mask) -> Mask:
    """What of a mask hangs together with the upper edge or the sides."""
    count, labels = cv2.connectedComponents(near.astype(np.uint8), connectivity=4)
    parts = np.asarray(labels, np.int32)
    deep = len(parts) * 9 // 10
    at_edge = np.zeros(count, np.bool_)
    for edge in (parts[0], parts[:deep, 0], parts[:deep, -1]):
        at_edge[edge] = True
    at_edge[0] = False
    return at_edge[parts]


def _person(other: Mask) -> Mask:
    """The largest part of what is not backdrop, without specks, its holes filled."""
    opened = cv2.morphologyEx(other.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(opened)
    if count < 2:
        return np.zeros_like(other)
    return parts == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))


def _grown(lab: Unit, surface: Unit, spread: Unit, sigma: float) -> Mask:
    """The backdrop (H, W), grown from what is like its surface to what is like the backdrop beside it.

    A painted backdrop is clouded more finely than the surface bends; how far it may leave it is bounded.
    """
    near = _length((lab - surface) / spread)
    behind = _hangs_together(near < 3.5)
    for _ in range(3):
        seen = cv2.erode(behind.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        beside = _length((lab - _carried(lab, seen, sigma)) / spread)
        behind = _hangs_together((beside < 4.5) & (near < 12))
    return behind


def _carried(picture: Real, sure: Mask, sigma: float) -> Unit:
    """The colours of sure pixels carried outwards: near ones where there are, far ones else."""
    height, width = sure.shape
    weight = sure.astype(np.float32)
    weighted = picture * weight[..., None]
    made, left = np.zeros_like(picture), np.ones((height, width, 1), np.float32)
    for scale in (1, 3, 9, 27):
        # A wide blur is a narrow one of the shrunken picture.
        k = min(1.0, 2 / (sigma * scale))
        small = max(1, round(width * k)), max(1, round(height * k))
        blurred = (
            cv2.resize(
                cv2.GaussianBlur(cv2.resize(each, small, interpolation=cv2.INTER_AREA), (0, 0), 2),
                (width, height),
                interpolation=cv2.INTER_LINEAR,
            )
            for each in (weight, weighted)
        )
        total, mean = next(blurred)[..., None], next(blurred)
        take = left * np.clip(20 * total, 0, 1)
        made += take * mean / (total + 1e-4)
        left -= take
    return np.where(sure[..., None], picture, made).astype(np.float32)


def _length(vectors: Real) -> Real:
    """Of each vector of (H, W, 3), faster than `np.linalg.norm`."""
    return np.sqrt(np.einsum("hwc,hwc->hw", vectors, vectors))


def _disc(radius: int) -> Picture:
    size = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _doubt(noise: float, behind: Mask, person: Mask, sure: Mask, empty: Mask, span: Real, alpha: Real) -> str:
    """Why a keying should not be believed; the first rule that it breaks."""
    height, width = person.shape
    band = ~(sure | empty)
    outline = cv2.morphologyEx(person.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    rules = {
        "the backdrop is not plain": noise > 7,
        "too little backdrop is seen": behind[: height // 2].mean() < 0.2 or behind.mean() < 0.12,
        "too little person is seen": person.mean() < 0.2,
        "the person does not reach the lower edge": person[-max(2, height // 40) :].mean() < 0.35,
        "the middle is not person": alpha[
            height // 3 : height * 2 // 3, width * 4 // 9 : width * 5 // 9
        ].min()
        < 1,
        "the outline is ragged": outline.sum() > 6.5 * (height + width) / 2 * 2,
        "the outline has no contrast": bool(band.any()) and (span[band] < 24).mean() > 0.08,
        "backdrop is left that is neither": (
            ~behind & ~cv2.dilate(person.astype(np.uint8), _disc(3)).astype(bool)
        ).mean()
        > 0.02,
        "the person touches the upper edge": person[0].mean() > 0.02,
    }
    return next((why for why, broken in rules.items() if broken), "")

"""Screens: patterns (H, W) spread over [0, 1]; ink lies where a place is to be darker than its screen."""

import cv2
import numpy as np

from limner.data.sitter import Real, even, noise, step


def hatch(shape: tuple[int, ...], angle: float, spacing: float, rng: np.random.Generator) -> Real:
    """Straight strokes of an unsteady hand.

    Args:
        shape: (H, W).
        angle: Of the strokes, in degrees, anticlockwise on screen from the right.
        spacing: From stroke to stroke, in pixels.
        rng: The source of chance.
    """
    side = int(np.ceil(np.hypot(shape[0], shape[1]))) + 4
    y = np.arange(side, dtype=np.float32)[:, None] / np.float32(spacing)
    sway = noise((side // 4 + 1, side // 4 + 1), max(0.8 * spacing, 2), rng)
    sway = cv2.resize(sway.astype(np.float32), (side, side))
    lines = 0.5 + 0.5 * np.cos(2 * np.pi * (y + 0.16 * sway))
    ends = rng.standard_normal((side, side // 9 + 1), np.float32)
    broken = cv2.resize(cv2.GaussianBlur(ends, (0, 0), sigmaX=2.5, sigmaY=0.35 * spacing), (side, side))
    return turned(0.76 * lines + 0.24 * even(np.asarray(broken, np.float32)), shape, angle)


def turned(pattern: Real, shape: tuple[int, ...], angle: float) -> Real:
    """The middle (H, W) of a square pattern, turned by an angle in degrees, anticlockwise on screen."""
    side = len(pattern)
    matrix = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), angle, 1)
    matrix[:, 2] -= (side - shape[1]) / 2, (side - shape[0]) / 2
    made = cv2.warpAffine(pattern, matrix, shape[1::-1], borderMode=cv2.BORDER_REFLECT)
    return np.asarray(made, np.float32)


def raster(shape: tuple[int, ...], angle: float, spacing: float) -> Real:
    """A printer's round dots, in a lattice at an angle in degrees, `spacing` pixels apart."""
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in shape[1::-1]))
    turn, k = np.radians(angle), 2 * np.pi / spacing
    a, b = (x * np.cos(turn) - y * np.sin(turn)) * k, (x * np.sin(turn) + y * np.cos(turn)) * k
    return even(np.cos(a) + np.cos(b))


def swelling(relief: Real, angle: float, spacing: float) -> Real:
    """Parallel lines that bulge over a relief (H, W), in pixels of height, as an engraver's do."""
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in relief.shape[::-1]))
    turn = np.radians(angle)
    down = x * np.sin(turn) + y * np.cos(turn) + relief
    saw = np.abs(2 * ((down / np.float32(spacing)) % 1) - 1)
    return np.asarray(cv2.GaussianBlur(saw, (0, 0), 0.4), np.float32)


def tooth(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> Real:
    """The grain of a paper, its spots of a sigma of `size` pixels."""
    return even(0.8 * noise(shape, size, rng) + 0.4 * noise(shape, 2.5 * size, rng))


def inked(dark: Real, screen: Real, soft: float = 0.2) -> Real:
    """Ink (H, W) in [0, 1] where `dark` exceeds the screen; none where it is 0, all where it is 1."""
    return step(dark * (1 + 2 * soft) - screen, 0, 2 * soft) * step(dark, 0.02, 0.1)

"""Scenes with faces for training a finder: portraits of any size and turn on one canvas, in any light.

Two kinds, as the finder looks twice: a `scene` of several portraits, in which faces of about one octave of
sizes are to be found, and a `view`, one face upright and large, on which its five points are to be placed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.data.augment import planes
from limner.data.backdrop import invent
from limner.data.camera import Camera, noisy
from limner.data.cutting import cut
from limner.data.drawn import drawn
from limner.data.pair import Picture
from limner.data.scenery import palette, scenery
from limner.faces.align import Matrix, invert, similarity, warp
from limner.faces.find import lit
from limner.frame import Frame
from limner.methods.finder.rows import Row, Rows, moved

Unit = NDArray[np.float32]


@dataclass(frozen=True)
class Light:
    """How far the light, the camera and the medium of a picture are changed. Chosen: all values."""

    drawn: float = 0.25
    """Share of pictures turned into a drawing or painting."""
    grey: float = 0.2
    """Share turned grey; half of them sepia."""
    gamma: float = 0.8
    """Largest gamma, as the natural logarithm either way."""
    cast: float = 0.25
    """Largest gain or loss of one colour channel, as a share."""
    dim: float = 0.2
    """Share under low light, down to a tenth, with the noise of it."""
    side: float = 0.2
    """Share lit from one side."""
    skin: float = 0.4
    """Share of which one face's skin and hair are darkened or lightened."""
    covered: float = 0.25
    """Share of views in which a part of the face is covered."""
    small: float = 0.5
    """Share of views that show a small face, enlarged."""
    enlarged: float = 6.0
    """How many times at most."""
    camera: Camera = field(default_factory=lambda: Camera(blur=0.2, coarse=0.1, noise=0.2, jpeg=0.35))
    """Blur, coarse pixels, noise and JPEG."""

    def medium(self, photo: Unit, rng: np.random.Generator) -> Unit:
        """A picture (H, W, 3) in [0, 1], at times as a drawing; the same shape and range."""
        return drawn(photo, rng) if rng.random() < self.drawn else photo

    def change(self, photo: Unit, rng: np.random.Generator) -> Unit:
        """A picture (H, W, 3) in [0, 1] in another light; the same shape and range."""
        gain = _single(rng.uniform(1 - self.cast, 1 + self.cast, 3) ** rng.integers(0, 2))
        gamma = np.float32(np.exp(rng.uniform(-self.gamma, self.gamma) * rng.random()))
        photo = np.clip(gain * photo, 0, 1) ** gamma
        if rng.random() < self.side:
            photo = photo * _ramp(photo.shape[0], photo.shape[1], rng)[..., None]
        if rng.random() < self.grey:
            tone = np.ones(3) if rng.random() < 0.5 else np.array([1.0, 0.9, 0.75])
            photo = photo.mean(axis=2, keepdims=True) * _single(tone)
        if rng.random() < self.dim:
            photo = noisy(photo * np.float32(rng.uniform(0.1, 0.5)), rng.uniform(0, 0.03), rng)
        return self.camera.take(photo, rng)


@dataclass(frozen=True)
class Off:
    """How far the place of a view's face is off. Chosen: all values, for what a first look may be off by."""

    size: float = 0.3
    """Largest change of the eyes' distance, as the natural logarithm either way."""
    turn: float = 9.0
    """Standard deviation of the turn, in degrees."""
    shift: float = 9.0
    """Largest shift, in pixels of the view, across and down."""


@dataclass(frozen=True)
class Scenes:
    """Portraits with labelled faces, from which scenes and views are composed.

    Attributes:
        photos: Each (H, W, 3) uint8.
        faces: Each photo's faces, in its pixels.
        scene: Side of a scene in pixels, a multiple of `cell`.
        view: Side of a view in pixels, a multiple of `cell`.
        cell: Side of one cell of the targets.
        sizes: The smallest and the largest face, the root of its box's area in pixels, to be found.
        blind: Beyond these sizes there is nothing to be found; in between, either answer is right.
        turn: Largest turn of a portrait in a scene, in degrees.
        eyes: Distance of the eyes in a view, in pixels.
        shown: Share of views that show a face.
        off: How far its place is off.
        sharp: Whether photos are resampled as the finder does it, in up to ten times the time.
        light: How the light is changed.
    """

    photos: Sequence[Picture]
    faces: Sequence[Rows]
    scene: int = 192
    view: int = 128
    cell: int = 8
    sizes: tuple[float, float] = (18.0, 43.0)
    blind: tuple[float, float] = (12.0, 64.0)
    turn: float = 60.0
    eyes: float = 36.0
    shown: float = 0.7
    off: Off = field(default_factory=Off)
    sharp: bool = False
    light: Light = field(default_factory=Light)

    def __len__(self) -> int:
        return len(self.photos)

    def sample(self, index: int, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        """A scene and a view, whose main portrait is that at `index`, with what is to be found in them.

        Returns:
            `scene` (3, scene, scene) and `view` (3, view, view) in [0, 1]; `cells` (17, scene / cell, same):
            whether a face is centred here (a bump of height 1), whether this cell counts, whether it
            holds the face's geometry, and that: box and points in pixels from the cell's centre;
            `points` (5, 2) in pixels of the view; `face` (1,), 1 where the view shows a face.
        """
        scene, faces = self.compose(index, rng)
        view, points, shown = self.look(index, rng)
        return {
            "scene": planes(scene),
            "cells": self.cells(faces),
            "view": planes(view),
            "points": points,
            "face": np.array([shown], np.float32),
        }

    def compose(self, index: int, rng: np.random.Generator) -> tuple[Unit, Rows]:
        """A scene (scene, scene, 3) and its faces, those that are cut off or covered left out."""
        side = self.scene
        canvas = self._ground(rng)
        faces = np.zeros((0, 14))
        blank = rng.random() < 0.08
        for place in range(0 if blank else int(rng.integers(1, 5))):
            which = index if place == 0 else int(rng.integers(len(self.photos)))
            if not len(self.faces[which]):
                continue
            size = float(np.exp(rng.uniform(np.log(10), np.log(100 if place == 0 else 60))))
            centre = rng.uniform(0, side, 2)
            matrix, mirror = self._place(self.faces[which][0], size, centre, rng)
            patch = cut(self.photos[which], matrix, side)
            placed = moved(self.faces[which], matrix, mirror)
            mask = self._patch_mask(self.photos[which].shape, matrix, placed[0], rng)
            if rng.random() < self.light.skin:
                patch = _skin(patch, placed[0], rng)
            canvas += mask[..., None] * (patch - canvas)
            seen = [row for row in faces if _at(mask, row[4:14].reshape(5, 2)).max() < 0.3]
            seen += [row for row in placed if _shown(mask, row, side)]
            faces = np.array(seen).reshape(-1, 14)
        if rng.random() < 0.3 and len(faces):
            canvas = _occlude(canvas, faces[rng.integers(len(faces))], rng)
        return self.light.change(self.light.medium(np.clip(canvas, 0, 1), rng), rng), faces

    def cells(self, faces: Rows) -> NDArray[np.float32]:
        """The targets (17, cells, cells) of a scene's faces; see `sample`."""
        n, cell = self.scene // self.cell, self.cell
        grid = (np.arange(n) + 0.5) * cell - 0.5
        x, y = np.meshgrid(grid, grid)
        bump, counts, holds = np.zeros((n, n)), np.ones((n, n)), np.zeros((n, n))
        geometry, nearest = np.zeros((14, n, n)), np.full((n, n), np.inf)
        for row in faces:
            size = np.sqrt((row[2] - row[0]) * (row[3] - row[1]))
            middle = (row[:2] + row[2:4]) / 2
            apart = np.hypot(x - middle[0], y - middle[1]) / size
            if not self.sizes[0] <= size <= self.sizes[1]:
                if self.blind[0] <= size <= self.blind[1]:
                    counts[apart < 0.7] = 0
                continue
            peak = np.exp(-(apart**2) / (2 * 0.16**2))
            peak[peak == peak.max()] = 1
            bump = np.maximum(bump, peak)
            mine = (apart < 0.32) & (apart < nearest)
            nearest[mine], holds[mine] = apart[mine], 1
            for k, value in enumerate(row):
                geometry[k][mine] = (value - (x, y)[k % 2])[mine]
        counts[bump > 0.05] = 1
        return np.concatenate([np.stack([bump, counts, holds]), geometry]).astype(np.float32)

    def look(self, index: int, rng: np.random.Generator) -> tuple[Unit, NDArray[np.float32], float]:
        """A view (view, view, 3), the points (5, 2) on it, and 1 where it shows a face, else 0."""
        rows = self.faces[index]
        shown = bool(len(rows)) and rng.random() < self.shown
        if not shown:
            view = self.light.medium(self._elsewhere(index, rng), rng)
            return self.light.change(view, rng), np.zeros((5, 2), np.float32), 0.0
        row = rows[rng.integers(len(rows))]
        matrix, mirror = self._upright(row, rng)
        view = self._resampled(index, matrix)
        placed = moved(row[None], matrix, mirror)[0]
        if rng.random() < self.light.skin:
            view = _skin(view, placed, rng)
        if rng.random() < self.light.covered:
            view = _occlude(view, placed, rng)
        view = self.light.medium(np.clip(view, 0, 1), rng)
        coarse = max(8, round(self.view / np.exp(rng.uniform(0, np.log(self.light.enlarged)))))
        if rng.random() < self.light.small:
            view = _resized(view, coarse, cv2.INTER_AREA)
        view = self.light.change(view, rng)
        if view.shape[0] != self.view:
            view = np.clip(_resized(view, self.view, cv2.INTER_CUBIC), 0, 1)
        return view, placed[4:14].reshape(5, 2).astype(np.float32), 1.0

    def _resampled(self, index: int, matrix: Matrix) -> Unit:
        """A portrait's view through a matrix that may mirror, (view, view, 3) in [0, 1]."""
        if not self.sharp:
            return cut(self.photos[index], matrix, self.view)
        warped = warp(self.photos[index], matrix, (self.view, self.view))
        return np.divide(warped, np.float32(255), dtype=np.float32)

    def _upright(self, row: Row, rng: np.random.Generator) -> tuple[Matrix, bool]:
        """The matrix to a view, off by `off`."""
        half = self.eyes / 2 * np.exp(rng.uniform(-self.off.size, self.off.size))
        turn = np.deg2rad(rng.normal(0, self.off.turn))
        middle = np.array([0.5, 0.4]) * (self.view - 1) + rng.uniform(-self.off.shift, self.off.shift, 2)
        arm = half * np.array([np.cos(turn), np.sin(turn)])
        (lx, ly), (rx, ry) = (middle - arm).tolist(), (middle + arm).tolist()
        left, right = row[4:8].reshape(2, 2).tolist()
        frame = Frame(self.view, self.view, (lx, ly), (rx, ry))
        matrix = similarity(((left[0], left[1]), (right[0], right[1])), frame)
        return _perhaps_mirrored(matrix, self.view, rng)

    def _elsewhere(self, index: int, rng: np.random.Generator) -> Unit:
        """A view without a face: a ground, or a place of a portrait that is no whole face.

        The place is one beside the face at the face's own size, the face far too large or too small, or any
        place so enlarged that cloth, hair or ornament fill the view: what a first look may take for a face.
        """
        rows, kind = self.faces[index], rng.random()
        if not len(rows) or kind < 0.15:
            ground = _resized(self._ground(rng), self.view, cv2.INTER_AREA)
            return np.clip(ground, 0, 1)
        photo, size = self.photos[index], self.eyes * 2.7
        centre = np.full(2, (self.view - 1) / 2)
        if kind < 0.35:  # beside the face
            size *= np.exp(rng.uniform(-0.3, 0.3))
            far = rng.uniform(0.7, 2.5) * size * np.exp(2j * np.pi * rng.random())
            centre += np.array([far.real, far.imag])
        elif kind < 0.5:  # too small, or a part of it
            size *= np.exp(rng.choice([-1.6, -1.2, 1.2, 1.8]) + rng.uniform(-0.2, 0.2))
        else:  # anywhere, enlarged
            size *= np.exp(rng.uniform(1.1, 2.2))
            away = (rng.random(2) * photo.shape[1::-1]) - (rows[0][:2] + rows[0][2:4]) / 2
            centre -= away * size / np.sqrt(np.prod(rows[0][2:4] - rows[0][:2]))
        matrix, _ = self._place(rows[0], float(size), centre, rng)
        return cut(photo, matrix, self.view)

    def _place(
        self, row: Row, size: float, centre: NDArray[np.float64], rng: np.random.Generator
    ) -> tuple[Matrix, bool]:
        """The matrix that brings a face to a size and a place, turned, at times mirrored."""
        k = size / np.sqrt((row[2] - row[0]) * (row[3] - row[1]))
        turn = np.deg2rad(rng.uniform(-self.turn, self.turn) if rng.random() < 0.6 else rng.normal(0, 5))
        linear = k * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        matrix = np.column_stack([linear, centre - linear @ ((row[:2] + row[2:4]) / 2)])
        return _perhaps_mirrored(matrix, round(2 * centre[0]) + 1, rng)

    def _ground(self, rng: np.random.Generator) -> Unit:
        """What lies behind the portraits: a plain or full backdrop, or a far too large piece of a photo."""
        side, kind = self.scene, rng.random()
        photo = self.photos[int(rng.integers(len(self.photos)))]
        if kind < 0.35:
            return invent(side, rng)
        if kind < 0.75:
            return scenery(side, (), palette(photo.reshape(-1, 3), rng), rng)
        k = side / min(photo.shape[:2]) * np.exp(rng.uniform(1.2, 2.5))
        at = -k * rng.uniform(0, 1, 2) * (np.array(photo.shape[1::-1]) - side / k)
        return cut(photo, np.array([[k, 0, at[0]], [0, k, at[1]]]), side)

    def _patch_mask(
        self,
        shape: tuple[int, ...],
        matrix: Matrix,
        row: Row,
        rng: np.random.Generator,
    ) -> Unit:
        """Where a portrait covers the scene: its own outline, a part of it, or all."""
        side = self.scene
        if rng.random() < 0.25:
            return np.ones((side, side), np.float32)
        back = _single(invert(matrix))
        y, x = np.ogrid[:side, :side]
        u = back[0, 0] * x + back[0, 1] * y + back[0, 2]
        v = back[1, 0] * x + back[1, 1] * y + back[1, 2]
        inside = ((u > 0) & (u < shape[1] - 1) & (v > 0) & (v < shape[0] - 1)).astype(np.float32)
        if rng.random() < 0.4:  # cut to a box around the face
            low, high = row[:2], row[2:4]
            reach = (high - low) * rng.uniform(0.15, 1.0, 2)
            box = (x > low[0] - reach[0]) & (x < high[0] + reach[0])
            inside *= (box & (y > low[1] - reach[1]) & (y < high[1] + reach[1])).astype(np.float32)
        return inside


@dataclass(frozen=True)
class Views:
    """Of portraits the views alone, each of a face, as the second net sees them.

    Attributes:
        scenes: The portraits, with a share `shown` of 1.
    """

    scenes: Scenes

    def __len__(self) -> int:
        return len(self.scenes)

    def sample(self, index: int, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        """Of the portrait at `index`: `view` (3, view, view) in [0, 1], `points` (5, 2) in its pixels."""
        view, points, _ = self.scenes.look(index, rng)
        return {"view": lit(planes(view)[None])[0], "points": points}


def _single(values: NDArray[np.floating]) -> Unit:
    return values.astype(np.float32, copy=False)


def _resized(picture: Unit, side: int, how: int) -> Unit:
    return np.asarray(cv2.resize(picture, (side, side), interpolation=how), np.float32)


def _perhaps_mirrored(matrix: Matrix, width: int, rng: np.random.Generator) -> tuple[Matrix, bool]:
    """The matrix, or it followed by the mirror image of a picture of that width."""
    if rng.random() < 0.5:
        return matrix, False
    turned = matrix.copy()
    turned[0] = -matrix[0]
    turned[0, 2] += width - 1
    return turned, True


def _at(mask: Unit, points: NDArray[np.float64]) -> NDArray[np.float32]:
    """A mask's values at points (n, 2); 0 beyond its edge."""
    x, y = np.round(points).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    at = mask[np.clip(y, 0, mask.shape[0] - 1), np.clip(x, 0, mask.shape[1] - 1)]
    return np.where(inside, at, 0).astype(np.float32)


def _shown(mask: Unit, row: Row, side: int) -> bool:
    """Whether all five points of a face lie in the scene and under its portrait."""
    points = row[4:14].reshape(5, 2)
    return bool((points >= 0).all() and (points <= side - 1).all() and _at(mask, points).min() > 0.5)


def _skin(photo: Unit, row: Row, rng: np.random.Generator) -> Unit:
    """The photo with a face's surroundings darkened (mostly) or lightened, skin and hair together."""
    centre, radii = (row[:2] + row[2:4]) / 2, (row[2:4] - row[:2]) * rng.uniform(0.6, 1.0)
    limit = (photo.shape[1], photo.shape[0])
    (left, top), (right, bottom) = (
        np.clip(centre + sign * 1.6 * radii, 0, limit).astype(int).tolist() for sign in (-1, 1)
    )
    y, x = np.ogrid[top:bottom, left:right]
    far = ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2
    near = _single(np.exp(-(far**2)))[..., None]
    warm = np.array([1, 1 + rng.uniform(0, 0.15), 1 + rng.uniform(0, 0.25)])
    gamma = _single(np.exp(rng.uniform(-0.4, 1.2)) * warm)
    made = photo.copy()
    part = made[top:bottom, left:right]
    part += near * (np.clip(part, 0, 1) ** gamma * np.float32(rng.uniform(0.6, 1.0)) - part)
    return made


def _occlude(photo: Unit, row: Row, rng: np.random.Generator) -> Unit:
    """The photo with something before a part of a face: a bar, a disc, dark glasses or a mask."""
    covered = np.ascontiguousarray(photo, dtype=np.float32)
    colour = (rng.random(3) * rng.random()).tolist()
    size = float(row[2] - row[0])
    points = row[4:14].reshape(5, 2)
    kind = rng.integers(4)
    if kind == 0:
        for eye in points[:2]:
            axes = (max(1, round(0.2 * size)), max(1, round(0.14 * size)))
            cv2.ellipse(covered, np.round(eye).astype(int).tolist(), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)
    elif kind == 1:
        mouth = points[3:].mean(axis=0)
        axes = (max(1, round(0.35 * size)), max(1, round(0.25 * size)))
        cv2.ellipse(covered, np.round(mouth).astype(int).tolist(), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)
    else:
        centre = rng.uniform(row[:2], row[2:4])
        half = rng.uniform(0.05, 0.25, 2) * size
        low, high = np.round(centre - half).astype(int).tolist(), np.round(centre + half).astype(int).tolist()
        cv2.rectangle(covered, low, high, colour, -1)
    return covered


def _ramp(height: int, width: int, rng: np.random.Generator) -> Unit:
    """Light that falls off across a picture, from 1 down to as little as 0.15; (height, width)."""
    angle = rng.uniform(0, 2 * np.pi)
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    along = np.clip(0.5 + 0.5 * (x * np.cos(angle) + y * np.sin(angle)) * rng.uniform(0.7, 2), 0, 1)
    return (1 - along * rng.uniform(0.3, 0.85)).astype(np.float32)

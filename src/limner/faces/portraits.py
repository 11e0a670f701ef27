"""Faces drawn each in one square of a fixed size, and laid where they are in the photo.

For styles that know one size and see all of it at once: nothing could be drawn in tiles. Each square fades
towards its edge into white paper, or into another drawing of the whole photo; where squares overlap, each
pixel goes to the nearer face, as `limner.faces.share` says.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.faces import share
from limner.faces.align import Matrix, invert, similarity, warp
from limner.faces.face import Face
from limner.faces.patchwork import Draw, Picture, check_sides
from limner.frame import Frame

FADE = 1 / 16
"""Chosen: the part of the frame's side along which its drawing fades into what lies under it."""


def draw_portraits(
    picture: Picture, faces: Sequence[Face], frame: Frame, draw: Draw, below: Picture | None = None
) -> Picture:
    """Draws each face of a photo in its own square.

    Args:
        picture: (H, W, 3) uint8.
        faces: At least one.
        frame: What the style draws, no other size.
        draw: The style: from (h, w, 3) of the frame's size to (h, w) or (h, w, 3), uint8.
        below: What the squares are laid on, of what is returned; by default white paper.

    Returns:
        (H, W) or (H, W, 3) uint8.

    Raises:
        FaceError: A side of the picture is longer than `limner.faces.patchwork.LONGEST`.
    """
    height, width = picture.shape[:2]
    check_sides(picture)
    fade = _fade(frame)
    made = None if below is None else below.copy()
    for index, face in enumerate(faces):
        to_frame = similarity(face.eyes, frame)
        drawn = draw(warp(picture, to_frame, frame.size))
        if made is None:
            made = np.full((height, width, *drawn.shape[2:]), 255, np.uint8)
        shown = share.opacity(faces, index, (), (width, height))
        if shown is None:
            continue
        (x0, y0, x1, y1), samples = shown
        back = invert(to_frame)
        back[:, 2] -= x0, y0
        size = x1 - x0, y1 - y0
        opacity = share.spread(samples, (x0, y0, x1, y1)) * _laid(fade, back, size)
        layer = warp(drawn, back, size)
        part = made[y0:y1, x0:x1]
        made[y0:y1, x0:x1] = cv2.blendLinear(layer, part, opacity, 1 - opacity)
    if made is None:
        raise ValueError("there is no face to draw; at least one is expected")
    return made


def draw_fitted(picture: Picture, frame: Frame, draw: Draw) -> Picture:
    """Draws a whole picture as it is, scaled to fit into the frame; around it its edge is repeated.

    Args:
        picture: (H, W, 3) uint8.
        frame: What the style draws, no other size.
        draw: The style, as of `draw_portraits`.

    Returns:
        (H, W) or (H, W, 3) uint8.
    """
    height, width = picture.shape[:2]
    check_sides(picture)
    scale = min(frame.width / width, frame.height / height)
    sides = np.array([[frame.width, width], [frame.height, height]])
    shift = (sides[:, :1] - 1 - scale * (sides[:, 1:] - 1)) / 2
    to_frame = np.hstack([scale * np.eye(2), shift])
    return warp(draw(warp(picture, to_frame, frame.size)), invert(to_frame), (width, height))


def _fade(frame: Frame) -> NDArray[np.float32]:
    """1 inside of the frame, smoothly down to 0 at its edges, (height, width)."""
    width = FADE * min(frame.size)
    across, along = (_ramp((np.arange(side) + 0.5) / width) for side in frame.size)
    return np.outer(along * along[::-1], across * across[::-1]).astype(np.float32)


def _ramp(t: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def _laid(fade: NDArray[np.float32], matrix: Matrix, size: tuple[int, int]) -> NDArray[np.float32]:
    """The fade where it lies in the photo, 0 beyond it."""
    laid = cv2.warpAffine(fade, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(laid, np.float32)

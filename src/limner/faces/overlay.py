"""A photo with what was found on it: boxes, points and the numbers by which faces are chosen."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.faces.face import Face
from limner.frame import Point

_DARK, _BOX = (0, 0, 0), (255, 221, 51)
# Of the five points, in their order: either eye, the nose, either corner of the mouth.
_POINTS = (80, 220, 255), (255, 110, 110), (120, 255, 120), (80, 220, 255), (255, 110, 110)
_FONT, _FONT_HEIGHT = cv2.FONT_HERSHEY_SIMPLEX, 21
_SHIFT = 4  # OpenCV takes fractions of a pixel as bits
_FARTHEST = 1e6


def overlay(picture: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.uint8]:
    """Draws faces on a copy of their photo.

    Lines and numbers grow with the picture, so that they are as legible when a large one is seen shrunk.

    Args:
        picture: (H, W, 3) uint8.
        faces: In the order of their numbers, which begin with 1.

    Returns:
        (H, W, 3) uint8.
    """
    drawn = np.ascontiguousarray(picture).copy()
    line = max(1, round(max(picture.shape[:2]) / 600))
    for face in faces:
        for colour, thick in ((_DARK, 3 * line), (_BOX, line)):
            low, high = _fixed(face.box[:2]), _fixed(face.box[2:])
            cv2.rectangle(drawn, low, high, colour, thick, cv2.LINE_AA, _SHIFT)
        radius = max(1.5 * line, 0.03 * (face.box[2] - face.box[0]))
        for point, colour in zip(face.points, _POINTS, strict=True):
            for tone, far in ((_DARK, radius + line), (colour, radius)):
                cv2.circle(drawn, _fixed(point), _fixed((far, far))[0], tone, -1, cv2.LINE_AA, _SHIFT)
    for number, face in enumerate(faces, start=1):  # last, so that nothing covers them
        _write(drawn, str(number), face.box)
    return drawn


def _write(drawn: NDArray[np.uint8], number: str, box: tuple[float, float, float, float]) -> None:
    """Writes a number in the upper left corner of a box, or as near as the picture allows."""
    height, width = drawn.shape[:2]
    tall = max(9.0, 0.02 * max(height, width), 0.12 * (box[3] - box[1]))
    size, thick = tall / _FONT_HEIGHT, max(1, round(tall / 8))
    (wide, high), _ = cv2.getTextSize(number, _FONT, size, thick)
    x = int(np.clip(box[0] + 2 * thick, 0, max(0, width - wide)))
    y = int(np.clip(box[1] + high + 2 * thick, high, max(high, height - 1)))
    for colour, bold in ((_DARK, thick * 3), (_BOX, thick)):
        cv2.putText(drawn, number, (x, y), _FONT, size, colour, bold, cv2.LINE_AA)


def _fixed(point: Point) -> tuple[int, int]:
    x, y = np.round(np.clip(point, -_FARTHEST, _FARTHEST) * np.array(1 << _SHIFT)).astype(int).tolist()
    return x, y

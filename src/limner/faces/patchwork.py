"""A whole photo drawn with each face at the scale, and in the upright pose, that a style knows.

The first layer is the whole photo, brought to the frame's scale by its largest face. Faces of nearly that
scale and tilt are drawn well there; each other face gets a layer of its own, the part of the photo around
it brought to the frame by its own eyes. The layers are painted over each other as `limner.faces.share`
says.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.faces import share
from limner.faces.align import Matrix, compose, invert, move, similarity, warp
from limner.faces.face import Face, FaceError
from limner.frame import Frame

Picture = NDArray[np.uint8]
Draw = Callable[[Picture], Picture]

# Chosen: the largest canvas that a photo or a part of it is enlarged to, in pixels. Beyond it the
# surroundings are drawn smaller than the style knows them, instead of a drawing that takes minutes.
CANVAS = 16_000_000
# Chosen: what the layers of a crowd come to, in pixels, before margins and the corners of tilted ones. Beyond
# it each is cut closer around its face, down to the face alone; hair and shoulders are then drawn like the
# surroundings.
LAYERS = 48_000_000
# OpenCV's warps address pixels by 16 bits.
LONGEST = 32_000
# Chosen: what a style does not notice, as a factor and in radians.
_SCALE = 1.15
_TILT = np.radians(5)
# Drawn around each part, in eye distances, so that the network's own edge stays outside.
_MARGIN = 0.5


def draw_faces(picture: Picture, faces: Sequence[Face], frame: Frame, draw: Draw) -> Picture:
    """Draws a photo with each face at its own scale.

    Args:
        picture: (H, W, 3) uint8.
        faces: At least one, the one that rules the surroundings first.
        frame: The geometry that the style knows.
        draw: The style: from (h, w, 3) uint8 of any size to (h, w) or (h, w, 3) uint8.

    Returns:
        (H, W) or (H, W, 3) uint8. Of one face, or of several alike, what one pass over the photo draws.

    Raises:
        FaceError: A side of the picture is longer than `LONGEST`.
    """
    height, width = picture.shape[:2]
    check_sides(picture)
    whole = (0, 0, width, height)
    first = _canvas(similarity(faces[0].eyes, frame), whole)[0]
    drawn = _through(picture, first, whole, draw)
    shared = [face for face in faces if _alike(similarity(face.eyes, frame), first)]
    own = [face for face in faces if face not in shared]
    for index, face in enumerate(own):
        shown = share.opacity(own, index, shared, (width, height), _reach(len(own), frame))
        if shown is None:
            continue
        box, samples = shown
        layer = _layer(picture, face, frame, box, draw)
        x0, y0, x1, y1 = box
        drawn[y0:y1, x0:x1] = _over(drawn[y0:y1, x0:x1], layer, share.spread(samples, box))
    return drawn


def check_sides(picture: Picture) -> None:
    """Raises `FaceError` if a side is longer than `LONGEST`."""
    height, width = picture.shape[:2]
    if max(width, height) > LONGEST:
        raise FaceError(
            f"the picture is {width} x {height}; to align a face sides of at most {LONGEST} pixels "
            "are expected; --whole draws any size"
        )


def _reach(count: int, frame: Frame) -> float:
    """How far from each of so many faces its layer may reach, in eye distances."""
    left, right = frame.eyes
    each = LAYERS / count / ((right[0] - left[0]) ** 2 + (right[1] - left[1]) ** 2)
    return float(np.clip(np.sqrt(each / share.room(1)), share.LEAST, share.REACH))


def _over(below: Picture, above: Picture, opacity: NDArray[np.float32]) -> Picture:
    """One picture painted over another."""
    return np.asarray(cv2.blendLinear(above, below, opacity, 1 - opacity), np.uint8)


def _alike(one: Matrix, other: Matrix) -> bool:
    """Whether two similarities have nearly the same scale and turn."""
    a, b = (complex(matrix[0, 0], matrix[1, 0]) for matrix in (one, other))
    return bool(abs(np.log(abs(a / b))) < np.log(_SCALE) and abs(np.angle(a / b)) < _TILT)


def _layer(picture: Picture, face: Face, frame: Frame, box: share.Box, draw: Draw) -> Picture:
    """The part of the photo in the box, drawn at the face's scale."""
    margin = int(np.ceil(_MARGIN * share.eye_distance(face)))
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = box
    wide = max(0, x0 - margin), max(0, y0 - margin), min(width, x1 + margin), min(height, y1 + margin)
    drawn = _through(picture, similarity(face.eyes, frame), wide, draw)
    return drawn[y0 - wide[1] : y1 - wide[1], x0 - wide[0] : x1 - wide[0]]


def _through(picture: Picture, to_frame: Matrix, box: share.Box, draw: Draw) -> Picture:
    """A part of the photo brought to a canvas, drawn there, and brought back: of the box's size."""
    x0, y0, x1, y1 = box
    part = picture[y0:y1, x0:x1]
    to_canvas, size = _canvas(to_frame, box)
    from_part = compose(np.array([[1.0, 0, x0], [0, 1, y0]]), to_canvas)
    return warp(draw(warp(part, from_part, size)), invert(from_part), (x1 - x0, y1 - y0))


def _canvas(to_frame: Matrix, box: share.Box) -> tuple[Matrix, tuple[int, int]]:
    """The matrix from the photo onto the smallest canvas that holds all of the box at the frame's scale."""
    x0, y0, x1, y1 = np.subtract(box, 0.5).tolist()
    corners = [(x0, y0), (x1, y0), (x0, y1), (x1, y1)]
    sides = np.ptp(move(corners, to_frame), axis=0)
    shrink = min(1.0, np.sqrt(CANVAS / np.prod(sides)), LONGEST / sides.max())
    scaled = to_frame * shrink
    moved = move(corners, scaled)
    scaled[:, 2] -= moved.min(axis=0) + 0.5
    columns, rows = np.maximum(1, np.ceil(np.ptp(moved, axis=0))).astype(int)
    return scaled, (int(columns), int(rows))

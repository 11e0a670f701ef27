"""The one pair of a lesson, as learners take it, and a network made a hand."""

import dataclasses
import json

import cv2
import numpy as np

from limner import image
from limner.evaluate import Lesson
from limner.faces import FaceError, find, similarity, warp
from limner.frame import Frame
from limner.hub import Background
from limner.image import Picture
from limner.sketcher import ALL, Sketcher
from limner.tile import Draw


def in_frame(lesson: Lesson, frame: Frame) -> tuple[Picture, Picture]:
    """The pair, both by the eyes of the photo.

    Args:
        lesson: Its sketch lies on its photo, pixel on pixel, but for their sizes.
        frame: Where the eyes are brought to.

    Returns:
        The photo (h, w, 3), beyond it its edge repeated, and the sketch (h, w), beyond it paper; uint8.

    Raises:
        FaceError: No face is found in the photo.
        limner.image.ImageError: A picture cannot be read.
    """
    photo, sketch = image.read(lesson.photo), image.read(lesson.sketch)
    faces = find(photo)
    if not faces:
        raise FaceError(f"{lesson.photo}: no face was found; a face seen from the front is expected")
    onto = similarity(faces[0].eyes, frame)
    grey = np.asarray(cv2.cvtColor(sketch, cv2.COLOR_RGB2GRAY), np.uint8)
    if grey.shape != photo.shape[:2]:
        grey = np.asarray(cv2.resize(grey, photo.shape[1::-1], interpolation=cv2.INTER_AREA), np.uint8)
    return warp(photo, onto, frame.size), warp(grey, onto, frame.size, "white")


def hand(
    draw: Draw, frame: Frame, stride: int, radius: int | None, background: Background = "keep"
) -> Sketcher:
    """What draws sketches of any photo by a network, or by anything that is called as one.

    Args:
        draw: (1, 3, h, w) to (1, 1, h, w) in [0, 1].
        frame: The face geometry that it knows.
        stride: As of `limner.methods.base.Drawer`.
        radius: As of `limner.methods.base.Drawer`.
        background: What becomes of what is behind people.
    """
    about = {
        "direction": "photo-sketch",
        "frame": json.dumps(dataclasses.asdict(frame)),
        "stride": str(stride),
        "radius": ALL if radius is None else str(radius),
        "background": background,
    }
    return Sketcher(draw, about)

"""Sketches laid on their photos before they are scored, as OS-Sketch asks for.

With p_k the five points of the face in the photo and q_k those in the sketch, the sketch goes through the
similarity of least squares that brings q onto p, onto a page of the photo's size.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from limner import image
from limner.data.ossketch import alignment
from limner.data.pair import some
from limner.evaluate.subjects import Subject
from limner.faces import Face, warp
from limner.image import Picture
from limner.progress import Report, reporting

Finder = Callable[[Picture], list[Face]]


def lay(
    subjects: Sequence[Subject], folder: Path, finder: Finder, report: Report
) -> tuple[list[Subject], list[str]]:
    """Subjects whose sketches are laid on their photos.

    Differs: the points are those of limner's finder, middles of the eyes in place of their outer corners.

    Args:
        subjects: Photos with their sketches.
        folder: Gets the sketches as they were laid, NAME.png.
        finder: Finds the faces of (H, W, 3) uint8, largest first.
        report: Is told the progress after every sketch.

    Returns:
        The subjects with those sketches, and a line that names the sketches that are only brought onto the
        middle of a page of the photo's size, since no face is found in them or in their photos.

    Raises:
        limner.image.ImageError: A picture cannot be read.
    """
    done: list[Subject] = []
    lost: list[str] = []
    for subject in reporting(subjects, "picture", report, "sketches laid on photos"):
        if subject.real is None:
            done.append(subject)
            continue
        photo, sketch = image.read(subject.source), image.read(subject.real)
        made = _laid(photo, sketch, finder)
        if made is None:
            lost.append(subject.name)
            made = _in_the_middle(photo, sketch)
        folder.mkdir(parents=True, exist_ok=True)
        image.write(folder / f"{subject.name}.png", made, force=True)
        done.append(replace(subject, real=folder / f"{subject.name}.png"))
    told = f"no face to lay {len(lost)} sketches on their photos by, put in the middle: {some(lost)}"
    return done, [told] if lost else []


def _laid(photo: Picture, sketch: Picture, finder: Finder) -> Picture | None:
    """A sketch (H, W, 3) on paper of the photo's size; None if no face is found in one of them."""
    seen, drawn = finder(photo)[:1], finder(sketch)[:1]
    if not seen or not drawn:
        return None
    onto = alignment(drawn[0].points, seen[0].points)
    return warp(sketch, onto, (photo.shape[1], photo.shape[0]), "white")


def _in_the_middle(photo: Picture, sketch: Picture) -> Picture:
    """A sketch (H, W, 3) as large as it fits on paper of the photo's size."""
    height, width = photo.shape[:2]
    tall, wide = sketch.shape[:2]
    k = min(height / tall, width / wide)
    # Centres of pixels have whole coordinates.
    onto = np.array([[k, 0, (width - k * wide + k - 1) / 2], [0, k, (height - k * tall + k - 1) / 2]])
    return warp(sketch, onto, (width, height), "white")

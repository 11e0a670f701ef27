"""A pair as an artist hands it in: checked, the sketch laid on the photo, both in any frame.

With p_k the five points of the face in the photo, q_k those in the sketch, A the similarity of least squares
that brings q onto p, and |eyes| the distance of the eyes in the photo, the faces lie

    r = sqrt(1/5 sum_k |A q_k - p_k|^2) / |eyes|

apart. Source: OS-Sketch, which aligns by five such points and raises the contrast of every sketch
(`limner.data.ossketch`). Differs: a drawing that was photographed is brought onto white paper first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from limner import image
from limner.data.ossketch import alignment, contrast
from limner.data.pair import DataError
from limner.faces import Face, FaceError, Frame, find, similarity, warp
from limner.faces.align import Matrix, Point, compose, move
from limner.faces.paper import levelled
from limner.faces.share import eye_distance
from limner.frame import square
from limner.image import Picture

APART = 0.1
"""Chosen: the largest r of a pair. 31 training pairs of CUHK and FS2K lay at most 0.07 apart. It refuses
another pose, or points found in the wrong place; most of two people in one pose lie nearer, and pass."""
PAPER, STROKES = 0.3, 12.0
"""Chosen: what is a photo has less than this share of its face in one lightest tone, and less than this of
detail. Of those pairs no photo has more of either, and no sketch less of both; of 28 families of drawings in
`limner.data.edits` some of three look so: embossing, pastel, white chalk on toned paper."""
COLOUR = 0.05
"""Chosen: what is of one colour has no more than this deviation of ln(red / blue) over its face. 158 training
photos in colour had 0.08 and more, 158 drawings by the light of a coloured lamp 0.03 and less (with a script
that was not kept)."""
_SEEN = square(256)
_FACE = np.s_[70:210, 60:196]  # from forehead to chin and cheek to cheek in that square
_TONE = 12  # levels that count as one tone
_FINE = 1.5  # pixels of the square; detail is what is finer
_PATCH = 2.0  # pixels of it; colour is that of patches


@dataclass(frozen=True)
class Aligned:
    """A pair in some frame.

    Attributes:
        photo: (H, W, 3) uint8; beyond the photo it repeats its edge.
        sketch: (H, W) uint8, grey, its contrast raised or not; beyond the sketch it is paper.
    """

    photo: Picture
    sketch: Picture


@dataclass(frozen=True)
class Fitted:
    """A pair that was checked, as it came.

    Attributes:
        photo: (H, W, 3) uint8.
        sketch: (H', W', 3) uint8, on white paper (`limner.faces.paper`).
        eyes: In the photo.
        onto: A, from the sketch onto the photo.
        apart: r, in eye distances of the photo.
    """

    photo: Picture
    sketch: Picture
    eyes: tuple[Point, Point]
    onto: Matrix
    apart: float

    def into(self, frame: Frame, raised: bool = False) -> Aligned:
        """Both pictures in a frame, each resampled once.

        Args:
            frame: Where the eyes come to lie, and the size.
            raised: Raise the contrast of the sketch.
        """
        to_frame = similarity(self.eyes, frame)
        laid = warp(self.sketch, compose(self.onto, to_frame), frame.size, "white")
        made = contrast(laid) if raised else np.asarray(cv2.cvtColor(laid, cv2.COLOR_RGB2GRAY), np.uint8)
        return Aligned(warp(self.photo, to_frame, frame.size), made)


def read_all(paths: Sequence[Path], largest: bool = False, trust: bool = False) -> list[Fitted]:
    """Pairs, checked.

    Args:
        paths: A photo, its sketch, the next photo, and so on.
        largest: As of `fit`.
        trust: Likewise.

    Raises:
        DataError: There is no pair, or an odd number of pictures; or as `fit`.
        FaceError: As of `fit`.
        limner.image.ImageError: A picture cannot be read.
    """
    if not paths or len(paths) % 2:
        raise DataError(f"got {len(paths)} pictures; PHOTO SKETCH, or several such pairs, are expected")
    return [fit(*pair, largest, trust) for pair in zip(paths[::2], paths[1::2], strict=True)]


def fit(photo: Path, sketch: Path, largest: bool = False, trust: bool = False) -> Fitted:
    """One pair, read and checked.

    Args:
        photo: Of a face.
        sketch: Of the same.
        largest: Take the largest face where there are several.
        trust: Take a sketch that looks like a photo.

    Raises:
        DataError: The sketch looks like a photo.
        FaceError: A picture shows no face, or several, or the faces of the two do not fit.
        limner.image.ImageError: A picture cannot be read.
    """
    taken, drawn = image.read(photo), image.read(sketch)
    face, other = _face(photo, taken, largest), _face(sketch, drawn, largest)
    onto = alignment(other.points, face.points)
    distance = np.square(move(other.points, onto) - np.asarray(face.points)).sum(axis=1)
    apart = float(np.sqrt(distance.mean())) / eye_distance(face)
    if apart > APART:
        raise FaceError(
            f"the face in {sketch} does not fit that in {photo}: laid on each other, their points are "
            f"{apart:.2f} eye distances apart, at most {APART:.2f} are expected"
        )
    if not trust and is_photo(drawn, other):
        raise DataError(
            f"{sketch} looks like a photo, without paper or strokes; a drawing is expected after its photo, "
            "or --trust if it is one"
        )
    return Fitted(taken, levelled(drawn, [other.eyes]), face.eyes, onto, apart)


def is_photo(picture: Picture, face: Face) -> bool:
    """Whether a picture has neither paper nor strokes where its face is.

    A drawing by lamplight has neither, until its paper is white. So what is of one colour is asked again
    then, at the price of some grey photos that are taken for drawings (docs/instruct.md).

    Args:
        picture: (H, W, 3) uint8.
        face: In it.
    """
    seen = _seen(picture, face)
    if not _is_smooth(seen):
        return False
    return _is_coloured(seen) or _is_smooth(_seen(levelled(picture, [face.eyes]), face))


def _seen(picture: Picture, face: Face) -> Picture:
    """The face from forehead to chin, (h, w, 3)."""
    return warp(picture, similarity(face.eyes, _SEEN), _SEEN.size)[_FACE]


def _is_smooth(seen: Picture) -> bool:
    grey = cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY).astype(np.float32)
    paper = np.mean(grey > np.percentile(grey, 95) - _TONE)
    strokes = np.std(grey - cv2.GaussianBlur(grey, (0, 0), _FINE))
    return bool(paper < PAPER and strokes < STROKES)


def _is_coloured(seen: Picture) -> bool:
    patches = np.log(cv2.GaussianBlur(seen.astype(np.float32), (0, 0), _PATCH) + 1)
    return bool(np.std(patches[..., 0] - patches[..., 2]) > COLOUR)


def _face(path: Path, picture: Picture, largest: bool) -> Face:
    """The one face of a picture, or its largest."""
    faces = find(picture)
    if not faces:
        raise FaceError(f"{path}: no face was found; a face seen from the front is expected")
    if len(faces) > 1 and not largest:
        raise FaceError(
            f"{path}: {len(faces)} faces were found, one is expected; --largest takes the largest one"
        )
    return faces[0]

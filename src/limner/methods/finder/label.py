"""Labels of faces from a teacher, the YuNet detector, made steadier by asking it many times.

Source: Wu, Peng, Yu, YuNet: a tiny millisecond-level face detector (Machine Intelligence Research, 2023),
through OpenCV's `FaceDetectorYN`.
Chosen: asked once, its eyes scatter by nearly 5 % of their distance; a face is therefore brought upright to
several sizes and turns, plain and mirrored, and each coordinate is the median of the answers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from limner import image
from limner.data.pair import DataError, Picture
from limner.faces.align import compose, invert, similarity, warp
from limner.files import replacing
from limner.frame import Frame
from limner.methods.finder.rows import Rows, moved

SURE = 0.6
"""The least score of a face at the first look."""
VIEW = 256
"""Side of a view, in pixels."""


@dataclass(frozen=True)
class Looks:
    """How often the teacher looks again at a face, each time plain and mirrored.

    Attributes:
        sizes: Eye distances, in sides of a view.
        turns: In degrees.
        agreed: The least number of these looks that must see the face.
    """

    sizes: tuple[float, ...]
    turns: tuple[float, ...]
    agreed: int


LOOKS = Looks((0.2, 0.27, 0.36), (-8.0, 0.0, 8.0), 6)
"""18 looks, what the finder is trained on and measured against."""
STEADIER = Looks((0.18, 0.22, 0.27, 0.32, 0.38), (-16.0, -12.0, -8.0, -4.0, 0.0, 4.0, 8.0, 12.0, 16.0), 30)
"""90 looks, to see how far the truth of 18 scatters itself."""


class Teacher:
    """The YuNet detector.

    Args:
        path: Its ONNX file, of any input size.
        looks: How often it looks again.

    Raises:
        DataError: The file cannot be read as a network.
    """

    def __init__(self, path: Path, looks: Looks = LOOKS) -> None:
        self._looks = looks
        try:
            self._net = cv2.FaceDetectorYN.create(str(path), "", (VIEW, VIEW), SURE, 0.3, 500)
        except cv2.error as error:
            raise DataError(f"{path} cannot be read as the YuNet detector") from error

    def look(self, picture: Picture) -> Rows:
        """One look at a picture (H, W, 3), RGB."""
        bgr = np.ascontiguousarray(picture[..., ::-1])
        self._net.setInputSize((bgr.shape[1], bgr.shape[0]))
        _, found = self._net.detect(bgr)
        # OpenCV's types do not tell that there may be none.
        none = found is None  # pyright: ignore[reportUnnecessaryComparison]
        rows = np.zeros((0, 15)) if none else found.astype(np.float64)
        rows[:, 2:4] += rows[:, :2]
        return rows

    def faces(self, picture: Picture) -> Rows:
        """The faces of a picture, each by the median of many looks.

        Args:
            picture: (H, W, 3) uint8.

        Returns:
            (n, 15) in pixels of the picture; faces that too few looks see are left out.
        """
        longest = max(picture.shape[:2])
        k = min(1.0, 640 / longest)
        small = np.array([[k, 0, (k - 1) / 2], [0, k, (k - 1) / 2]])
        size = max(1, round(picture.shape[1] * k)), max(1, round(picture.shape[0] * k))
        first = moved(self.look(warp(picture, small, size)), invert(small))
        steady = [self._steady(picture, row) for row in first]
        return np.array([row for row in steady if row is not None]).reshape(-1, 15)

    def _steady(self, picture: Picture, row: NDArray[np.float64]) -> NDArray[np.float64] | None:
        seen: list[NDArray[np.float64]] = []
        for size, turn, mirror in product(self._looks.sizes, self._looks.turns, (False, True)):
            to_view = _view(row, size, turn)
            view = warp(picture, to_view, (VIEW, VIEW))
            if mirror:
                to_view = compose(to_view, np.array([[-1.0, 0, VIEW - 1], [0, 1, 0]]))
                view = view[:, ::-1]
            rows = moved(self.look(view), invert(to_view), mirror)
            same = [r for r in rows if np.hypot(*(eyes_middle(r) - eyes_middle(row))) < eye_distance(row) / 2]
            seen += same[:1]
        return np.median(seen, axis=0) if len(seen) >= self._looks.agreed else None


def eyes_middle(row: NDArray[np.float64]) -> NDArray[np.float64]:
    """The middle between the eyes of a face (15,)."""
    return (row[4:6] + row[6:8]) / 2


def eye_distance(row: NDArray[np.float64]) -> float:
    """The distance of the eyes of a face (15,), in pixels."""
    return float(np.hypot(*(row[6:8] - row[4:6])))


@dataclass(frozen=True)
class Labelled:
    """A picture's path and its faces, (n, 15)."""

    path: Path
    faces: Rows


def labelled(
    folder: Path, paths: Sequence[Path], teacher: Path, store: Path, looks: Looks = LOOKS
) -> list[Labelled]:
    """Labels of pictures, read from `store` where they have been made before.

    Args:
        folder: What the stored names are relative to.
        paths: The pictures.
        teacher: YuNet's ONNX file.
        store: A JSON file, of labels by as many looks; made, or added to.
        looks: How often the teacher looks again.

    Raises:
        limner.image.ImageError: A picture cannot be read.
        DataError: The teacher cannot be read, or the store holds something else, or labels by other looks.
    """
    known = _stored(store, looks)
    names = [p.relative_to(folder).as_posix() for p in paths]
    missing = [(n, p) for n, p in zip(names, paths, strict=True) if n not in known]
    if missing:
        ask = Teacher(teacher, looks)
        for name, path in missing:
            known[name] = np.round(ask.faces(image.read(path)), 2).tolist()
        store.parent.mkdir(parents=True, exist_ok=True)
        with replacing(store) as new:
            new.write_text(json.dumps({"looks": asdict(looks), "faces": known}), encoding="utf-8")
    return [_entry(p, known, n) for n, p in zip(names, paths, strict=True)]


def _stored(store: Path, looks: Looks) -> dict[str, list[list[float]]]:
    """The faces of the pictures that a store knows, by name; none where there is no store."""
    if not store.exists():
        return {}
    told = json.loads(store.read_text(encoding="utf-8"))
    # As JSON gives them back: lists for tuples.
    by = told.get("looks")
    if by != json.loads(json.dumps(asdict(looks))):
        raise DataError(f"{store} holds labels by {by or 'unknown'} looks; {asdict(looks)} are asked for")
    return told["faces"]


def _entry(path: Path, known: Mapping[str, list[list[float]]], name: str) -> Labelled:
    return Labelled(path, np.array(known[name], np.float64).reshape(-1, 15))


def _view(row: NDArray[np.float64], size: float, turn: float) -> NDArray[np.float64]:
    """The matrix to a view in which a face is upright but for `turn`, its eyes `size` views apart."""
    half = size * VIEW / 2 * np.array([np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))])
    middle = np.array([VIEW / 2, VIEW * 0.42])
    left, right = middle - half, middle + half
    frame = Frame(VIEW, VIEW, (left[0], left[1]), (right[0], right[1]))
    return similarity(((row[4], row[5]), (row[6], row[7])), frame)

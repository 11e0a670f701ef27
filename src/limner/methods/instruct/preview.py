"""What learning looks like: the pairs side by side, then the first photo as states on the way draw it."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from limner import image
from limner.image import Picture

GAP = 8
"""White pixels between two pictures."""


def beside(pictures: Sequence[Picture]) -> Picture:
    """Pictures of one height in a row, (H, W, 3) uint8; each (H, w, 3) or (H, w)."""
    coloured = [
        each if each.ndim == 3 else np.asarray(cv2.cvtColor(each, cv2.COLOR_GRAY2RGB), np.uint8)
        for each in pictures
    ]
    gap = np.full((coloured[0].shape[0], GAP, 3), 255, np.uint8)
    parted = [part for each in coloured for part in (each, gap)]
    return np.hstack(parted[:-1])


class Strip:
    """The preview of a run, a file that grows.

    Args:
        folder: The run's; the states lie in it one by one too, so that a resumed run finds them.
        pairs: Photo and sketch of each pair, in squares as they are drawn; the first photo is drawn.
    """

    def __init__(self, folder: Path, pairs: Sequence[tuple[Picture, Picture]]) -> None:
        self._folder, self._pairs = folder, pairs
        self._write()

    def add(self, step: int, drawn: Picture) -> None:
        """The state after a step, (side, side) uint8."""
        image.write(self._folder / f"state-{step:06}.png", drawn, force=True)
        self._write()

    def _write(self) -> None:
        states = [image.read(path) for path in sorted(self._folder.glob("state-*.png"))]
        given = [picture for pair in self._pairs for picture in pair]
        image.write(self._folder / "preview.png", beside([*given, *states]), force=True)

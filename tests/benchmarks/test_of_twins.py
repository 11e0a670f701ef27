"""Who looks alike: one photograph under another light and cut, and not its mirror image."""

from pathlib import Path

import cv2
import numpy as np
from benchmarks.twins import looks
from tests import kit

from limner import image


def test_the_same_photograph_is_alike_however_it_was_cut_or_graded(tmp_path: Path) -> None:
    photo = image.read(kit.EXAMPLE)
    height, width = photo.shape[:2]
    turned = cv2.warpAffine(photo, cv2.getRotationMatrix2D((width / 2, height / 2), 8, 0.9), (width, height))
    graded = (255 * (turned[20:, 10:] / 255) ** 0.7 * 0.8).astype(np.uint8)
    made = {"graded": graded, "mirrored": photo[:, ::-1], "nobody": np.full((99, 99, 3), 200, np.uint8)}
    for name, picture in made.items():
        image.write(tmp_path / f"{name}.png", np.ascontiguousarray(picture))
    one, same, other = (
        looks(path) for path in (kit.EXAMPLE, tmp_path / "graded.png", tmp_path / "mirrored.png")
    )
    assert one is not None
    assert same is not None
    assert other is not None
    assert one @ same > 0.9
    assert one @ other < 0.7
    assert looks(tmp_path / "nobody.png") is None

"""Pairs by limner's own pencil: aligned, named, made once."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from limner import image
from limner.data import folder
from limner.errors import LimnerError
from limner.faces import Frame, find
from limner.frame import PORTRAIT
from limner.pairing import Paired, make_pairs, pair

EXAMPLE = Path(__file__).parents[1] / "examples" / "portrait.jpg"


def test_a_pair_lies_in_the_frame() -> None:
    photo, sketch = pair(image.read(EXAMPLE), PORTRAIT, np.random.default_rng(0))
    assert (photo.shape, sketch.shape) == ((500, 400, 3), (500, 400))
    for picture in (photo, np.repeat(sketch[..., None], 3, axis=2)):
        for eye, wanted in zip(find(picture)[0].eyes, PORTRAIT.eyes, strict=True):
            assert np.hypot(*np.subtract(eye, wanted)) < 8


def test_beyond_the_portrait_is_paper() -> None:
    frame = Frame(400, 500, (180.0, 350.0), (220.0, 350.0))
    _, sketch = pair(image.read(EXAMPLE), frame, np.random.default_rng(0))
    assert sketch[:60].min() >= 245
    assert sketch[300:400, 150:250].min() < 128


def test_pairs_are_read_as_a_plain_folder_and_made_once(tmp_path: Path) -> None:
    portrait = tmp_path / "ann.jpg"
    shutil.copy(EXAMPLE, portrait)
    out = tmp_path / "pairs"
    assert list(make_pairs([portrait], out)) == [Paired(portrait)]
    (made,) = folder.pairs(out)
    before = made.sketch.stat().st_mtime_ns
    list(make_pairs([portrait], out))
    assert made.sketch.stat().st_mtime_ns == before
    list(make_pairs([portrait], tmp_path / "again"))
    again = (tmp_path / "again" / "sketches" / "ann.png").read_bytes()
    assert again == made.sketch.read_bytes()


def test_nobody_on_a_picture_is_told(tmp_path: Path) -> None:
    image.write(tmp_path / "none.png", np.full((60, 60, 3), 128, np.uint8))
    (told,) = make_pairs([tmp_path / "none.png"], tmp_path / "pairs")
    assert "no face was found" in told.error
    assert not (tmp_path / "pairs").exists()


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LimnerError, match="two portraits are called ann"):
        list(make_pairs([tmp_path / "a" / "ann.jpg", tmp_path / "b" / "ann.png"], tmp_path))

"""Whether an artist draws what is behind people, told by what was drawn; and styles that do as he does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import pytest

import limner
from limner import image
from limner.data.pair import Pair
from limner.engine.config import RunConfig
from limner.export import export
from limner.faces.matte import matte
from limner.methods import METHODS
from limner.methods.fitting import Fitted, fit
from limner.methods.ground import ASKED, background, background_of
from limner.methods.paired.config import Config as Paired
from limner.methods.transfer.config import Config as Transfer
from limner.progress import silent

Tone = Callable[[np.ndarray[Any, Any]], object]
# Grounds of a sketch, by (N, 2) rows and columns, and what a style makes of them.
TONES: dict[str, tuple[Tone, str]] = {
    "toned paper": (lambda at: np.full(len(at), 240), "paper"),
    "a few strokes": (lambda at: np.where(at[:, 0] % 50 < 4, 90, 250), "paper"),
    "dark paper": (lambda at: np.full(len(at), 150), "keep"),
    "hatched": (lambda at: np.where(at.sum(axis=1) % 12 < 4, 90, 250), "keep"),
    "half a wall": (lambda at: np.where(at[:, 0] > 150, 250, 200), "keep"),
}


def behind(drawn: tuple[Path, Path], tone: Tone) -> Fitted:
    """The pair, its ground drawn in the tone of (y, x) beyond the matte."""
    pair = fit(*drawn)
    nobody = cv2.dilate(matte(pair.photo), np.ones((9, 9), np.uint8)) < 0.05
    sketch = pair.sketch.copy()
    sketch[nobody] = np.asarray(tone(np.argwhere(nobody)), np.uint8).reshape(-1, 1)
    return replace(pair, sketch=sketch)


def test_an_artist_who_leaves_it_is_followed(drawn: tuple[Path, Path]) -> None:
    assert background([fit(*drawn)]) == "paper"


@pytest.mark.parametrize("ground", TONES)
def test_what_is_drawn_there_decides(drawn: tuple[Path, Path], ground: str) -> None:
    tone, made = TONES[ground]
    assert background([behind(drawn, tone)]) == made


def test_of_several_pairs_those_decide_that_show_their_ground(drawn: tuple[Path, Path]) -> None:
    plain, hatched = fit(*drawn), behind(drawn, lambda at: np.where(at[:, 1] % 2, 90, 250))
    nobody = replace(plain, photo=np.full_like(plain.photo, 128))
    assert background([nobody]) == "keep"
    assert background([nobody, plain]) == "paper"
    assert background([plain, hatched]) == "keep"


def test_of_many_pairs_a_few_are_asked_from_first_to_last(
    drawn: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def told(photo: Path, *_: object, **__: object) -> Fitted:
        asked.append(photo.name)
        return fit(*drawn)

    monkeypatch.setattr("limner.methods.ground.fit", told)
    many = [Pair(str(i), tmp_path / str(i), drawn[1]) for i in range(2 * ASKED)]
    assert background_of(many) == "paper"
    assert asked == [str(2 * i) for i in range(ASKED)]


def test_pairs_without_faces_tell_nothing(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    image.write(tmp_path / "flat.png", np.full((90, 90, 3), 200, np.uint8))
    nobody = Pair("nobody", tmp_path / "flat.png", tmp_path / "flat.png")
    assert background_of([nobody]) == "keep"
    assert background_of([nobody, Pair("somebody", *drawn)]) == "paper"


def short(folder: Path) -> RunConfig:
    return RunConfig(folder, steps=1, batch=1, save_every=1, log_every=1, device="cpu", workers=0)


def write(folder: Path, pair: Fitted) -> Path:
    """A folder of one pair."""
    for kind, picture in (("photos", pair.photo), ("sketches", pair.sketch)):
        (folder / kind).mkdir(parents=True)
        image.write(folder / kind / "one.png", picture)
    return folder


@pytest.mark.parametrize(("direction", "made"), [("photo-sketch", "paper"), ("sketch-photo", "keep")])
def test_a_paired_style_does_as_its_artist(
    drawn: tuple[Path, Path], tmp_path: Path, direction: Literal["photo-sketch", "sketch-photo"], made: str
) -> None:
    data = write(tmp_path / "data", fit(*drawn))
    config = Paired(str(data), "t", direction, width=4, depth=1, judge_width=4, run=short(tmp_path / "run"))
    style = METHODS["paired"].train(config, silent)
    export(style, tmp_path / "style.onnx")
    for each in (style, tmp_path / "style.onnx"):
        assert limner.load(each).background == made


def test_a_transfer_style_leaves_what_all_its_artists_leave(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    plain = write(tmp_path / "plain", fit(*drawn))
    hatched = write(tmp_path / "hatched", behind(drawn, lambda at: np.where(at[:, 1] % 2, 90, 250)))
    for name, artists, made in (("one", (plain,), "paper"), ("two", (plain, hatched), "keep")):
        data = tuple(f"{each.name}={each}" for each in artists)
        config = Transfer(data, "t", width=8, depth=1, judge_width=4, run=short(tmp_path / name))
        style = METHODS["transfer"].train(config, silent)
        assert limner.load(style).background == made
        assert limner.load(style.with_name("photo.safetensors")).background == "keep"

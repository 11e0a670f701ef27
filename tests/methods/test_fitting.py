"""One pair: its two faces found and laid on each other, or a word that says why not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests import kit

from limner import image
from limner.data.edits import FAMILIES
from limner.data.ossketch import contrast
from limner.data.pair import DataError
from limner.faces import Face, FaceError, find
from limner.frame import square
from limner.methods.fitting import fit, is_photo

OTHERWISE: dict[str, Callable[[Any], Any]] = {
    "darker": lambda photo: photo * 0.6,
    "paler": lambda photo: 255 - 0.7 * (255 - photo),
    "of another gamma": lambda photo: 255 * (photo / 255) ** 0.5,
    "flatter": lambda photo: 128 + 0.6 * (photo - 128.0),
    "blurred": lambda photo: np.asarray(cv2.GaussianBlur(photo, (0, 0), 2), np.uint8),
    "mirrored": lambda photo: photo[:, ::-1],
    "smaller": lambda photo: np.asarray(cv2.pyrDown(photo), np.uint8),
}
"""A photo (H, W, 3) under other light, or by another camera."""


def test_no_face(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    image.write(tmp_path / "flat.png", np.full((90, 90, 3), 200, np.uint8))
    for pictures in ((tmp_path / "flat.png", drawn[1]), (drawn[0], tmp_path / "flat.png")):
        with pytest.raises(FaceError, match=r"flat\.png: no face was found"):
            fit(*pictures)


def test_two_faces_unless_the_largest_is_asked_for(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    photo = image.read(drawn[0])
    small = np.asarray(cv2.resize(photo, (200, 250), interpolation=cv2.INTER_AREA), np.uint8)
    both = np.full((500, 600, 3), 255, np.uint8)
    both[:, :400], both[:250, 400:] = photo, small
    image.write(tmp_path / "two.png", both)
    with pytest.raises(FaceError, match=r"two\.png: 2 faces were found, one is expected; --largest"):
        fit(tmp_path / "two.png", drawn[1])
    chosen, alone = (
        each.into(square(64)) for each in (fit(tmp_path / "two.png", drawn[1], True), fit(*drawn))
    )
    assert np.abs(chosen.photo.astype(int) - alone.photo).mean() < 6


def test_faces_that_do_not_fit(drawn: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = kit.face_at(200, 250, 100)
    aside = replace(seen, points=(*seen.points[:2], (280.0, 310.0), *seen.points[3:]))
    faces = iter([[seen], [aside]])

    def finder(_: object) -> list[Face]:
        return next(faces)

    monkeypatch.setattr("limner.methods.fitting.find", finder)
    with pytest.raises(FaceError, match=r"points are 0\.\d\d eye distances apart, at most 0\.10"):
        fit(*drawn)


def test_a_photo_for_a_sketch(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    photo = image.read(drawn[0])
    image.write(tmp_path / "grey.png", np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.uint8))
    for other in (drawn[0], tmp_path / "grey.png"):
        with pytest.raises(DataError, match="looks like a photo"):
            fit(drawn[0], other)
        assert fit(drawn[0], other, trust=True).apart < 0.02


@pytest.mark.parametrize("taken", OTHERWISE)
def test_a_photo_otherwise_taken_is_one(drawn: tuple[Path, Path], taken: str) -> None:
    picture = np.clip(np.rint(OTHERWISE[taken](image.read(drawn[0]))), 0, 255).astype(np.uint8)
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    for each in (picture, np.repeat(grey[..., None], 3, axis=2)):
        assert is_photo(each, find(each)[0])


@pytest.mark.parametrize(
    "family", ["pencil", "charcoal", "ink contour", "single line", "comic line art", "blueprint"]
)
def test_a_drawing_is_none(drawn: tuple[Path, Path], family: str) -> None:
    photo, rng = image.read(drawn[0]), np.random.default_rng(1)
    face, edit = find(photo)[0], FAMILIES[family]
    made = edit.apply(photo, None, face.eyes, edit.draw_parameters(rng), rng)
    assert not is_photo(made, face)
    assert not is_photo(image.read(drawn[1]), face)


def test_a_drawing_by_lamplight_is_taken_and_on_white_paper(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    scan = image.read(drawn[1])
    light = np.linspace(1, 0.5, scan.shape[1])[None, :, None] * (0.9, 0.8, 0.7)
    dark = np.round(scan * light).astype(np.uint8)
    image.write(tmp_path / "photographed.png", dark)
    assert is_photo(dark, find(dark)[0]) is False
    taken, plain = fit(drawn[0], tmp_path / "photographed.png"), fit(*drawn)
    ours, theirs = (pair.into(square(256)).sketch.astype(int) for pair in (taken, plain))
    assert np.abs(ours - theirs).mean() < 15
    assert np.abs(cv2.cvtColor(dark, cv2.COLOR_RGB2GRAY).astype(int) - scan[..., 0]).mean() > 60


def test_a_sketch_is_learned_in_its_own_contrast_unless_it_is_to_be_raised(drawn: tuple[Path, Path]) -> None:
    plain, raised = (fit(*drawn).into(square(256), raised=raised).sketch for raised in (False, True))
    assert np.abs(contrast(plain).astype(int) - raised).max() <= 1
    assert plain.std() < raised.std()


def test_of_a_sketch_grey_is_learned_and_more_contrast_if_asked(drawn: tuple[Path, Path]) -> None:
    pair = fit(*drawn)
    assert pair.apart < 0.05
    aligned = pair.into(square(256), raised=True)
    assert aligned.sketch.shape == (256, 256)
    eyes = find(aligned.photo)[0].eyes
    assert np.allclose(eyes, square(256).eyes, atol=4)
    raised = contrast(image.read(drawn[1]))
    assert abs(float(aligned.sketch.std()) - float(raised.std())) < 25

"""A style draws any photo and gives back the same size."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

import limner
from limner import sketcher
from limner.faces import Face
from limner.hub import StyleError
from limner.image import ImageError
from limner.sketcher import FaceError, Options, Sketcher
from tests import kit

PORTRAIT = Path(__file__).parent.parent / "examples" / "portrait.jpg"
ABOUT = {
    "direction": "photo-sketch",
    "frame": json.dumps({"width": 400, "height": 500, "left_eye": [150, 250], "right_eye": [250, 250]}),
    "stride": "16",
    "radius": "16",
}
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I;16", "I", "F")


def grey(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """A network that draws the photo in grey."""
    return x.mean(axis=1, keepdims=True)


def with_eyes(*eyes: tuple[float, float]) -> Sketcher:
    """A sketcher of grey photos whose finder always sees a face with these eyes."""
    face = Face((0, 0, 1, 1), 1.0, (eyes[0], eyes[1], (0, 0), (0, 0), (0, 0)))
    return Sketcher(grey, ABOUT, lambda _: [face])


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 200), st.integers(1, 200), st.sampled_from(MODES), st.booleans())
def test_any_size_and_mode_comes_back_at_its_size(width: int, height: int, mode: str, whole: bool) -> None:
    picture = Image.new(mode, (width, height))
    drawn = with_eyes((width * 0.3, height * 0.4), (width * 0.7 + 1, height * 0.45))(picture, whole=whole)
    assert (drawn.mode, drawn.size) == ("L", (width, height))


def test_a_drawing_lies_on_its_photo() -> None:
    photo, _ = kit.face(np.random.default_rng(3), (240, 300))
    drawn = np.asarray(with_eyes((92, 148), (150, 155))(photo), float)
    assert np.abs(drawn - photo.mean(axis=2)).mean() < 3


def test_a_crop_has_the_eyes_where_the_frame_has_them() -> None:
    photo = np.full((300, 300, 3), 255, np.uint8)
    for x, y in ((100, 140), (180, 150)):
        photo[y - 3 : y + 4, x - 3 : x + 4] = 0
    drawn = np.asarray(with_eyes((100, 140), (180, 150))(photo, crop=True))
    assert drawn.shape == (500, 400)
    dark = np.argwhere(drawn < 128)
    for x in (150, 250):
        eye = dark[np.abs(dark[:, 1] - x) < 50].mean(axis=0)
        assert np.allclose(eye, (250, x), atol=1)


def test_a_small_face_in_a_large_photo_stays_within_the_canvas() -> None:
    photo = np.zeros((900, 1500, 3), np.uint8)
    assert with_eyes((700, 400), (703, 400)).draw(photo).shape == (900, 1500)


@pytest.mark.parametrize("options", [Options(), Options(crop=True), Options(face="largest"), Options(face=1)])
def test_no_face_is_told(options: Options) -> None:
    with pytest.raises(FaceError, match="--whole"):
        Sketcher(grey, ABOUT, lambda _: []).draw(np.zeros((50, 50, 3), np.uint8), options)


def test_crop_and_whole_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="exclude"):
        with_eyes((1, 1), (2, 2))(np.zeros((5, 5, 3), np.uint8), crop=True, whole=True)


@pytest.mark.parametrize(
    "picture", [np.zeros((5, 5, 3)), np.zeros((5, 5, 4), np.uint8), np.zeros(5, np.uint8)], ids=str
)
def test_a_wrong_array_is_refused(picture: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="uint8"):
        with_eyes((1, 1), (2, 2))(picture)


@pytest.mark.parametrize("lost", ["frame", "stride", "radius", "direction"])
def test_metadata_that_lacks_something_is_no_style(lost: str) -> None:
    with pytest.raises(StyleError, match="no limner style"):
        Sketcher(grey, {k: v for k, v in ABOUT.items() if k != lost})


@pytest.mark.parametrize("content", [b"", b"not a network", bytes(1000)], ids=["empty", "text", "zeros"])
def test_a_file_that_is_no_network_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.onnx").write_bytes(content)
    with pytest.raises(StyleError, match=r"a\.onnx"):
        limner.load(tmp_path / "a.onnx")
    with pytest.raises(StyleError, match="cannot be read"):
        limner.load(tmp_path / "none.onnx")


def test_a_path_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError):
        with_eyes((1, 1), (2, 2))(tmp_path / "none.png")


@pytest.mark.parametrize("name", sketcher.styles())
class TestPackagedStyle:
    """Every style that comes with limner."""

    def test_draws_any_size(self, name: str) -> None:
        kit.assert_draws(limner.load(name))

    def test_draws_the_example_portrait(self, name: str) -> None:
        drawn = limner.load(name)(PORTRAIT)
        assert drawn.size == Image.open(PORTRAIT).size
        tones = np.asarray(drawn.convert("L"))
        assert tones.std() > 20, "a drawing has paper and dark strokes"

    def test_finds_the_drawn_face_again(self, name: str) -> None:
        hand = limner.load(name)
        (before, *_), (after, *_) = (
            sketcher.find(sketcher.as_picture(p)) for p in (PORTRAIT, hand(PORTRAIT).convert("RGB"))
        )
        span = np.hypot(*np.subtract(*before.eyes))
        assert np.abs(np.subtract(before.eyes, after.eyes)).max() < 0.2 * span

    def test_tiles_equal_the_whole(self, name: str) -> None:
        hand = limner.load(name)
        picture = np.random.default_rng(0).integers(0, 256, (400, 700, 3), np.uint8)
        draw, about = hand.net, hand.about
        stride, radius = int(about["stride"]), int(about["radius"])
        parts, whole = (sketcher.draw_tiled(draw, picture, stride, radius, tile) for tile in (64, 1024))
        assert np.abs(parts.astype(int) - whole).max() <= 1

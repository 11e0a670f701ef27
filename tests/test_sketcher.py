"""A style draws any photo and gives back the same size."""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray
from PIL import Image

import limner
from limner import hub, sketcher
from limner.errors import LimnerError, LimnerWarning
from limner.faces import Face
from limner.hub import StyleError
from limner.image import ImageError
from limner.sketcher import FaceError, Options, Sketcher
from tests import kit

# Many of these faces are tiny; that it is told has its own test.
pytestmark = pytest.mark.filterwarnings("ignore::limner.errors.LimnerWarning")

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


def same(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """A network that draws the sketch as it is."""
    return np.repeat(x, 3, axis=1)


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


@pytest.mark.parametrize("options", [Options(), Options(crop=True), Options(whole=True)])
def test_paper_is_white_to_a_style_that_takes_sketches(options: Options) -> None:
    dark = np.full((300, 240, 3), 120, np.uint8)
    about = {**ABOUT, "direction": "sketch-photo"}
    made = Sketcher(same, about, lambda _: [kit.face_at(120, 150, 60)]).draw(dark, options)
    assert (made == 250).all()
    assert (with_eyes((90, 150), (150, 150)).draw(dark, options) == 120).all()


def test_a_small_face_in_a_large_photo_stays_within_the_canvas() -> None:
    photo = np.zeros((900, 1500, 3), np.uint8)
    assert with_eyes((700, 400), (703, 400)).draw(photo).shape == (900, 1500)


@pytest.mark.parametrize("options", [Options(), Options(crop=True), Options(face="largest"), Options(face=1)])
def test_no_face_is_told(options: Options) -> None:
    with pytest.raises(FaceError, match="--whole"):
        Sketcher(grey, ABOUT, lambda _: []).draw(np.zeros((50, 50, 3), np.uint8), options)


@pytest.mark.parametrize("options", [Options(), Options(crop=True)])
@pytest.mark.parametrize("direction", hub.DIRECTIONS)
def test_a_picture_too_long_to_be_aligned_is_told(options: Options, direction: str) -> None:
    hand = Sketcher(grey, {**ABOUT, "direction": direction}, lambda _: [kit.face_at(16_200, 40, 40)])
    with pytest.raises(FaceError, match="33000 x 90; to align a face sides of at most 32000"):
        hand.draw(np.zeros((90, 33_000, 3), np.uint8), options)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"crop": True, "whole": True}, "exclude"),
        ({"face": 2, "whole": True}, "excludes face"),
        ({"points": (1, 1, 2, 2), "whole": True}, "excludes face and points"),
        ({"face": 1, "points": (1, 1, 2, 2)}, "exclude each other"),
        ({"face": 0}, "face 0"),
        ({"face": -1}, "face -1"),
        ({"face": True}, "face True"),
        ({"face": "smallest"}, "all, largest or a number"),
        ({"background": "white"}, "keep or paper"),
    ],
)
def test_options_that_make_no_sense_are_told(change: dict[str, Any], told: str) -> None:
    with pytest.raises(LimnerError, match=told):
        Options(**change)
    with pytest.raises(LimnerError, match=told):
        with_eyes((1, 1), (2, 2))(np.zeros((5, 5, 3), np.uint8), **change)


LARGE, SMALL = kit.face_at(90, 90, 40), kit.face_at(210, 80, 12)


def paced(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """A network that draws, as one tone, how steep the photo is: 0.5 is its own steepness of 1/255."""
    third = x.shape[-1] // 3
    return np.full_like(x[:, :1], 127.5 * np.diff(x[0, 0, :, third:-third], axis=-1).mean())


SLOPE = np.repeat(np.arange(250, dtype=np.uint8)[None, :, None], 180, axis=0).repeat(3, axis=2)
BOTH = Sketcher(paced, ABOUT, lambda _: [LARGE, SMALL])


def tone(drawn: NDArray[np.uint8], face: Face) -> float:
    """The tone between the eyes."""
    (x, y), (x2, y2) = face.eyes
    return float(drawn[round((y + y2) / 2), round((x + x2) / 2)])


@pytest.mark.parametrize(
    ("face", "at_large", "at_small"),
    [("all", 40, 12), ("largest", 40, 40), (1, 40, 40), (2, 12, 12)],
)
def test_the_chosen_faces_rule_the_scale(
    face: Literal["all", "largest"] | int, at_large: float, at_small: float
) -> None:
    drawn = np.asarray(BOTH(SLOPE, face=face))
    # The frame's eyes are 100 pixels apart.
    assert tone(drawn, LARGE) == pytest.approx(127.5 * at_large / 100, abs=3)
    assert tone(drawn, SMALL) == pytest.approx(127.5 * at_small / 100, abs=3)


@pytest.mark.parametrize(("face", "apart"), [("all", 40), ("largest", 40), (2, 12)])
def test_a_crop_is_of_one_face(face: Literal["all", "largest"] | int, apart: float) -> None:
    drawn = np.asarray(BOTH(SLOPE, face=face, crop=True))
    assert drawn.shape == (500, 400)
    assert drawn.mean() == pytest.approx(127.5 * apart / 100, abs=3)


def test_a_face_that_is_not_there_is_told_with_how_many_there_are() -> None:
    with pytest.raises(FaceError, match="face 3 is asked for, but 2 faces were found"):
        BOTH(SLOPE, face=3)
    with pytest.raises(FaceError, match="1 face was found"):
        with_eyes((1, 1), (2, 2))(SLOPE, face=2)


@pytest.mark.parametrize(
    "points", [[(60, 50), (90, 50)], (60, 50, 90, 50), np.array([[60, 50], [90, 50]], np.int32)], ids=str
)
def test_points_take_the_place_of_the_finder(points: ArrayLike) -> None:
    def never(_: NDArray[np.uint8]) -> list[Face]:
        raise AssertionError("the finder was asked")

    hand = Sketcher(paced, ABOUT, never)
    assert np.asarray(hand(SLOPE, points=points)).mean() == pytest.approx(127.5 * 0.3, abs=3)
    assert hand(SLOPE, points=points, crop=True).size == (400, 500)
    with pytest.raises(FaceError, match="outside the picture of 250 x 180"):
        hand(SLOPE, points=(60, 50, 90, 500))


class LeftMatte:
    """A matte that sees a person at the left, half a person in the next column, nobody beyond."""

    def __init__(self, share: float = 0.9) -> None:
        self.share = share
        self.asked: list[tuple[tuple[int, ...], Sequence[Face]]] = []

    def __call__(self, picture: NDArray[np.uint8], faces: Sequence[Face] = ()) -> NDArray[np.float32]:
        """Gives the matte, (H, W) in [0, 1]."""
        self.asked.append((picture.shape[:2], faces))
        height, width = picture.shape[:2]
        alpha, middle = np.zeros((height, width), np.float32), int(self.share * width)
        if self.share:
            alpha[:, :middle], alpha[:, middle] = 1, 0.5
        return alpha


def flat(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """A network that draws tone 55 all over."""
    return np.full_like(x[:, :1], 55 / 255)


@pytest.mark.parametrize("change", [{}, {"whole": True}, {"crop": True}, {"face": 2}], ids=str)
def test_paper_is_white_where_nobody_is(change: dict[str, Any]) -> None:
    matte = LeftMatte()
    hand = Sketcher(flat, ABOUT, lambda _: [LARGE, SMALL], matte)
    drawn = np.asarray(hand(SLOPE, background="paper", **change))
    middle = int(0.9 * drawn.shape[1])
    assert (drawn[:, :middle] == 55).all()
    assert (drawn[:, middle] == 155).all()
    assert (drawn[:, middle + 1 :] == 255).all()
    ((shape, faces),) = matte.asked
    assert shape == drawn.shape
    if "crop" in change:
        assert np.allclose(faces[0].eyes, ((150, 250), (250, 250)))
    else:
        expected = {"whole": [], "face": [SMALL]}.get(next(iter(change), ""), [LARGE, SMALL])
        assert list(faces) == expected


def test_a_kept_background_asks_for_no_matte() -> None:
    matte = LeftMatte()
    Sketcher(flat, ABOUT, lambda _: [LARGE], matte)(SLOPE, background="keep")
    assert not matte.asked


@pytest.mark.parametrize(("told", "asked"), [({}, False), ({"background": "paper"}, True)], ids=str)
def test_the_background_is_as_the_styles_artist_left_it(told: dict[str, str], *, asked: bool) -> None:
    matte = LeftMatte()
    hand = Sketcher(flat, {**ABOUT, **told}, lambda _: [LARGE], matte)
    drawn = np.asarray(hand(SLOPE))
    assert bool(matte.asked) == asked
    assert (drawn[:, -1] == (255 if asked else 55)).all()
    assert (np.asarray(hand(SLOPE, background="keep")) == 55).all()


def test_the_packaged_artists_who_draw_none_leave_paper() -> None:
    left = {name: sketcher.load(name).background for name in sketcher.styles()}
    drawn = {name for name, background in left.items() if background == "keep"}
    assert drawn == {"pencil", "photo"}
    assert set(left.values()) == {"keep", "paper"}


def test_where_the_matte_sees_nobody_the_background_is_kept_and_that_is_told() -> None:
    matte = LeftMatte(share=0)
    hand = Sketcher(flat, ABOUT, matte=matte)
    with pytest.warns(LimnerWarning, match="no person stands out"):
        drawn = np.asarray(hand(SLOPE, whole=True, background="paper"))
    assert (drawn == 55).all()


def test_around_a_face_that_the_matte_misses_the_background_is_kept() -> None:
    far = kit.face_at(225, 60, 8)
    hand = Sketcher(flat, ABOUT, lambda _: [LARGE, far], LeftMatte(share=0.6))
    with pytest.warns(LimnerWarning, match=r"1 of 2 faces .* left as it is around them"):
        drawn = np.asarray(hand(SLOPE, background="paper"))
    assert (drawn[:, :150] == 55).all()
    assert (drawn[55:75, 217:233] == 55).all()
    assert (drawn[[4, 110], 225] == 255).all()
    assert (drawn[66, [170, 249]] == 255).all()


def test_where_the_matte_misses_every_face_the_background_is_kept() -> None:
    hand = Sketcher(flat, ABOUT, lambda _: [LARGE, SMALL], LeftMatte(share=0.1))
    with pytest.warns(LimnerWarning, match=r"2 of 2 faces .* left as it is$"):
        drawn = np.asarray(hand(SLOPE, background="paper"))
    assert (drawn == 55).all()


def test_a_face_enlarged_many_times_is_told() -> None:
    with pytest.warns(LimnerWarning, match=r"smallest face is enlarged 8\.3 times") as caught:
        BOTH(SLOPE)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        BOTH(SLOPE, face="largest")
        BOTH(SLOPE, crop=True)


@pytest.mark.parametrize(
    "picture", [np.zeros((5, 5, 3)), np.zeros((5, 5, 4), np.uint8), np.zeros(5, np.uint8)], ids=str
)
def test_a_wrong_array_is_refused(picture: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="uint8"):
        with_eyes((1, 1), (2, 2))(picture)


def reds(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """A network that draws a photo, red where the sketch is grey."""
    return np.concatenate([x, x * x, x * x], axis=1)


BACK = ABOUT | {"direction": "sketch-photo"}


def test_a_style_says_what_it_takes_and_draws() -> None:
    assert (BOTH.takes, BOTH.draws) == ("photo", "sketch")
    hand = Sketcher(reds, BACK)
    assert (hand.takes, hand.draws) == ("sketch", "photo")
    with pytest.raises(StyleError, match="photo-faces"):
        Sketcher(grey, ABOUT | {"direction": "photo-faces"})


@pytest.mark.parametrize("change", [{}, {"whole": True}, {"crop": True}, {"face": 2}], ids=str)
def test_a_sketch_grey_or_in_colour_becomes_a_photo(change: dict[str, Any]) -> None:
    hand = Sketcher(reds, BACK, lambda _: [LARGE, SMALL])
    sketch = Image.fromarray(SLOPE[..., 0])
    photo = hand(sketch, **change)
    assert photo.mode == "RGB"
    assert photo.size == ((400, 500) if "crop" in change else sketch.size)
    red, green, _ = np.asarray(photo, float).transpose(2, 0, 1)
    assert np.abs(green - red * red / 255).max() < 4
    assert (np.asarray(hand(sketch.convert("RGB"), **change)) == np.asarray(photo)).all()


@pytest.mark.parametrize("options", [Options(), Options(crop=True)])
def test_a_photo_for_a_sketch_is_told(options: Options) -> None:
    photo = sketcher.as_picture(PORTRAIT)
    sketch = limner.load().draw(photo)
    with pytest.warns(LimnerWarning, match="looks like a photo, without paper or strokes"):
        Sketcher(reds, BACK).draw(photo, options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Sketcher(reds, BACK).draw(sketcher.as_picture(sketch), options)
        Sketcher(grey, ABOUT).draw(photo, options)


def test_a_photo_has_no_paper() -> None:
    def never(*_: object) -> NDArray[np.float32]:
        raise AssertionError("the matte was asked")

    hand = Sketcher(reds, BACK, lambda _: [LARGE], never)
    with pytest.raises(LimnerError, match="paper is for sketches"):
        hand(SLOPE, background="paper")
    assert hand(SLOPE, background="keep").mode == "RGB"


def test_a_style_is_opened_for_what_it_draws(tmp_path: Path) -> None:
    back = kit.write_style(tmp_path / "back.onnx", "sketch-photo")
    assert limner.load().draws == limner.load(to="sketch").draws == "sketch"
    assert limner.load(back).draws == limner.load(back, to="photo").draws == "photo"
    with pytest.raises(StyleError, match=r"back\.onnx draws a photo; one that draws a sketch is expected"):
        limner.load(back, to="sketch")
    with pytest.raises(StyleError, match="cuhk draws a sketch; one that draws a photo is expected"):
        limner.load("cuhk", to="photo")
    with pytest.raises(StyleError, match="'foto'"):
        limner.load(back, to="foto")  # pyright: ignore[reportArgumentType]


def test_a_styles_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    assert limner.load(kit.write_style(tmp_path / "there.ONNX", "photo-sketch")).draws == "sketch"
    with pytest.raises(StyleError, match="cannot be read as a style"):
        limner.load(tmp_path / "none.SAFETENSORS")


def test_a_teacher_draws_nothing() -> None:
    pytest.importorskip("torch")
    teacher = Path(limner.__file__).parent / "weights" / "teacher-photo.safetensors"
    with pytest.raises(StyleError, match=r"teacher-photo\.safetensors gives features and draws nothing"):
        limner.load(teacher)


def test_styles_that_stand_together_draw_the_same(tmp_path: Path) -> None:
    back = kit.write_style(tmp_path / "back.onnx", "sketch-photo")
    there = kit.write_style(tmp_path / "there.onnx", "photo-sketch")
    assert list(sketcher.load_all([there, "cuhk"])) == ["there", "cuhk"]
    assert list(sketcher.load_all([])) == []
    with pytest.raises(StyleError, match=r"back\.onnx draws a photo; one that draws a sketch"):
        sketcher.load_all(["cuhk", back])
    with pytest.raises(StyleError, match="two styles are called back"):
        sketcher.load_all([back, back])


@pytest.mark.parametrize(("to", "name"), [("sketch", "pencil"), ("photo", "photo")])
def test_each_direction_has_its_default(to: hub.Drawn, name: str) -> None:
    hand = limner.load(to=to)
    assert hand.draws == to
    assert hand.about == limner.load(name).about


def test_an_unknown_background_is_no_style() -> None:
    with pytest.raises(StyleError, match="garbles 'blue'"):
        Sketcher(grey, {**ABOUT, "background": "blue"})


def test_a_style_of_photos_leaves_no_paper() -> None:
    with pytest.raises(StyleError, match="draws photos, and leaves paper"):
        Sketcher(reds, {**BACK, "background": "paper"})


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
        colours = (3,) if hand.takes == "photo" else ()
        picture = np.random.default_rng(0).integers(0, 256, (400, 700, *colours), np.uint8)
        draw, about = hand.net, hand.about
        stride, radius = int(about["stride"]), int(about["radius"])
        parts, whole = (sketcher.draw_tiled(draw, picture, stride, radius, tile) for tile in (64, 1024))
        assert np.abs(parts.astype(int) - whole).max() <= 1

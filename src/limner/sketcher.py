"""A style that draws: any photo in, the sketch of the same size out, or any sketch in and the photo out.

The faces are found and the picture brought to the scale and upright pose that the style was trained in;
there it is drawn, in tiles if it is large, and brought back onto the picture's own pixels. A sketch that
was photographed is drawn from as if it were scanned (`limner.faces.paper`). A style that knows one size
only draws one square a face, on white paper or on what another style draws of the rest.
"""

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from limner import hub, image
from limner.errors import LimnerError, LimnerWarning
from limner.faces import Face, FaceError, Frame, align, draw_faces, draw_fitted, draw_portraits, find, given
from limner.faces.matte import lack, without_gaps
from limner.faces.matte import matte as people
from limner.faces.paper import levelled
from limner.faces.patchwork import check_sides
from limner.image import from_unit, to_unit
from limner.methods.base import Drawer, Sampler, Sampling
from limner.methods.fitting import is_photo
from limner.methods.style import open_style
from limner.runtime import Net
from limner.tile import Draw, draw_tiled

Picture = NDArray[np.uint8]
Readable = str | Path | Image.Image | Picture
Matte = Callable[[Picture, Sequence[Face]], NDArray[np.float32]]

# Chosen: a face enlarged more than this many times is told to have been small.
ENLARGED = 6.0
# What a file says in place of a radius where each made pixel depends on the whole picture.
ALL = "all"


@dataclass(frozen=True)
class Options:
    """How a picture is drawn.

    Attributes:
        face: "all" draws each face at its own scale; "largest", or a number from 1 in the order of
            `limner.faces.find`, lets that one face rule the picture's scale.
        points: In place of looking for faces: x, y of the eyes or of all five points, see
            `limner.faces.given`.
        background: "keep" draws it; "paper" leaves it white, of a sketch; None does as the style's artist.
        crop: Give one portrait in the style's frame: of the chosen face, of all the largest.
        whole: Draw the picture as it is, without looking for a face.
        sampling: Steps, scales and seed, of a style that samples a prior.

    Raises:
        LimnerError: An unknown value, or options that exclude each other.
    """

    face: Literal["all", "largest"] | int = "all"
    points: tuple[float, ...] | None = None
    background: hub.Background | None = None
    crop: bool = False
    whole: bool = False
    sampling: Sampling = Sampling()  # noqa: RUF009  frozen

    def __post_init__(self) -> None:
        numbered = type(self.face) is int
        if not (self.face in ("all", "largest") or (numbered and self.face >= 1)):
            raise LimnerError(f"face {self.face!r}: all, largest or a number from 1 is expected")
        if self.background not in (None, *hub.BACKGROUNDS):
            raise LimnerError(f"background {self.background!r}: keep or paper is expected")
        if self.crop and self.whole:
            raise LimnerError("crop and whole exclude each other: a crop is aligned to a face")
        if self.whole and (self.points is not None or self.face != "all"):
            raise LimnerError("whole looks for no face: it excludes face and points")
        if self.points is not None and self.face != "all":
            raise LimnerError("face and points exclude each other: points give the one face")


class Sketcher:
    """Draws pictures in one style.

    Args:
        draw: The network, (1, C, h, w) to (1, C', h, w) in [0, 1].
        about: What the style's file says of itself: `direction`, `frame` as JSON, `stride`, `radius` ("all"
            where that is None); and `background`, "paper" of an artist who draws none.
        finder: Finds the faces of a picture, largest first.
        matte: Tells people from background: of (H, W, 3) uint8 and the faces known in it, float32 (H, W), 1
            on people and 0 behind them; by default that of `limner.faces.matte`.
        sampled: The style under other settings, of one that samples a prior.
        around: Draws what lies in no square, of a style that knows one size; by default paper is left there.

    Attributes:
        net: The network as given.
        about: What the style's file says of itself.
        frame: The face geometry that the style knows.
        takes: What goes in, "photo" or "sketch".
        draws: What comes out, the other.
        background: What becomes of it unless a call says otherwise, "keep" or "paper".
        radius: As of `limner.methods.base.Drawer`; None of a style that draws its frame and no other size.

    Raises:
        limner.hub.StyleError: `about` is not that of a limner style.
    """

    takes: hub.Drawn
    draws: hub.Drawn

    def __init__(
        self,
        draw: Draw,
        about: Mapping[str, str],
        finder: Callable[[Picture], list[Face]] = find,
        matte: Matte | None = None,
        sampled: "Callable[[Sampling], Sketcher] | None" = None,
        around: "Sketcher | None" = None,
    ) -> None:
        self.net, self._find, self._matte = draw, finder, matte or people
        self._sampled, self._around = sampled, around
        self.about = dict(about)
        try:
            self.frame = Frame(**json.loads(about["frame"]))
            self.stride = int(about["stride"])
            self.radius = None if about["radius"] == ALL else int(about["radius"])
            self.takes, self.draws = hub.DIRECTIONS[about["direction"]]
            self.background = hub.BACKGROUNDS[about.get("background", "keep")]
        except (KeyError, TypeError, ValueError) as error:
            raise hub.StyleError(
                f"the file is no limner style: its metadata lacks or garbles {error}"
            ) from error
        if self.background == "paper" and self.draws == "photo":
            raise hub.StyleError(
                "the file is no limner style: it draws photos, and leaves paper behind people"
            )

    def __call__(
        self,
        picture: Readable,
        *,
        face: Literal["all", "largest"] | int = "all",
        points: ArrayLike | None = None,
        background: hub.Background | None = None,
        crop: bool = False,
        whole: bool = False,
        sampling: Sampling = Sampling(),  # noqa: B008  frozen
    ) -> Image.Image:
        """Draws one picture.

        Args:
            picture: A path, a PIL image, or uint8 (H, W, 3) or (H, W); 1 x 1 to 100 megapixels. A sketch
                may be scanned or photographed.
            face: "all" draws each face at its own scale; "largest", or a number from 1 in the order of
                `limner.faces.find`, lets that one face rule the picture's scale.
            points: In place of looking for faces: (x, y) of both eyes or of all five points of the one face,
                in pixels of the upright picture, the eye at the image's left first.
            background: "keep" draws it; "paper" leaves it white, as far as no person is there: for styles
                that draw sketches. By default as the style's artist does, where that is known, else "keep".
            crop: Give one portrait in the style's frame instead of the whole picture: of the chosen face, of
                all the largest.
            whole: Draw the picture as it is, without looking for a face.
            sampling: Steps, scales and seed, of a style that samples a prior.

        Returns:
            A PIL image, "L" for a sketch and "RGB" for a photo, of the picture's (upright) size, or of the
            frame's size with `crop`.

        Raises:
            limner.image.ImageError: The picture cannot be read.
            FaceError: No face was found, or not so many, the points are none of a face in the picture, or a
                side is too long to align one.
            LimnerError: Options that are unknown, exclude each other, or are not for this style.

        Warns:
            LimnerWarning: A face is so small that little of its likeness can be drawn, or cannot be told from
                the background, which is kept then, around that face or, of all of them, throughout; or
                what is given for a sketch looks like a photo.
        """
        numbers = None if points is None else tuple(np.asarray(points, np.float64).ravel().tolist())
        options = Options(face, numbers, background, crop, whole, sampling)
        return Image.fromarray(self.draw(as_picture(picture), options))

    def draw(self, picture: Picture, options: Options | None = None) -> Picture:
        """As a call, from (H, W, 3) uint8 to (H, W) or (H, W, 3) uint8."""
        options = options or Options()
        self.check(options)
        faces = [] if options.whole else self._faces(picture, options)
        if options.crop:
            to_frame = align.similarity(faces[0].eyes, self.frame)
            picture = align.warp(picture, to_frame, self.frame.size)
            faces = [faces[0].moved(to_frame)]
        if self.takes == "sketch":
            picture = levelled(picture, [face.eyes for face in faces])
        hand = self._sampled(options.sampling) if self._sampled and options.sampling.given() else self
        drawn = hand._drawn(picture, faces, options)
        left = (options.background or self.background) == "paper"
        return self._on_paper(drawn, picture, faces) if left else drawn

    def check(self, options: Options) -> None:
        """Raises `LimnerError` if this style cannot draw so.

        Chosen: paper is for sketches. The matte knows people in photos, not on the paper that a photo is
        drawn from, and white around a made photo would be no photo's backdrop.
        """
        if options.background == "paper" and self.draws == "photo":
            raise LimnerError(
                "background paper is for sketches, and this style draws photos; keep is expected"
            )
        if options.sampling.given() and not self._sampled:
            named = ", ".join(options.sampling.given())
            raise LimnerError(f"{named}: for styles that sample a prior, and this one draws at once")

    def _drawn(self, picture: Picture, faces: Sequence[Face], options: Options) -> Picture:
        """The picture drawn by the style's network: as it is, or at the scales of the faces."""
        if options.crop or (options.whole and self.radius is not None):
            return self._tiled(picture)
        if self.radius is not None:
            return draw_faces(picture, faces, self.frame, self._tiled)
        if options.whole:
            return draw_fitted(picture, self.frame, self._tiled)
        below = self._around._drawn(picture, faces, options) if self._around else None
        return draw_portraits(picture, faces, self.frame, self._tiled, below)

    def _faces(self, picture: Picture, options: Options) -> list[Face]:
        """The faces that rule the drawing, at least one, largest first."""
        check_sides(picture)
        if options.points is not None:
            height, width = picture.shape[:2]
            faces = [given(options.points, width, height)]
        else:
            faces = _chosen(self._find(picture), options.face)
        drawn = faces[:1] if options.crop else faces
        most = max(align.scale(align.similarity(face.eyes, self.frame)) for face in drawn)
        if most > ENLARGED:
            which = "the face" if len(drawn) == 1 else "the smallest face"
            _warn(f"{which} is enlarged {most:.1f} times to be drawn; little of its likeness is to be seen")
        if self.takes == "sketch" and is_photo(picture, faces[0]):
            _warn("it looks like a photo, without paper or strokes; a sketch is expected")
        return faces

    def _on_paper(self, drawn: Picture, picture: Picture, faces: Sequence[Face]) -> Picture:
        """The drawing with white where the matte sees nobody."""
        alpha = self._matte(picture, faces)
        missing = lack(alpha, faces)
        if missing:
            _warn(missing)
        alpha = without_gaps(alpha, faces)
        paper = np.full_like(drawn, 255)
        return np.asarray(cv2.blendLinear(drawn, paper, alpha, 1 - alpha), np.uint8)

    def _tiled(self, picture: Picture) -> Picture:
        if self.takes == "sketch" and picture.ndim == 3:
            picture = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        if self.radius is None:
            return from_unit(self.net(to_unit(picture)[None])[0])
        return draw_tiled(self.net, picture, self.stride, self.radius)


def load(
    style: str | Path | None = None, threads: int = 0, to: hub.Drawn | None = None, prior: str = ""
) -> Sketcher:
    """Opens a style.

    Args:
        style: The name of a packaged style, or the path of a `.onnx` or `.safetensors` file; None takes the
            default of `to`.
        threads: Threads of one drawing by onnxruntime; 0 takes one a core.
        to: What it must draw, "sketch" or "photo"; None takes whatever the style draws, and a sketch if none
            is named.
        prior: Where the prior lies that a `.safetensors` style samples; by default where the style says.

    Raises:
        limner.hub.StyleError: The style is unknown, missing, damaged or not a style, draws the other, or
            its prior is not there.
        limner.hub.FetchError: That prior is the hub's, and was not fetched yet.
    """
    if to is not None and to not in hub.DEFAULTS:
        raise hub.StyleError(f"to {to!r}: sketch or photo is expected")
    style = hub.DEFAULTS[to or "sketch"] if style is None else style
    hand = _opened(style, threads, prior)
    if to not in (None, hand.draws):
        raise hub.StyleError(f"style {style} draws a {hand.draws}; one that draws a {to} is expected")
    return hand


def load_all(styles: Sequence[str | Path], to: hub.Drawn | None = None) -> dict[str, Sketcher]:
    """Opens styles that draw the same kind of picture, by their names or those of their files.

    Args:
        styles: As `load` takes them.
        to: What they must draw; None takes what the first draws.

    Raises:
        limner.hub.StyleError: As of `load`, or two have one name.
    """
    hands: dict[str, Sketcher] = {}
    for style in styles:
        name = Path(style).stem if Path(style).suffix else str(style)
        if name in hands:
            raise hub.StyleError(f"two styles are called {name}; {style} needs another file name")
        hands[name] = load(style, to=to)
        to = hands[name].draws
    return hands


def styles() -> list[str]:
    """Names of the packaged styles."""
    return sorted(hub.styles())


def as_picture(picture: Readable) -> Picture:
    """Whatever a caller holds, as (H, W, 3) uint8.

    Raises:
        limner.image.ImageError: It cannot be read.
        ValueError: An array of another shape or type.
    """
    if isinstance(picture, (str, Path)):
        return image.read(picture)
    if isinstance(picture, Image.Image):
        return image.from_pil(picture)
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or picture.shape[2:] not in ((), (3,)):
        raise ValueError(
            f"got an array {picture.shape} of {picture.dtype}; uint8 (H, W, 3) or (H, W) is expected"
        )
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)


def _opened(style: str | Path, threads: int, prior: str) -> Sketcher:
    path = Path(style)
    suffix = path.suffix.lower()
    if suffix == ".safetensors":
        return _torch_sketcher(path, prior)
    if prior:
        raise hub.StyleError(f"style {style} samples no prior; {prior!r} is given")
    if suffix == ".onnx":
        try:
            content = path.read_bytes()
        except OSError as error:
            raise hub.StyleError(f"{path} cannot be read: {error.strerror}") from error
        net = Net(content, str(path), threads)
        return Sketcher(net, net.about)
    card = hub.card(str(style))
    net = Net(hub.packaged(card), f"style {card.name!r}", threads)
    return Sketcher(net, {**net.about, "background": card.background})


def _torch_sketcher(path: Path, prior: str) -> Sketcher:
    net, about = open_style(path, prior=prior)
    gives = about.get("direction", "nothing")
    if gives not in hub.DIRECTIONS:
        told = f"{path} gives {gives.split('-')[-1]} and draws nothing"
        raise hub.StyleError(f"{told}; a style that draws is expected")
    return _by_torch(cast(Drawer, net), about)


def _by_torch(drawer: Drawer, about: Mapping[str, str]) -> Sketcher:
    """The style that draws by a network of torch."""
    import torch  # only here: a style that is not exported draws by torch

    def draw(x: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return drawer(torch.from_numpy(x)).numpy()

    radius = ALL if drawer.radius is None else str(drawer.radius)
    told = {**about, "stride": str(drawer.stride), "radius": radius}
    if not hasattr(drawer, "sampled"):
        return Sketcher(draw, told)
    sampler = cast(Sampler, drawer)
    rest = sampler.around(about)
    return Sketcher(
        draw,
        told,
        sampled=lambda sampling: _by_torch(sampler.sampled(sampling), about),
        around=_by_torch(*rest) if rest else None,
    )


def _chosen(found: list[Face], face: Literal["all", "largest"] | int) -> list[Face]:
    """The faces that are asked for."""
    if not found:
        raise FaceError(
            "no face was found; --points tells where one is, --whole draws without looking for one"
        )
    if face == "all":
        return found
    number = 1 if face == "largest" else face
    if number > len(found):
        counted = "1 face was" if len(found) == 1 else f"{len(found)} faces were"
        raise FaceError(f"face {number} is asked for, but {counted} found; limner faces lists them")
    return [found[number - 1]]


def _warn(told: str) -> None:
    warnings.warn(told, LimnerWarning, stacklevel=5)

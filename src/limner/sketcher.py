"""A style that draws: any photo in, the sketch of the same size out.

The face is found and the whole photo brought to the scale and upright pose that the style was trained in;
there it is drawn, in tiles if it is large, and brought back onto the photo's own pixels.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from limner import hub, image
from limner.errors import LimnerError
from limner.faces import Face, Frame, align, find
from limner.methods.style import open_style
from limner.runtime import Net
from limner.tile import Draw, draw_tiled

Picture = NDArray[np.uint8]
Readable = str | Path | Image.Image | Picture

# Chosen: the largest canvas that a photo with a small face is enlarged to, in pixels. Beyond it the face is
# drawn smaller than its style knows it, instead of a drawing that takes minutes.
CANVAS = 16_000_000
# OpenCV's warps address pixels by 16 bits.
LONGEST = 32_000


class FaceError(LimnerError):
    """No face was found where one is needed."""


class Sketcher:
    """Draws pictures in one style.

    Args:
        draw: The network, (1, C, h, w) to (1, C', h, w) in [0, 1].
        about: What the style's file says of itself: `direction`, `frame` as JSON, `stride`, `radius`.
        finder: Finds the faces of a picture, largest first.

    Attributes:
        net: The network as given.
        about: What the style's file says of itself.
        frame: The face geometry that the style knows.

    Raises:
        limner.hub.StyleError: `about` is not that of a limner style.
    """

    def __init__(
        self,
        draw: Draw,
        about: Mapping[str, str],
        finder: Callable[[Picture], list[Face]] = find,
    ) -> None:
        self.net, self._find = draw, finder
        self.about = dict(about)
        try:
            self.frame = Frame(**json.loads(about["frame"]))
            self.stride, self.radius = int(about["stride"]), int(about["radius"])
            self._grey = about["direction"].startswith("sketch")
        except (KeyError, TypeError, ValueError) as error:
            raise hub.StyleError(
                f"the file is no limner style: its metadata lacks or garbles {error}"
            ) from error

    def __call__(self, picture: Readable, *, crop: bool = False, whole: bool = False) -> Image.Image:
        """Draws one picture.

        Args:
            picture: A path, a PIL image, or uint8 (H, W, 3) or (H, W); 1 x 1 to 100 megapixels.
            crop: Give the portrait in the style's frame instead of the whole picture.
            whole: Draw the picture as it is, without looking for a face.

        Returns:
            A PIL image, "L" for a sketch and "RGB" for a photo, of the picture's (upright) size, or of the
            frame's size with `crop`.

        Raises:
            limner.image.ImageError: The picture cannot be read.
            FaceError: No face was found.
            ValueError: Both `crop` and `whole` are asked for.
        """
        if crop and whole:
            raise ValueError("crop and whole exclude each other: a crop is aligned to a face")
        return Image.fromarray(self.draw(as_picture(picture), crop=crop, whole=whole))

    def draw(self, picture: Picture, *, crop: bool = False, whole: bool = False) -> Picture:
        """As a call, from (H, W, 3) uint8 to (H, W) or (H, W, 3) uint8."""
        if whole:
            return self._tiled(picture)
        faces = self._find(picture)
        if not faces:
            raise FaceError("no face was found; --whole draws the picture without looking for one")
        height, width = picture.shape[:2]
        to_frame = align.similarity(faces[0].eyes, self.frame)
        if crop:
            return self._tiled(align.warp(picture, to_frame, self.frame.size))
        if max(width, height) > LONGEST:
            raise FaceError(
                f"the picture is {width} x {height}; to align a face sides of at most {LONGEST} pixels "
                "are expected; --whole draws any size"
            )
        to_canvas, size = _canvas(to_frame, width, height)
        drawn = self._tiled(align.warp(picture, to_canvas, size))
        return align.warp(drawn, align.invert(to_canvas), (width, height))

    def _tiled(self, picture: Picture) -> Picture:
        if self._grey and picture.ndim == 3:
            picture = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        return draw_tiled(self.net, picture, self.stride, self.radius)


def load(style: str | Path, threads: int = 0) -> Sketcher:
    """Opens a style.

    Args:
        style: The name of a packaged style, or the path of a `.onnx` or `.safetensors` file.
        threads: Threads of one drawing by onnxruntime; 0 takes one a core.

    Raises:
        limner.hub.StyleError: The style is unknown, missing, damaged or not a style.
    """
    path = Path(style)
    if path.suffix == ".safetensors":
        return _torch_sketcher(path)
    if path.suffix == ".onnx":
        try:
            content = path.read_bytes()
        except OSError as error:
            raise hub.StyleError(f"{path} cannot be read: {error.strerror}") from error
        net = Net(content, str(path), threads)
    else:
        card = hub.card(str(style))
        net = Net(hub.packaged(card), f"style {card.name!r}", threads)
    return Sketcher(net, net.about)


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


def _torch_sketcher(path: Path) -> Sketcher:
    net, about = open_style(path)
    import torch  # only here: a style that is not exported draws by torch

    def draw(x: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return net(torch.from_numpy(x)).numpy()

    return Sketcher(draw, {**about, "stride": str(net.stride), "radius": str(net.radius)})


def _canvas(to_frame: align.Matrix, width: int, height: int) -> tuple[align.Matrix, tuple[int, int]]:
    """The matrix from a photo onto the smallest canvas that holds all of it at the frame's scale."""
    corners = [(-0.5, -0.5), (width - 0.5, -0.5), (-0.5, height - 0.5), (width - 0.5, height - 0.5)]
    spread = np.ptp(align.move(corners, to_frame), axis=0)
    shrink = min(1.0, np.sqrt(CANVAS / np.prod(spread)), LONGEST / spread.max())
    scaled = to_frame * shrink
    moved = align.move(corners, scaled)
    scaled[:, 2] -= moved.min(axis=0) + 0.5
    columns, rows = np.maximum(1, np.ceil(np.ptp(moved, axis=0))).astype(int)
    return scaled, (int(columns), int(rows))

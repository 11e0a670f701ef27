"""A canonical face geometry: what a set is aligned to, a style is trained in, a face is brought into.

Points are ``(x, y)`` in pixels, x to the right and y down; read as complex numbers they are ``x + i y``.
"""

from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """How large a picture is and where its eyes are, all in pixels.

    Attributes:
        width: picture width, at least 1.
        height: picture height, at least 1.
        left_eye: centre (x, y) of the eye at the image's left.
        right_eye: centre (x, y) of the eye at the image's right.

    Raises:
        ValueError: a side below 1, or eyes that coincide or are not finite.
    """

    width: int
    height: int
    left_eye: Point
    right_eye: Point

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a frame is at least 1 x 1 pixels, got {self.width} x {self.height}")
        span(self.eyes)

    @property
    def eyes(self) -> tuple[Point, Point]:
        """The two eyes, left first."""
        return self.left_eye, self.right_eye

    @property
    def size(self) -> tuple[int, int]:
        """(width, height), as `limner.faces.warp` takes it."""
        return self.width, self.height


def square(side: int) -> Frame:
    """A face in a square, as priors are measured on: eyes a quarter of the side apart, at 45 % of the height.

    Mirroring leaves the eyes where they are: their middle is the square's.

    Args:
        side: in pixels, at least 1.

    Raises:
        ValueError: a side below 1.
    """
    return _in_square(side, 0.25, 0.45)


def head(side: int) -> Frame:
    """A head with its hair in a square: eyes a fifth of the side apart, at 48 % of the height.

    The stand-in prior saw eyes 17 to 27 % of the side apart. Mirroring leaves the eyes where they are.

    Args:
        side: in pixels, at least 1.

    Raises:
        ValueError: a side below 1.
    """
    return _in_square(side, 0.2, 0.48)


def _in_square(side: int, apart: float, down: float) -> Frame:
    """Eyes so far apart, in the middle, and so far down, in sides."""
    middle, height = (side - 1) / 2, down * side - 0.5
    return Frame(side, side, (middle - apart * side / 2, height), (middle + apart * side / 2, height))


def span(eyes: tuple[Point, Point]) -> complex:
    """From the left eye to the right one, as a complex number.

    Args:
        eyes: (x, y) of the image-left and of the image-right eye, in pixels.

    Raises:
        ValueError: the eyes coincide or are not finite.
    """
    between = complex(*eyes[1]) - complex(*eyes[0])
    if not 0 < abs(between) < float("inf"):
        raise ValueError(f"two distinct eyes with finite coordinates expected, got {eyes}")
    return between


PORTRAIT = Frame(width=400, height=500, left_eye=(150.0, 250.0), right_eye=(250.0, 250.0))
"""What limner's own styles are trained in: twice the frame of CUFS, so that strokes can be told apart."""

"""What is known of one face."""

from dataclasses import dataclass

from limner.errors import LimnerError
from limner.faces.align import Matrix, move, scale
from limner.frame import Point

Points = tuple[Point, Point, Point, Point, Point]

MIRRORED = [1, 0, 2, 4, 3]
"""A mirrored face's points in the order of an unmirrored one's."""


class FaceError(LimnerError):
    """A face that is asked for is not there, or cannot be where it is said to be."""


@dataclass(frozen=True)
class Face:
    """A face, in pixels of its upright picture; the centre of the first pixel is (0, 0).

    Attributes:
        box: (x0, y0, x1, y1), from forehead to chin and from ear to ear; it may leave the picture.
        score: How sure the finder is, in [0, 1]; 1 for points given by hand.
        points: (x, y) of the eye at the image's left, the eye at its right, the tip of the nose, the corner
            of the mouth at the image's left and the one at its right.
    """

    box: tuple[float, float, float, float]
    score: float
    points: Points

    @property
    def eyes(self) -> tuple[Point, Point]:
        """The eye at the image's left, then the one at its right."""
        return self.points[:2]

    @property
    def area(self) -> float:
        """Of the box, in square pixels."""
        x0, y0, x1, y1 = self.box
        return max(0.0, x1 - x0) * max(0.0, y1 - y0)

    def record(self) -> dict[str, object]:
        """The face as JSON holds it: `box`, `score` and `points`, rounded to hundredths of a pixel."""
        return {
            "box": [round(edge, 2) for edge in self.box],
            "score": round(self.score, 4),
            "points": [[round(x, 2), round(y, 2)] for x, y in self.points],
        }

    def moved(self, matrix: Matrix) -> "Face":
        """The same face in a picture that a similarity (2, 3) leads to; the box grows with it unturned."""
        x0, y0, x1, y1 = self.box
        x, y = move(((x0 + x1) / 2, (y0 + y1) / 2), matrix).tolist()
        wide, high = (scale(matrix) * side / 2 for side in (x1 - x0, y1 - y0))
        eye, other, nose, left, right = ((px, py) for px, py in move(self.points, matrix).tolist())
        return Face((x - wide, y - high, x + wide, y + high), self.score, (eye, other, nose, left, right))

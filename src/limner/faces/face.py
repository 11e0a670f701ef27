"""What is known of one face."""

from dataclasses import dataclass

from limner.faces.align import Point

Points = tuple[Point, Point, Point, Point, Point]


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

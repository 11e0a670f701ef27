"""People cut from plain backdrops, set before others: a photo whose matte is known to the pixel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from limner import image
from limner.data.augment import Augment, planes
from limner.data.camera import Camera
from limner.data.cutting import cut
from limner.data.keying import Keyed, key
from limner.data.pair import DataError, Picture
from limner.data.portraits import held_out, identity
from limner.data.scenery import edges, palette, scenery, swatches

Unit = NDArray[np.float32]

PLAIN = ("london", "canada", "congress")
"""Folders of portraits before plain backdrops."""
BUSY = ("bioguide", "congress")
"""Folders whose pictures' edges serve as backdrops."""


@dataclass(frozen=True)
class Mix:
    """How a person is set into a picture. Chosen: all values."""

    crop: int = 128
    """Side of the made picture, in pixels."""
    smallest: float = 0.3
    """Height of the least person from crown to cut, in sides."""
    largest: float = 2.0
    """Height of the largest, in sides."""
    turn: float = 15.0
    """Largest turn, in degrees either way."""
    company: float = 0.2
    """Share of pictures with a second person, who is foreground too."""
    nobody: float = 0.04
    """Share of pictures without anyone."""
    cloth: float = 0.5
    """Share of people whose clothes get another colour: a quarter of the portraits wear one white shirt."""
    shadow: float = 0.25
    """Share of backdrops that the person throws a shadow on."""
    place: float = 0.35
    """Share of backdrops that are pieces of photographs of places, if there are any."""
    augment: Augment = field(default_factory=lambda: Augment(gamma=0.45, cast=0.15, grey=0.15, shuffle=0.03))
    """The light: first on the person alone, then on all."""
    camera: Camera = field(default_factory=Camera)
    """Blur, coarse pixels, noise and JPEG of the whole."""


@dataclass(frozen=True)
class Composites:
    """People and backdrops in memory; each sample is a new picture of them.

    Attributes:
        people: Keyed portraits.
        tiles: Pieces of real backdrops, and swatches of hair, skin and cloth, (h, w, 3) uint8.
        mix: How they are put together.
        places: Photographs of nobody, pieces of which are backdrops, (h, w, 3) uint8.
    """

    people: Sequence[Keyed]
    tiles: Sequence[Picture]
    mix: Mix
    places: Sequence[Picture] = ()

    @classmethod
    def read(cls, folder: Path, mix: Mix, held: bool = False, places: Path | None = None) -> "Composites":
        """Keys all portraits of a folder that can be keyed.

        Args:
            folder: Holds some of `PLAIN` and `BUSY`, each with pictures named by `portraits.identity`.
            mix: How people are set into pictures.
            held: Take the held-out people instead of the others.
            places: A folder of photographs of nobody.

        Raises:
            DataError: No portrait there can be keyed.
            limner.image.ImageError: A picture cannot be read.
        """
        keyed = (key(image.read(path)) for path in pictures(folder, PLAIN, held))
        people = [person for person in keyed if not person.doubt]
        if not people:
            raise DataError(
                f"{folder} holds no portrait before a plain backdrop that can be keyed; folders "
                f"{', '.join(PLAIN)} with such portraits are expected"
            )
        tiles: list[Picture] = []
        for path in pictures(folder, BUSY, held):
            photo = image.read(path)
            tiles += [*edges(_small(photo)), *(swatch.copy() for swatch in swatches(photo))]
        seen = [image.read(path) for path in sorted(image.expand([places]))] if places else []
        return cls([rounded(person) for person in people], tiles, mix, seen)

    def __len__(self) -> int:
        return len(self.people)

    def sample(self, index: int, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        """`photo` (3, crop, crop) and `matte` (1, crop, crop), in [0, 1]."""
        person = self.people[index]
        colours = palette(person.colour[person.alpha > 250], rng)
        scene = scenery(self.mix.crop, self.tiles, colours, rng, self.places, self.mix.place)
        return self.before(scene, index, rng)

    def before(self, scene: Unit, index: int, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        """A person, seldom with company and seldom left out, before a given scene.

        Args:
            scene: (crop, crop, 3) in [0, 1].
            index: Of the person.
            rng: The source of chance.

        Returns:
            `photo` (3, crop, crop) and `matte` (1, crop, crop), in [0, 1].
        """
        alpha = np.zeros(scene.shape[:2], np.float32)
        others = [self.people[index]] if rng.random() >= self.mix.nobody else []
        while others and len(others) < 4 and rng.random() < self.mix.company:
            others.insert(0, self.people[int(rng.integers(len(self.people)))])
        for each in others:
            scene, alpha = self._set(each, scene, alpha, rng)
        photo = self.mix.camera.take(self.mix.augment.light(scene, rng), rng)
        return {"photo": planes(photo), "matte": alpha[None]}

    def _set(self, person: Keyed, scene: Unit, alpha: Unit, rng: np.random.Generator) -> tuple[Unit, Unit]:
        """A person set before a scene, and the matte of all so far."""
        side, mix = self.mix.crop, self.mix
        matrix, below = self._place(person, rng)
        colour = cut(person.colour, matrix, side)
        alone = np.asarray(cv2.copyMakeBorder(person.alpha, 0, below, 0, 0, cv2.BORDER_REPLICATE), np.uint8)
        own = cut(alone, matrix, side, cv2.BORDER_CONSTANT)
        if rng.random() < mix.cloth:
            colour = _dressed(colour, matrix, person.alpha.shape[0], rng)
        colour = mix.augment.light(colour, rng)
        if rng.random() < mix.shadow:
            scene = _shadowed(scene, own, rng)
        made = scene + own[..., None] * (colour - scene)
        return made.astype(np.float32), (1 - (1 - alpha) * (1 - own)).astype(np.float32)

    def _place(self, person: Keyed, rng: np.random.Generator) -> tuple[NDArray[np.float64], int]:
        """The matrix from person to picture, and by how many rows the lower edge is drawn out."""
        side, mix = self.mix.crop, self.mix
        rows, columns = person.alpha.max(axis=1) > 40, person.alpha.max(axis=0) > 40
        top, height = int(rows.argmax()), int(rows.sum())
        middle = float(np.flatnonzero(columns).mean())
        tall = side * np.exp(rng.uniform(np.log(mix.smallest), np.log(mix.largest)))
        k = tall / height
        turn = np.deg2rad(rng.normal(0, mix.turn / 2))
        flip = -1.0 if rng.random() < 0.5 else 1.0
        narrow = rng.uniform(0.88, 1.12)
        turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        linear = k * turned @ np.diag([flip * narrow, 1.0])
        # The crown may leave a close-up; the cut edge lies below the picture, or the body is drawn out to it.
        crown = rng.uniform(-0.15 * tall, max(0.05 * side, side - 0.75 * tall))
        if tall < side and rng.random() < 0.5:
            crown = side - tall * rng.uniform(0.7, 1.0)
        x = side * (0.5 + rng.normal(0, 0.18 if tall < 0.8 * side else 0.1))
        shift = np.array([x, crown]) - linear @ np.array([middle, top])
        below = max(0.0, (side * 1.15 - crown - tall) / k)
        return np.column_stack([linear, shift]), int(min(below, 3 * height))


def pictures(folder: Path, kinds: Sequence[str], held: bool) -> Iterator[Path]:
    """The pictures of some folders, sorted, of the held-out people or of all others."""
    for kind in kinds:
        if (folder / kind).is_dir():
            for path in sorted(image.expand([folder / kind])):
                if held_out(identity(path)) == held:
                    yield path


def rounded(person: Keyed) -> Keyed:
    """A person whose shoulders, cut by the frame's sides, end in a curve as arms do, not in a cut."""
    alpha = person.alpha.astype(np.float32)
    height, width = alpha.shape
    cut = np.flatnonzero((alpha[:, 0] > 128) | (alpha[:, -1] > 128))
    if not len(cut):
        return person
    shoulder = float(cut[0]) - 0.02 * height
    y, x = np.mgrid[:height, :width].astype(np.float32)
    down = np.clip((y - shoulder) / max(1.0, height - shoulder), 0, 1)
    reach = width / 2 * (0.99 - 0.16 * (1 - down) ** 3)
    inside = np.clip(reach - np.abs(x - (width - 1) / 2), 0, 1)
    alpha = np.where(y > shoulder, alpha * inside, alpha)
    return Keyed(person.colour, np.rint(alpha).astype(np.uint8), person.doubt)


def _small(photo: Picture) -> Picture:
    k = min(1.0, 320 / max(photo.shape[:2]))
    return np.asarray(cv2.resize(photo, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), np.uint8)


def _dressed(colour: Unit, matrix: NDArray[np.float64], height: int, rng: np.random.Generator) -> Unit:
    """The lower part of a person in another colour, plain or striped."""
    side = len(colour)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    back = np.linalg.inv(matrix[:, :2])
    row = back[1, 0] * (x - matrix[0, 2]) + back[1, 1] * (y - matrix[1, 2])
    low = np.clip((row / height - rng.uniform(0.74, 0.8)) * 25, 0, 1)[..., None]
    cloth = rng.random(3).astype(np.float32)
    tone = colour.mean(axis=2, keepdims=True)
    made = cloth * (0.35 + 0.9 * tone) if rng.random() < 0.7 else colour[..., rng.permutation(3)] * 0.6
    if rng.random() < 0.35:
        slope, period = rng.uniform(-3, 3), rng.uniform(3, 24)
        made = made + rng.uniform(-0.3, 0.3) * (np.sin((x + slope * y) * 2 * np.pi / period) > 0)[..., None]
    return np.clip(colour + low * (made - colour), 0, 1).astype(np.float32)


def _shadowed(scene: Unit, alpha: Unit, rng: np.random.Generator) -> Unit:
    """A scene with the soft shadow of a person on it."""
    side = len(scene)
    x, y = rng.normal(0, side / 20, 2)
    moved = cv2.warpAffine(alpha, np.array([[1, 0, x], [0, 1, y]]), (side, side))
    soft = cv2.GaussianBlur(moved, (0, 0), float(rng.uniform(1, side / 16)))
    return (scene * (1 - rng.uniform(0.15, 0.6) * soft[..., None])).astype(np.float32)

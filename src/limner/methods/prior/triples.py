"""Triples: a photo, the photo edited, and the sentence that asks for it; each made again from its seed.

Torch-free: they are made in processes of their own.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limner import image
from limner.data.edits import FAMILIES, Family
from limner.data.pair import Picture
from limner.data.people import tables
from limner.data.portraits import identity, portraits, watched
from limner.faces import find
from limner.faces.matte import lack, matte
from limner.frame import span
from limner.methods.prior.captions import caption, facts, who
from limner.methods.prior.shots import Eyes, Framing, Unit

UNEDITED = ("keep it as it is", "change nothing", "leave the photo alone", "do nothing to it")
"""Sentences that ask for the photo itself. Not the empty one: guidance needs it to stand for any edit."""


@dataclass(frozen=True)
class Portrait:
    """A portrait to make triples of.

    Attributes:
        path: Where it lies.
        identity: Who is on it.
        who: The same person in words, as captions call them.
    """

    path: Path
    identity: str
    who: str


@dataclass(frozen=True)
class Row:
    """What is said of a triple.

    Attributes:
        identity: Who is on it.
        family: Of the edit; "" where nothing was edited.
        parameters: Of the edit.
        instruction: Asks for the edited picture, given the photo.
        caption: Asks for the edited picture, given nothing.
        photo: Asks for the photo, given nothing.
    """

    identity: str
    family: str
    parameters: Mapping[str, float]
    instruction: str
    caption: str
    photo: str

    @property
    def sentences(self) -> tuple[str, str, str]:
        """Instruction, caption, and the photo's caption."""
        return self.instruction, self.caption, self.photo


@dataclass(frozen=True)
class Order:
    """How triples are made.

    Attributes:
        size: Side of the pictures in pixels.
        unedited: Share of triples whose edited picture is the photo.
        framing: How squares are cut.
        seed: Together with a portrait's name and the number of its triple, the source of all chance.
    """

    size: int
    unedited: float
    framing: Framing
    seed: int


Triple = tuple[Picture, Picture, Row]
INSTRUCTION, CAPTION, PHOTO = range(3)
"""Places in `Row.sentences`."""


def people(folders: Sequence[str], hold_out: int) -> tuple[list[Portrait], list[Portrait]]:
    """The portraits to learn from, and those of people left out to watch a training by.

    Args:
        folders: Of portraits; people who are kept for testing are in neither list.
        hold_out: Every n-th person by name is left out; 0 leaves nobody out.

    Raises:
        limner.data.pair.DataError: A folder holds no portrait, or a table beside it cannot be read.
    """
    found: list[Portrait] = []
    for folder in map(Path, folders):
        told = tables(folder)
        named = ((path, identity(path)) for path in portraits(folder))
        found += [Portrait(path, name, who(facts(path, name, told))) for path, name in named]
    left_out = watched((each.identity for each in found), hold_out)
    kept = [each for each in found if each.identity not in left_out]
    return kept, [each for each in found if each.identity in left_out]


def triples(portrait: Portrait, numbers: Sequence[int], order: Order) -> list[Triple]:
    """Some triples of one portrait: photo and edited picture, (size, size, 3) uint8, and what is said.

    Args:
        portrait: Of whom.
        numbers: Which of the portrait's triples.
        order: How they are made.

    Returns:
        One for each number; none where no face is found, it is too small, or nobody stands out from the
        background.

    Raises:
        limner.image.ImageError: The portrait cannot be read.
    """
    picture = image.read(portrait.path)
    faces = find(picture)[:1]
    if not faces or abs(span(faces[0].eyes)) < order.framing.least:
        return []
    alpha = matte(picture, faces)
    if lack(alpha, faces):
        return []
    name = zlib.crc32(portrait.path.stem.encode())
    made: list[Triple] = []
    for number in numbers:
        rng = np.random.default_rng((order.seed, name, number))
        photo, around, eyes = order.framing.shot(picture, alpha, faces[0].eyes, order.size, rng)
        edited, said = _edited(portrait, photo, around, eyes, order.unedited, rng)
        made.append((photo, edited, said))
    return made


def _edited(
    portrait: Portrait, photo: Picture, alpha: Unit, eyes: Eyes, unedited: float, rng: np.random.Generator
) -> tuple[Picture, Row]:
    """A photo edited at random, its held-out parameters never drawn, or left as it is."""
    if rng.random() < unedited:
        return photo, _row(portrait, None, {}, UNEDITED[int(rng.integers(len(UNEDITED)))])
    family = tuple(FAMILIES.values())[int(rng.integers(len(FAMILIES)))]
    parameters = family.draw_parameters(rng)
    edited = family.apply(photo, alpha, eyes, parameters, rng)
    return edited, _row(portrait, family, parameters, family.say(parameters, rng))


def _row(portrait: Portrait, family: Family | None, parameters: Mapping[str, float], instruction: str) -> Row:
    name = family.name if family else ""
    edited, photo = caption(portrait.who, family), caption(portrait.who)
    return Row(portrait.identity, name, parameters, instruction, edited, photo)

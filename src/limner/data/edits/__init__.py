"""Families of picture edits with sentences that ask for them: what an editing model learns from.

Each family is a function of a photo, of where its eyes are and of a few numbers; half of them draw, half of
them are what a darkroom does. All chance comes from the caller's source, so that a triple of photo, edited
photo and sentence can be made again.
"""

from collections.abc import Mapping
from types import MappingProxyType

from limner.data.edits.behind import BEHIND
from limner.data.edits.coloured import COLOURED
from limner.data.edits.family import HELD_OUT, Family
from limner.data.edits.lens import LENS
from limner.data.edits.light import LIGHT
from limner.data.edits.lines import LINES
from limner.data.edits.prints import PRINTS
from limner.data.edits.strokes import STROKES
from limner.data.edits.tints import TINTS
from limner.data.edits.tonal import TONAL

__all__ = ["FAMILIES", "HELD_OUT", "Family", "words"]

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for room in (TONAL, LINES, STROKES, PRINTS, COLOURED, LIGHT, TINTS, LENS, BEHIND)
        for family in room
    }
)
"""Every family by its name, drawings first."""


def words() -> list[str]:
    """Every word of every sentence, sorted: the vocabulary of a tokenizer. Commas are apart."""
    return sorted(set().union(*(family.words() for family in FAMILIES.values())))

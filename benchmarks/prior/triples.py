"""Held-out people edited with held-out parameters, and the sentences that ask for it."""

import zlib
from dataclasses import dataclass

import numpy as np

from benchmarks.prior.squares import Sitter
from limner.data.edits import Family
from limner.frame import square
from limner.image import Picture


@dataclass(frozen=True)
class Triple:
    """A photo, what it becomes, and what asks for that.

    Attributes:
        sitter: Whose photo.
        family: Of the edit.
        sentence: Asks for it.
        edited: (side, side, 3) uint8.
    """

    sitter: Sitter
    family: Family
    sentence: str
    edited: Picture


def triple(sitter: Sitter, family: Family, seed: int, draw: int = 0) -> Triple:
    """One edit, with parameters that training never draws.

    Args:
        sitter: Who is edited.
        family: How.
        seed: Together with the names of both, the source of all chance: a triple depends on no other.
        draw: Another one gives other parameters, another sentence and other strokes.
    """
    names = (zlib.crc32(name.encode()) for name in (sitter.name, family.name))
    rng = np.random.default_rng((seed, draw, *names))
    parameters = family.draw_parameters(rng, held_out=True)
    sentence = family.say(parameters, rng)
    eyes = square(len(sitter.photo)).eyes
    return Triple(sitter, family, sentence, family.apply(sitter.photo, sitter.matte, eyes, parameters, rng))

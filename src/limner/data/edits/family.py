"""A family of picture edits: a function of a photo and a few numbers, and sentences that ask for it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from limner.data.edits.subject import Real, Subject
from limner.data.pair import DataError, Picture
from limner.data.sitter import Unit
from limner.frame import Point

Edit: TypeAlias = Callable[..., Real]
"""`edit(subject, rng, **parameters)` gives (H, W) or (H, W, 3), in [0, 1] or a little beyond it."""
HELD_OUT = (0.5, 0.75)
"""Which part of the range of a family's first parameter training never draws: the third quarter."""
_CHOICE = re.compile(r"\{(\w+):([^}]*)\}")


@dataclass(frozen=True)
class Family:
    """Edits of one kind, which differ by numbers.

    Attributes:
        name: In words, as sentences may use it.
        kind: Whether the result looks drawn or photographed.
        parameters: From the least to the greatest value of each; what is held out is of the first.
        edit: Makes it.
        sentences: Imperatives. `{spacing:fine|plain|coarse}` stands for one of the words, by the part of the
            range of `spacing` that its value lies in: the least third is fine.
        behind: Whether it changes what is behind the person, and so needs a matte.
    """

    name: str
    kind: Literal["drawing", "photographic"]
    parameters: Mapping[str, tuple[float, float]]
    edit: Edit
    sentences: tuple[str, ...]
    behind: bool = False

    def draw_parameters(self, rng: np.random.Generator, held_out: bool = False) -> dict[str, float]:
        """Draws each parameter, evenly over its range.

        Args:
            rng: The source of chance.
            held_out: Draw the first parameter from the part `HELD_OUT` of its range, which is for testing;
                else from all but that part, which is for training.
        """
        low, high = HELD_OUT
        part = rng.uniform(low, high) if held_out else rng.uniform(0, 1 - (high - low))
        first = part if held_out or part < low else part + high - low
        parts = [first, *rng.uniform(0, 1, len(self.parameters) - 1)]
        return {
            name: float(min(least + part * (most - least), most))
            for part, (name, (least, most)) in zip(parts, self.parameters.items(), strict=True)
        }

    def apply(
        self,
        photo: Picture,
        matte: Unit | None,
        eyes: tuple[Point, Point],
        parameters: Mapping[str, float],
        rng: np.random.Generator,
    ) -> Picture:
        """Edits a photo. Faces stay where they are.

        Args:
            photo: (H, W, 3) uint8, a face upright.
            matte: (H, W) in [0, 1], 1 on the person. None: all is person.
            eyes: (x, y) of the image-left and of the image-right eye, in pixels.
            parameters: A value in its range for each of the family's.
            rng: The source of chance: of strokes and grain.

        Returns:
            (H, W, 3) uint8.

        Raises:
            DataError: The photo has no three channels of uint8 or no pixels, the matte has another size or is
                missing where the family needs one, or a parameter is missing, unknown or beyond its range.
            ValueError: The eyes coincide.
        """
        if self.behind and matte is None:
            raise DataError(f"{self.name} changes what is behind a person: a matte is expected, got none")
        self._check(parameters)
        made = self.edit(Subject.of(photo, matte, eyes), rng, **parameters)
        levels = np.clip(np.rint(255 * made), 0, 255).astype(np.uint8)
        return levels if levels.ndim == 3 else np.repeat(levels[..., None], 3, axis=2)

    def say(self, parameters: Mapping[str, float], rng: np.random.Generator) -> str:
        """One of the sentences that ask for this edit, in lower case.

        Args:
            parameters: As `apply` takes them; what is seen of them is put into words.
            rng: The source of chance.

        Raises:
            DataError: A parameter is missing, unknown or beyond its range.
        """
        self._check(parameters)

        def word(found: re.Match[str]) -> str:
            words = found[2].split("|")
            low, high = self.parameters[found[1]]
            part = (parameters[found[1]] - low) / (high - low)
            return words[min(int(part * len(words)), len(words) - 1)]

        return _CHOICE.sub(word, self.sentences[int(rng.integers(len(self.sentences)))])

    def words(self) -> set[str]:
        """Every word that `say` may say."""
        text = " ".join(
            _CHOICE.sub(lambda found: found[2].replace("|", " "), each) for each in self.sentences
        )
        return set(text.replace(",", " ").split())

    def _check(self, parameters: Mapping[str, float]) -> None:
        if parameters.keys() != self.parameters.keys():
            got, expected = (", ".join(names) or "none" for names in (parameters, self.parameters))
            raise DataError(f"{self.name}: got the parameters {got}, expected {expected}")
        for name, (low, high) in self.parameters.items():
            if not low <= parameters[name] <= high:
                raise DataError(f"{self.name}: got {name} {parameters[name]:g}, expected {low:g} to {high:g}")

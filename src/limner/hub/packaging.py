"""From a style's name to its card, and from the card to its verified file.

`weights/cards.toml` says of each packaged file what it is, where it comes from and what it may be used for.
"""

import difflib
import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from limner.errors import LimnerError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pyright: ignore[reportMissingImports]


Drawn = Literal["sketch", "photo"]
DIRECTIONS: Mapping[str, tuple[Drawn, Drawn]] = {
    "photo-sketch": ("photo", "sketch"),
    "sketch-photo": ("sketch", "photo"),
}
"""What a style of that direction takes, and what it draws."""
Background = Literal["keep", "paper"]
BACKGROUNDS: Mapping[str, Background] = {"keep": "keep", "paper": "paper"}
"""What becomes of what is behind people: it is drawn, or left white."""
DEFAULTS: Mapping[Drawn, str] = {"sketch": "pencil", "photo": "photo"}
"""The style that draws each when no style is named."""


class StyleError(LimnerError):
    """A style is unknown, missing, damaged or not a style at all."""


@dataclass(frozen=True)
class Card:
    """What a weight file says of itself.

    Attributes:
        name: What a user calls the style.
        file: Name in the package's `weights` folder: of a file, or of a folder of them.
        sha256: Of the file, in hexadecimal; of a folder, of its `listing`.
        size: Of the file, in bytes; of a folder, of all files in it.
        method: The method that made it.
        direction: "photo-sketch" or "sketch-photo" of a style; a part of limner that is none, such as the
            finder of faces, has another second word.
        licence: Terms of use of the weights, with what they follow from.
        trained_on: The pictures it was trained on.
        command: The exact command that makes it again.
        seed: The seed of that run.
        seconds: How long the run took.
        machine: Where.
        scores: Mean scores by name, on the pictures that `scored_on` names.
        scored_on: Which pictures, and by which command.
        weak: What it is known to draw badly.
        background: What a style makes of it unless told otherwise: "keep" draws it, "paper" leaves it, as an
            artist does who draws none.
    """

    name: str
    file: str
    sha256: str
    size: int
    method: str
    direction: str
    licence: str
    trained_on: str
    command: str
    seed: int
    seconds: int
    machine: str
    scored_on: str
    weak: str
    scores: Mapping[str, float] = field(default_factory=dict[str, float])
    background: Background = "keep"

    def __str__(self) -> str:
        """For a person who chooses a style."""
        scores = ", ".join(f"{name} {value}" for name, value in self.scores.items())
        left = "  background  left paper; --background keep draws it\n" if self.background == "paper" else ""
        return (
            f"{self.name}  ({self.direction}, {self.method}, {self.size / 1e6:.1f} MB)\n{left}"
            f"  licence     {self.licence}\n"
            f"  trained on  {self.trained_on}\n"
            f"  scores      {scores}\n"
            f"              {self.scored_on}\n"
            f"  weak        {self.weak}"
        )


@lru_cache
def cards() -> Mapping[str, Card]:
    """All cards in the package, of styles and of parts, by name."""
    text = (files("limner") / "weights" / "cards.toml").read_text(encoding="utf-8")
    return {name: Card(name=name, **told) for name, told in tomllib.loads(text).items()}


def styles() -> Mapping[str, Card]:
    """The cards of the styles, by name."""
    return {name: card for name, card in cards().items() if card.direction in DIRECTIONS}


def card(name: str) -> Card:
    """The card of the style of that name.

    Raises:
        StyleError: There is none; the message lists the known names, nearest first.
    """
    known = styles()
    if name not in known:
        nearest = sorted(known, key=lambda k: (-difflib.SequenceMatcher(a=name, b=k).ratio(), k))
        raise StyleError(
            f"no style is called {name!r}; known styles: {', '.join(nearest)} "
            "(or give the path of a .onnx or .safetensors file)"
        )
    return known[name]


def packaged(card: Card) -> bytes:
    """The content of a packaged file, verified against its card.

    Raises:
        StyleError: The file is missing or damaged.
    """
    content = _read(_place(card), card)
    _verify(content, card)
    return content


def packaged_folder(card: Card) -> Path:
    """Where a packaged folder lies, verified against its card.

    Raises:
        StyleError: A file in it is missing, damaged or one too many.
    """
    _verify(listing(card), card)
    return _place(card)


def listing(card: Card) -> bytes:
    """A line for each file of a packaged folder, sorted by name: its SHA-256, two spaces, its name.

    So does `sha256sum` print it, and a card can be checked without limner.

    Raises:
        StyleError: A file cannot be read.
    """
    folder = _place(card)
    named = sorted(
        (path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()
    )
    lines = (f"{hashlib.sha256(_read(path, card)).hexdigest()}  {name}\n" for name, path in named)
    return "".join(lines).encode()


def _place(card: Card) -> Path:
    return Path(str(files("limner") / "weights" / card.file))


def _read(path: Path, card: Card) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StyleError(
            f"{card.name!r}: {path} cannot be read ({error.strerror}); install limner again"
        ) from error


def _verify(content: bytes, card: Card) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != card.sha256:
        raise StyleError(
            f"{card.name!r}: {_place(card)} is damaged (sha256 {found[:12]}, {card.sha256[:12]} is "
            "expected); install limner again"
        )

"""Many pictures, drawn or looked at: where each result goes, and what happens when one of them fails."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from limner import image
from limner.errors import LimnerError, noting
from limner.faces import Face, find, overlay
from limner.faces.share import eye_distance
from limner.image import Picture
from limner.progress import Progress, Report, silent

# What is wrong with one picture; anything else is wrong with the program.
FAILURES = (LimnerError, OSError, MemoryError)
_SLASHES = (os.sep, os.altsep or os.sep)


@dataclass(frozen=True)
class Outcome:
    """What became of one picture.

    Attributes:
        source: The picture.
        target: Where the drawing lies; None when it failed.
        error: Why it failed, one line; empty when it did not.
        notes: What was done otherwise than one may expect, a line each.
    """

    source: Path
    target: Path | None
    error: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """What was found in one picture.

    Attributes:
        source: The picture.
        faces: Largest first.
        error: Why there are none if the picture could not be looked at, one line; else empty.
    """

    source: Path
    faces: Sequence[Face] = ()
    error: str = ""

    def __str__(self) -> str:
        """For a person: the picture, then a line for each face, numbered as `limner draw --face` counts."""
        count = len(self.faces)
        found = {0: "no face was", 1: "1 face was"}.get(count, f"{count} faces were")
        return "\n".join([f"{self.source}: {found} found", *map(_line, range(1, count + 1), self.faces)])


def photos(inputs: Sequence[str], kind: str) -> list[Path]:
    """The pictures that a command's words mean, without drawings that an earlier call left among them.

    Args:
        inputs: Files, folders and patterns; see `limner.image.expand`.
        kind: "sketch" or "photo", what is drawn, or "faces". A file `<name>.<kind>.png` counts only when it
            is named itself.

    Raises:
        limner.image.ImageError: A folder or a pattern holds no picture.
        LimnerError: All are drawings of that kind.
    """
    named = {Path(word).absolute() for word in inputs}
    found = [p for p in image.expand(inputs) if not p.name.endswith(f".{kind}.png") or p.absolute() in named]
    if not found:
        raise LimnerError(f"only earlier drawings (.{kind}.png) are there; name one to draw it")
    return found


def plan(sources: Sequence[Path], out: str | Path | None, kind: str) -> list[tuple[Path, Path]]:
    """Says where each drawing goes.

    Args:
        sources: The pictures.
        out: None puts `<name>.<kind>.png` beside each picture; a folder (one that exists, or a name that
            ends in a slash, which a `Path` forgets, or has no suffix) puts it in there; a file takes the
            drawing of a single picture.
        kind: "sketch", "photo" or "faces".

    Returns:
        (source, target) for each picture.

    Raises:
        LimnerError: One file for several pictures, or two pictures with one target.
        limner.image.ImageError: One file whose suffix tells no format.
    """
    place = None if out is None else Path(out)
    if place and place.suffix and not str(out).endswith(_SLASHES) and not place.is_dir():
        if len(sources) > 1:
            raise LimnerError(f"{place} is one file for {len(sources)} pictures; a folder is expected")
        image.check_suffix(place)
        return [(sources[0], place)]
    named = [(s, (place or s.parent) / f"{s.stem}.{kind}.png") for s in sources]
    taken: dict[Path, Path] = {}
    for source, target in named:
        if target in taken:
            raise LimnerError(f"{taken[target]} and {source} would both become {target}")
        taken[target] = source
    return named


def draw_all(
    draw: Callable[[Picture], Picture],
    planned: Sequence[tuple[Path, Path]],
    report: Report = silent,
    force: bool = False,
) -> Iterator[Outcome]:
    """Draws one picture after another; one that fails does not stop the rest.

    Args:
        draw: From (H, W, 3) uint8 to the drawing.
        planned: (source, target) for each, as `plan` gives them.
        report: Is told the progress after every picture.
        force: Overwrite what exists.

    Yields:
        What became of each, in order.
    """
    started = time.monotonic()
    for done, (source, target) in enumerate(planned, start=1):
        notes: list[str] = []
        try:
            _check_free(target, force)
            with noting(notes):
                drawn = draw(image.read(source))
            target.parent.mkdir(parents=True, exist_ok=True)
            image.write(target, drawn, force=force)
        except FAILURES as error:
            yield Outcome(source, None, _told(source, error))
        else:
            yield Outcome(source, target, notes=tuple(f"{source}: {note}" for note in notes))
        report(Progress(done, len(planned), "picture", time.monotonic() - started))


def look_all(
    planned: Sequence[tuple[Path, Path | None]],
    report: Report = silent,
    force: bool = False,
    finder: Callable[[Picture], list[Face]] = find,
) -> Iterator[Look]:
    """Looks for faces in one picture after another; one that fails does not stop the rest.

    Args:
        planned: Each picture, and where a copy goes on which the faces are marked; None for no copy.
        report: Is told the progress after every picture.
        force: Overwrite what exists.
        finder: Finds the faces of a picture, largest first.

    Yields:
        What was found in each, in order.
    """
    started = time.monotonic()
    for done, (source, target) in enumerate(planned, start=1):
        try:
            if target:
                _check_free(target, force)
            picture = image.read(source)
            faces = finder(picture)
            if target:
                target.parent.mkdir(parents=True, exist_ok=True)
                image.write(target, overlay(picture, faces), force=force)
        except FAILURES as error:
            yield Look(source, error=_told(source, error))
        else:
            yield Look(source, faces)
        report(Progress(done, len(planned), "picture", time.monotonic() - started))


def _line(number: int, face: Face) -> str:
    x0, y0, x1, y1 = (round(edge) for edge in face.box)
    apart = eye_distance(face)
    return f"  {number}  from {x0},{y0} to {x1},{y1}  eyes {apart:.1f} pixels apart  score {face.score:.2f}"


def _check_free(target: Path, force: bool) -> None:
    """Before the work, since nobody wants to wait for what cannot be kept."""
    if target.exists() and not force:
        raise LimnerError(f"{target} exists; --force overwrites it")


def _told(source: Path, error: BaseException) -> str:
    """What an error says, and of which picture."""
    told = str(error) or type(error).__name__
    return told if str(source) in told else f"{source}: {told}"

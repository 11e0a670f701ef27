"""Drawing many pictures: where each result goes, and what happens when one of them fails."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from limner import image
from limner.errors import LimnerError
from limner.image import Picture
from limner.progress import Progress, Report, silent


@dataclass(frozen=True)
class Outcome:
    """What became of one picture.

    Attributes:
        source: The picture.
        target: Where the drawing lies; None when it failed.
        error: Why it failed, one line; empty when it did not.
    """

    source: Path
    target: Path | None
    error: str = ""


def photos(inputs: Sequence[str], kind: str) -> list[Path]:
    """The pictures that a command's words mean, without drawings that an earlier call left among them.

    Args:
        inputs: Files, folders and patterns; see `limner.image.expand`.
        kind: "sketch" or "photo": what is drawn. A file `<name>.<kind>.png` counts only when it is named
            itself.

    Raises:
        limner.image.ImageError: A folder or a pattern holds no picture.
        LimnerError: All are drawings of that kind.
    """
    found = [p for p in image.expand(inputs) if not p.name.endswith(f".{kind}.png") or str(p) in inputs]
    if not found:
        raise LimnerError(f"only earlier drawings (.{kind}.png) are there; name one to draw it")
    return found


def plan(sources: Sequence[Path], out: Path | None, kind: str) -> list[tuple[Path, Path]]:
    """Says where each drawing goes.

    Args:
        sources: The pictures.
        out: None puts `<name>.<kind>.png` beside each picture; a folder (one that exists, or a name that
            ends in a slash or has no suffix) puts it in there; a file takes the drawing of a single picture.
        kind: "sketch" or "photo".

    Returns:
        (source, target) for each picture.

    Raises:
        LimnerError: One file for several pictures, or two pictures with one target.
    """
    if out is not None and out.suffix and not out.is_dir():
        if len(sources) > 1:
            raise LimnerError(f"{out} is one file for {len(sources)} pictures; a folder is expected")
        return [(sources[0], out)]
    named = [(s, (out or s.parent) / f"{s.stem}.{kind}.png") for s in sources]
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
        try:
            if target.exists() and not force:
                raise LimnerError(f"{target} exists; --force overwrites it")
            drawn = draw(image.read(source))
            target.parent.mkdir(parents=True, exist_ok=True)
            image.write(target, drawn, force=force)
        except (LimnerError, OSError, MemoryError) as error:
            told = str(error) or type(error).__name__
            yield Outcome(source, None, told if str(source) in told else f"{source}: {told}")
        else:
            yield Outcome(source, target)
        report(Progress(done, len(planned), "picture", time.monotonic() - started))

"""From what a user named to picture files."""

from collections.abc import Sequence
from glob import glob, has_magic
from os.path import lexists
from pathlib import Path

from limner.image.error import ImageError, reason, shown

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif"})
"""Lower-case suffixes of the files that `expand` picks up in a folder."""


def expand(inputs: Sequence[str | Path]) -> list[Path]:
    """Turns what a user named into files.

    A folder stands for the pictures right in it, sorted, hidden ones left out. A pattern (`*.jpg`,
    `album/**`) stands for the files it matches, sorted; unless it ends in a plain suffix, only for the
    pictures among them. A name that exists is never a pattern; a name that does not exist and is none stays
    as it is, for `read` to speak about.

    Args:
        inputs: Files, folders and patterns.

    Returns:
        Files in the order named, each once.

    Raises:
        ImageError: A folder that cannot be listed or holds no picture, a pattern that matches none.
    """
    found: dict[Path, Path] = {}
    for given in map(Path, inputs):
        try:
            paths = _expand_one(given)
        except (OSError, ValueError) as error:
            raise ImageError(f"{shown(given)}: cannot be listed ({reason(error)})") from error
        if not paths:
            problem = "no picture in this folder" if lexists(given) else "matches no picture"
            raise ImageError(f"{shown(given)}: {problem}, expected {', '.join(sorted(PICTURE_SUFFIXES))}")
        for path in paths:
            found.setdefault(path.absolute(), path)
    return list(found.values())


def _expand_one(given: Path) -> list[Path]:
    if lexists(given) and given.is_dir():
        return sorted(p for p in given.iterdir() if _is_picture(p) and not p.name.startswith("."))
    if lexists(given) or not has_magic(str(given)):
        return [given]
    # Not Path.glob, which takes hidden files, and for which `**` means folders alone before 3.13.
    matches = sorted(Path(match) for match in glob(str(given), recursive=True))  # noqa: PTH207
    is_plain = given.suffix and not has_magic(given.suffix)
    return [p for p in matches if (p.is_file() if is_plain else _is_picture(p))]


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES and path.is_file()

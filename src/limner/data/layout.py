"""Which of the pictures beneath a folder are photos, which are sketches, and which belong together."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from limner.data.pair import DataError, Pair, some
from limner.image import PICTURE_SUFFIXES

Identity = Callable[[Path], str]
"""From a picture's path to the name of its pair."""

# Words in folder names of the copies that circulate; `trainA` and `trainB` are what pix2pix calls them.
_PHOTO = re.compile(r"photo|image|^(train|test|val)?A$", re.IGNORECASE)
_SKETCH = re.compile(r"sketch|^(train|test|val)?B$", re.IGNORECASE)
_SUFFIX = re.compile(r"[-_](sz\d+|sketch)$", re.IGNORECASE)


def gather(folder: Path, identity: Identity) -> list[Pair]:
    """The pairs of a folder and its subfolders.

    The innermost subfolder that is called after photos or after sketches, not both, says what a picture
    is: `train/photos` and `train/sketches`, `train_photos` and `train_sketches`, `CUHK_testing_photo/photo`
    and `CUHK_testing_sketch/sketch`, `trainA` and `trainB`. Where none is, a name that ends in `-sz1` or
    `-sketch` is a sketch's, any other a photo's.

    Args:
        folder: The data set, or a part of it.
        identity: Gives photo and sketch of a pair one name; takes the path inside the folder.

    Returns:
        The pairs, sorted by identity.

    Raises:
        DataError: There is no such folder, it holds no pair, a picture lacks its partner, or two photos or
            two sketches share one name.
    """
    paths = pictures(folder)
    drawn = {path for path in paths if _is_sketch(path.relative_to(folder))}
    photos, sketches = (
        named(kind, lambda path: identity(path.relative_to(folder)))
        for kind in ([p for p in paths if p not in drawn], sorted(drawn))
    )
    return match(folder, photos, sketches)


def pictures(folder: Path) -> list[Path]:
    """The pictures of a folder and its subfolders, hidden ones left out, sorted.

    Raises:
        DataError: There is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder; a folder of pictures is expected")
    found = [p for p in folder.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file()]
    shown = [p for p in found if not any(each.startswith(".") for each in p.relative_to(folder).parts)]
    if not shown:
        raise DataError(f"{folder} holds no picture; {', '.join(sorted(PICTURE_SUFFIXES))} are expected")
    return sorted(shown)


def named(paths: Iterable[Path], identity: Identity) -> dict[str, Path]:
    """Paths by their identity.

    Raises:
        DataError: Two share one identity.
    """
    found: dict[str, Path] = {}
    for path in paths:
        name = identity(path)
        if name in found:
            raise DataError(f"{path} and {found[name]} have one name, {name}; one picture each is expected")
        found[name] = path
    return found


def match(folder: Path, photos: dict[str, Path], sketches: dict[str, Path]) -> list[Pair]:
    """Photos and sketches of one name as pairs, sorted by it.

    Args:
        folder: What an error is told of.
        photos: By identity.
        sketches: By identity.

    Raises:
        DataError: A picture lacks its partner.
    """
    lonely = photos.keys() ^ sketches.keys()
    if lonely:
        raise DataError(
            f"{folder}: {len(photos)} photos and {len(sketches)} sketches; without a partner: {some(lonely)}"
        )
    return [Pair(name, photos[name], sketches[name]) for name in sorted(photos)]


def plain(path: Path) -> str:
    """A file's name up to its first dot, without a sketch's suffix such as `-sz1`."""
    return _SUFFIX.sub("", path.name.split(".")[0])


def part(path: Path) -> str:
    """The part of a data set, train, val or test, that the subfolders of a picture name; "" if none."""
    for folder in reversed(path.parts[:-1]):
        found = re.match(r"(train|val|test)", folder, re.IGNORECASE)
        if found:
            return found[1].lower()
    return ""


def _is_sketch(path: Path) -> bool:
    for folder in reversed(path.parts[:-1]):
        drawn = bool(_SKETCH.search(folder))
        if drawn != bool(_PHOTO.search(folder)):
            return drawn
    return bool(_SUFFIX.search(path.name.split(".")[0]))

"""A plain folder of pairs: `photos/` and `sketches/`, partners named alike up to the first dot."""

from pathlib import Path

from limner import image
from limner.data.pair import DataError, Pair


def pairs(folder: Path) -> list[Pair]:
    """The pairs of a folder, sorted by name; the name up to the first dot is the identity.

    Args:
        folder: Holds `photos` and `sketches`.

    Raises:
        DataError: A folder is missing, a picture lacks its partner, or two share one name.
    """
    photos, sketches = by_name(folder / "photos"), by_name(folder / "sketches")
    lonely = sorted(photos.keys() ^ sketches.keys())
    if lonely:
        raise DataError(
            f"{folder}: {len(photos)} photos and {len(sketches)} sketches; without a partner: "
            + ", ".join(lonely[:5])
            + (f" and {len(lonely) - 5} more" if len(lonely) > 5 else "")
        )
    return [Pair(name, photos[name], sketches[name]) for name in sorted(photos)]


def by_name(folder: Path) -> dict[str, Path]:
    """The pictures of a folder, by their name up to the first dot.

    Args:
        folder: Holds pictures; other files are passed over.

    Raises:
        DataError: There is no such folder, or two pictures share one name.
        limner.image.ImageError: It holds no picture.
    """
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder; a folder of pictures is expected")
    found: dict[str, Path] = {}
    for path in image.expand([folder]):
        name = path.name.split(".")[0]
        if name in found:
            raise DataError(f"{path} and {found[name]} have one name; one picture each is expected")
        found[name] = path
    return found

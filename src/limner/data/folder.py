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
    photos, sketches = _pictures(folder / "photos"), _pictures(folder / "sketches")
    lonely = sorted(photos.keys() ^ sketches.keys())
    if lonely:
        raise DataError(
            f"{folder}: {len(photos)} photos and {len(sketches)} sketches; without a partner: "
            + ", ".join(lonely[:5])
            + (f" and {len(lonely) - 5} more" if len(lonely) > 5 else "")
        )
    return [Pair(name, photos[name], sketches[name]) for name in sorted(photos)]


def _pictures(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder; photos/ and sketches/ are expected there")
    found: dict[str, Path] = {}
    for path in image.expand([folder]):
        name = path.name.split(".")[0]
        if name in found:
            raise DataError(f"{path} and {found[name]} have one name; one picture each is expected")
        found[name] = path
    return found

"""A plain folder of pairs: `photos/` and `sketches/`, partners named alike up to the first dot."""

from pathlib import Path

from limner import image
from limner.data.dataset import DataSet
from limner.data.layout import match, named
from limner.data.pair import DataError, Pair


def pairs(folder: Path) -> list[Pair]:
    """The pairs of a folder, sorted by name; the name up to the first dot is the identity.

    Args:
        folder: Holds `photos` and `sketches`.

    Raises:
        DataError: A folder is missing, a picture lacks its partner, or two share one name.
        limner.image.ImageError: A folder holds no picture.
    """
    return match(folder, by_name(folder / "photos"), by_name(folder / "sketches"))


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
    return named(image.expand([folder]), lambda path: path.name.split(".")[0])


FOLDER = DataSet(
    name="folder",
    title="a plain folder of pairs",
    licence="yours",
    layout="photos and sketches, partners named alike up to the first dot",
    read=pairs,
)

"""Sets of photos without sketches: a plain folder, BSDS500, COCO.

An identity of BSDS500 and COCO is a part and a file name, `val_3096` or `val_000000000139`.
"""

from collections.abc import Callable
from pathlib import Path

from limner.data.dataset import PhotoSet
from limner.data.folder import by_name
from limner.data.layout import named, part, pictures
from limner.data.photo import Photo
from limner.data.split import splits


def plain(folder: Path) -> list[Photo]:
    """The photos right in a folder, sorted; the name up to the first dot is the identity.

    Raises:
        DataError: There is no such folder, or two photos share one name.
        limner.image.ImageError: It holds no picture.
    """
    return [Photo(name, path) for name, path in sorted(by_name(folder).items())]


def _in_parts(inside: str) -> Callable[[Path], list[Photo]]:
    """Reads the photos beneath `inside`, where the subfolders' names start with train, val or test."""

    def read(folder: Path) -> list[Photo]:
        root = folder / inside
        found = named(pictures(root), lambda path: f"{part(path.relative_to(root))}_{path.stem}".lstrip("_"))
        return [Photo(name, path) for name, path in sorted(found.items())]

    return read


PLAIN = PhotoSet(
    name="photos",
    title="a plain folder of photos",
    licence="yours",
    layout="pictures right in the folder, no name twice up to the first dot",
    read=plain,
)
BSDS500 = PhotoSet(
    name="bsds500",
    title="Berkeley Segmentation Data Set, 500 photos. Arbelaez et al., Contour detection and hierarchical "
    "image segmentation, TPAMI 33(5), 2011",
    licence="research and education, non-commercial",
    layout="BSDS500/data/images/train, val and test, as the archive unpacks within BSR",
    read=_in_parts("BSDS500/data/images"),
    splits=splits("bsds500-train", "bsds500-val", "bsds500-test"),
)
COCO = PhotoSet(
    name="coco",
    title="COCO 2017, photos of its training and validation part. Lin et al., Microsoft COCO, ECCV 2014",
    licence="each photo by its own Flickr licence; see the set's terms",
    layout="train2017, val2017, or one of them",
    read=_in_parts(""),
    splits=splits("coco-train", "coco-val"),
)

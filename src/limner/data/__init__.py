"""Data sets: pairs of photo and sketch, read, checked and augmented; every set by name.

Nothing here downloads, and nothing is shipped but names: `docs/data.md` says how to get each set.
"""

from limner.data.cufs import AR, CUFS, CUHK, XM2VTS
from limner.data.cufsf import CUFSF
from limner.data.dataset import DataSet, PhotoSet
from limner.data.folder import FOLDER
from limner.data.fs2k import FS2K
from limner.data.ossketch import OS_SKETCH
from limner.data.photos import BSDS500, COCO, PLAIN
from limner.data.portraits import PORTRAITS
from limner.data.wildsketch import WILDSKETCH

__all__ = ["DATASETS", "PHOTOSETS", "DataSet", "PhotoSet"]

DATASETS: dict[str, DataSet] = {
    each.name: each for each in (FOLDER, CUFS, CUHK, AR, XM2VTS, CUFSF, FS2K, OS_SKETCH, WILDSKETCH)
}
"""Every data set of pairs, by the name that commands use. A new one is a file and a line here."""

PHOTOSETS: dict[str, PhotoSet] = {each.name: each for each in (PLAIN, PORTRAITS, BSDS500, COCO)}
"""Every data set of photos alone, by name."""

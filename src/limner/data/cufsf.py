"""CUFSF: 1194 people of FERET, drawn with exaggeration by an artist who had looked at a photo in other light.

The sketch of a person is called after the FERET number, `00001.jpg`; the photo too, or by its FERET name,
`00001fb010_930831.tif`: the first five digits are the person. Source: the lists and points that come with the
database, as kept in bioidiap/bob.db.cuhk_cufsf on GitHub.

The field trains on 250 and tests on 944; which 250 is published nowhere that we could read, and one public
program draws them at random. Ours go by name and say so.
"""

import re
from pathlib import Path

from limner.data.cufs import FRAME
from limner.data.dataset import DataSet
from limner.data.layout import gather, plain
from limner.data.split import splits


def identity(path: Path) -> str:
    """Who is on a picture: the FERET number, five digits."""
    found = re.match(r"\d{5}", path.name)
    return found[0] if found else plain(path)


CUFSF = DataSet(
    name="cufsf",
    title="CUHK Face Sketch FERET Database, 1194 pairs. Zhang, Wang, Tang, Coupled information-theoretic "
    "encoding for face photo-sketch recognition, CVPR 2011",
    licence="photos by NIST's FERET agreement; research, non-commercial",
    layout="photos and sketches, one of each a person, in folders called after them at any depth, each name "
    "starting with the person's FERET number of five digits",
    read=lambda folder: gather(folder, identity),
    splits=splits("cufsf-by-name-train", "cufsf-by-name-test"),
    frame=FRAME,
)

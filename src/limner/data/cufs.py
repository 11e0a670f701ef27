"""CUFS, whole and in its three parts: CUHK student, AR, XM2VTS; 606 people drawn from a frontal photo.

The photos of AR and XM2VTS come from their owners, the sketches and the CUHK photos from the CUHK Face Sketch
Database. File names give the person:

- CUHK: `f-005-01` is the photo; the original sketches of the training part are called `F2-005-01-sz1`, the
  others `m-063-01-sz1`. `f1-001-01` is another person than `f-001-01`.
- AR: `m-001-1` is the photo, `M2-001-...` the sketch: the letter and the first number of three digits.
  Source: bioidiap/bob.db.cuhk_cufs on GitHub, whose `bob/db/cuhk_cufs/utils.py` reads the original lists.
- XM2VTS: `000_1_1`, the first three digits. Source: the same.

CUHK was checked on its pictures, AR and XM2VTS against names alone.

Splits: the folders of the database say who of CUHK is in its 88 and who in its 100. For AR (80 and 43) and
XM2VTS (100 and 195) only the counts are published where we could read; copies differ in who is who. Ours go
by name and say so. Whoever holds a copy with its own division can name its `test` folder, without a split.
"""

import re
from pathlib import Path

from limner.data.dataset import DataSet
from limner.data.layout import gather, plain
from limner.data.pair import DataError, Pair, some
from limner.data.split import splits
from limner.frame import Frame

FRAME = Frame(width=200, height=250, left_eye=(75.0, 125.0), right_eye=(125.0, 125.0))
"""Source: Song et al., Real-time exemplar-based face sketch synthesis (ECCV 2014), as the field does."""

_LAYOUT = (
    "photos and sketches, one of each a person, in folders called after them at any depth (train/photos and "
    "train/sketches, CUHK_testing_photo and CUHK_testing_sketch)"
)
_CITE = "Wang and Tang, Face photo-sketch synthesis and recognition, TPAMI 31(11), 2009"
_TERMS = "research, non-commercial"


def student(path: Path) -> str:
    """Who is on a picture of the CUHK student part, such as `f-005-01`."""
    return re.sub(r"^([fm])2-", r"\1-", plain(path).lower())


def ar(path: Path) -> str:
    """Who is on a picture of the AR part, such as `m-001`."""
    found = re.match(r"([mw])\d?-(\d{3})", plain(path).lower())
    return f"{found[1]}-{found[2]}" if found else plain(path)


def xm2vts(path: Path) -> str:
    """Who is on a picture of the XM2VTS part, such as `000`."""
    found = re.match(r"\d{3}", path.name)
    return found[0] if found else plain(path)


_PARTS = {"cuhk": student, "ar": ar, "xm2vts": xm2vts}


def whole(folder: Path) -> list[Pair]:
    """The pairs of all three parts; identities are prefixed with the part, as in `cuhk_f-005-01`.

    Args:
        folder: Holds subfolders whose names start with CUHK, AR and XM2VTS.

    Raises:
        DataError: A part is missing or damaged, or a picture is in no part.
    """
    pairs = gather(folder, _person)
    missing = _PARTS.keys() - {pair.identity.split("_")[0] for pair in pairs}
    if missing:
        raise DataError(f"{folder} holds no pair of {some(part.upper() for part in missing)}")
    return pairs


def _person(path: Path) -> str:
    """Who is on a picture of the whole set, by its path inside it."""
    # "AR_photo" and "CUHKStudent" are parts, "archive" is none.
    found = re.match(r"(?i:(cuhk|ar|xm2vts))(?![a-z])", path.parts[0])
    if found is None:
        raise DataError(f"{path} is in no subfolder that starts with CUHK, AR or XM2VTS")
    part = found[1].lower()
    return f"{part}_{_PARTS[part](path)}"


CUHK = DataSet(
    name="cuhk",
    title=f"CUHK student part of CUFS, 188 pairs. {_CITE}",
    licence=_TERMS,
    layout=_LAYOUT,
    read=lambda folder: gather(folder, student),
    splits=splits("cuhk-train", "cuhk-choose", "cuhk-test", "cuhk-test-30"),
    frame=FRAME,
)
AR = DataSet(
    name="ar",
    title=f"AR part of CUFS, 123 pairs. Martinez and Benavente, CVC report 24, 1998. {_CITE}",
    licence=f"photos by the owners' agreement; {_TERMS}",
    layout=_LAYOUT,
    read=lambda folder: gather(folder, ar),
    splits=splits("ar-by-name-train", "ar-by-name-test"),
    frame=FRAME,
)
XM2VTS = DataSet(
    name="xm2vts",
    title=f"XM2VTS part of CUFS, 295 pairs. Messer et al., XM2VTSDB, AVBPA 1999. {_CITE}",
    licence=f"photos by the owners' agreement; {_TERMS}",
    layout=_LAYOUT,
    read=lambda folder: gather(folder, xm2vts),
    splits=splits("xm2vts-by-name-train", "xm2vts-by-name-test"),
    frame=FRAME,
)
CUFS = DataSet(
    name="cufs",
    title=f"CUHK Face Sketch Database, 606 pairs. {_CITE}",
    licence=f"photos of AR and XM2VTS by their owners' agreements; {_TERMS}",
    layout=f"subfolders whose names start with CUHK, AR and XM2VTS, in each {_LAYOUT}",
    read=whole,
    splits=splits("cufs-by-name-train", "cufs-by-name-test"),
    frame=FRAME,
)

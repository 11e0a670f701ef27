"""FS2K: 2104 photos in the wild, each drawn in one of three styles, with attributes.

Source: Fan et al., Facial-sketch synthesis: a new challenge (Machine Intelligence Research, 2022), and the
description in DengPingFan/FS2K on GitHub, which the words of `ATTRIBUTES` follow.

Nobody says who is on the photos, so an identity is a picture, not a person: `photo1_image0110`, as the set's
own tool names it. The same person may be in training and in test. The faces are not aligned. A photo and its
sketch have one size, in the 1804 pairs looked at: 250 x 250 in `photo1`, 475 x 340 in `photo3`, 223 x 318 in
`photo2` but for one of 205 x 292.
"""

import json
from pathlib import Path
from typing import Any

from limner.data.dataset import DataSet
from limner.data.layout import match, named, pictures
from limner.data.pair import DataError, Pair, some
from limner.data.split import splits

ATTRIBUTES = {
    "hair": ("yes", "no"),
    "hair_color": ("brown", "black", "red", "none", "golden"),
    "gender": ("male", "female"),
    "earring": ("yes", "no"),
    "smile": ("yes", "no"),
    "frontal_face": ("yes", "no"),
}
"""What the numbers from 0 on mean, which the annotation holds for each."""


def read(folder: Path) -> list[Pair]:
    """The pairs in the official layout, with style ("1", "2" or "3") and attributes.

    Args:
        folder: Holds `photo/photo1` to `photo3`, `sketch/sketch1` to `sketch3`, `anno_train.json` and
            `anno_test.json`.

    Returns:
        The pairs, sorted by identity.

    Raises:
        DataError: A file is missing or garbled, a picture lacks its partner, or pictures and annotations do
            not name the same.
    """
    photos = named(pictures(folder / "photo"), _identity)
    found = match(folder, photos, named(pictures(folder / "sketch"), _identity))
    train, test = (_entries(folder / f"anno_{part}.json") for part in ("train", "test"))
    twice, differing = train.keys() & test.keys(), (train.keys() | test.keys()) ^ photos.keys()
    if twice or differing:
        raise DataError(
            f"{folder}: {len(photos)} pairs, {len(train)} annotated for training and {len(test)} for test; "
            + (f"in both: {some(twice)}" if twice else f"not annotated, or not there: {some(differing)}")
        )
    listed = {**train, **test}
    return [_annotated(pair, listed[pair.identity]) for pair in found]


def _identity(path: Path) -> str:
    number = path.stem.replace("sketch", "image")
    return f"{path.parent.name.replace('sketch', 'photo')}_{number}"


def _entries(path: Path) -> dict[str, dict[str, Any]]:
    """The entries of an annotation file, by identity."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {str(entry["image_name"]).replace("/", "_"): entry for entry in entries}
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); an annotation is expected") from error
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path} is garbled; a list of entries, each with image_name, is expected") from error


def _annotated(pair: Pair, entry: dict[str, Any]) -> Pair:
    try:
        attributes = {name: words[entry[name]] for name, words in ATTRIBUTES.items()}
        return Pair(pair.identity, pair.photo, pair.sketch, str(int(entry["style"]) + 1), attributes)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DataError(f"the annotation of {pair.identity} lacks or garbles {error}") from error


FS2K = DataSet(
    name="fs2k",
    title="FS2K, 2104 pairs in three styles. Fan et al., Facial-sketch synthesis: a new challenge, 2022",
    licence="repository MIT; photos partly of CASIA-WebFace, for research only",
    layout="photo/photo1 to photo3 with image0001.jpg and so on, sketch/sketch1 to sketch3 with "
    "sketch0001.jpg and so on, anno_train.json, anno_test.json",
    read=read,
    splits=splits("fs2k-train", "fs2k-choose", "fs2k-test", "fs2k-test-746", "fs2k-test-249"),
)

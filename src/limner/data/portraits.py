"""Who is on a portrait, and who is held out: one rule for every part that learns from free portraits.

Parts of limner that are trained on the same portraits (the matte, the finder) must hold out the same people,
or a score on one part's held-out people could stand on another part's training.
"""

import hashlib
from pathlib import Path

# Chosen: a fifth of the people.
SHARE = 5


def identity(path: Path) -> str:
    """Who is on a picture.

    Args:
        path: Of the picture; only its name counts. `001_03.jpg` and `001_08.jpg` are one person, `001`.

    Returns:
        The file's name up to the first underscore, or without its suffix where it has none.
    """
    return path.stem.split("_")[0]


def held_out(identity: str) -> bool:
    """Whether a person is kept from all training, to measure on.

    Args:
        identity: As `identity` gives it.

    Returns:
        True for about one person in five, by a hash of the name: the same ones on every machine, whatever
        else is in the folder.
    """
    return int(hashlib.sha256(f"{identity}".encode()).hexdigest(), 16) % SHARE == 0

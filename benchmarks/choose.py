"""Pairs held out of a set's training split, as a command names them: SET=FOLDER, or SET/ARTIST=FOLDER."""

import argparse
from pathlib import Path

from limner.data.pair import Pair
from limner.evaluate import PROTOCOLS
from limner.evaluate.subjects import subjects_of


def arguments(about: str) -> argparse.ArgumentParser:
    """What a benchmark of such pairs takes: `sets`, and `--json`."""
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument(
        "sets", nargs="+", metavar="NAME=FOLDER", help="a set, or SET/ARTIST, and where it lies"
    )
    parser.add_argument("--json", type=Path)
    return parser


def held_out(word: str) -> tuple[str, list[Pair]]:
    """The set's name, with the artist's, and its pairs in the split SET-choose."""
    name, _, folder = word.partition("=")
    of, _, artist = name.partition("/")
    split = f"{of}-choose" + (f"/{artist}" if artist else "")
    subjects = subjects_of(PROTOCOLS[of], Path(folder), split)[0]
    return name, [Pair(each.name, each.source, each.real) for each in subjects if each.real]

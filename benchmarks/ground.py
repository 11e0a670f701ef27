"""Of how many pairs the rule of `limner.methods.ground` says that the artist leaves the ground.

    python -m benchmarks.ground cuhk=DATA/cuhk fs2k/1=DATA/fs2k fs2k/2=DATA/fs2k fs2k/3=DATA/fs2k

Each pair is asked alone, among those that are held out of the set's training split (SET-choose).
"""

import argparse
from pathlib import Path

from benchmarks.record import Table, show
from limner.evaluate import PROTOCOLS
from limner.evaluate.subjects import subjects_of
from limner.faces import FaceError
from limner.methods.fitting import fit
from limner.methods.ground import background


def count(name: str, folder: Path) -> tuple[int, int, list[str]]:
    """Pairs whose ground is left, pairs that could be asked, and the names of the rest of these."""
    of, _, artist = name.partition("/")
    split = f"{of}-choose" + (f"/{artist}" if artist else "")
    asked, kept = 0, list[str]()
    for subject in subjects_of(PROTOCOLS[of], folder, split)[0]:
        if subject.real is None:
            continue
        try:
            pair = fit(subject.source, subject.real, largest=True, trust=True)
        except FaceError:
            continue
        asked += 1
        if background([pair]) == "keep":
            kept.append(subject.name)
    return asked - len(kept), asked, kept


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "sets", nargs="+", metavar="NAME=FOLDER", help="a set, or SET/ARTIST, and where it lies"
    )
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows: list[tuple[str, ...]] = []
    for each in given.sets:
        name, _, folder = each.partition("=")
        left, asked, kept = count(name, Path(folder))
        rows.append((name, str(asked), str(left), ", ".join(kept) or "none"))
    show(
        given.json, Table("ground", ("set", "pairs", "ground left", "drawn, or not to be seen"), tuple(rows))
    )


if __name__ == "__main__":
    main()

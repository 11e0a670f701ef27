"""Of how many pairs the rule of `limner.methods.ground` says that the artist leaves the ground.

    python -m benchmarks.ground cuhk=DATA/cuhk fs2k/1=DATA/fs2k fs2k/2=DATA/fs2k fs2k/3=DATA/fs2k

Each pair is asked alone, among those that are held out of the set's training split (SET-choose).
"""

from collections.abc import Sequence

from benchmarks.choose import arguments, held_out
from benchmarks.record import Table, show
from limner.data.pair import Pair
from limner.faces import FaceError
from limner.methods.fitting import fit
from limner.methods.ground import background


def count(pairs: Sequence[Pair]) -> tuple[int, int, list[str]]:
    """Pairs whose ground is left, pairs that could be asked, and the names of the rest of these."""
    asked, kept = 0, list[str]()
    for pair in pairs:
        try:
            fitted = fit(pair.photo, pair.sketch, largest=True, trust=True)
        except FaceError:
            continue
        asked += 1
        if background([fitted]) == "keep":
            kept.append(pair.identity)
    return asked - len(kept), asked, kept


def main() -> None:
    """Prints the table."""
    given = arguments(__doc__ or "").parse_args()
    rows: list[tuple[str, ...]] = []
    for word in given.sets:
        name, pairs = held_out(word)
        left, asked, kept = count(pairs)
        rows.append((name, str(asked), str(left), ", ".join(kept) or "none"))
    show(
        given.json, Table("ground", ("set", "pairs", "ground left", "drawn, or not to be seen"), tuple(rows))
    )


if __name__ == "__main__":
    main()

"""Which pairs teach where one pair teaches: a rule that is written down, and looks at no result.

Of n pairs sorted by name, as many stretches as pairs are wanted, as even as they come:

    stretch i = ranks floor(i n / k) ... floor((i + 1) n / k) - 1,    i = 0 ... k - 1

Of each stretch, that pair teaches which is the first from its middle rank on, and around to its start, that
can be learned from: the finder sees a face in the photo and in the sketch, and the two fit onto each other.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from limner.data import DATASETS
from limner.evaluate.matching import ScoreError
from limner.evaluate.protocol import Protocol
from limner.evaluate.subjects import Subject, subjects_of
from limner.faces import FaceError
from limner.methods.fitting import fit


def teaching(
    protocol: Protocol,
    data: Path,
    split: str,
    tested: Sequence[Subject],
    count: int,
    fits: Callable[[Subject], bool] | None = None,
) -> list[Subject]:
    """The pairs that teach, each alone.

    They are chosen from the set's training split, or, of a set that has none, from those that are tested:
    then each of them is tested by the lessons of the others alone.

    Args:
        protocol: Which.
        data: Where its data set lies.
        split: As `bench` takes it; of one artist's pairs one of his own teaches.
        tested: Who is tested; of a set with a training split none of them teaches.
        count: How many pairs, at least 1.
        fits: Whether a pair can be learned from; by default as the module says.

    Raises:
        ScoreError: Too few pairs, or a stretch without one that can be learned from.
        limner.data.pair.DataError: The data set is missing or damaged.
        limner.image.ImageError: A picture cannot be read.
    """
    train, artist = DATASETS[protocol.dataset].train, split.partition("/")[2]
    pool = list(tested)
    if train:
        names = {subject.name for subject in tested}
        everybody = subjects_of(protocol, data, f"{train}/{artist}")[0]
        pool = [subject for subject in everybody if subject.name not in names]
    return spread_out(pool, count, fits or learnable)


def spread_out(pool: Sequence[Subject], count: int, fits: Callable[[Subject], bool]) -> list[Subject]:
    """One of each stretch of the pool; arguments and errors as of `teaching`."""
    ranked = sorted(pool, key=lambda subject: subject.name)
    if not 1 <= count <= len(ranked):
        raise ScoreError(f"{count} pairs to learn from: 1 to {len(ranked)} are expected, as many are there")
    ends = [i * len(ranked) // count for i in range(count + 1)]
    return [_first(ranked[low:high], fits) for low, high in pairwise(ends)]


def learnable(subject: Subject) -> bool:
    """Whether the finder sees a face in photo and sketch, and the two fit; see `limner.methods.instruct`."""
    if subject.real is None:
        return False
    try:
        fit(subject.source, subject.real, largest=True, trust=True)
    except FaceError:
        return False
    return True


def _first(stretch: Sequence[Subject], fits: Callable[[Subject], bool]) -> Subject:
    """The first from the middle on that fits."""
    middle = len(stretch) // 2
    for subject in (*stretch[middle:], *stretch[:middle]):
        if fits(subject):
            return subject
    raise ScoreError(
        f"none of the pairs {stretch[0].name} to {stretch[-1].name} can be learned from: no faces that fit"
    )

"""What a benchmark draws and scores: one value, which the whole run passes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limner.evaluate.drawing import Hand
from limner.evaluate.protocol import Protocol


@dataclass(frozen=True)
class Plan:
    """A protocol, its data, and who draws.

    Attributes:
        protocol: Which; `Protocol.drawing` says whether sketches are drawn or photos.
        data: Where its data set lies.
        hands: What draws, by name, such as opened styles; the drawings go to `out`/made/NAME.
        made: Folders of pictures that others made, by the name of the method, named like those drawn from.
        out: The folder of this benchmark.
        sources: Draw from these instead of the set's own pictures, e.g. from larger scans; named alike.
        split: In place of the protocol's own: another of the data set's, of one artist's pairs where an
            artist follows after a slash, or, of photos alone, `HELD_OUT`.
        in_grey: Draw from grey versions. They are scored as those drawn from the pictures themselves.
        keep: Leave drawings that are there, of a call that was cut off; of each folder one is drawn again, to
            see that they are its own.
    """

    protocol: Protocol
    data: Path
    hands: Mapping[str, Hand]
    made: Mapping[str, Path]
    out: Path
    sources: Path | None = None
    split: str = ""
    in_grey: bool = False
    keep: bool = False

"""What the field scores on: a data set, a split, a size, metrics, in one row each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from limner.data.ossketch import contrast
from limner.evaluate.judging import Rules
from limner.evaluate.matching import ScoreError
from limner.hub import Drawn


@dataclass(frozen=True)
class Protocol:
    """How a benchmark is run.

    Attributes:
        name: What a user calls it.
        about: One line for a person.
        dataset: Its name in `limner.data.DATASETS`, or in `PHOTOSETS` if there are no sketches.
        split: Name of the split that is scored; "" takes all.
        metrics: Names in `limner.metrics.METRICS`, the first ranks the contact sheet.
        rules: How pictures are scored.
        pairs: Whether artists' sketches are there to score against; if not, made ones are held to the photo.
        to: What is drawn, "sketch" from the photos or "photo" from the sketches.
        laid: Whether sketches are laid on their photos by the points of the face before they are scored.
    """

    name: str
    about: str
    dataset: str
    split: str
    metrics: tuple[str, ...]
    rules: Rules = field(default_factory=Rules)
    pairs: bool = True
    to: Drawn = "sketch"
    laid: bool = False

    def drawing(self, to: Drawn) -> "Protocol":
        """The protocol with photos drawn from the artists' sketches, or as it is.

        Chosen: made and real photos are compared in grey, as the field does; without Scoot, which knows
        strokes, and without what the protocol does to sketches before they are scored.

        Raises:
            ScoreError: There are no sketches to draw photos from.
        """
        if to == self.to:
            return self
        if not self.pairs:
            raise ScoreError(
                f"{self.name} has photos alone; to draw photos a protocol with sketches is expected"
            )
        metrics = tuple(name for name in self.metrics if name != "scoot")
        return replace(self, to=to, metrics=metrics, rules=replace(self.rules, prepare=None), laid=False)


_SCORES = ("ssim", "fsim", "scoot", "structure")
_CUFS = (200, 250)

PROTOCOLS: Mapping[str, Protocol] = {
    each.name: each
    for each in (
        Protocol(
            "cuhk",
            "the 100 test pairs of the CUHK student set, 200 x 250",
            "cuhk",
            "cuhk-test",
            (*_SCORES, "nlda"),
            Rules(_CUFS, train=45),
        ),
        Protocol(
            "cufs",
            "the 338 test pairs of CUFS, 200 x 250",
            "cufs",
            "cufs-by-name-test",
            (*_SCORES, "nlda"),
            Rules(_CUFS, train=150),
        ),
        Protocol(
            "cufsf",
            "the 944 test pairs of CUFSF, 200 x 250",
            "cufsf",
            "cufsf-by-name-test",
            (*_SCORES, "nlda"),
            Rules(_CUFS, train=300, dimensions=600),
        ),
        Protocol("fs2k", "the test pairs of FS2K, each at its sketch's size", "fs2k", "fs2k-test", _SCORES),
        Protocol(
            "ossketch",
            "the 400 pairs of OS-Sketch, sketches laid on photos, grey, contrast raised by 1.5",
            "os-sketch",
            "os-sketch-all",
            _SCORES,
            Rules(prepare=contrast),
            laid=True,
        ),
        Protocol("pairs", "a plain folder of pairs", "folder", "", _SCORES),
        Protocol(
            "wild",
            "photos alone, in subfolders or not: is the face still there?",
            "portraits",
            "",
            ("structure",),
            pairs=False,
        ),
    )
}
"""Every protocol, by the name that `limner bench` takes."""

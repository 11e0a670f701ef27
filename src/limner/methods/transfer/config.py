"""Settings of the `transfer` method. Torch-free: the command line reads them."""

import math
from dataclasses import dataclass, field
from pathlib import Path

from limner.data.augment import Augment
from limner.engine.config import RunConfig
from limner.errors import LimnerError
from limner.frame import PORTRAIT, Frame
from limner.ranges import BELOW_ONE, MOST, check_ranges

WIDE = Augment(crop=192, gamma=0.8, cast=0.15)


@dataclass(frozen=True)
class Config:
    """Two teachers, two students, both directions at once.

    Source: Zhu, Wang, Gao, Li, Li, Face photo-sketch synthesis via knowledge transfer (IJCAI 2019), and its
    journal form (TNNLS 33(2), 2022), by what their abstracts and figures tell. Chosen: all values; their text
    could not be read.
    """

    data: tuple[str, ...]
    """The artists: each NAME=FOLDER for a plain folder of photos/ and sketches/, NAME=SET:FOLDER for the
    training split of a data set, or NAME=SET/STYLE:FOLDER for one artist of it, such as
    fs2k-1=fs2k/1:DATA/fs2k."""
    licence: str
    """Terms of the styles that come out, as their cards will state them."""
    often: tuple[int, ...] = ()
    """How many turns each artist has in a round, in the order of `data`; without, one each."""
    strangers: tuple[Path, ...] = ()
    """Folders of portraits that nobody drew; people `limner.data.portraits.held_out` names are left out."""
    photo_teacher: str = "photo"
    """phi_P, a name in `limner.pretrained.perceptual`; vgg19 is the full one."""
    sketch_teacher: str = "sketch"
    """phi_S, likewise."""
    frame: Frame = PORTRAIT
    """The geometry that faces are brought to."""
    hold_out: int = 0
    """Every n-th pair of each data set is left out of training, to choose settings on; 0 trains on all."""
    width: int = 32
    """Channels of a student at half size; 2, 4 and 5.5 times as many at the coarser levels."""
    depth: int = 3
    """Residual blocks of a student at its coarsest level."""
    standardised: bool = False
    """Whether the students' weights are standardised in training (`limner.nn.standard`), which bears a higher
    rate."""
    judge_width: int = 32
    """Channels of a discriminator's first layer."""
    l1: float = 15.0
    """Weight of the picture term, L1 both ways. As in `paired`, whose comment says why it is not 100."""
    mimic: float = 1.0
    """a of L_mimic: each encoder learns its domain from its teacher."""
    transform: float = 1.0
    """a of L_transform: each decoder learns the other domain from the other teacher."""
    mutual: float = 0.5
    """b of L_mutual: each decoder agrees with the other student's encoder. Without it the two directions have
    nothing in common, and one is trained as if alone."""
    perceptual: float = 0.0
    """Weight of a plain perceptual loss on the made pictures: the cheap competitor, off in the method."""
    adversarial: float = 1.0
    """c of KD+: weight of the GAN; 0 is the plain form, without matching of the discriminators' features."""
    match: float = 40.0
    """Weight of feature matching within the GAN, as in `paired`."""
    texture: float = 140.0
    """Weight of the difference in local contrast (`limner.losses.texture`), as in `paired`."""
    cooccurrence: float = 0.0
    """Weight of the difference in how grey levels lie beside each other (`limner.losses.cooccurrence`), of
    crops of at least 96 pixels. 0 does without."""
    rate: float = 3e-4
    """Adam's learning rate for students and adapters, linear to zero over the second half."""
    judge_rate: float = 2e-4
    """Adam's learning rate for the discriminators, with the same decay."""
    betas: tuple[float, float] = (0.5, 0.99)
    """Adam's momenta."""
    clip: float = 400.0
    """The largest norm of the students' gradient."""
    average: float = 0.995
    """Decay of the running average of the students' weights, which is what draws."""
    augment: Augment = field(default_factory=lambda: WIDE)
    """How photos and pairs are changed: light and colour further than in `paired`, for every skin."""
    run: RunConfig = field(default_factory=lambda: RunConfig(Path("runs/transfer")))
    """Steps, batch, seed, folder."""

    def __post_init__(self) -> None:
        """Checks what would fail only once all pairs are read.

        Raises:
            LimnerError: No artist, an artist without a turn, a `hold_out` that leaves no pair, or a value out
                of its range.
        """
        if not self.data:
            raise LimnerError("data names no artist; NAME=FOLDER of at least one is expected")
        if min(self.often, default=1) < 1:
            raise LimnerError(f"often is {self.often}; at least one turn of each artist is expected")
        if self.hold_out < 0 or self.hold_out == 1:
            raise LimnerError(f"hold_out is {self.hold_out}; 0 or at least 2 is expected")
        terms = "l1 mimic transform mutual perceptual adversarial match texture cooccurrence rate judge_rate"
        weights = dict.fromkeys(terms.split(), (0, MOST))
        shares = {"betas": (0, BELOW_ONE), "average": (0, 1)}
        counts = {"width": (2, MOST), "depth": (0, MOST), "judge_width": (1, MOST)}
        check_ranges(self, **weights, **shares, **counts, clip=(0, math.inf))

"""Settings of the `paired` method. Torch-free: the command line reads them."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from limner.data.augment import Augment
from limner.engine.config import RunConfig
from limner.frame import PORTRAIT, Frame
from limner.ranges import BELOW_ONE, MOST, check_ranges


@dataclass(frozen=True)
class Config:
    """The conditional-GAN baseline: what is trained on, the networks, the weights of the losses.

    Source: Isola et al., Image-to-image translation with conditional adversarial networks (CVPR 2017).
    """

    data: str
    """FOLDER of pairs: photos/ and sketches/, partners named alike up to the first dot; SET:FOLDER for the
    training split of a data set; or SET/STYLE:FOLDER for one artist of it, such as fs2k/1:DATA/fs2k."""
    licence: str
    """Terms of the style that comes out, as its card will state them."""
    direction: Literal["photo-sketch", "sketch-photo"] = "photo-sketch"
    """What is drawn from what."""
    frame: Frame = PORTRAIT
    """The geometry that the pairs are aligned to."""
    hold_out: int = 0
    """Every n-th pair by name is left out of training, to choose settings on; 0 trains on all."""
    width: int = 32
    """Channels of the generator at half size; 2, 4 and 6 times as many at the coarser levels."""
    depth: int = 3
    """Residual blocks of the generator at its coarsest level."""
    judge_width: int = 32
    """Channels of the discriminator's first layer. Differs: 64 in the paper."""
    l1: float = 15.0
    """lambda of equation 4. Differs: the paper's 100 is for pictures in [-1, 1] and a logarithmic adversarial
    loss; ours are in [0, 1], and a least-squares loss of at most 1/2 must be able to pay for pencil strokes
    that do not lie where the artist's do. Under 200 and 40 hair stayed a flat tone."""
    adversarial: float = 1.0
    """Weight of the adversarial term in equation 4."""
    match: float = 40.0
    """Weight of the feature matching of pix2pixHD (Wang et al., CVPR 2018, equation 5). Differs: the 2017
    paper has none, and that of 2018 has 10. Chosen on held-out training pairs; see docs/results.md."""
    texture: float = 140.0
    """Weight of the difference in local contrast. Differs: the 2017 paper has none; without it, hair is drawn
    in worms or as a flat tone. Chosen as `match`."""
    rate: float = 3e-4
    """Adam's learning rate for the generator, linear to zero over the second half. Differs: 2e-4 in
    section 3.3; without normalisation, learning is slower at first."""
    judge_rate: float = 2e-4
    """Adam's learning rate for the discriminator (section 3.3), with the same decay."""
    betas: tuple[float, float] = (0.5, 0.99)
    """Adam's momenta. Differs: 0.999 in section 3.3; the shorter memory takes a sudden large gradient in
    smaller steps. Without it and `clip`, at a rate of 4e-4, a run fell to a blank page at step 1045."""
    clip: float = 400.0
    """The largest norm of the generator's gradient. Chosen with `match`, whose term adds to it; not tuned."""
    average: float = 0.995
    """Decay of the running average of the generator's weights, which is what draws."""
    augment: Augment = field(default_factory=Augment)
    """How training pairs are changed."""
    run: RunConfig = field(default_factory=lambda: RunConfig(Path("runs/paired")))
    """Steps, batch, seed, folder."""

    def __post_init__(self) -> None:
        """Checks the ranges.

        Raises:
            LimnerError: A value is out of its own.
        """
        counts = {"hold_out": (0, MOST), "depth": (0, MOST), "judge_width": (1, MOST)}
        weights = dict.fromkeys(("l1", "adversarial", "match", "texture", "rate", "judge_rate"), (0, MOST))
        # The last layers have half of the width.
        shares = {"betas": (0, BELOW_ONE), "average": (0, 1)}
        check_ranges(self, **counts, **weights, **shares, width=(2, MOST), clip=(0, math.inf))

"""Settings of the `instruct` method. Torch-free: the command line reads them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from limner.data.augment import Augment
from limner.engine.config import RunConfig
from limner.ranges import BELOW_ONE, MOST, check_ranges

Start = Literal["given", "nearest", "best"]

FEW, ALL = 100, 1000
"""Chosen: steps on the stand-in, which two cores walk within a minute and a half; on other priors, once each
of the times that they were trained on, as in the source."""


STAND_IN = "stand-in"
PUBLISHED: Mapping[str, Any] = {
    "start": "given",
    "text_scale": 7.5,
    "image_scale": 1.5,
    "rate": 1e-3,
    "sampling_steps": 20,
    "trace": 0.0,
    "lines": None,
}
"""Settings of the source, for its prior; the defaults of `Config` are the stand-in's."""


@dataclass(frozen=True)
class Lines:
    """How limner's own pencil learns the strokes of the pair.

    Chosen: all values. Weights and rates are those of `paired`, the average and the light those of `transfer`
    or shorter; half or twice the steps, a third or three times the rate, other weights and crops scored alike
    on pairs of CUHK held out of its training split (docs/instruct.md). Without the discriminator they scored
    less, and hair was smooth.
    """

    steps: int = 100
    """Of learning."""
    batch: int = 2
    """Crops a step."""
    rate: float = 3e-4
    """Adam's learning rate for the pencil, linear to zero over the second half."""
    l1: float = 15.0
    """Weight of |y - G(x)|_1."""
    texture: float = 140.0
    """Weight of the difference in local contrast (`limner.losses.texture`)."""
    match: float = 40.0
    """Weight of feature matching."""
    judge_rate: float = 2e-4
    """Adam's learning rate for the discriminator, with the same decay."""
    judge_width: int = 32
    """Channels of the discriminator's first layer."""
    betas: tuple[float, float] = (0.5, 0.99)
    """Adam's momenta."""
    clip: float = 400.0
    """The largest norm of the pencil's gradient."""
    average: float = 0.99
    """Decay of the running average of the pencil's weights, which is what draws; in fewer than 900 steps it
    is not reached (`limner.nn.average`)."""
    augment: Augment = field(default_factory=lambda: Augment(crop=192, gamma=0.8, cast=0.15))
    """How the pair is changed."""
    share: float = 0.7
    """How far the weights that draw lie from the pencil's (0) towards those that were learned (1)."""

    def __post_init__(self) -> None:
        """Checks the ranges.

        Raises:
            LimnerError: A value is out of its own.
        """
        counts = dict.fromkeys(("steps", "batch", "judge_width"), (1, MOST))
        weights = dict.fromkeys(("l1", "texture", "match", "rate", "judge_rate"), (0, MOST))
        shares = dict.fromkeys(("average", "share"), (0, 1))
        check_ranges(self, "lines.", **counts, **weights, **shares, betas=(0, BELOW_ONE), clip=(0, math.inf))


def run_of(prior: str = STAND_IN, steps: int | None = None, seed: int = 0) -> RunConfig:
    """The settings of a run.

    Args:
        prior: Its name.
        steps: None takes `FEW` on the stand-in, `ALL` on others.
        seed: Of the noises and the order of times.
    """
    steps = steps if steps is not None else FEW if prior == STAND_IN else ALL
    folder = Path("runs/instruct")
    return RunConfig(folder, steps=steps, batch=1, seed=seed, save_every=10, log_every=1, workers=0)


@dataclass(frozen=True)
class Config:
    """One pair, or a few, of one hand; the prior; the terms of the loss; how the style draws by default.

    Source: Wu et al., One-shot face sketch synthesis in the wild via generative diffusion prior and
    instruction tuning (arXiv 2506.15312), by its abstract: the text could not be read. The procedure and,
    unless a field says otherwise, the values are those of Nguyen, Li, Ojha, Lee, Visual instruction inversion
    (NeurIPS 2023).
    """

    pairs: tuple[Path, ...]
    """PHOTO SKETCH, and further pairs of the same hand; each step takes one."""
    licence: str
    """Terms of the style that comes out."""
    prior: str = STAND_IN
    """`stand-in`, a folder in diffusers' format, or OWNER/NAME on the Hugging Face hub that was fetched; one
    that edits a photo by a sentence, such as timbrooks/instruct-pix2pix."""
    largest: bool = False
    """Take the largest face of each picture; else a second face is an error."""
    trust: bool = False
    """Learn from a sketch that looks like a photo, as soft tonal drawings may."""
    raised: bool = False
    """Raise the sketch's contrast before it is learned, as OS-Sketch raises it. Chosen: else it is the
    artist's own."""
    instruction: str = "turn it into a pencil sketch"
    """The sentence that learning starts from. Chosen."""
    start: Start = "best"
    """Start from the sentence above, or from it or a sentence of `limner.data.edits`: `nearest` takes the one
    nearest in CLIP to the direction from photo to sketch, `best`, of those of the lowest loss, the one by
    which the prior draws the first photo nearest in tone to its sketch. Chosen."""
    text_scale: float = 2.0
    """s_T of the guidance, in the loss and in drawing; 1, with image_scale 1, is no guidance. Chosen, as the
    rate and the steps of sampling, on pairs of CUHK and FS2K that are held out of the training splits; those
    of the source are in `PUBLISHED`."""
    image_scale: float = 1.5
    """s_I of the guidance, likewise; more keeps more of the photo."""
    noise_weight: float = 4.0
    """Weight of MSE(e, eps_t)."""
    clip_weight: float = 0.1
    """Weight of the cosine to CLIP's direction from photo to sketch; 0 leaves the term, and CLIP, out."""
    ceiling: float = 0.5
    """The cosine beyond which no more is asked for."""
    clip: str = "auto"
    """A CLIP with the prior's own text encoder, named as a prior is. auto: the one in the prior's folder, as
    the stand-in has it, else openai/clip-vit-large-patch14, whose text encoder InstructPix2Pix has."""
    rate: float = 3e-3
    """AdamW's learning rate."""
    cut: float = 1.0
    """The largest value in the gradient. The source cuts by value too; which is Chosen."""
    look_every: int = 10
    """Steps between two looks at the loss over the fixed set of (t, noise). Chosen."""
    looks_at: int = 8
    """Times in that set, evenly spaced; each pair has all of them. Chosen."""
    sampling_steps: int = 12
    """Of Euler's ancestral sampling, when the style draws."""
    lines: Lines | None = field(default_factory=Lines)
    """limner's own pencil learns the pair's strokes too, and is part of the style; None leaves it out."""
    trace: float = 1.0
    """How far what is drawn is laid on those lines, when the style draws: 0 leaves what the prior drew, 1
    takes of its tone alone, and an eighth of that. Chosen: the stand-in's eyes and mouths are no likeness."""
    states: int = 3
    """How many states are drawn into the preview, after even shares of the steps, each the best until then; 0
    draws none. Chosen."""
    run: RunConfig = field(default_factory=run_of)
    """Steps, seed, folder. The steps are for the stand-in; of other priors 1000 is usual."""

    def __post_init__(self) -> None:
        """Checks the ranges.

        Raises:
            LimnerError: A value is out of its own.
        """
        counts = dict.fromkeys(("look_every", "looks_at", "sampling_steps"), (1, MOST))
        scales = dict.fromkeys(("text_scale", "image_scale"), (-MOST, MOST))
        weights = dict.fromkeys(("noise_weight", "clip_weight", "rate"), (0, MOST))
        check_ranges(self, **counts, **scales, **weights, ceiling=(-1, MOST), cut=(0, math.inf))
        check_ranges(self, trace=(0, 1), states=(0, MOST))


def config_of(
    pairs: tuple[Path, ...],
    licence: str,
    prior: str = STAND_IN,
    lines: int | None = None,
    **given: Any,  # noqa: ANN401
) -> Config:
    """The settings that suit a prior: the defaults for the stand-in, `PUBLISHED` for others.

    Args:
        pairs: As of `Config`.
        licence: Likewise.
        prior: Likewise.
        lines: Steps of learning them; 0 leaves them out, and so the tracing; None stands for what suits.
        **given: Other fields; None stands for what suits.
    """
    usual = {} if prior == STAND_IN else dict(PUBLISHED)
    if lines is not None:
        usual |= {"lines": Lines(lines), "trace": 1.0} if lines else {"lines": None, "trace": 0.0}
    return Config(pairs, licence, prior, **{**usual, **{k: v for k, v in given.items() if v is not None}})

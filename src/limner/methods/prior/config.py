"""Settings of the `prior` method. Torch-free: the command line reads them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from limner.engine.config import RunConfig
from limner.errors import LimnerError
from limner.methods.prior.shots import Framing
from limner.pretrained.sizes import Sizes

Stage = Literal["autoencoder", "clip", "unet", "plain"]


@dataclass(frozen=True)
class Autoencoder:
    """Stage `autoencoder`: pictures to latents and back. Chosen: all values, which are the stand-in's."""

    rate: float = 2e-3
    """Adam's learning rate."""
    crop: int = 64
    """Side of the crops that it learns from, in pixels: a multiple of 16, and of the latents' stride."""
    whole: float = 0.02
    """Share of the steps, the last ones, that see whole pictures instead, as many as cost the same."""
    finer: float = 2.5
    """Crops are shrunk from up to this many times their side, so that lines are finer than the pictures'."""
    grain: float = 0.06
    """The largest deviation, of 0 to 1, of grain that is laid on crops, as paper has it."""
    blur: float = 0.2
    """Deviation of q(z|x) of an autoencoder that tells its mean alone: what a U-Net gives is never exact, and
    pictures should not change much by it. Less keeps more of fine lines. Latents of an AutoencoderTiny lie
    within 3; an AutoencoderDC's deviate by about 6."""
    l1: float = 4.0
    """Weight of the distance of pixels."""
    structure: float = 0.5
    """Weight of 1 - SSIM, which is what keeps pencil lines."""
    kl: float = 1e-4
    """Weight of the divergence of a latent from the normal distribution."""


@dataclass(frozen=True)
class Clip:
    """Stage `clip`: pictures and sentences in one space. Chosen: all values."""

    rate: float = 5e-4
    """Adam's learning rate."""
    decay: float = 0.05
    """Weight decay."""
    zoom: float = 0.8
    """Least side of what is seen of a picture, in its sides; never mirrored, since sentences tell sides."""
    captions: float = 0.5
    """Share of sentences that are captions, half of them of photos; the others are instructions."""


@dataclass(frozen=True)
class Unet:
    """Stages `unet` and `plain`: latents by instruction or caption. Chosen: all values but the dropping."""

    rate: float = 6e-4
    """Adam's learning rate."""
    prediction: Literal["sample", "v_prediction", "epsilon"] = "sample"
    """What the U-Net says: the latents z, v, or the noise e. At great noise e is all but given and tells
    nothing of the picture, so that few sampling steps start badly; v tells it at all times, but a narrow
    network has to hand the noise of all channels through. Source: Li and He, Back to basics: let denoising
    generative models denoise (CVPR 2026). `load_prior` turns z and v into e."""
    drop: float = 0.05
    """Share of edits without their photo; as many without their sentence, and as many without both. Source:
    Brooks, Holynski, Efros, InstructPix2Pix (CVPR 2023), section 3.2.1."""
    captions: float = 0.25
    """Share of samples that are made from a caption, without a photo, half of them photos. Not of `plain`."""
    parts: str = ""
    """A finished model, as `load_prior` knows it, such as "stand-in", whose autoencoder, CLIP and tokenizer
    are taken; by default those that earlier stages left in the run's folder are."""


@dataclass(frozen=True)
class Config:
    """The stand-in prior, in stages that build on each other in one folder."""

    stage: Stage
    """autoencoder, clip, then unet, which writes the folder stand-in; plain is what unet is compared to, the
    same net made to give the edited latents at once."""
    data: tuple[str, ...]
    """Folders of portraits; people whom `limner.data.portraits.held_out` names are left out."""
    licence: str
    """Terms of the weights that come out."""
    hold_out: int = 25
    """Every n-th person by name is not learnt from; a held-out loss is watched on them. 0 takes all."""
    triples: int = 18000
    """Photo, edited photo and sentences, at most: a portrait without a usable face gives none."""
    watched: int = 32
    """The same of people not learnt from, at most."""
    unedited: float = 0.04
    """Share of triples whose edited photo is the photo."""
    average: float = 0.999
    """Decay of the running average of the weights, which is what is kept."""
    warm: int = 100
    """Steps in which the learning rate rises; over the second half of all it falls, linearly, to zero."""
    clip_norm: float = 1.0
    """The largest norm of the gradient."""
    autoencoder: Autoencoder = field(default_factory=Autoencoder)
    """Of its stage."""
    clip: Clip = field(default_factory=Clip)
    """Of its stage."""
    unet: Unet = field(default_factory=Unet)
    """Of its stage, and of plain."""
    sizes: Sizes = field(default_factory=Sizes)
    """Of the networks; the same in all stages."""
    framing: Framing = field(default_factory=Framing)
    """How portraits are cut."""
    run: RunConfig = field(default_factory=lambda: RunConfig(Path("runs/prior"), steps=6000, batch=8))
    """Steps, batch, seed, folder, of one stage; each has a folder of its own in that folder. Stage clip tells
    the pairs of a batch apart, and wants a batch of 64."""

    def __post_init__(self) -> None:
        """Checks what would fail only after hours.

        Raises:
            LimnerError: Crops that no teacher sees, or that pictures do not hold; counts below their least.
        """
        crop, size = self.autoencoder.crop, self.sizes.size
        if crop % 16 or size % 16 or not 16 <= crop <= size:
            raise LimnerError(
                f"crops of {crop} from pictures of {size}; multiples of 16 are expected, no larger"
            )
        for name, low in (("hold_out", 0), ("triples", 1), ("watched", 1), ("warm", 1)):
            if getattr(self, name) < low:
                raise LimnerError(f"{name} is {getattr(self, name)}; at least {low} is expected")

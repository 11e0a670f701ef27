"""What draws by a learned instruction: the prior, asked for it about each photo.

z = Euler ancestral(e, noise),    e = the guided noise of (photo, instruction),    sketch = grey(D(z / s))

which is then, as far as `trace` says, laid on the lines of a pencil that learned the same pair (`lines.py`,
`trace.py`). With such lines squares are as large as that pencil draws well, the prior's part is enlarged, and
around them the lines draw alone.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from limner.frame import PORTRAIT
from limner.hub import FetchError, StyleError
from limner.image import GREY
from limner.methods.base import Sampling
from limner.methods.instruct.trace import traced
from limner.nn.generator import Generator
from limner.pretrained.folder import PriorError, find
from limner.pretrained.guidance import instructed
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sample import euler_ancestral


@dataclass(frozen=True)
class Settings:
    """How a style samples.

    Attributes:
        steps: Of Euler's ancestral sampling.
        text_scale: s_T.
        image_scale: s_I.
        trace: From 0, what the prior draws, to 1, the same on the lines of the pencil.
        seed: Of the noise.
    """

    steps: int
    text_scale: float
    image_scale: float
    trace: float
    seed: int = 0


LINED = 512
"""About how large a square is in which the pencil knows faces: its eyes are 100 pixels apart."""


def side(size: int, lined: bool) -> int:
    """The side of the squares that a prior of some size draws, alone or on lines: a multiple of its own."""
    return size * max(1, round(LINED / size)) if lined else size


class Drawer(nn.Module):
    """Draws squares, and nothing else.

    Args:
        prior: Draws; no part of the weights.
        states: c, the instruction, (1, T, width).
        settings: Of the sampling.
        lines: The pencil that learned the pair; None if none did.

    Raises:
        StyleError: What is drawn is to be laid on lines, and there are none.

    Attributes:
        stride: The side of the squares in pixels.
        radius: None: each pixel depends on all others.
    """

    states: Tensor
    radius = None

    def __init__(
        self, prior: Prior, states: Tensor, settings: Settings, lines: Generator | None = None
    ) -> None:
        super().__init__()
        if settings.trace and lines is None:
            raise StyleError(
                f"trace {settings.trace:g}: the style learned no lines to trace; a trace of 0 is expected"
            )
        self.prior, self.settings, self.lines = prior, settings, lines
        self.stride = side(prior.size, lines is not None)
        self.register_buffer("states", states.detach().clone())

    def sampled(self, sampling: Sampling) -> "Drawer":
        """The same instruction under other settings; what is None stays as it is.

        Raises:
            StyleError: As of the class.
        """
        settings = dataclasses.replace(self.settings, **sampling.given())
        return Drawer(self.prior, self.states, settings, self.lines)

    def portable(self, about: Mapping[str, str]) -> tuple[nn.Module, Mapping[str, str]]:
        """See `limner.methods.base.Portable`: the lines alone, without the prior's tone.

        Raises:
            StyleError: There are none.
        """
        if self.lines is None:
            raise StyleError(
                f"the style draws by sampling {about['prior']}, which no ONNX file holds; one that learned "
                "lines too is expected"
            )
        kept = {k: v for k, v in about.items() if k not in ("prior", "prior_revision", "lines")}
        return self.lines, {**kept, "frame": json.dumps(dataclasses.asdict(PORTRAIT))}

    def around(self, about: Mapping[str, str]) -> tuple[nn.Module, Mapping[str, str]] | None:
        """See `limner.methods.base.Sampler`: the lines, as far as they are traced."""
        return self.portable(about) if self.settings.trace else None

    @torch.no_grad()
    def forward(self, photo: Tensor) -> Tensor:
        """Draws; the same seed, the same picture.

        Args:
            photo: (N, 3, side, side) in [0, 1].

        Returns:
            (N, 1, side, side) in [0, 1], on the photo's device.

        Raises:
            PriorError: The photo is of another size, or the prior does not know so many steps.
        """
        prior, told = self.prior, self.settings
        if photo.shape[2:] != (self.stride, self.stride):
            raise PriorError(
                f"a photo {tuple(photo.shape)}; (N, 3, {self.stride}, {self.stride}) is expected"
            )
        seen = F.interpolate(photo, (prior.size, prior.size), mode="area")
        # Noise comes from the processor, wherever the rest runs.
        chance = torch.Generator().manual_seed(told.seed)
        text = self.states.to(prior.device, prior.dtype)
        epsilon = instructed(
            prior, text, prior.embed([""]), prior.condition(seen), told.text_scale, told.image_scale
        )
        latents = euler_ancestral(prior, epsilon, prior.noise(len(photo), chance), told.steps, chance)
        made = prior.decode(latents).to(photo.device, photo.dtype)
        grey = (made * made.new_tensor(GREY).view(3, 1, 1)).sum(1, keepdim=True)
        grey = F.interpolate(grey, photo.shape[2:], mode="bilinear")
        if self.lines is None or not told.trace:
            return grey
        return grey.lerp(traced(grey, self.lines(photo)), told.trace)


def build(about: Mapping[str, str]) -> Drawer:
    """The drawer without its instruction, as a style's weight file tells of it, where there is a GPU on that.

    Args:
        about: Holds `prior`, where that lies, `prior_revision`, and, as JSON, `config` with `sampling_steps`,
            `text_scale`, `image_scale` and `trace`, and, if there are any, `lines`.

    Raises:
        StyleError: The style does not tell all that, or the prior is not there or of another revision.
        PriorError: It cannot be opened.
        limner.hub.FetchError: It is the hub's, and was not fetched yet.
    """
    try:
        name, revision, told = about["prior"], about["prior_revision"], json.loads(about["config"])
        text_scale, image_scale = float(told["text_scale"]), float(told["image_scale"])
        lines = _untrained(about["lines"]) if "lines" in about else None
        settings = Settings(int(told["sampling_steps"]), text_scale, image_scale, float(told["trace"]))
        Sampling(**dataclasses.asdict(settings))  # which checks their ranges
    except (LookupError, RuntimeError, TypeError, ValueError) as error:
        raise StyleError(
            f"the style does not tell how it draws ({error!r}); a prior, its revision and a config with "
            "sampling_steps, text_scale, image_scale and trace are expected"
        ) from error
    prior = _prior(name, revision)
    return Drawer(prior, torch.zeros_like(prior.embed([""])), settings, lines)


def _untrained(told: str) -> Generator:
    """The lines' network that `shape` told of."""
    return Generator(**json.loads(told))


def shape(net: Generator) -> str:
    """What a weight file says of the lines' network, as JSON."""
    widths = [net.stem.out_channels, *(down.out_channels for down in net.down)]  # pyright: ignore
    return json.dumps({"widths": widths, "depth": net.depth})


def _prior(name: str, revision: str) -> Prior:
    try:
        found = find(name).fingerprint
    except FetchError:
        raise
    except PriorError as error:
        raise StyleError(f"the style draws with the prior {name!r}, which --prior names: {error}") from error
    if found != revision:
        raise StyleError(
            f"the style draws with the prior {name!r} of revision {revision[:12]}; here it is {found[:12]}: "
            "--prior names the one that it was learned on"
        )
    return load_prior(name, "cuda" if torch.cuda.is_available() else "cpu")

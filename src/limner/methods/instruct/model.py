"""What draws by a learned instruction: the prior, asked for it about each photo.

z = Euler ancestral(e, noise),    e = the guided noise of (photo, instruction),    sketch = grey(D(z / s))

which is then, as far as `trace` says, laid on the lines of limner's pencil (`trace.py`).
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from limner.hub import FetchError, StyleError
from limner.image import GREY
from limner.methods.base import Sampling
from limner.methods.instruct.trace import pencilled, traced
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
        trace: From 0, what the prior draws, to 1, the same on the lines of limner's pencil.
        seed: Of the noise.
    """

    steps: int
    text_scale: float
    image_scale: float
    trace: float
    seed: int = 0


class Drawer(nn.Module):
    """Draws squares of the prior's size, and nothing else.

    Args:
        prior: Draws; no part of the weights.
        states: c, the instruction, (1, T, width).
        settings: Of the sampling.

    Attributes:
        stride: The side of the squares in pixels.
        radius: None: each pixel depends on all others.
    """

    states: Tensor
    radius = None

    def __init__(self, prior: Prior, states: Tensor, settings: Settings) -> None:
        super().__init__()
        self.prior, self.settings, self.stride = prior, settings, prior.size
        self.register_buffer("states", states.detach().clone())

    def sampled(self, sampling: Sampling) -> "Drawer":
        """The same instruction under other settings; what is None stays as it is."""
        return Drawer(self.prior, self.states, dataclasses.replace(self.settings, **sampling.given()))

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
        if photo.shape[2:] != (prior.size, prior.size):
            raise PriorError(f"a photo {tuple(photo.shape)}; (N, 3, {prior.size}, {prior.size}) is expected")
        # Noise comes from the processor, wherever the rest runs.
        chance = torch.Generator().manual_seed(told.seed)
        text = self.states.to(prior.device, prior.dtype)
        epsilon = instructed(
            prior, text, prior.embed([""]), prior.condition(photo), told.text_scale, told.image_scale
        )
        latents = euler_ancestral(prior, epsilon, prior.noise(len(photo), chance), told.steps, chance)
        made = prior.decode(latents).to(photo.device, photo.dtype)
        grey = (made * made.new_tensor(GREY).view(3, 1, 1)).sum(1, keepdim=True)
        return grey.lerp(traced(grey, pencilled(photo)), told.trace) if told.trace else grey


def build(about: Mapping[str, str]) -> Drawer:
    """The drawer without its instruction, as a style's weight file tells of it, where there is a GPU on that.

    Args:
        about: Holds `prior`, where that lies, `prior_revision`, and, as JSON, `config` with `sampling_steps`,
            `text_scale`, `image_scale` and, unless it is 0, `trace`.

    Raises:
        StyleError: The prior is not there, or is of another revision.
        PriorError: It cannot be opened.
        limner.hub.FetchError: It is the hub's, and was not fetched yet.
    """
    prior = _prior(about["prior"], about["prior_revision"])
    told = json.loads(about["config"])
    text_scale, image_scale = float(told["text_scale"]), float(told["image_scale"])
    # Styles that were learned before there was tracing draw as they did.
    settings = Settings(int(told["sampling_steps"]), text_scale, image_scale, float(told.get("trace", 0)))
    return Drawer(prior, torch.zeros_like(prior.embed([""])), settings)


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

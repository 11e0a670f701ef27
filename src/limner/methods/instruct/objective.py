"""What an instruction is held to: L over the pairs that are to be learned, at any times."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from limner.methods.instruct.config import Config
from limner.methods.instruct.loss import Noised, direction, likeness, noise_loss, noised
from limner.methods.instruct.times import HOLD, noises, spread
from limner.pretrained.clip import Clip
from limner.pretrained.prior import Prior

LOOKS = 4
"""Times at which sentences are compared. Chosen."""


@dataclass(frozen=True)
class Asked:
    """What is asked about.

    Attributes:
        noised: Sketches at some time each.
        d: The directions of their pairs, (N, width of CLIP); None without CLIP.
    """

    noised: Noised
    d: Tensor | None


class Objective:
    """L of an instruction.

    Args:
        config: Weights, scales, seed.
        prior: Predicts.
        clip: Gives directions; None leaves their term out.
        photos: (N, 3, side, side) in [0, 1].
        sketches: Theirs, likewise, three equal channels.
    """

    def __init__(
        self, config: Config, prior: Prior, clip: Clip | None, photos: Tensor, sketches: Tensor
    ) -> None:
        self.config, self.prior, self.clip = config, prior, clip
        with torch.no_grad():
            self.z_y = torch.cat([prior.encode(each) for each in sketches.split(1)])
            self.z_x = torch.cat([prior.condition(each) for each in photos.split(1)])
            self.empty = prior.embed([""])
        self.d = direction(clip, photos, sketches) if clip else None

    def ask(self, times: Sequence[float], pairs: Sequence[int], kind: int) -> Asked:
        """Sketches noised, each at its time, with the noise of that time and kind (`times.noises`)."""
        places = list(pairs)
        t = torch.tensor(times, device=self.z_y.device)
        noise = noises(self.prior, times, self.config.run.seed, kind)
        given = noised(self.prior, self.z_y[places], self.z_x[places], t, noise, self.empty)
        return Asked(given, None if self.d is None else self.d[places])

    def terms(self, asked: Asked, states: Tensor) -> dict[str, Tensor]:
        """`loss`, which is L, and its parts; scalars. Gradients reach the states, (1, T, width)."""
        config = self.config
        mse = noise_loss(self.prior, asked.noised, states, config.text_scale, config.image_scale)
        # L = 4 MSE(e, eps_t) - 0.1 clamp(cos(d, W mean_tokens(c)), -1, 0.5).
        loss, parts = config.noise_weight * mse, {"mse": mse}
        if self.clip is not None and asked.d is not None:
            cosine = likeness(self.clip, asked.d, states, config.ceiling)
            loss, parts = loss - config.clip_weight * cosine, {**parts, "cosine": cosine}
        return {"loss": loss, **parts}

    @torch.no_grad()
    def best(self, sentences: Sequence[str], count: int = 1) -> list[str]:
        """The sentences of the lowest L, lowest first, over a few times and noises not learned from.

        Args:
            sentences: At least one.
            count: How many of them are given, at most.
        """
        pairs = len(self.z_y)
        asked = [self.ask([t], [i % pairs], HOLD) for i, t in enumerate(spread(max(LOOKS, pairs)))]
        losses = {each: float(self.mean(asked, self.prior.embed([each]))) for each in sentences}
        return sorted(sentences, key=losses.__getitem__)[:count]

    @torch.no_grad()
    def mean(self, asked: Sequence[Asked], states: Tensor) -> Tensor:
        """L on the average of several; a scalar."""
        return torch.stack([self.terms(each, states)["loss"] for each in asked]).mean()

"""The networks of the `paired` method."""

import json
from collections.abc import Mapping

from limner.hub import StyleError
from limner.methods.paired.config import Config
from limner.nn.generator import Generator
from limner.nn.patchgan import PatchGAN

CHANNELS = {"photo": 3, "sketch": 1}


def ends(direction: str) -> tuple[str, str]:
    """What is drawn from and what is drawn: ("photo", "sketch") of "photo-sketch"."""
    source, target = direction.split("-")
    return source, target


def generator(config: Config) -> Generator:
    """The network that draws."""
    return _generator(config.direction, config.width, config.depth)


def discriminator(config: Config) -> PatchGAN:
    """The network that judges a photo and a sketch together."""
    return PatchGAN(sum(CHANNELS.values()), config.judge_width)


def build(about: Mapping[str, str]) -> Generator:
    """The untrained network that draws, as a style's weight file tells of it.

    Args:
        about: Holds `direction` and, as JSON, `config` with `width` and `depth`.

    Raises:
        StyleError: It does not.
    """
    try:
        told = json.loads(about["config"])
        return _generator(about["direction"], int(told["width"]), int(told["depth"]))
    except (LookupError, RuntimeError, TypeError, ValueError) as error:
        raise StyleError(
            f"the style does not tell its network ({error!r}); a direction and a config with width and depth "
            "are expected"
        ) from error


def _generator(direction: str, width: int, depth: int) -> Generator:
    source, target = ends(direction)
    widths = (width, 2 * width, 4 * width, 6 * width)
    return Generator(CHANNELS[source], CHANNELS[target], widths, depth)

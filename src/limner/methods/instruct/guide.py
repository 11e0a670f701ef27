"""The CLIP that tells the direction from photo to sketch."""

from limner.errors import LimnerError
from limner.methods.instruct.config import Config
from limner.pretrained.clip import Clip, load_clip
from limner.pretrained.folder import PriorError, find
from limner.pretrained.prior import Prior

LARGE = "openai/clip-vit-large-patch14"
"""Has the text encoder of Stable Diffusion 1.x, and so that of InstructPix2Pix."""


def load_guide(config: Config, prior: Prior) -> Clip | None:
    """CLIP with the prior's text encoder; None where nothing asks for it.

    Raises:
        PriorError: It cannot be opened, or reads states of another width than the prior's.
        limner.hub.FetchError: It is the hub's, and was not fetched yet.
    """
    ways = ("--clip-weight 0", config.clip_weight), ("--start given or best", config.start == "nearest")
    without = f"{' with '.join(way for way, asks in ways if asks)} leaves CLIP out"
    if not (config.clip_weight or config.start == "nearest"):
        return None
    name = config.clip
    if name == "auto":
        name = config.prior if find(config.prior).has("image_encoder") else LARGE
    try:
        clip = load_clip(name)
    except LimnerError as error:
        raise type(error)(f"{error}; {without}") from error
    reads, gives = int(clip.text.config.hidden_size), int(prior.text_encoder.config.hidden_size)
    if reads != gives:
        raise PriorError(
            f"{name} reads states of width {reads}, {prior.name} gives {gives}; --clip with the CLIP of its "
            f"text encoder is expected; {without}"
        )
    return clip

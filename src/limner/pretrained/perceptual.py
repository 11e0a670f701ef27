"""Teachers: frozen networks that see a picture at four sizes, in two sizes of their own, one code path.

    phi_l(x) = g_l / sqrt(mean_c g_l^2 + eps),    g_1 ... g_4 the network's maps at 1/2, 1/4, 1/8, 1/16

The full one is VGG-19, which others trained on ImageNet (`limner fetch vgg19`); the stand-ins are small
encoders that `limner train teacher` trained, and come with limner. They differ in the network and in the two
numbers a colour that a picture is normalised by, in nothing else.

Chosen: at each place the channels are brought to a mean square of one, as LPIPS does (Zhang et al., The
unreasonable effectiveness of deep features, CVPR 2018), but for a factor sqrt(C): no level outweighs another,
nothing has to be measured on data, and so it is the same for both.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

from limner import hub
from limner.hub import StyleError
from limner.nn.encoder import Encoder
from limner.pretrained.features import DEVIATION, MEAN, tensors
from limner.pretrained.vgg import WIDTHS, vgg19

LEVELS = 4
STRIDE = 2**LEVELS
FULL = "vgg19"
PREFIX = "teacher-"
"""How the cards of the stand-ins are called, before the name."""
EPS = 1e-6


class Teacher(nn.Module):
    """A network that sees pictures in [0, 1] at 1/2, 1/4, 1/8 and 1/16 of their size.

    Args:
        net: Gives maps of a normalised picture, finest first; the last four are taken.
        widths: Channels of those four.
        mean: Of each colour, in [0, 1], that becomes zero.
        deviation: Of each colour, that becomes one.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(
        self, net: nn.Module, widths: Sequence[int], mean: Sequence[float], deviation: Sequence[float]
    ) -> None:
        super().__init__()
        self.net, self.widths = net, tuple(widths)
        for name, numbers in (("mean", mean), ("deviation", deviation)):
            self.register_buffer(name, torch.tensor(numbers).view(3, 1, 1), persistent=False)

    def forward(self, picture: Tensor) -> list[Tensor]:
        """What the network sees; gradients reach the picture.

        Args:
            picture: (N, 3, H, W), or (N, 1, H, W) of a grey one, in [0, 1]; sides multiples of 16.

        Returns:
            Four maps (N, widths[l], H / 2^(l + 1), W / 2^(l + 1)), each of mean square one at every place.

        Raises:
            ValueError: The sides are no multiples of 16.
        """
        height, width = picture.shape[-2:]
        if height % STRIDE or width % STRIDE:
            raise ValueError(f"a picture of {width} x {height}; multiples of {STRIDE} are expected")
        maps = self.net((picture.expand(-1, 3, -1, -1) - self.mean) / self.deviation)
        return [_even(layer) for layer in maps[-LEVELS:]]


def stand_in(widths: Sequence[int]) -> Teacher:
    """An untrained stand-in, of channels at 1/2, 1/4, 1/8 and 1/16 of the picture's size."""
    return Teacher(Encoder(widths), widths, (0.5,) * 3, (0.25,) * 3)


def known() -> tuple[str, ...]:
    """The names of all teachers: the stand-ins that come with limner, and the full one."""
    ours = (name.removeprefix(PREFIX) for name in hub.cards() if name.startswith(PREFIX))
    return (*sorted(ours), FULL)


def load_teacher(name: str | Path, device: str = "cpu") -> Teacher:
    """A trained teacher, in evaluation mode and frozen.

    Args:
        name: One of `known()`: "photo", "sketch", ... or "vgg19"; or the path of a `.safetensors` file that
            `limner train teacher` made.
        device: Where it runs, as torch calls it.

    Raises:
        limner.hub.FetchError: VGG-19 was not fetched, or is damaged.
        limner.hub.StyleError: There is no such teacher, or its file is missing, damaged or none of a teacher.
    """
    if name == FULL:
        teacher = _full()
    elif Path(name).suffix == ".safetensors":
        teacher = _opened(_read(Path(name)), str(name))
    elif name in known():
        card = hub.cards()[f"{PREFIX}{name}"]
        teacher = _opened(hub.packaged(card), card.name)
    else:
        raise StyleError(
            f"no teacher is called {str(name)!r}; known are {', '.join(known())} "
            "(or give the path of a .safetensors file)"
        )
    return teacher.eval().requires_grad_(False).to(device)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StyleError(f"{path} cannot be read: {error.strerror}") from error


def _full() -> Teacher:
    net = vgg19()
    told, wanted = tensors(FULL), net.state_dict().keys()
    net.load_state_dict({name: value for name, value in told.items() if name in wanted})
    return Teacher(net, WIDTHS[-LEVELS:], MEAN, DEVIATION)


def _opened(content: bytes, name: str) -> Teacher:
    """A stand-in from its file; the half-precision weights are widened."""
    try:
        teacher = stand_in(json.loads(_about(content)["config"])["widths"])
        teacher.load_state_dict(safetensors.torch.load(content))
    except (safetensors.SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise StyleError(f"{name} is not the file of a teacher, or a damaged one") from error
    return teacher


def _about(content: bytes) -> Mapping[str, str]:
    """What a safetensors file says of itself: JSON, after its length in eight bytes."""
    size = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + size])["__metadata__"]


def _even(layer: Tensor) -> Tensor:
    """A map (N, C, H, W) brought to a mean square of one over the channels at every place."""
    return layer * torch.rsqrt(layer.square().mean(1, keepdim=True) + EPS)

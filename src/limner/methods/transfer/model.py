"""The networks of the `transfer` method: students, the adapters to their teachers, their discriminators."""

import json
from collections.abc import Mapping, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from limner.hub import StyleError
from limner.methods.transfer.config import Config
from limner.nn.generator import Generator
from limner.nn.patchgan import PatchGAN
from limner.nn.standard import standardise


class Student(Generator):
    """A small generator, one a direction: photo to sketch by any of several artists, or sketch to photo.

    Args:
        direction: "photo-sketch" or "sketch-photo".
        width: Channels at half size.
        depth: Residual blocks at the coarsest level.
        hands: Number of artists; the sketch-photo student takes all of them for one.
    """

    def __init__(self, direction: str, width: int, depth: int, hands: int) -> None:
        widths = (width, 2 * width, 4 * width, 11 * width // 2)
        draws = direction == "photo-sketch"
        super().__init__(3 if draws else 1, 1 if draws else 3, widths, depth, hands if draws else 0)
        self.widths, self.hands = widths, hands if draws else 0


class OneHand(nn.Module):
    """A student that draws as one of its artists: what a style is.

    Args:
        student: The network, held under its own names.
        hand: (1, hands), 1 for the artist; None where there is none to tell apart.
    """

    def __init__(self, student: Student, hand: Tensor | None) -> None:
        super().__init__()
        self.student = student
        self.register_buffer("hand", hand, persistent=False)
        self.stride, self.radius = student.stride, student.radius

    def forward(self, x: Tensor) -> Tensor:
        """Takes (N, C, H, W) in [0, 1], H and W multiples of `stride`; gives (N, C', H, W)."""
        return self.student(x, self.hand)

    def portable(self, about: Mapping[str, str]) -> tuple[Generator, Mapping[str, str]]:
        """See `limner.methods.base.Portable`: the same drawing, no artist left to choose."""
        hand = cast("Tensor | None", self.hand)
        return (self.student if hand is None else self.student.alone(hand)), about


class Adapters(nn.Module):
    """r^l and r'^l: 1 x 1 convolutions from a student's maps to its teachers' widths, dropped after training.

    Args:
        student: Whose maps.
        known: The widths of the teacher of what the student sees, at 1/2, 1/4, 1/8 and 1/16.
        wanted: The same of the teacher of what it draws.
    """

    def __init__(self, student: Student, known: Sequence[int], wanted: Sequence[int]) -> None:
        super().__init__()
        given = student.widths
        self.encoder = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(given, known, strict=True))
        drawn = zip(given[:-1], wanted[:-1], strict=True)
        self.decoder = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in drawn)

    def seen(self, encoded: Sequence[Tensor]) -> list[Tensor]:
        """r^l of the encoder's maps."""
        return [r(each) for r, each in zip(self.encoder, encoded, strict=True)]

    def drawn(self, decoded: Sequence[Tensor]) -> list[Tensor]:
        """r'^l of the decoder's maps."""
        return [r(each) for r, each in zip(self.decoder, decoded, strict=True)]


def student(config: Config, direction: str) -> Student:
    """The untrained student of a direction."""
    net = Student(direction, config.width, config.depth, len(config.data))
    if config.standardised:
        standardise(net, net.last[-1])
    return net


def sketch_judge(config: Config) -> PatchGAN:
    """Tells an artist's sketch from made ones, given whose it is meant to be."""
    return PatchGAN(1 + len(config.data), config.judge_width)


def photo_judge(config: Config) -> PatchGAN:
    """Tells photos from made ones."""
    return PatchGAN(3, config.judge_width)


def signed(sketch: Tensor, hand: Tensor) -> Tensor:
    """A sketch (N, 1, H, W) with its artist (N, hands) as flat channels; (N, 1 + hands, H, W)."""
    planes = hand[..., None, None].expand(*hand.shape, *sketch.shape[2:])
    return torch.cat([sketch, planes], 1)


def one_hand(student: Student, index: int | None) -> OneHand:
    """A style out of a student.

    Args:
        student: The network.
        index: The artist's place in the config's `data`; None for the sketch-photo student.
    """
    return OneHand(student, None if index is None else torch.eye(student.hands)[index : index + 1])


def build(about: Mapping[str, str]) -> OneHand:
    """The untrained network that draws, as a style's weight file tells of it.

    Args:
        about: Holds `direction`, `artists` as a JSON list, `artist`, one of them, and, as JSON, `config` with
            `width` and `depth`.

    Raises:
        StyleError: There is no such artist.
    """
    told = json.loads(about["config"])
    artists = json.loads(about["artists"])
    if about["artist"] not in artists:
        raise StyleError(f"no artist is called {about['artist']!r}; known are {', '.join(artists)}")
    net = Student(about["direction"], int(told["width"]), int(told["depth"]), len(artists))
    index = artists.index(about["artist"]) if about["direction"] == "photo-sketch" else None
    return one_hand(net, index)

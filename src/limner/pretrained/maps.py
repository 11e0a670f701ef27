"""What the U-Net and the decoder of a prior hold inside, by name, while they work.

    f_(t, l) = what the second convolution of decoder block l gives at time t, before the skip is added

Hooks are on only within the `with` block; afterwards the modules are what they were.

Source: the U-Net's maps are those of DiffSketch; Stable Diffusion 1.x has 12 such blocks, the first nearest
    to the bottleneck.
Chosen: of the autoencoder the maps that its blocks hand on, skip included: the last block of the middle and
    of each size.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import torch
from diffusers import AutoencoderDC, AutoencoderTiny
from torch import Tensor, nn

from limner.pretrained.folder import PriorError
from limner.pretrained.prior import Prior

Maps = dict[str, Tensor]


def unet_blocks(prior: Prior) -> Mapping[str, nn.Module]:
    """The second convolutions of the U-Net's decoder blocks, coarsest first, by the names of their blocks."""
    ups = cast(Any, prior.unet.up_blocks)
    return {
        f"up_blocks.{i}.resnets.{j}": block.conv2
        for i, up in enumerate(ups)
        for j, block in enumerate(up.resnets)
    }


def vae_blocks(prior: Prior) -> Mapping[str, nn.Module]:
    """The last block of each size of the decoder that makes the picture, coarsest first, by name."""
    decoder = cast(Any, prior.vae.decoder)
    if isinstance(prior.vae, AutoencoderTiny):
        layers = list(decoder.layers)
        ends = [i - 1 for i, layer in enumerate(layers) if isinstance(layer, nn.Upsample)]
        return {f"decoder.layers.{i}": layers[i] for i in (*ends, len(layers) - 2)}
    if isinstance(prior.vae, AutoencoderDC):
        ups = [(i, up) for i, up in enumerate(decoder.up_blocks) if len(up)]
        return {f"decoder.up_blocks.{i}.{len(up) - 1}": up[-1] for i, up in reversed(ups)}
    blocks = {"decoder.mid_block.resnets.1": decoder.mid_block.resnets[-1]}
    for i, up in enumerate(decoder.up_blocks):
        blocks[f"decoder.up_blocks.{i}.resnets.{len(up.resnets) - 1}"] = up.resnets[-1]
    return blocks


@contextmanager
def unet_maps(prior: Prior, at: Sequence[int]) -> Generator[Mapping[int, Maps], None, None]:
    """Keeps what the U-Net's decoder blocks give, whenever it is asked at one of some times.

    Args:
        prior: Whose U-Net.
        at: Times; of each what was seen last is kept.

    Yields:
        From time to block to map (N, C, h, w), filled while the U-Net works. N counts the branches of
        guidance, in their order.

    Raises:
        PriorError: The block was left without an error, and a time had never come.
    """
    seen: dict[int, Maps] = {int(t): {} for t in at}
    now: list[Maps] = [{}]

    def tell_time(_: nn.Module, given: tuple[Any, ...]) -> None:
        t = float(torch.as_tensor(given[1]).flatten()[0])
        now[0] = seen.get(int(t), {}) if t == int(t) else {}

    blocks = unet_blocks(prior)
    with _hooked(prior.unet.register_forward_pre_hook(tell_time)), _keeping(blocks, now):
        yield seen
    if never := [t for t, maps in seen.items() if not maps]:
        raise PriorError(f"maps at the times {never} were asked for, where the U-Net never was")


@contextmanager
def vae_maps(prior: Prior) -> Generator[Maps, None, None]:
    """Keeps what the decoder's blocks give: from block to map (N, C, h, w), filled by `Prior.decode`."""
    now: list[Maps] = [{}]
    with _keeping(vae_blocks(prior), now):
        yield now[0]


@contextmanager
def _keeping(blocks: Mapping[str, nn.Module], now: list[Maps]) -> Generator[None, None, None]:
    """Writes what blocks give into `now[0]`."""

    def keep(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(_: nn.Module, __: tuple[Tensor, ...], made: Tensor) -> None:
            now[0][name] = made

        return hook

    handles = [block.register_forward_hook(keep(name)) for name, block in blocks.items()]
    with _hooked(*handles):
        yield


@contextmanager
def _hooked(*handles: torch.utils.hooks.RemovableHandle) -> Generator[None, None, None]:
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()

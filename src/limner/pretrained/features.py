"""From a network's name to what a metric sees through it.

Weights are fetched files (`limner fetch NAME`), held to the sha256 of their cards whenever they are opened
and read as plain tensors: no code in them is run.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from limner import hub
from limner.image import to_unit
from limner.metrics import Colour, Features
from limner.pretrained import alexnet, vgg
from limner.pretrained.inception import Inception

Layer = npt.NDArray[np.float32]
Parameters = Mapping[str, Tensor]

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's pictures in [0, 1]. LPIPS writes the same numbers for pictures in [-1, 1]."""


def features(name: str, device: str = "cpu") -> Features:
    """A network and what a metric learned of its layers.

    Args:
        name: A metric's `network`, one of `NETWORKS`.
        device: Where the network runs, as torch calls it.

    Returns:
        From a picture, uint8 (H, W, 3), to its layers: of "lpips-alex" and "lpips-vgg" five, with a weight
        (C,) each; of "dists" the picture and five, with (2, C) each; of "inception" one of shape
        (2048, 1, 1), without weights.

    Raises:
        limner.hub.FetchError: There is no such network, or its weights were not fetched or are damaged.
    """
    if name not in NETWORKS:
        raise hub.FetchError(f"no network is called {name!r}; known are {', '.join(NETWORKS)}")
    return NETWORKS[name](device)


def _lpips_alex(device: str) -> Features:
    weights = _lpips_weights("lpips-alex", len(alexnet.WIDTHS))
    return Features(_seen_by(alexnet.AlexNet(), "alexnet", device), weights)


def _lpips_vgg(device: str) -> Features:
    weights = _lpips_weights("lpips-vgg", len(vgg.WIDTHS))
    return Features(_seen_by(vgg.vgg16(), "vgg16", device), weights)


def _dists(device: str) -> Features:
    told = tensors("dists")
    widths = (3, *vgg.WIDTHS)
    parts = torch.stack([told["alpha"].flatten(), told["beta"].flatten()]).split(widths, dim=1)
    network = _seen_by(vgg.vgg16(vgg.L2Pool), "vgg16", device)

    def layers(picture: Colour) -> list[Layer]:
        return [_unit(picture).numpy(), *network(picture)]

    return Features(layers, [part.numpy() for part in parts])


def _inception(device: str) -> Features:
    half = (0.5, 0.5, 0.5)
    return Features(_seen_by(Inception(), "inception", device, half, half))


def _lpips_weights(name: str, layers: int) -> list[Layer]:
    told = tensors(name)
    return [told[f"lin{i}.model.1.weight"].flatten().numpy() for i in range(layers)]


def _seen_by(
    net: nn.Module,
    weights: str,
    device: str,
    mean: Sequence[float] = MEAN,
    deviation: Sequence[float] = DEVIATION,
) -> Callable[[Colour], list[Layer]]:
    """The layers of a picture in a network with the weights of that name."""
    told, wanted = tensors(weights), net.state_dict().keys()
    # The classifiers, which no metric looks at, stay in the file.
    net.load_state_dict({name: value for name, value in told.items() if name in wanted})
    net.eval().requires_grad_(False).to(device)
    shift, scale = (torch.tensor(each, device=device).view(3, 1, 1) for each in (mean, deviation))

    def layers(picture: Colour) -> list[Layer]:
        with torch.inference_mode():
            seen = net((_unit(picture).to(device) - shift)[None] / scale)
        return [layer[0].cpu().numpy() for layer in seen]

    return layers


def _unit(picture: Colour) -> Tensor:
    """In [0, 1], (3, H, W)."""
    return torch.from_numpy(to_unit(picture))


def tensors(name: str) -> Parameters:
    """The tensors of a fetched file, by name.

    Chosen: The published file is kept and held to its sha256 each time, rather than turned into another one
        that no card vouches for; `weights_only` refuses whatever is no tensor.
    """
    return torch.load(hub.fetched(hub.download(name)), map_location="cpu", weights_only=True)


NETWORKS: Mapping[str, Callable[[str], Features]] = {
    "lpips-alex": _lpips_alex,
    "lpips-vgg": _lpips_vgg,
    "dists": _dists,
    "inception": _inception,
}
"""What makes each, given a device."""

"""A trained style's `style.safetensors`, opened as a network. Torch is imported when it is called."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from limner.hub import StyleError
from limner.methods import METHODS

if TYPE_CHECKING:
    from torch import nn


def open_style(path: Path, artist: str = "", prior: str = "") -> tuple["nn.Module", Mapping[str, str]]:
    """Opens a style file as the network that draws.

    Args:
        path: A `style.safetensors` that `limner train` made.
        artist: Which of its several artists draws; by default the one that the file names.
        prior: Where the prior lies that it samples, if it samples one; by default where the file says.

    Returns:
        The network (a `limner.methods.base.Drawer`) in evaluation mode, and what the file says of itself.

    Raises:
        StyleError: The file cannot be read, is no style, or torch is not installed; or the prior that it
            samples is not there.
        limner.hub.FetchError: The prior is the hub's, and was not fetched yet.
    """
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as error:
        raise StyleError(
            f"{path}: a .safetensors style needs torch; pip install 'limner[train]', "
            "or draw with its ONNX export"
        ) from error
    try:
        with safe_open(str(path), framework="pt") as file:
            about = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
    except (OSError, SafetensorError) as error:
        raise StyleError(f"{path} cannot be read as a style: {error}") from error
    if about.get("method") not in METHODS:
        raise StyleError(f"{path} names the method {about.get('method')!r}; known are {', '.join(METHODS)}")
    if artist:
        if "artist" not in about:
            raise StyleError(f"{path} holds one artist, who has no name; {artist!r} is asked for")
        about = {**about, "artist": artist}
    if prior:
        if "prior" not in about:
            raise StyleError(f"{path} samples no prior; {prior!r} is given")
        about = {**about, "prior": prior}
    try:
        net = METHODS[about["method"]].build(about)
    except ImportError as error:
        raise StyleError(f"{path}: {error}; pip install 'limner[train,diffusion]'") from error
    try:
        net.load_state_dict(weights)
    except RuntimeError as error:
        raise StyleError(f"{path} does not hold the weights that its config tells of") from error
    return net.eval().requires_grad_(False), about

"""From the name of a pretrained model to its folder, and to the parts in it.

A model is a folder as diffusers or transformers writes it: JSON files that say of which class each part is,
and weights that are plain tensors. It is the stand-in that comes with limner, a folder of the user's, or one
of the Hugging Face hub, which is downloaded only when a user asks for it (`limner fetch OWNER/NAME`).

Chosen: what comes from the hub stays in the hub's own cache, under its own revision. Many users have Stable
    Diffusion there already, and the hub's client resumes, verifies and shares what has gigabytes. A file of
    `downloads.toml` is small, has one address and one sha256, and needs no client.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import huggingface_hub
import psutil
import torch
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
from safetensors import SafetensorError, safe_open

from limner.errors import LimnerError
from limner.hub import FetchError, cards, packaged_folder

STAND_IN = "stand-in"
INDEX = "model_index.json"
KNOWN = ("timbrooks/instruct-pix2pix", "CompVis/stable-diffusion-v1-4", "openai/clip-vit-base-patch32")
PARTS = ("unet", "vae", "text_encoder", "tokenizer", "scheduler", "image_encoder")
DRAWING = ("unet", "vae", "text_encoder", "scheduler")
"""Parts that a drawing depends on, weight by weight and noise level by noise level."""
WEIGHTS = ("diffusion_pytorch_model", "model", "pytorch_model")
"""How diffusers and transformers call a part's weights, before the suffix."""


class PriorError(LimnerError):
    """A pretrained model cannot be used, or not as it was asked to: what was got, what was expected."""


@dataclass(frozen=True)
class Folder:
    """A pretrained model on this machine.

    Attributes:
        name: What the user calls it.
        path: Where it lies.
        revision: The hub's commit; empty of folders that are not the hub's.
    """

    name: str
    path: Path
    revision: str = ""

    @property
    def is_pipeline(self) -> bool:
        """Whether it is in diffusers' format: several parts, and an index of them."""
        return (self.path / INDEX).is_file()

    @property
    def fingerprint(self) -> str:
        """What tells it from any other: the hub's commit, else the SHA-256 of its `DRAWING` parts.

        Raises:
            PriorError: A file of them cannot be read.
        """
        if self.revision:
            return self.revision
        digest = hashlib.sha256()
        files = (file for part in DRAWING for file in (self.path / part).iterdir() if file.is_file())
        try:
            for file in sorted(files):
                digest.update(file.relative_to(self.path).as_posix().encode())
                with file.open("rb") as opened:
                    while block := opened.read(1 << 20):
                        digest.update(block)
        except OSError as error:
            raise PriorError(f"{error.filename} cannot be read ({error.strerror})") from error
        return digest.hexdigest()

    def has(self, part: str) -> bool:
        """Whether its index names such a part."""
        told = self._index().get(part) if self.is_pipeline else None
        return isinstance(told, list) and bool(told[-1:]) and told[-1] is not None

    def part(self, part: str, classes: Sequence[str]) -> tuple[str, Path]:
        """The class of a part and where it lies.

        Args:
            part: Its name in the index.
            classes: Those of it that will do.

        Raises:
            PriorError: The folder is no pipeline, or the part is missing or of another class.
        """
        index = self._index()
        told = index.get(part)
        found = told[-1] if isinstance(told, list) and told else None
        wanted = " or ".join(classes)
        if found is None:
            parts = ", ".join(name for name, value in index.items() if isinstance(value, list) and value[-1])
            raise PriorError(
                f"{self.name}: {INDEX} names no {part}; {wanted} is expected, found are {parts or 'none'}"
            )
        if found not in classes:
            raise PriorError(f"{self.name}: its {part} is a {found}; {wanted} is expected")
        if not (self.path / part).is_dir():
            raise PriorError(
                f"{self.name}: {INDEX} names a {part}, but {self.path / part} is missing; copy or fetch the "
                "model again"
            )
        return found, self.path / part

    def _index(self) -> Mapping[str, Any]:
        if not self.is_pipeline:
            found = ", ".join(sorted(each.name for each in self.path.iterdir())[:5]) or "nothing"
            raise PriorError(
                f"{self.path} is not a diffusers pipeline: {INDEX} is expected in it, found are {found}"
            )
        return read_json(self.path / INDEX)


def read_json(path: Path) -> Mapping[str, Any]:
    """What a JSON file of a model says.

    Raises:
        PriorError: It cannot be read, or is no JSON object.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PriorError(f"{path} cannot be read ({error}); copy or fetch the model again") from error
    if not isinstance(told, dict):
        raise PriorError(f"{path} holds {type(told).__name__}; a JSON object is expected")
    return told


def find(name: str | Path) -> Folder:
    """The folder of a model; nothing is downloaded.

    Args:
        name: "stand-in", the path of a folder, or OWNER/NAME on the hub.

    Raises:
        PriorError: There is no such model.
        limner.hub.StyleError: The stand-in is damaged.
        limner.hub.FetchError: It is the hub's, and was not fetched yet.
    """
    if name == STAND_IN:
        return Folder(STAND_IN, packaged_folder(cards()[STAND_IN]))
    if name and (path := Path(name).expanduser()).is_dir():
        return Folder(str(name), path)
    if isinstance(name, Path) or not _is_hubs(name):
        raise PriorError(
            f"there is no folder {str(name)!r}; {STAND_IN!r}, a folder in diffusers' format or OWNER/NAME on "
            f"the Hugging Face hub is expected, such as {KNOWN[0]}"
        )
    try:
        path = Path(huggingface_hub.snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise FetchError(f"{name} was not fetched yet; limner fetch {name} downloads it") from error
    return Folder(name, path, path.name)


def fetch(name: str) -> Folder:
    """Downloads a model of the hub into the hub's cache, unless it is there.

    Args:
        name: OWNER/NAME.

    Raises:
        limner.hub.FetchError: There is no network, no such model, or it may not be had without an account.
    """
    try:
        told = huggingface_hub.model_info(name)
        wanted = needed([each.rfilename for each in told.siblings or ()])
        path = huggingface_hub.snapshot_download(name, revision=told.sha, allow_patterns=wanted)
    except Exception as error:  # the errors of the hub, the network and the disk share no base but this
        reason = " ".join(str(error).split())
        raise FetchError(
            f"{name} could not be downloaded from the Hugging Face hub ({reason}); a network is expected, "
            f"and the name of a public model, such as {KNOWN[0]}"
        ) from error
    return Folder(name, Path(path), told.sha or "")


def needed(files: Sequence[str]) -> list[str]:
    """Which files of a repository limner reads: of each part what describes it, and its weights once.

    A repository holds them several times: in half precision, without averaging, for other libraries. Where
    there is no safetensors file, the older kind is taken, which is read as plain tensors too.
    """
    folders = {"", *(f"{part}/" for part in PARTS)}
    by_folder = {
        folder: [f for f in files if f.rpartition("/")[0] == folder.rstrip("/")] for folder in folders
    }
    if INDEX in by_folder[""]:
        by_folder[""] = [INDEX]
    chosen: list[str] = []
    for folder, inside in sorted(by_folder.items()):
        chosen += [f for f in inside if f.endswith((".json", ".txt"))]
        weights = (f"{folder}{stem}{end}" for end in (".safetensors", ".bin") for stem in WEIGHTS)
        chosen += [f for f in weights if f in inside][:1]
    return chosen


def check_memory(weights: Sequence[Path], device: torch.device, dtype: torch.dtype, name: str) -> None:
    """Refuses a model that the memory has no room for, before the system ends the program.

    Args:
        weights: Folders whose safetensors files are to be read.
        device: Where the model goes.
        dtype: What its numbers become.
        name: Of the model.

    Raises:
        PriorError: It has not; the message says how much is needed.
    """
    numbers = sum(_numbers(file) for folder in weights for file in _read(folder))
    needs = numbers * dtype.itemsize
    if device.type == "cuda":
        free = int(torch.cuda.mem_get_info(device)[0])
    else:
        free = int(psutil.virtual_memory().available)
    if needs > free:
        raise PriorError(out_of_memory(f"{name} needs {needs / 1e9:.1f} GB, {free / 1e9:.1f} GB are free"))


def _read(folder: Path) -> list[Path]:
    """The safetensors files of a part that are read: one, or its shards; none of another kind, as `.fp16`."""
    for stem in WEIGHTS:
        whole = folder / f"{stem}.safetensors"
        if found := [whole] if whole.is_file() else sorted(folder.glob(f"{stem}-*-of-*.safetensors")):
            return found
    return []


def out_of_memory(what: str) -> str:
    """What to do without memory, after what was found."""
    return f"{what}: not enough memory; use {STAND_IN!r}, dtype torch.float16 on a GPU, or smaller pictures"


def _numbers(file: Path) -> int:
    """How many numbers a safetensors file holds."""
    try:
        with safe_open(str(file), framework="pt") as opened:
            shapes = (torch.Size(opened.get_slice(name).get_shape()) for name in opened.keys())  # noqa: SIM118
            return sum(shape.numel() for shape in shapes)
    except (OSError, SafetensorError):
        return 0  # a damaged file: whoever opens it says so


def _is_hubs(name: str) -> bool:
    owner, _, rest = name.partition("/")
    return bool(owner and rest) and "/" not in rest and not owner.startswith((".", "~"))

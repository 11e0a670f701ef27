"""One part of a pretrained model from its folder: whole, frozen and in silence."""

import logging
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
import transformers
from diffusers import ModelMixin
from diffusers.utils import logging as diffusers_logging
from torch import nn
from transformers import CLIPTokenizer

from limner.pretrained.folder import PriorError, out_of_memory

Part = TypeVar("Part", bound=nn.Module)
TOKENIZERS = ("CLIPTokenizer", "CLIPTokenizerFast")


def open_part(kind: type[Part], path: Path, device: torch.device, dtype: torch.dtype) -> Part:
    """A trained network, in evaluation mode and frozen.

    Args:
        kind: A class of diffusers or transformers.
        path: The folder of its config.json and weights.
        device: Where it runs.
        dtype: What it computes in.

    Raises:
        PriorError: The files are missing, damaged, of another network, or too large for the memory.
    """
    named = {"torch_dtype" if issubclass(kind, ModelMixin) else "dtype": dtype}
    try:
        with quiet():
            part, told = cast(Any, kind).from_pretrained(
                path, local_files_only=True, output_loading_info=True, **named
            )
        lacks = sorted(told["missing_keys"])
        if not lacks:  # what lacks weights has no memory for them either, and cannot be moved
            part.eval().requires_grad_(False).to(device)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise PriorError(out_of_memory(f"{path} does not fit on {device}")) from error
    except Exception as error:  # a damaged file raises whatever its reader does: they share no base but this
        reason = " ".join(str(error).split())[:200]
        raise PriorError(
            f"{path} cannot be opened as a {kind.__name__} ({reason}); its config.json and its weights are "
            "expected, whole: copy or fetch the model again"
        ) from error
    if lacks:
        raise PriorError(
            f"{path} lacks {len(lacks)} weights of a {kind.__name__}, such as {lacks[0]}; they are another "
            "network's"
        )
    return cast(Part, part)


def open_tokenizer(path: Path) -> CLIPTokenizer:
    """What cuts sentences into tokens.

    Raises:
        PriorError: Its files are missing or damaged.
    """
    if not any((path / name).is_file() for name in ("vocab.json", "tokenizer.json")):
        raise PriorError(
            f"{path} holds no tokenizer; vocab.json and merges.txt, or tokenizer.json, are expected"
        )
    try:
        with quiet():
            return cast(CLIPTokenizer, CLIPTokenizer.from_pretrained(path, local_files_only=True))
    except Exception as error:  # as above
        raise PriorError(
            f"{path} cannot be opened as a CLIPTokenizer: {' '.join(str(error).split())}"
        ) from error


@contextmanager
def quiet() -> Generator[None, None, None]:
    """Neither library prints while it reads: what is wrong is said by an error, once."""
    level, other = transformers.logging.get_verbosity(), diffusers_logging.get_verbosity()
    bar = transformers.logging.is_progress_bar_enabled()
    transformers.logging.set_verbosity(logging.CRITICAL)
    diffusers_logging.set_verbosity(logging.CRITICAL)
    transformers.logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers.logging.set_verbosity(level)
        diffusers_logging.set_verbosity(other)
        if bar:
            transformers.logging.enable_progress_bar()

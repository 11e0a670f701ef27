"""How long each stage of a prior takes, for one picture, and a step of sampling with 1, 2 and 3 branches.

Pictures are noise: the time does not depend on them.
"""

import statistics
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from benchmarks.prior.given import Given
from benchmarks.record import Table, show
from limner.pretrained.clip import load_clip
from limner.pretrained.guidance import Epsilon, guided, instructed, plain
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sample import euler_ancestral

SENTENCE = "turn it into a pencil sketch"


@dataclass(frozen=True, kw_only=True)
class Options(Given):
    """Seconds of every stage."""

    clip: str = ""
    """The CLIP; by default that of the prior's own folder."""
    threads: tuple[int, ...] = (1, 2)
    """Numbers of processor threads to measure with."""
    runs: int = 5
    """Of each stage, after one that is not counted."""
    steps: int = 3
    """Of each sampling; what is told is one step's share."""


def stages(prior: Prior, steps: int) -> Mapping[str, tuple[Callable[[], object], int]]:
    """What is measured, and by how much its time is divided."""
    picture = torch.rand(1, 3, prior.size, prior.size)
    latents, text, empty = prior.encode(picture), prior.embed([SENTENCE]), prior.embed([""])
    photo = prior.condition(picture)
    epsilons: dict[str, Epsilon] = {
        "step, 1 branch": plain(prior, text),
        "step, 2 branches": guided(prior, text, empty, 5.0),
    }
    if prior.instructs:
        epsilons["step, 3 branches"] = instructed(prior, text, empty, photo)

    def sampling(epsilon: Epsilon) -> Callable[[], object]:
        return lambda: euler_ancestral(prior, epsilon, prior.noise(1), steps)

    return {
        "encode": (lambda: prior.encode(picture), 1),
        "decode": (lambda: prior.decode(latents), 1),
        "embed": (lambda: prior.embed([SENTENCE]), 1),
        **{name: (sampling(epsilon), steps) for name, epsilon in epsilons.items()},
    }


def clip_stages(model: str, device: str, side: int) -> Mapping[str, tuple[Callable[[], object], int]]:
    """CLIP's two halves."""
    clip, picture = load_clip(model, device), torch.rand(1, 3, side, side)
    return {
        "CLIP, a picture": (lambda: clip.image(picture), 1),
        "CLIP, a sentence": (lambda: clip.sentence([SENTENCE]), 1),
    }


def timed(what: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each run after the first, which allocates."""
    seconds: list[float] = []
    for _ in range(runs + 1):
        _wait()
        start = time.perf_counter()
        what()
        _wait()
        seconds.append(time.perf_counter() - start)
    return seconds[1:]


def _wait() -> None:
    """Until a GPU has done what it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


@contextmanager
def threaded(number: int) -> Generator[None, None, None]:
    """So many threads, and afterwards as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def measure(options: Options) -> None:
    """Prints and keeps the table: medians, with the least and the most."""
    prior = load_prior(options.model, options.device)
    told = {
        **stages(prior, options.steps),
        **clip_stages(options.clip or options.model, options.device, prior.size),
    }
    rows = {name: [name] for name in told}
    for number in options.threads:
        with threaded(number):
            for name, (what, divided) in told.items():
                each = [seconds / divided for seconds in timed(what, options.runs)]
                rows[name].append(f"{statistics.median(each):.4f} ({min(each):.4f} to {max(each):.4f})")
    head = ("stage", *(f"{number} thread{'s' * (number > 1)}, s" for number in options.threads))
    on = torch.cuda.get_device_name(options.device) if "cuda" in options.device else options.device
    show(options.json, Table("seconds", head, tuple(map(tuple, rows.values()))), device=on, side=prior.size)

"""Whether DDIM finds the noise that a photo is drawn of: inverted, then sampled back.

The empty sentence, no guidance, and for a prior that instructs the photo's own latents as its condition.
Each number is the mean PSNR over held-out photos, of all colours, in decibels: of what comes back to the
photo, and to the photo through the autoencoder alone, which is what the latents can give at best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from benchmarks.prior.autoencoder import in_colour, reconstructed
from benchmarks.prior.given import People
from benchmarks.prior.squares import parts, pictures, sitters, tensor
from benchmarks.record import Table, show
from limner.image import Picture
from limner.pretrained.guidance import plain
from limner.pretrained.invert import invert
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sample import ddim

BATCH = 8


@dataclass(frozen=True, kw_only=True)
class Options(People):
    """PSNR of photos that are inverted by DDIM and sampled back."""

    count: int = 8
    """Photos."""
    steps: tuple[int, ...] = (50, 100)
    """Of the way to the noise, and of the way back."""
    refine: tuple[int, ...] = (0, 1, 4)
    """How often each step of the inversion is refined."""
    share: tuple[float, ...] = (1.0,)
    """How many of the steps are walked, both ways: the least noisy ones."""


def there_and_back(
    prior: Prior, photos: Sequence[Picture], steps: int, refine: int, share: float = 1.0
) -> list[Picture]:
    """Photos (side, side, 3) inverted and sampled back."""
    made: list[Picture] = []
    for part in parts(len(photos), BATCH):
        batch = tensor(photos[part])
        epsilon = plain(prior, prior.embed([""]), prior.condition(batch) if prior.instructs else None)
        noise = invert(prior, epsilon, prior.encode(batch), steps, refine, share)
        made += pictures(prior.decode(ddim(prior, epsilon, noise, steps, share=share)))
    return made


def tabled(
    prior: Prior,
    photos: Sequence[Picture],
    steps: Sequence[int],
    refine: Sequence[int],
    share: Sequence[float],
) -> Table:
    """By steps, refinements and shares; the last line is the autoencoder alone."""
    best = reconstructed(prior, photos)

    def mean(real: Sequence[Picture], made: Sequence[Picture]) -> str:
        return f"{np.mean([in_colour(a, b) for a, b in zip(real, made, strict=True)]):.2f}"

    rows: list[tuple[str, ...]] = []
    for number, times, part in product(steps, refine, share):
        back = there_and_back(prior, photos, number, times, part)
        rows.append((f"{number}", f"{times}", f"{part}", mean(photos, back), mean(best, back)))
    rows.append(("autoencoder alone", "", "", mean(photos, best), ""))
    head = ("steps", "refined", "share walked", "psnr to the photo", "psnr to its reconstruction")
    return Table("inversion", head, tuple(rows))


def measure(options: Options) -> None:
    """Prints and keeps the table."""
    prior = load_prior(options.model, options.device)
    photos = [each.photo for each in sitters(options.portraits, options.count, prior.size, options.seed)]
    table = tabled(prior, photos, options.steps, options.refine, options.share)
    show(options.json, table, photos=len(photos), seed=options.seed)

"""What an autoencoder keeps of a picture: D(E(x)) beside x.

Beside it stands the picture brought to half its size and back, which tells what the numbers mean.

- psnr: of all three colours, in decibels;
- ssim: of the grey pictures, as `limner score` tells it, with the 95 % interval of the mean;
- distance by a teacher: `mean_l mean_hw mean_c (phi_l(x) - phi_l(D(E(x))))^2`, LPIPS without its learned
  weights, on the stand-in teachers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.prior.given import People
from benchmarks.prior.grid import grid
from benchmarks.prior.squares import faced, middle, parts, pictures, sitters, tensor
from benchmarks.record import Table, show
from limner import image
from limner.evaluate.matching import grey
from limner.evaluate.statistics import interval
from limner.image import Picture
from limner.losses.perceptual import perceptual_loss
from limner.methods.teacher.sources import name, sources
from limner.metrics import psnr, ssim
from limner.pretrained.perceptual import Teacher, load_teacher
from limner.pretrained.prior import Prior, load_prior

TEACHERS = ("photo", "sketch")
BATCH = 8


@dataclass(frozen=True, kw_only=True)
class Options(People):
    """PSNR, SSIM and perceptual distance between pictures and what the autoencoder makes of them."""

    count: int = 50
    """Pictures of each source."""
    sketches: tuple[str, ...] = ()
    """SET:FOLDER of data sets (their training split alone is taken), or folders of sketches."""
    sheet: Path | None = None
    """Where portraits over their reconstructions go: give portraits that may be shown."""


def reconstructed(prior: Prior, given: Sequence[Picture]) -> list[Picture]:
    """D(E(x)) of pictures (side, side, 3) uint8."""
    batches = (tensor(given[part]) for part in parts(len(given), BATCH))
    return [each for batch in batches for each in pictures(prior.decode(prior.encode(batch)))]


def halved(picture: Picture) -> Picture:
    """A picture brought to half its size and back."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def in_colour(real: Picture, made: Picture) -> float:
    """PSNR over the three colours of two pictures (H, W, 3), in decibels."""
    return psnr(real.reshape(len(real), -1), made.reshape(len(made), -1))


def distance(teacher: Teacher, real: Picture, made: Picture) -> float:
    """How far apart two pictures are for a teacher."""
    return float(perceptual_loss(teacher(tensor([real])), teacher(tensor([made]))))


def row(
    source: str, what: str, real: Sequence[Picture], made: Sequence[Picture], teachers: Sequence[Teacher]
) -> tuple[str, ...]:
    """A line of the table."""
    pairs = list(zip(real, made, strict=True))
    alike = [ssim(grey(a), grey(b)) for a, b in pairs]
    low, high = interval(alike)
    far = [np.mean([distance(teacher, a, b) for a, b in pairs]) for teacher in teachers]
    near = np.mean([in_colour(a, b) for a, b in pairs])
    told = f"{np.mean(alike):.4f} [{low:.4f}, {high:.4f}]"
    return source, what, f"{len(pairs)}", f"{near:.2f}", told, *(f"{each:.4f}" for each in far)


def tabled(prior: Prior, sources: Mapping[str, Sequence[Picture]]) -> Table:
    """All sources, each through the autoencoder and at half its size."""
    teachers = [load_teacher(each) for each in TEACHERS]
    rows: list[tuple[str, ...]] = []
    for source, real in sources.items():
        rows.append(row(source, "autoencoder", real, reconstructed(prior, real), teachers))
        rows.append(row(source, "half size", real, [halved(each) for each in real], teachers))
    far = (f"distance by {each}" for each in TEACHERS)
    return Table("autoencoder", ("pictures", "through", "n", "psnr", "ssim [95 %]", *far), tuple(rows))


def drawings(word: str, options: Options, side: int) -> list[Picture]:
    """Squares of sketches of a source: around the face where the finder sees one, else the middle."""
    paths = sources((word,), "sketch")
    order = np.random.default_rng(options.seed).permutation(len(paths))[: options.count]
    sheets = [image.read(paths[i]) for i in order]
    around = [faced(each, side) for each in sheets]
    return [middle(each, side) if cut is None else cut for each, cut in zip(sheets, around, strict=True)]


def measure(options: Options) -> None:
    """Prints and keeps the table, and writes the sheet."""
    prior = load_prior(options.model, options.device)
    people = sitters(options.portraits, options.count, prior.size, options.seed)
    photos = [each.photo for each in people]
    drawn = {f"sketches: {name(word)}": drawings(word, options, prior.size) for word in options.sketches}
    table = tabled(prior, {"held-out portraits": photos, **drawn})
    show(options.json, table, side=prior.size, seed=options.seed)
    if options.sheet:
        shown = photos[:24]
        stacked = [[np.concatenate(each)] for each in zip(shown, reconstructed(prior, shown), strict=True)]
        sheet = grid(stacked, [each.name for each in people[:24]], across=min(8, len(shown)))
        image.write(options.sheet, sheet, force=True)

"""What a prior makes of photos that it is told to edit, beside the true edits.

Held-out photos, every family, parameters that training never draws. Four are held to each true edit:

- prior: sampled with Euler's ancestral steps, guided by sentence and photo;
- photo: the photo given back, which is what a model does that does nothing;
- ceiling: the true edit through the autoencoder, which no sampling can surpass by much;
- plain net (`--plain`): a U-Net that gives the edited latents at once.

ssim is of grey pictures; structure is where the face's points lie, against those that the finder sees in the
true edit, in eye distances. As in `limner bench`, true edits without a visible face count for nothing, and
the share of the others' pictures in which a face was found stands beside the mean over those.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

from benchmarks.prior.autoencoder import reconstructed
from benchmarks.prior.given import People
from benchmarks.prior.grid import grid
from benchmarks.prior.squares import parts, pictures, sitters, tensor
from benchmarks.prior.triples import Triple, triple
from benchmarks.record import Table, show
from limner import image
from limner.data.edits import FAMILIES, Family
from limner.errors import LimnerError
from limner.evaluate.judging import Judge, Rules, judge
from limner.evaluate.score import Score
from limner.image import Picture
from limner.pretrained.guidance import Epsilon, instructed, plain
from limner.pretrained.opening import open_part
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sample import euler_ancestral

METRICS = ("ssim", "structure")


@dataclass(frozen=True, kw_only=True)
class Options(People):
    """SSIM and structure of edits by sentence to the true edits, by family."""

    count: int = 4
    """People, each edited by every family."""
    families: tuple[str, ...] = ()
    """Some of the families; by default all."""
    steps: int = 20
    """Of sampling."""
    text_scale: float = 7.5
    """How much the sentence is exaggerated."""
    image_scale: float = 1.5
    """How much the photo is; 1 costs two branches in place of three, and 1 of both one."""
    plain: Path | None = None
    """Folder of a U-Net in diffusers' format, `unet/` in it, which gives the edited latents at once."""
    batch: int = 8
    """Edits sampled together."""
    sheet: Path | None = None
    """Where photo, true edit and made one of the first person go: give portraits that may be shown."""


def asked(prior: Prior, text: Tensor, photo: Tensor, text_scale: float, image_scale: float) -> Epsilon:
    """`instructed`, with no branch more than these scales need."""
    if text_scale == image_scale == 1:
        return plain(prior, text, photo)
    empty = prior.embed([""])
    if image_scale != 1:
        return instructed(prior, text, empty, photo, text_scale, image_scale)
    seen, told = plain(prior, empty, photo), plain(prior, text, photo)

    def epsilon(latents: Tensor, t: Tensor) -> Tensor:
        none = seen(latents, t)
        return none + text_scale * (told(latents, t) - none)

    return epsilon


def sampled(prior: Prior, triples: Sequence[Triple], options: Options) -> list[Picture]:
    """What the prior makes of the triples' photos and sentences."""
    made: list[Picture] = []
    for part in parts(len(triples), options.batch):
        batch = triples[part]
        text, photo = conditions(prior, batch)
        epsilon = asked(prior, text, photo, options.text_scale, options.image_scale)
        chance = torch.Generator().manual_seed(options.seed + part.start)
        noise = prior.noise(len(batch), chance)
        made += pictures(prior.decode(euler_ancestral(prior, epsilon, noise, options.steps, chance)))
    return made


def at_once(prior: Prior, net: UNet2DConditionModel, triples: Sequence[Triple], batch: int) -> list[Picture]:
    """What a net makes of them that gives latents, in place of noisy ones, of zeros and at t = 0."""
    made: list[Picture] = []
    for part in parts(len(triples), batch):
        text, photo = conditions(prior, triples[part])
        latents = net(torch.cat([torch.zeros_like(photo), photo], 1), 0, text).sample
        made += pictures(prior.decode(latents))
    return made


def conditions(prior: Prior, triples: Sequence[Triple]) -> tuple[Tensor, Tensor]:
    """Sentences (N, T, width) and photos (N, channels, h, w) as the U-Net is given them."""
    photos = tensor([each.sitter.photo for each in triples])
    return prior.embed([each.sentence for each in triples]), prior.condition(photos)


def open_plain(folder: Path, prior: Prior) -> UNet2DConditionModel:
    """The plain net of a folder.

    Raises:
        limner.pretrained.folder.PriorError: There is no U-Net in it.
        LimnerError: It takes or gives other channels.
    """
    net = open_part(UNet2DConditionModel, folder / "unet", prior.device, prior.dtype)
    got = int(net.config["in_channels"]), int(net.config["out_channels"])
    if got != (2 * prior.channels, prior.channels):
        raise LimnerError(
            f"{folder}: its U-Net takes and gives {got[0]} and {got[1]} channels; {2 * prior.channels} and "
            f"{prior.channels} are expected"
        )
    return net


def chosen(names: Sequence[str]) -> list[Family]:
    """Families by name; all where none is named.

    Raises:
        LimnerError: No family is called so.
    """
    unknown = [name for name in names if name not in FAMILIES]
    if unknown:
        raise LimnerError(f"no family of edits is called {unknown[0]!r}; known are {', '.join(FAMILIES)}")
    return [FAMILIES[name] for name in names or FAMILIES]


def tabled(triples: Sequence[Triple], made: Mapping[str, Sequence[Picture]]) -> Table:
    """By family, and over drawing-like ones, photographic ones and all."""
    judges = {metric: judge(metric, Rules()) for metric in METRICS}
    seen = {
        (who, metric): [
            each.see(real.edited, mine, real.edited) for real, mine in zip(triples, theirs, strict=True)
        ]
        for who, theirs in made.items()
        for metric, each in judges.items()
    }
    places: dict[tuple[str, str], list[int]] = {}
    for place, each in enumerate(triples):
        family = each.family
        for key in ((family.name, family.kind), ("all", family.kind), ("all", "both")):
            places.setdefault(key, []).append(place)
    rows: list[tuple[str, ...]] = []
    for key in sorted(places, key=lambda each: each[0] == "all"):
        at = places[key]
        cells = [_cell(judges[metric], [all_seen[i] for i in at]) for (_, metric), all_seen in seen.items()]
        rows.append((*key, f"{len(at)}", *cells))
    head = ("family", "kind", "n", *(f"{who}: {metric}" for who, metric in seen))
    return Table("edits", head, tuple(rows))


def _cell(judged: Judge, seen: Sequence[object]) -> str:
    """A mean; of structure also in which share of pictures a face was found."""
    score: Score = judged.score(seen)
    found = score.told.get("found", 1)
    if not found:
        return "no face" if found == 0 else "no face in the true edits"
    return f"{score.mean:.3f}" + (f" ({100 * found:.0f} %)" if "found" in score.told else "")


def measure(options: Options) -> None:
    """Prints and keeps the table, and writes the sheet."""
    prior = load_prior(options.model, options.device)
    net = open_plain(options.plain, prior) if options.plain else None
    people = sitters(options.portraits, options.count, prior.size, options.seed)
    families = chosen(options.families)
    triples = [triple(person, family, options.seed) for person in people for family in families]
    made = {
        "prior": sampled(prior, triples, options),
        "photo": [each.sitter.photo for each in triples],
        "ceiling": reconstructed(prior, [each.edited for each in triples]),
    }
    if net:
        made["plain net"] = at_once(prior, net, triples, options.batch)
    told = {"steps": options.steps, "text scale": options.text_scale, "image scale": options.image_scale}
    show(options.json, tabled(triples, made), people=len(people), seed=options.seed, **told)
    if options.sheet:
        first = list(zip(triples, made["prior"], strict=True))[: len(families)]
        groups = [(each.sitter.photo, each.edited, mine) for each, mine in first]
        sheet = grid(groups, [each.sentence for each, _ in first], across=min(4, len(first)))
        image.write(options.sheet, sheet, force=True)

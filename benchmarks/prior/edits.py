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
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.prior.autoencoder import reconstructed
from benchmarks.prior.drawing import Manner, at_once, edited, open_plain
from benchmarks.prior.given import People
from benchmarks.prior.grid import grid
from benchmarks.prior.squares import sitters
from benchmarks.prior.triples import Triple, triple
from benchmarks.record import Table, show
from limner import image
from limner.data.edits import FAMILIES, Family
from limner.errors import LimnerError
from limner.evaluate.judging import Judge, Rules, judge
from limner.image import Picture
from limner.pretrained.prior import load_prior

METRICS = ("ssim", "structure")
KINDS = ("drawing", "photographic")


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
    sheet: Path | None = None
    """Where photo, true edit and made one of the first person go: give portraits that may be shown."""


def chosen(names: Sequence[str]) -> list[Family]:
    """Families by name; all where none is named.

    Raises:
        LimnerError: No family is called so.
    """
    unknown = [name for name in names if name not in FAMILIES]
    if unknown:
        raise LimnerError(f"no family of edits is called {unknown[0]!r}; known are {', '.join(FAMILIES)}")
    return [FAMILIES[name] for name in names or FAMILIES]


def tabled(
    triples: Sequence[Triple], made: Mapping[str, Sequence[Picture]], rules: Rules | None = None
) -> Table:
    """By family, and over drawing-like ones, photographic ones and all."""
    judges = {metric: judge(metric, rules or Rules()) for metric in METRICS}
    seen = {
        (who, metric): [_see(each, *pair) for pair in zip(triples, theirs, strict=True)]
        for who, theirs in made.items()
        for metric, each in judges.items()
    }
    rows: list[tuple[str, ...]] = []
    for key, places in grouped(triples).items():
        cells = [cell(judges[metric], [values[i] for i in places]) for (_, metric), values in seen.items()]
        rows.append((*key, f"{len(places)}", *cells))
    head = ("family", "kind", "n", *(f"{who}: {metric}" for who, metric in seen))
    return Table("edits", head, tuple(rows))


def grouped(triples: Sequence[Triple]) -> dict[tuple[str, str], list[int]]:
    """The places of the triples of each family, then of each kind, then of all."""
    places: dict[tuple[str, str], list[int]] = {}
    for place, each in enumerate(triples):
        family = each.family
        for key in ((family.name, family.kind), ("all", family.kind), ("all", "both")):
            places.setdefault(key, []).append(place)
    order = (*KINDS, "both")
    return dict(sorted(places.items(), key=lambda item: (item[0][0] == "all", order.index(item[0][1]))))


def _see(judged: Judge, real: Triple, made: Picture) -> object:
    """What a metric sees in a made picture beside the true edit, which is also where the face must be."""
    return judged.see(real.edited, made, real.edited)


def cell(judged: Judge, seen: Sequence[object]) -> str:
    """A mean; of structure also in which share of pictures a face was found."""
    score = judged.score(seen)
    if "found" not in score.told:
        return f"{score.mean:.3f}"
    found = score.told["found"]
    if found is None:
        return "no face in the true edits"
    return f"{score.mean:.3f} ({100 * found:.0f} %)" if found else "no face"


def measure(options: Options) -> None:
    """Prints and keeps the table, and writes the sheet."""
    prior = load_prior(options.model, options.device)
    net = open_plain(options.plain, prior) if options.plain else None
    families = chosen(options.families)
    people = sitters(options.portraits, options.count, prior.size, options.seed)
    triples = [triple(person, family, options.seed) for person in people for family in families]
    manner = Manner(options.steps, options.text_scale, options.image_scale, options.seed)
    photos, sentences = [each.sitter.photo for each in triples], [each.sentence for each in triples]
    made = {
        "prior": edited(prior, photos, sentences, manner),
        "photo": photos,
        "ceiling": reconstructed(prior, [each.edited for each in triples]),
    }
    if net:
        made["plain net"] = at_once(prior, net, photos, sentences)
    show(options.json, tabled(triples, made), people=len(people), **asdict(manner))
    if options.sheet:
        first = triples[: len(families)]
        groups = [(each.sitter.photo, each.edited, made["prior"][i]) for i, each in enumerate(first)]
        sheet = grid(groups, sentences[: len(first)], across=min(4, len(first)))
        image.write(options.sheet, sheet, force=True)

"""What each part of the `instruct` method brings: the same pair learned without it, strangers drawn.

    python -m benchmarks.instruct_ablation --set cuhk --data CUHK

Every eighth training pair is drawn and scored (the split SET-choose), the others teach; no test picture is
looked at. The pairs that teach are those of `limner.evaluate.trials` for five pairs, the middle one first.
Noises and seed are the same in every variant; those that differ in drawing alone share what was learned.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike
from PIL import Image

from benchmarks.record import Table, mean, show
from limner import sketcher
from limner.evaluate import PROTOCOLS, Hand, Plan, bench
from limner.evaluate.subjects import Subject, subjects_of
from limner.evaluate.trials import teaching
from limner.hub import Background
from limner.image import Picture
from limner.methods.base import Sampling
from limner.methods.instruct import trace
from limner.methods.instruct.config import Config, Lines, config_of, run_of
from limner.methods.instruct.train import train

TEACH = 5


@dataclass(frozen=True)
class Variant:
    """One way of learning and drawing.

    Attributes:
        learning: Fields of `Config` that differ.
        steps: Of learning; None takes the method's.
        pairs: That teach together.
        drawing: How the style samples where that is not as it was learned.
        tracing: Constants of `limner.methods.instruct.trace` that differ.
        background: "keep" or "paper" where that is not as it was learned.
    """

    learning: Mapping[str, Any]
    steps: int | None = None
    pairs: int = 1
    drawing: Sampling = field(default_factory=Sampling)
    tracing: Mapping[str, float] = field(default_factory=dict[str, float])
    background: Background | None = None


DEFAULT = Config((), "for study")
UNGUIDED = {"text_scale": 1.0, "image_scale": 1.0}
GUIDED = Sampling(text_scale=DEFAULT.text_scale, image_scale=DEFAULT.image_scale)
VARIANTS: Mapping[str, Variant] = {
    "all of it": Variant({}),
    "background drawn": Variant({}, background="keep"),
    "nothing traced": Variant({}, drawing=Sampling(trace=0.0)),
    **{f"tone {share}": Variant({}, tracing={"TONE": share}) for share in (0.0, 0.25, 0.5, 1.0)},
    **{f"radius 1/{side}": Variant({}, tracing={"RADIUS": 1 / side}) for side in (32, 8)},
    **{f"{steps} steps of drawing": Variant({}, drawing=Sampling(steps=steps)) for steps in (4, 6, 8, 20)},
    "lines of a pencil that learned nothing": Variant({"lines": Lines(1, rate=0.0)}),
    **{f"lines of share {share:g}": Variant({"lines": Lines(share=share)}) for share in (0.5, 1.0)},
    "lines of twice the steps": Variant({"lines": Lines(2 * Lines().steps)}),
    "lines under a wider change of light": Variant(
        {"lines": Lines(augment=replace(Lines().augment, gamma=1.2))}
    ),
    "nothing learned": Variant({}, steps=0),
    "no CLIP term": Variant({"clip_weight": 0.0}),
    "no guidance in the loss": Variant(UNGUIDED, drawing=GUIDED),
    "no guidance at all": Variant(UNGUIDED),
    f'begun at "{DEFAULT.instruction}"': Variant({"start": "given"}),
    'begun at "a photo of a person"': Variant({"start": "given", "instruction": "a photo of a person"}),
    "begun at the nearest sentence in CLIP": Variant({"start": "nearest"}),
    **{f"text scale {scale:g}": Variant({"text_scale": scale}) for scale in (1.0, 3.0)},
    "image scale 1": Variant({"image_scale": 1.0}),
    "image scale 2": Variant({"image_scale": 2.0}),
    "ten times the rate": Variant({"rate": 10 * DEFAULT.rate}),
    "a quarter of the steps": Variant({}, steps=run_of().steps // 4),
    "twice the steps": Variant({}, steps=2 * run_of().steps),
    "2 pairs": Variant({}, pairs=2),
    "5 pairs": Variant({}, pairs=5),
    "5 pairs, lines of share 1": Variant({"lines": Lines(share=1.0)}, pairs=5),
}


def learned(variant: Variant, teachers: list[Subject], folder: Path, prior: str) -> Hand:
    """What a variant draws with, once the first of some teachers have taught it."""
    # Nothing learned: one step at no rate, which leaves the sentence's own states.
    still: dict[str, Any] = {"rate": 0.0} if variant.steps == 0 else {}
    run = run_of(prior, variant.steps or (1 if still else None))
    pairs = tuple(path for each in teachers[: variant.pairs] for path in (each.source, each.real) if path)
    usual = config_of(pairs, "for study", prior, largest=True, trust=True, states=0, run=run, **still)
    config = replace(usual, **variant.learning)
    folder = folder / sha256(repr(config).encode()).hexdigest()[:16]
    # What was learned before is only read again; under another prior or pencil it is refused.
    style = sketcher.load(train(replace(config, run=replace(run, folder=folder))), prior=prior)

    def draw(picture: Picture, *, points: ArrayLike | None = None, whole: bool = False) -> Image.Image:
        """The style under the variant's constants, which are put back."""
        before = {name: getattr(trace, name) for name in variant.tracing}
        try:
            for name, value in variant.tracing.items():
                setattr(trace, name, value)
            return style(
                picture,
                points=points,
                whole=whole,
                background=variant.background,
                sampling=variant.drawing,
            )
        finally:
            for name, value in before.items():
                setattr(trace, name, value)

    return draw


def untraced(variant: Variant) -> Variant:
    """The same, drawn by the prior alone."""
    return replace(variant, drawing=replace(variant.drawing, trace=0.0))


def lined(variant: Variant) -> bool:
    """Whether it is of the lines or the tracing, of which nothing shows in what is drawn without."""
    return bool(variant.tracing) or "lines" in variant.learning or variant.drawing.trace is not None


def main() -> None:
    """Learns, draws and scores each variant; a run that was cut off goes on when it is run again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--set", required=True, help="name of a data set with a split NAME-choose")
    parser.add_argument("--data", type=Path, required=True, help="where it lies")
    parser.add_argument("--artist", default="", help="of FS2K: leaves the pairs of one artist")
    parser.add_argument("--prior", default="stand-in")
    parser.add_argument("--trials", type=int, default=1, help="pairs that teach one after the other, 1 to 5")
    parser.add_argument("--only", nargs="*", default=[], help="variants, by their names; by default all")
    parser.add_argument(
        "--untraced", action="store_true", help="draw by the prior alone; by default without what is of lines"
    )
    parser.add_argument("--out", type=Path, default=Path("runs/instruct-ablation"))
    parser.add_argument("--keep", action="store_true", help="keep drawings of an earlier call")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    protocol = replace(PROTOCOLS[given.set], metrics=("ssim", "fsim", "scoot", "structure"))
    split = f"{given.set}-choose" + (f"/{given.artist}" if given.artist else "")
    teachers = teaching(protocol, given.data, split, subjects_of(protocol, given.data, split)[0], TEACH)
    shown = given.only or [name for name, each in VARIANTS.items() if not (given.untraced and lined(each))]
    names = {name: "".join(c if c.isalnum() else "-" for c in name) for name in shown}
    # The middle pair first, then those after it.
    middle = TEACH // 2
    turns = [teachers[i:] + teachers[:i] for i in ((middle + trial) % TEACH for trial in range(given.trials))]
    variants = {name: untraced(VARIANTS[name]) if given.untraced else VARIANTS[name] for name in names}
    hands = {
        f"{short}-{trial}": learned(variants[name], turn, given.out / "learned", given.prior)
        for name, short in names.items()
        for trial, turn in enumerate(turns)
    }
    result = bench(Plan(protocol, given.data, hands, {}, given.out / "bench", split=split, keep=given.keep))
    for note in result.notes:
        print(note)
    rows: list[tuple[str, ...]] = []
    for name, short in names.items():
        records = [result.scores[f"{short}-{trial}"].record() for trial in range(given.trials)]
        rows.append((name, *(mean([each[metric] for each in records]) for metric in protocol.metrics)))
    told = [teacher.name for teacher in teachers]
    table = Table("variants", ("variant", *protocol.metrics), tuple(rows))
    show(given.json, table, teachers=told, trials=given.trials)


if __name__ == "__main__":
    main()

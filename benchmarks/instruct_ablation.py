"""What each part of the `instruct` method brings: the same pair learned without it, strangers drawn.

    python -m benchmarks.instruct_ablation --set cuhk --data CUHK

Every eighth training pair is drawn and scored (the split SET-choose), the others teach; no test picture is
looked at. The pairs that teach are those of `limner.evaluate.trials` for five pairs, the middle one where one
is enough. Noises and seed are the same in every variant.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.record import Table, show
from limner import sketcher
from limner.evaluate import PROTOCOLS, Hand, Plan, bench
from limner.evaluate.subjects import Subject, subjects_of
from limner.evaluate.trials import teaching
from limner.methods.base import Sampling
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
    """

    learning: Mapping[str, Any]
    steps: int | None = None
    pairs: int = 1
    drawing: Sampling = field(default_factory=Sampling)


DEFAULT = Config((), "for study")
UNGUIDED = {"text_scale": 1.0, "image_scale": 1.0}
GUIDED = Sampling(text_scale=DEFAULT.text_scale, image_scale=DEFAULT.image_scale)
VARIANTS: Mapping[str, Variant] = {
    "all of it": Variant({}),
    "nothing traced": Variant({}, drawing=Sampling(trace=0.0)),
    "lines of a pencil that learned nothing": Variant({"lines": Lines(1, rate=0.0)}),
    "nothing learned": Variant({}, steps=0),
    "no CLIP term": Variant({"clip_weight": 0.0}),
    "no guidance in the loss": Variant(UNGUIDED, drawing=GUIDED),
    "no guidance at all": Variant(UNGUIDED),
    f'begun at "{DEFAULT.instruction}"': Variant({"start": "given"}),
    'begun at "a photo of a person"': Variant({"start": "given", "instruction": "a photo of a person"}),
    "begun at the nearest sentence in CLIP": Variant({"start": "nearest"}),
    "image scale 1": Variant({"image_scale": 1.0}),
    "image scale 2": Variant({"image_scale": 2.0}),
    "ten times the rate": Variant({"rate": 10 * DEFAULT.rate}),
    "a quarter of the steps": Variant({}, steps=run_of().steps // 4),
    "twice the steps": Variant({}, steps=2 * run_of().steps),
    "2 pairs": Variant({}, pairs=2),
    "5 pairs": Variant({}, pairs=5),
}


def learned(variant: Variant, teachers: list[Subject], folder: Path, prior: str) -> Hand:
    """What a variant draws with."""
    # Nothing learned: one step at no rate, which leaves the sentence's own states.
    still: dict[str, Any] = {"rate": 0.0} if variant.steps == 0 else {}
    steps = variant.steps or (1 if still else None)
    first = len(teachers) // 2
    chosen = (teachers[first:] + teachers[:first])[: variant.pairs]
    pairs = tuple(path for each in chosen for path in (each.source, each.real) if path)
    run = replace(run_of(prior, steps), folder=folder)
    config = config_of(pairs, "for study", prior, largest=True, trust=True, states=0, run=run, **still)
    style = sketcher.load(train(replace(config, **variant.learning)), prior=prior)
    return partial(style, sampling=variant.drawing)


def main() -> None:
    """Learns, draws and scores each variant; a run that was cut off goes on when it is run again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--set", required=True, help="name of a data set with a split NAME-choose")
    parser.add_argument("--data", type=Path, required=True, help="where it lies")
    parser.add_argument("--prior", default="stand-in")
    parser.add_argument("--only", nargs="*", default=[], help="variants, by their names; by default all")
    parser.add_argument("--out", type=Path, default=Path("runs/instruct-ablation"))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    protocol = replace(PROTOCOLS[given.set], metrics=("ssim", "fsim", "scoot", "structure"))
    split = f"{given.set}-choose"
    teachers = teaching(protocol, given.data, split, subjects_of(protocol, given.data, split)[0], TEACH)
    names = {name: "".join(c if c.isalnum() else "-" for c in name) for name in given.only or VARIANTS}
    hands = {
        short: learned(VARIANTS[name], teachers, given.out / short, given.prior)
        for name, short in names.items()
    }
    result = bench(Plan(protocol, given.data, hands, {}, given.out / "bench", split=split, keep=True))
    rows: list[tuple[str, ...]] = []
    for name, short in names.items():
        means = [result.scores[short].record()[metric]["mean"] for metric in protocol.metrics]
        # No face found in any sketch leaves no structure to measure.
        rows.append((name, *("none" if mean is None else f"{mean:.4f}" for mean in means)))
    told = [teacher.name for teacher in teachers]
    show(given.json, Table("variants", ("variant", *protocol.metrics), tuple(rows)), teachers=told)


if __name__ == "__main__":
    main()

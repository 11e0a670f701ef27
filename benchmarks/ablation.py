"""What each part of the `transfer` method brings: the same short training without it, on held-out pairs.

    python -m benchmarks.ablation --set cuhk --train CUHK400 --score CUHK --photos CUHK400/train/photos

Every eighth training pair is left out of training and scored (the split SET-choose); no test picture is
looked at. Every variant has the same seed, so the same crops in the same order, and the same number of steps.
"One direction alone" is no variant: without the mutual term the two students have nothing in common. A run
that was cut off goes on when the command is run again.
"""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.record import Table, mean, show
from limner import sketcher
from limner.engine.config import RunConfig
from limner.evaluate import PROTOCOLS, Plan
from limner.evaluate import bench as run_bench
from limner.methods.transfer.config import WIDE, Config
from limner.methods.transfer.train import train

PLAIN = {"mimic": 0.0, "transform": 0.0, "mutual": 0.0}
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "KD+, all of it": {},
    "KD, without the GAN": {"adversarial": 0.0},
    "no teachers, mutual alone": {"mimic": 0.0, "transform": 0.0},
    "mimic alone": {"transform": 0.0, "mutual": 0.0},
    "transform alone": {"mimic": 0.0, "mutual": 0.0},
    "no mutual": {"mutual": 0.0},
    "no knowledge at all, GAN": PLAIN,
    "no knowledge at all, no GAN": {**PLAIN, "adversarial": 0.0},
    "a perceptual loss instead, GAN": {**PLAIN, "perceptual": 1.0},
    "without local contrast": {"texture": 0.0},
    "with the co-occurrence of grey levels": {"cooccurrence": 8.0},
    "standardised weights": {"standardised": True},
    "standardised weights, twice the rate": {"standardised": True, "rate": 6e-4},
}


def main() -> None:
    """Trains and scores each variant."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--set", required=True, help="name of a data set with a split NAME-choose")
    parser.add_argument("--train", type=Path, required=True, help="where the pairs lie that are trained on")
    parser.add_argument("--score", type=Path, required=True, help="where the set lies at the size of scoring")
    parser.add_argument("--photos", type=Path, help="draw from these instead of the set's photos")
    parser.add_argument("--out", type=Path, default=Path("runs/ablation"))
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--crop", type=int, default=160)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    protocol = replace(PROTOCOLS[given.set], metrics=("ssim", "fsim", "scoot", "structure"))
    rows: list[tuple[str, ...]] = []
    for name, changed in VARIANTS.items():
        folder = given.out / name.replace(" ", "-").replace(",", "")
        run = RunConfig(folder, steps=given.steps, batch=given.batch)
        augment = replace(WIDE, crop=given.crop)
        settings: dict[str, Any] = {"hold_out": 8, "augment": augment, "run": run, **changed}
        style = train(Config((f"one={given.set}:{given.train}",), "for study", **settings))
        hand = sketcher.load(style)
        split = f"{given.set}-choose"
        result = run_bench(
            Plan(protocol, given.score, {"made": hand}, {}, folder / "bench", given.photos, split)
        )
        record = result.scores["made"].record()
        rows.append((name, *(mean([record[metric]]) for metric in protocol.metrics)))
    show(given.json, Table("variants", ("variant", *protocol.metrics), tuple(rows)), steps=given.steps)


if __name__ == "__main__":
    main()

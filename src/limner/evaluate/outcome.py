"""What a benchmark came to: a record for a program, a page and a contact sheet for a person."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from limner import __version__, image
from limner.evaluate.grouped import grouped, pages, record
from limner.evaluate.groups import Group
from limner.evaluate.matching import Match
from limner.evaluate.protocol import Protocol
from limner.evaluate.repeated import Trial, apart, between, table
from limner.evaluate.score import finite
from limner.evaluate.scoring import Scores
from limner.evaluate.sheet import sheet
from limner.evaluate.table import differences, markdown, spread
from limner.files import replacing


@dataclass(frozen=True)
class Benchmark:
    """What a protocol came to.

    Attributes:
        protocol: Which.
        split: Name of the split.
        sha256: Of its ids, so that two scores can be known to be of the same pictures.
        scores: By method; the first is what the others are compared with.
        matches: What was scored, by method.
        notes: What one should know of how it was drawn and scored, a line each.
        groups: Of the pictures, by their places; each is scored apart.
        in_grey: Whether the styles drew from grey versions.
        trials: Of methods that learned from one pair at a time, by method.
    """

    protocol: Protocol
    split: str
    sha256: str
    scores: Mapping[str, Scores]
    matches: Mapping[str, Sequence[Match]]
    notes: tuple[str, ...]
    groups: Sequence[Group] = ()
    in_grey: bool = False
    trials: Mapping[str, Sequence[Trial]] = field(default_factory=dict[str, Sequence[Trial]])

    def record(self) -> dict[str, Any]:
        """As JSON holds it, with each picture's values."""
        told: dict[str, Any] = {
            "protocol": self.protocol.name,
            "to": self.protocol.to,
            "grey": self.in_grey,
            "split": self.split,
            "sha256": self.sha256,
            "n": len(next(iter(self.scores.values())).names),
            "limner": __version__,
            "python": platform.python_version(),
            "notes": list(self.notes),
            "methods": {method: scores.record() for method, scores in self.scores.items()},
            "table": self._table(),
            "against the first": {
                method: {name: vars(each) | {"noise": each.noise} for name, each in metrics.items()}
                for method, metrics in differences(self.scores).items()
            },
            "pictures": {
                method: {
                    name: dict(zip(scores.names, map(finite, score.values), strict=True))
                    for name, score in scores.metrics.items()
                    if score.values
                }
                for method, scores in self.scores.items()
            },
        }
        if self.groups:
            told |= {"groups": self._groups(), "group tables": self._group_tables()}
        if self.trials:
            told |= {"trials": self._trials(), "trial table": table(self.trials)}
            told |= {"p over pairs": self._over_pairs()}
        return told

    def _table(self) -> str:
        """As Markdown."""
        return markdown(self.scores, self._over_pairs())

    def _over_pairs(self) -> dict[str, dict[str, float]]:
        """By method but the first, and metric: the p-value over the pairs that taught, where there is one."""
        if not self.trials:
            return {}
        first, *others = self.scores
        told = {
            other: {
                name: between(self.trials[first], self.trials.get(other, self.scores[other]), name)
                for name in self.scores[first].metrics
            }
            for other in others
        }
        return {other: {n: p for n, p in each.items() if p is not None} for other, each in told.items()}

    def _groups(self) -> dict[str, Any]:
        """By method and metric: each group's score, and which group is the worst."""
        return {
            method: {name: record(parts) for name, parts in metrics.items()}
            for method, metrics in grouped(self.scores, self.groups).items()
        }

    def _group_tables(self) -> str:
        """As Markdown."""
        return pages(self.scores, self.groups)

    def _trials(self) -> dict[str, Any]:
        """By method: how far its trials lie apart in each metric, and each trial."""
        return {
            method: {
                "apart": {name: apart(each, name).record() for name in self.scores[method].metrics},
                "each": [trial.record() for trial in each],
            }
            for method, each in self.trials.items()
        }

    def _trial_page(self) -> str:
        """As Markdown: who taught, and how far the trials lie apart."""
        first = next(iter(self.trials.values()))
        pairs = list(dict.fromkeys(trial.pair for trial in first))
        head = f"One pair trains, all others test; {len(pairs)} pairs in turn, by a rule: {', '.join(pairs)}."
        return f"{head} Mean of the trials ± standard deviation between pairs:\n\n{table(self.trials)}"

    def page(self) -> str:
        """As Markdown: what was scored, the table, the notes."""
        n = len(next(iter(self.scores.values())).names)
        drawn = "photos from sketches, " if self.protocol.to == "photo" else ""
        drawn += "drawn from in grey, " if self.in_grey else ""
        head = f"{self.protocol.name}: {n} pictures, {drawn}split {self.split} (sha256 {self.sha256[:12]})"
        notes = "".join(f"\n- {note}" for note in self.notes)
        groups = f"\n{self._group_tables()}\n" if self.groups else ""
        trials = f"\n{self._trial_page()}\n" if self.trials else ""
        return f"{head}\n\n{self._table()}\n{groups}{trials}{notes}".rstrip() + "\n"

    def write(self, folder: Path) -> list[Path]:
        """Writes scores.json, scores.csv, scores.md and sheet.jpg; returns their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        texts = {
            "scores.json": json.dumps(self.record(), indent=1, allow_nan=False) + "\n",
            "scores.csv": spread(self.scores),
            "scores.md": self.page(),
        }
        for name, text in texts.items():
            with replacing(folder / name) as new:
                new.write_text(text, encoding="utf-8")
        image.write(folder / "sheet.jpg", sheet(self.matches, self.scores), force=True)
        return [folder / name for name in (*texts, "sheet.jpg")]

"""How good made pictures are: folders, or a protocol of the field, by every metric that is asked for."""

from limner.evaluate.bench import bench
from limner.evaluate.drawing import Hand
from limner.evaluate.judging import Rules
from limner.evaluate.matching import Match, ScoreError, matched
from limner.evaluate.oneshot import Learner, Lesson, one_shot
from limner.evaluate.outcome import Benchmark
from limner.evaluate.plan import Plan
from limner.evaluate.protocol import PROTOCOLS, Protocol
from limner.evaluate.score import Score
from limner.evaluate.scoring import DEFAULT, Scores, measure
from limner.evaluate.statistics import Difference, compare, interval
from limner.evaluate.subjects import located, named_folder
from limner.evaluate.table import lines, markdown, spread

__all__ = [
    "DEFAULT",
    "PROTOCOLS",
    "Benchmark",
    "Difference",
    "Hand",
    "Learner",
    "Lesson",
    "Match",
    "Plan",
    "Protocol",
    "Rules",
    "Score",
    "ScoreError",
    "Scores",
    "bench",
    "compare",
    "interval",
    "lines",
    "located",
    "markdown",
    "matched",
    "measure",
    "named_folder",
    "one_shot",
    "spread",
]

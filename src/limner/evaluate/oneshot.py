"""One pair trains, all others test: the protocol of one-shot drawing, on every set of pairs.

Each of a few pairs teaches alone, chosen by the rule of `limner.evaluate.trials`. What learned from it draws
all who are tested: the protocol's own split, or, where a set has no split to train on, everybody else.
Nothing is chosen by those scores.

Source: Wu et al., One-shot face sketch synthesis in the wild via generative diffusion prior and instruction
    tuning (arXiv 2506.15312): one pair at a time trains, all others of OS-Sketch test.
Chosen: the rule by which pairs teach, and the same protocol on sets with a training split. Recognition is
    left out: it learns from those who are tested, and would need as many of them in every trial.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from limner.evaluate.bench import rows_of
from limner.evaluate.drawing import Hand
from limner.evaluate.laying import lay
from limner.evaluate.matching import Match, ScoreError
from limner.evaluate.outcome import Benchmark
from limner.evaluate.plan import Plan
from limner.evaluate.repeated import Trial, together
from limner.evaluate.subjects import Subject, subjects_of
from limner.evaluate.trials import teaching
from limner.metrics import METRICS
from limner.progress import Report, silent


@dataclass(frozen=True)
class Lesson:
    """What one pair teaches with.

    Attributes:
        photo: Where the photo lies.
        sketch: Where its sketch lies.
        folder: For what is learned: the learner's own, kept between two calls of the same benchmark.
        seed: Of all chance.
        report: Is told the progress.
    """

    photo: Path
    sketch: Path
    folder: Path
    seed: int = 0
    report: Report = silent


Learner = Callable[[Lesson], Hand]
"""Learns from one pair, and gives what draws photos."""


def one_shot(
    learners: Mapping[str, Learner], plan: Plan, pairs: int = 5, seeds: int = 1, report: Report = silent
) -> Benchmark:
    """Runs a protocol with learners that see one pair.

    Args:
        learners: By name, at least one; the first is what the others are compared with.
        plan: As of `bench`, of a protocol with sketches, drawn from photos. Its hands draw without a lesson,
            such as a style that was trained on many pairs: the ceiling. Lessons are never in grey, and are
            taken from the set whatever `sources` is. A trial's drawings go to
            `out`/trials/PAIR-SEED/made/NAME, what it learned to `out`/trials/PAIR-SEED/learned/NAME, which
            goes on by itself after a cut.
        pairs: How many pairs teach, each alone.
        seeds: How often each does: with the seeds 0, 1 and so on.
        report: Is told the progress.

    Returns:
        The scores of all methods; of learners each picture's mean over trials. `Benchmark.trials` has them
        apart.

    Raises:
        ScoreError: No learner, a protocol without sketches to learn from or that draws photos, fewer pairs or
            seeds than 1, too few pairs; or as of `bench`.
        limner.errors.LimnerError: Nothing can be learned from a pair, or what learns is not there.
        limner.data.pair.DataError: The data set is missing or damaged.
        limner.image.ImageError: A picture cannot be read.
    """
    _check(plan, learners, seeds)
    metrics = tuple(name for name in plan.protocol.metrics if METRICS[name].kind != "people")
    protocol = replace(plan.protocol, metrics=metrics)
    plan = replace(plan, protocol=protocol)
    subjects, told, digest = subjects_of(protocol, plan.data, plan.split)
    taught = teaching(protocol, plan.data, plan.split, subjects, pairs)
    if [subject.name for subject in subjects] == [taught[0].name]:
        raise ScoreError("1 pair, and it teaches: nobody is left to test; at least 2 are expected")
    notes: list[str] = []
    if protocol.laid:
        taught, _ = lay(taught, plan.out / "laid", protocol.rules.finder, silent)
        subjects, notes = lay(subjects, plan.out / "laid", protocol.rules.finder, report)

    trials: dict[str, list[Trial]] = {name: [] for name in learners}
    seen: dict[str, dict[str, Match]] = {name: {} for name in learners}
    noted: dict[str, list[str]] = {}
    for pair, seed in product(taught, range(seeds)):
        folder = plan.out / "trials" / f"{pair.name}-{seed}"
        learned = {
            name: learner(_lesson(pair, folder, name, seed, report)) for name, learner in learners.items()
        }
        others = [subject for subject in subjects if subject.name != pair.name]
        rows = rows_of(replace(plan, hands=learned, made={}, out=folder), others, report)
        for note in rows.notes:
            noted.setdefault(note, []).append(folder.name)
        for name in learners:
            trials[name].append(Trial(pair.name, seed, rows.scores[name]))
            # The sheet shows of each picture what the first trial drew that tested it.
            seen[name] = {match.name: match for match in rows.matches[name]} | seen[name]

    tested = [subject for subject in subjects if any(subject.name in each for each in seen.values())]
    names = [subject.name for subject in tested]
    rows = rows_of(plan, tested, report)
    notes += [*_told(noted, len(taught) * seeds), *rows.notes]
    scores = {name: together(names, each) for name, each in trials.items()} | dict(rows.scores)
    matches: dict[str, Sequence[Match]] = {n: [each[name] for name in names] for n, each in seen.items()}
    matches |= rows.matches
    return Benchmark(protocol, told, digest, scores, matches, tuple(notes), (), plan.in_grey, trials)


def _told(noted: Mapping[str, Sequence[str]], trials: int) -> list[str]:
    """Notes with the trials that they are of, unless they are of all."""
    return [n if len(of) == trials else f"{', '.join(of)}: {n}" for n, of in noted.items()]


def _check(plan: Plan, learners: Mapping[str, Learner], seeds: int) -> None:
    protocol = plan.protocol
    if not protocol.pairs or protocol.to != "sketch":
        raise ScoreError(
            f"{protocol.name}: one pair teaches to draw sketches; a protocol with sketches, drawn from "
            "photos, is expected"
        )
    if not learners or seeds < 1:
        raise ScoreError(f"{len(learners)} methods that learn and {seeds} seeds: at least one is expected")
    for name in (*plan.hands, *plan.made):
        if name in learners:
            raise ScoreError(f"two methods are called {name!r}")


def _lesson(pair: Subject, folder: Path, name: str, seed: int, report: Report) -> Lesson:
    if pair.real is None:
        raise ScoreError(f"{pair.name} has no sketch to learn from")
    own = folder / "learned" / name
    own.mkdir(parents=True, exist_ok=True)
    return Lesson(pair.source, pair.real, own, seed, report)

"""Learning of the `instruct` method: one instruction by gradient, the prior frozen; before it, lines.

    c' = arg min_c sum_t L(c, t),    L = 4 MSE(e, eps_t) - 0.1 clamp(cos(d, W mean_tokens(c)), -1, 0.5)

Source: Wu et al., One-shot face sketch synthesis in the wild via generative diffusion prior and instruction
    tuning (arXiv 2506.15312), by its abstract; the procedure is that of Nguyen, Li, Ojha, Lee, Visual
    instruction inversion (NeurIPS 2023).
Chosen: the state is kept that has the lowest loss over a fixed set of (t, noise), since that of a single step
    depends on its t; fewer than 1000 steps take even shares of the times.
"""

import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.optim import AdamW

from limner import hub
from limner.engine.config import RunConfig
from limner.engine.run import Run, settings_of
from limner.errors import LimnerError
from limner.frame import PORTRAIT, Frame, head
from limner.image import Picture, from_unit, to_unit
from limner.methods.base import describe, shown_name
from limner.methods.fitting import Aligned, Fitted, read_all
from limner.methods.ground import background
from limner.methods.instruct.config import Config
from limner.methods.instruct.guide import load_guide
from limner.methods.instruct.instruction import Instruction, Kept, known_sentences, nearest, spaced
from limner.methods.instruct.lines import PENCIL, learned
from limner.methods.instruct.loss import direction
from limner.methods.instruct.model import Drawer, Settings, shape, side
from limner.methods.instruct.objective import Objective
from limner.methods.instruct.preview import Strip
from limner.methods.instruct.times import HOLD, LEARN, Times, spread
from limner.methods.instruct.trace import mean
from limner.methods.pairs import digest
from limner.nn.generator import Generator
from limner.pretrained.clip import Clip
from limner.pretrained.folder import PriorError, find
from limner.pretrained.prior import Prior, load_prior
from limner.progress import Report, named, silent

SHORTLIST, TRYING = 8, 6
"""Sentences that draw the photo before one is learned from, and the steps of each drawing. Chosen: of four
pairs, the best in tone of the fourteen of lowest loss were among these, or as near."""


def train(config: Config, report: Report = silent) -> Path:
    """Learns a style; the same call resumes a run that was cut off.

    Args:
        config: All settings.
        report: Is told the progress after every step.

    Returns:
        The path of the finished `style.safetensors`; `preview.png` beside it shows the pairs as they were
        aligned, and the first photo drawn by states on the way.

    Raises:
        limner.data.pair.DataError: No pair is given, a photo without its sketch, or a photo for a sketch.
        limner.image.ImageError: A picture cannot be read.
        limner.faces.FaceError: A picture shows no face or several, or the two faces of a pair do not fit.
        limner.pretrained.folder.PriorError: The prior, or CLIP, cannot be used.
        limner.hub.FetchError: The prior, or CLIP, is the hub's, and was not fetched yet.
        limner.errors.LimnerError: The instruction has no words, lines are to be traced and not learned, or
            the run's folder holds a run with other settings, or on other pairs.
        FloatingPointError: A loss is no longer finite. If it is the instruction's, the best state before is
            in `style.safetensors`; if it is the lines', there is no style.
    """
    if config.trace and not config.lines:
        raise LimnerError(
            f"trace {config.trace:g} of lines that are not learned; --lines or a trace of 0 is expected"
        )
    prior = _opened(config.prior)
    given = read_all(config.pairs, config.largest, config.trust)
    pairs = _aligned(given, config, head(prior.size))
    photos, sketches = _tensors(pairs)
    clip = load_guide(config, prior)
    Instruction(prior, config.instruction)  # which refuses one without words, before lines take minutes
    lines = _lines(given, config, report)
    prior, clip = _moved(prior, clip, _device(config.run))
    sentence = _begun(config) or _start(config, prior, clip, photos, sketches)
    instruction = Instruction(prior, sentence)
    kept = Kept(instruction)
    optimizer = AdamW([instruction.states], config.rate)
    run = Run(
        config.run,
        keep={"instruction": instruction, "kept": kept, "optimizer": optimizer},
        about={**_about(config, prior, pairs, sentence, lines), "background": background(given)},
        report=named("instruction", report),
    )
    shown = _aligned(given, config, head(side(prior.size, lines is not None)))
    strip = Strip(config.run.folder, [(pair.photo, pair.sketch) for pair in shown])
    prior, clip = _moved(prior, clip, run.device)  # of several processes each has its own

    # z_y, z_x and d, and the fixed set of (t, noise) that states are compared by.
    objective = Objective(config, prior, clip, photos, sketches)
    count = max(config.looks_at, len(pairs))
    held = [objective.ask([t], [i % len(pairs)], HOLD) for i, t in enumerate(spread(count))]
    if math.isinf(kept.loss):
        kept.look(instruction.states, objective.mean(held, instruction.states))

    try:
        for batch in run.batches(Times(config.run.steps * config.run.batch, len(pairs))):
            with run.autocast():
                # z_t of a time that did not come before, with its noise; e(z_t, 0, 0) and e(z_t, z_x, 0).
                asked = objective.ask(batch["t"].tolist(), batch["pair"].long().tolist(), LEARN)
                # e(z_t, z_x, c), the guided noise e, and L.
                terms = objective.terms(asked, instruction.states)
            run.descend(terms["loss"], optimizer, config.rate, cut=config.cut)
            instruction.put_back()

            done = run.step + 1
            if done % config.look_every == 0 or done == config.run.steps:
                kept.look(instruction.states, objective.mean(held, instruction.states))
            if done in _shown(config):
                strip.add(done, _drawn(config, prior, kept, shown[0].photo, lines))
            run.log({**terms, "kept": kept.loss})
    except FloatingPointError as error:
        good = run.write(_weights(kept, lines))
        raise FloatingPointError(f"{error} {good} draws by the best state before.") from error
    return run.finish(_weights(kept, lines))


def _lines(given: Sequence[Fitted], config: Config, report: Report) -> Generator | None:
    """The pencil with the strokes of the pairs, if there is to be one."""
    if config.lines is None:
        return None
    # A checkpoint of the lines is three hundred times as large as one of the instruction.
    run = dataclasses.replace(config.run, folder=config.run.folder / "lines", save_every=25)
    return learned(_aligned(given, config, PORTRAIT), config.lines, run, named("lines", report))


def _device(config: RunConfig) -> torch.device:
    """Where `Run` will work."""
    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return torch.device("cpu") if config.device == "cpu" or found is None else found


def _moved(prior: Prior, clip: Clip | None, device: torch.device) -> tuple[Prior, Clip | None]:
    return prior.to(device), clip.to(device) if clip else None


def _begun(config: Config) -> str:
    """The sentence that the run in the folder found in half a minute; empty where there is none."""
    # If that run had other settings, `Run` refuses this one.
    before = settings_of(config.run.folder) if config.start != "given" else {}
    return str(json.loads(before.get("config", "{}")).get("instruction", ""))


def _start(config: Config, prior: Prior, clip: Clip | None, photos: Tensor, sketches: Tensor) -> str:
    """The sentence that learning starts from."""
    given = config.instruction
    if clip and config.start == "nearest":
        return nearest(clip, direction(clip, photos, sketches), [given, *known_sentences()])
    if config.start == "best":
        objective = Objective(config, prior, clip, photos, sketches)
        likely = objective.best([given, *spaced(known_sentences())], SHORTLIST)
        return nearest_in_tone(config, prior, likely, photos, sketches)
    return given


@torch.no_grad()
def nearest_in_tone(
    config: Config, prior: Prior, sentences: Sequence[str], photos: Tensor, sketches: Tensor
) -> str:
    """The sentence by which the prior draws the first photo nearest to its sketch, in means over squares.

    L tells little of tone, which is what is taken of the prior's drawing where there are lines: a sentence
    that asks for thin lines on paper may have the lowest. Chosen.

    Args:
        config: Steps, scales and seed of the sampling.
        prior: Draws.
        sentences: At least one.
        photos: (N, 3, side, side) in [0, 1], side the prior's; of several pairs the first counts.
        sketches: Theirs, likewise, three equal channels.
    """
    seed = config.run.seed
    settings = Settings(min(TRYING, config.sampling_steps), config.text_scale, config.image_scale, 0.0, seed)
    wanted = mean(sketches[:1, :1])

    def apart(sentence: str) -> float:
        made = Drawer(prior, prior.embed([sentence]), settings)(photos[:1])
        return float((mean(made) - wanted).abs().mean())

    return min(sentences, key=apart)


def _aligned(given: Sequence[Fitted], config: Config, frame: Frame) -> list[Aligned]:
    return [pair.into(frame, config.raised) for pair in given]


def _weights(kept: Kept, lines: Generator | None) -> dict[str, Tensor]:
    """What the style holds; the lines in half precision."""
    drawn = lines.state_dict() if lines else {}
    return {"states": kept.states, **{f"lines.{name}": value.half() for name, value in drawn.items()}}


def _opened(name: str) -> Prior:
    prior = load_prior(name)
    if not prior.instructs:
        raise PriorError(
            f"{name} takes no photo; a prior that edits one by a sentence is expected, such as "
            "timbrooks/instruct-pix2pix"
        )
    return prior


def _tensors(pairs: Sequence[Aligned]) -> tuple[Tensor, Tensor]:
    """Photos and sketches, (N, 3, side, side) in [0, 1]; of a sketch three equal channels."""
    photos = torch.stack([torch.from_numpy(to_unit(pair.photo)) for pair in pairs])
    sketches = torch.stack([torch.from_numpy(to_unit(pair.sketch)) for pair in pairs])
    return photos, sketches.expand_as(photos)


def _shown(config: Config) -> set[int]:
    """The steps after which a state is drawn."""
    return {config.run.steps * i // config.states for i in range(1, config.states + 1)}


def _drawn(config: Config, prior: Prior, kept: Kept, photo: Picture, lines: Generator | None) -> Picture:
    """A photo, drawn by the best state so far."""
    settings = Settings(config.sampling_steps, config.text_scale, config.image_scale, config.trace)
    drawer = Drawer(prior, kept.states, settings, lines)
    return from_unit(drawer(torch.from_numpy(to_unit(photo))[None])[0].numpy())


def _about(
    config: Config, prior: Prior, pairs: Sequence[Aligned], sentence: str, lines: Generator | None
) -> dict[str, str]:
    """What the weight file says of itself; it tells nobody's folders and nobody's name."""
    asked = config.instruction
    config = dataclasses.replace(
        config, pairs=(), prior=shown_name(config.prior), clip=shown_name(config.clip), instruction=sentence
    )
    count = "1 pair" if len(pairs) == 1 else f"{len(pairs)} pairs"
    # The pencil's own licence goes with what learned from its weights.
    begun = f"; lines begun from {PENCIL}, {hub.card(PENCIL).licence}" if lines else ""
    seen = digest(each for pair in pairs for each in (pair.photo, pair.sketch))
    trained_on = f"{count}, sha256 of the aligned pictures {seen}{begun}"
    return {
        **describe(config, "photo-sketch", trained_on),
        "asked": asked,
        "frame": json.dumps(dataclasses.asdict(head(side(prior.size, lines is not None)))),
        "prior": config.prior,
        "prior_revision": find(prior.name).fingerprint,
        **({"lines": shape(lines)} if lines else {}),
    }

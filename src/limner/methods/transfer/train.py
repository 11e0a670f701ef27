"""Training of the `transfer` method: two students at once, each taught by two teachers and by the other.

The terms are in `limner.methods.transfer.loss`.

Source: Zhu, Wang, Gao, Li, Li, Face photo-sketch synthesis via knowledge transfer (IJCAI 2019): teachers of
photos and of sketches, students trained simultaneously that mimic, transform and teach each other.
Differs: several artists share one student; strangers, whom nobody drew, pass through it as well, for the
mimic term and for the discriminator, which need no drawing; the students' weights are standardised, where
asked for (`limner.nn.standard`).
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import nn
from torch.optim import Adam

from limner.data.pair import Pair
from limner.engine.run import Run
from limner.engine.schedule import linear_decay
from limner.errors import LimnerError
from limner.losses.cooccurrence import LEAST
from limner.methods.base import describe
from limner.methods.ground import background_of
from limner.methods.pairs import digest
from limner.methods.transfer.artists import Artists, all_named
from limner.methods.transfer.config import Config
from limner.methods.transfer.loss import Nets, judged, lesson, taught
from limner.methods.transfer.model import Adapters, one_hand, photo_judge, sketch_judge, student
from limner.nn.average import Average
from limner.nn.standard import plain
from limner.pretrained.perceptual import load_teacher
from limner.progress import Report, silent


def train(config: Config, report: Report = silent) -> Path:
    """Trains both students; the same call resumes a run that was cut off.

    Args:
        config: All settings.
        report: Is told the progress after every step.

    Returns:
        The path of the finished `style.safetensors`, which draws sketches; `photo.safetensors` beside it
        draws photos.

    Raises:
        limner.data.pair.DataError: A data set is missing or damaged, or no face is found in it.
        limner.image.ImageError: A picture cannot be read.
        limner.hub.StyleError: There is no such teacher, or its file, or that of the packaged finder or matte,
            is missing or damaged.
        limner.hub.FetchError: VGG-19 is asked for and was not fetched.
        limner.errors.LimnerError: Crops are too small for the co-occurrence that is asked for, or the run's
            folder holds a run with other settings.
        FloatingPointError: A loss is no longer finite.
    """
    if config.cooccurrence and config.augment.crop < LEAST:
        raise LimnerError(
            f"cooccurrence in crops of {config.augment.crop} pixels; --augment.crop of at least {LEAST}, or "
            "--cooccurrence 0, is expected"
        )
    sources = all_named(config.data)
    pairs = [source.pairs(config.hold_out) for source in sources.values()]
    kept = config.run.folder / "eyes.json"
    samples = Artists.read(pairs, config.strangers, config.frame, config.augment, kept, config.often)

    torch.manual_seed(config.run.seed)
    to_sketch, to_photo = student(config, "photo-sketch"), student(config, "sketch-photo")
    of_sketches, of_photos = sketch_judge(config), photo_judge(config)
    phi_p, phi_s = load_teacher(config.photo_teacher), load_teacher(config.sketch_teacher)
    r_ps = Adapters(to_sketch, phi_p.widths, phi_s.widths)
    r_sp = Adapters(to_photo, phi_s.widths, phi_p.widths)
    students = nn.ModuleList([to_sketch, to_photo, r_ps, r_sp])
    judges = nn.ModuleList([of_sketches, of_photos])
    sketch_average, photo_average = Average(to_sketch, config.average), Average(to_photo, config.average)
    students_step = Adam(students.parameters(), config.rate, config.betas)
    judges_step = Adam(judges.parameters(), config.judge_rate, config.betas)
    run = Run(
        config.run,
        keep={
            "students": students,
            "judges": judges,
            "sketch_average": sketch_average,
            "photo_average": photo_average,
            "students_step": students_step,
            "judges_step": judges_step,
        },
        about=_about(config, dict(zip(sources, pairs, strict=True)), samples),
        report=report,
    )
    phi_p, phi_s = phi_p.to(run.device), phi_s.to(run.device)
    nets = Nets(to_sketch, to_photo, r_ps, r_sp, of_sketches, of_photos, phi_p, phi_s)

    for batch in run.batches(samples):
        decay = linear_decay(run.step, config.run.steps)
        with run.autocast():
            given = lesson(nets, batch)
        verdict = None
        if config.adversarial:
            with run.autocast():
                verdict = judged(nets, given)
            run.descend(verdict.loss, judges_step, config.judge_rate * decay)
            run.log({"judges": verdict.loss})
        with run.autocast():
            loss, terms = taught(config, nets, given, verdict)
        run.descend(loss, students_step, config.rate * decay, config.clip)
        sketch_average.update(to_sketch)
        photo_average.update(to_photo)
        run.log(terms)

    back = {
        "direction": "sketch-photo",
        "background": "keep",
        "artist": "photo",
        "artists": json.dumps(["photo"]),
    }
    run.finish(plain(one_hand(photo_average.module, None)), "photo", back)
    return run.finish(plain(one_hand(sketch_average.module, 0)))


def _about(config: Config, pairs: Mapping[str, Sequence[Pair]], samples: Artists) -> dict[str, str]:
    """What the weight files say of themselves; the first artist draws unless another is asked for."""
    names = list(pairs)
    read = zip(samples.artists, names, strict=True)
    told = ", ".join(f"{len(each)} pairs of {name}" for each, name in read)
    # The ground is left where all artists leave it: the file says it once.
    grounds = {background_of(each) for each in pairs.values()}
    # A weight file tells nobody's folders.
    teachers = {
        "photo_teacher": Path(config.photo_teacher).name,
        "sketch_teacher": Path(config.sketch_teacher).name,
    }
    config = dataclasses.replace(config, data=tuple(names), strangers=(), **teachers)
    return {
        **describe(config, "photo-sketch", f"{told}; {len(samples.strangers)} portraits that nobody drew"),
        "pairs": digest(samples.pictures()),
        "frame": json.dumps(dataclasses.asdict(config.frame)),
        "background": "paper" if grounds == {"paper"} else "keep",
        "artists": json.dumps(names),
        "artist": names[0],
    }

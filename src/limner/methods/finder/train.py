"""Training of the finder, in two stages: labels by a teacher, then scenes and views of labelled portraits."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.optim import Adam

from limner import image
from limner.data.pair import DataError
from limner.data.portraits import identity, portraits, watched
from limner.engine.run import Keepable, Run
from limner.engine.schedule import linear_decay
from limner.faces.find import (
    FACE,
    FOUND,
    NEAR,
    NEAR_CELL,
    NEAR_SHIFT_UNIT,
    NEAR_SHIFTS,
    NEAR_VOTE_UNIT,
    NEAR_VOTES,
    PLACE,
    SHIFTS,
    VOTES,
)
from limner.frame import span
from limner.methods.base import describe
from limner.methods.finder.config import Config
from limner.methods.finder.label import labelled
from limner.methods.finder.loss import focal_loss, place_loss, points_loss, sure_loss, vote_loss, voted
from limner.methods.finder.model import Finder, Points
from limner.methods.finder.scenes import Scenes, Views
from limner.nn.average import Average
from limner.nn.standard import plain, standardise
from limner.progress import Report, silent


def train(config: Config, report: Report = silent) -> Path:
    """Trains a stage of the finder; the same call resumes a run that was cut off.

    Args:
        config: All settings.
        report: Is told the progress after every step.

    Returns:
        The path of the finished `style.safetensors`.

    Raises:
        limner.data.pair.DataError: There are no portraits, the teacher cannot be read, or it sees no face.
        limner.image.ImageError: A picture cannot be read.
        limner.errors.LimnerError: The run's folder holds a run with other settings.
        FloatingPointError: A loss is no longer finite.
    """
    return _near(config, report) if config.stage == "points" else _look(config, report)


def _look(config: Config, report: Report) -> Path:
    """Stage `look`: faces in scenes, and one face's points and whether it is one in a view."""
    scenes = read(config)
    torch.manual_seed(config.run.seed)
    net = Finder(config.width, config.depth)
    average, step = Average(net, config.average), Adam(net.parameters(), config.rate)
    keep = {"net": net, "average": average, "step": step}
    run = _run(config, keep, "photo-faces", len(scenes), report)

    for batch in run.batches(scenes):
        decay = linear_decay(run.step, config.run.steps)
        bump, counts, holds = batch["cells"][:, 0], batch["cells"][:, 1], batch["cells"][:, 2]
        with run.autocast():
            # First look: where are faces of this size in a scene?
            first = net.raw(batch["scene"])
            found = focal_loss(first[:, FOUND][:, 0], bump, counts)
            place = place_loss(first[:, PLACE], batch["cells"][:, 3:], holds)
            # Second look: where exactly are the points of one face, and is it one?
            second = net.raw(batch["view"])
            made = voted(second[:, VOTES], second[:, SHIFTS])
            points = points_loss(made, batch["points"], batch["face"])
            vote = vote_loss(second[:, VOTES], batch["points"], batch["face"])
            sure = sure_loss(second[:, FACE][:, 0], batch["face"])
            first_loss = found + config.place * place
            loss = first_loss + config.points * points + config.vote * vote + config.sure * sure
        run.descend(loss, step, config.rate * decay, config.clip)
        average.update(net)
        run.log({"found": found, "place": place, "points": points, "vote": vote, "sure": sure})

    return run.finish(average.module.state_dict())


def _near(config: Config, report: Report) -> Path:
    """Stage `points`: those of one face, near and nearly upright."""
    near = config.near
    views = Views(
        replace(
            read(config),
            view=NEAR.width,
            eyes=abs(span(NEAR.eyes)),
            shown=1.0,
            off=near.off,
            sharp=True,
            light=near.light,
        )
    )
    torch.manual_seed(config.run.seed)
    net = Points(near.width)
    standardise(net, net.head)
    average, step = Average(net, near.average), Adam(net.parameters(), near.rate)
    keep = {"net": net, "average": average, "step": step}
    run = _run(config, keep, "photo-points", len(views), report)

    for batch in run.batches(views):
        with run.autocast():
            seen = net(batch["view"]).float()
            votes, shifts = NEAR_VOTE_UNIT * seen[:, NEAR_VOTES], seen[:, NEAR_SHIFTS]
            made = voted(votes, shifts, NEAR_CELL, NEAR_SHIFT_UNIT)
            face = torch.ones_like(votes[:, :1, 0, 0])
            points = points_loss(made, batch["points"], face, near.eyes)
            vote = vote_loss(votes, batch["points"], face, NEAR_CELL)
            loss = near.points * points + near.vote * vote
        run.descend(loss, step, near.rate * linear_decay(run.step, config.run.steps), config.clip)
        average.update(net)
        run.log({"points": points, "vote": vote})

    return run.finish(plain(average.module))


def _run(config: Config, keep: Mapping[str, Keepable], direction: str, count: int, report: Report) -> Run:
    """The run of a stage, on so many portraits."""
    about = describe(config, direction, f"{count} portraits of {config.data.name}")
    return Run(config.run, keep, about, report)


def read(config: Config) -> Scenes:
    """The training portraits in memory, labelled by the teacher; pictures of no or several faces left out.

    So is every `hold_out`-th person by name, with all pictures of that person.

    Raises:
        limner.data.pair.DataError: As `train`.
        limner.image.ImageError: A picture cannot be read.
    """
    paths = portraits(config.data)
    labels = labelled(config.data, paths, config.teacher, config.run.folder / "labels.json")
    left_out = watched(map(identity, paths), config.hold_out)
    taught = [entry for entry in labels if identity(entry.path) not in left_out]
    # With two faces on a picture, one that the teacher overlooked would be taught as none.
    kept = [entry for entry in taught if len(entry.faces) == 1]
    if not kept:
        raise DataError(f"{config.teacher} sees a face in none of the {len(taught)} portraits")
    photos = [image.read(entry.path) for entry in kept]
    return Scenes(photos, [np.asarray(entry.faces[:, :14]) for entry in kept], light=config.light)

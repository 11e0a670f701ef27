"""Lines: limner's own pencil, which learns the strokes of the pair.

With x the photo and y its sketch, cut and turned alike at random, the light of x changed, G the pencil and D
a patch discriminator of both together:

    L_G = l1 |y - G(x)|_1 + texture L_tex(y, G(x)) + L_gan(D) + match L_FM(D)

Source: Isola et al. (CVPR 2017), equation 4, with the least-squares form of L_gan (Mao et al., ICCV 2017) and
    the feature matching of pix2pixHD (Wang et al., CVPR 2018).
    The weights that draw lie between those of the pencil and those that were learned,
        w = (1 - share) w_pencil + share w_learned,
    a weight-space ensemble of Wortsman et al., Robust fine-tuning of zero-shot models (CVPR 2022).
Differs: G is no untrained network but the packaged `pencil`, which draws anybody already. Short steps give it
    another hand, and leave it what it knows of faces. One pair shows neither long hair nor other light; what
    it says of them by chance counts less in the mean of the weights, and its strokes remain.
Chosen: that there are lines at all, which is in none of the papers of this method (see `trace.py`).
"""

import dataclasses
import json
from collections.abc import Sequence

import torch
from torch.optim import Adam

from limner import hub
from limner.data.aligned import AlignedPairs
from limner.data.backdrop import matte
from limner.engine.config import RunConfig
from limner.engine.run import Run
from limner.engine.schedule import linear_decay
from limner.losses.adversarial import discriminator_loss, generator_loss, matching_loss
from limner.losses.texture import texture_loss
from limner.methods.fitting import Aligned
from limner.methods.instruct.config import Lines
from limner.methods.pairs import digest
from limner.nn.average import Average
from limner.nn.generator import Generator
from limner.nn.patchgan import PatchGAN
from limner.pretrained.packaged import weights
from limner.progress import Report, silent

PENCIL = "pencil"
"""The packaged style that learns."""


def pencil() -> Generator:
    """The packaged pencil as a network that can learn; (N, 3, H, W) to (N, 1, H, W) in [0, 1]."""
    held, _ = weights(PENCIL)
    coarser = sorted(name for name in held if name.startswith("down.") and name.endswith("weight"))
    widths = [len(held[name]) for name in ("stem.weight", *coarser)]
    net = Generator(widths=widths, depth=len({n.split(".")[1] for n in held if n.startswith("middle.")}))
    net.load_state_dict({name: held[name] for name in net.state_dict()})
    return net


def learned(pairs: Sequence[Aligned], config: Lines, run: RunConfig, report: Report = silent) -> Generator:
    """The pencil with the strokes of the pairs; the same call goes on with a run that was cut off.

    Args:
        pairs: In `limner.frame.PORTRAIT`, which the pencil knows.
        config: Steps, weights, rates.
        run: Folder, seed, precision; its steps and batch are not looked at.
        report: Is told the progress after every step.

    Raises:
        LimnerError: The folder holds a run with other settings, on other pairs or from another pencil.
        FloatingPointError: The loss is no longer finite.
    """
    photos = [pair.photo for pair in pairs]
    sketches = [pair.sketch for pair in pairs]
    samples = AlignedPairs(photos, sketches, [matte(photo) for photo in photos], config.augment)

    torch.manual_seed(run.seed)
    draw, judge = pencil(), PatchGAN(width=config.judge_width)
    average = Average(draw, config.average)
    draw_step = Adam(draw.parameters(), config.rate, config.betas)
    judge_step = Adam(judge.parameters(), config.judge_rate, config.betas)
    keep = {
        "draw": draw,
        "judge": judge,
        "average": average,
        "draw_step": draw_step,
        "judge_step": judge_step,
    }
    short = dataclasses.replace(run, steps=config.steps, batch=config.batch, start=None)
    about = {
        "config": json.dumps(dataclasses.asdict(config)),
        "pairs": digest(each for pair in pairs for each in (pair.photo, pair.sketch)),
        "pencil": hub.card(PENCIL).sha256,
    }
    course = Run(short, keep, about, report)

    for batch in course.batches(samples):
        decay = linear_decay(course.step, config.steps)
        x, y = batch["photo"], batch["sketch"]

        # L_D: the discriminator tells the artist's sketch from the made one.
        with course.autocast():
            made = draw(x)
            real = judge.features(torch.cat([x, y], 1))
            judged = discriminator_loss(real[-1], judge(torch.cat([x, made.detach()], 1)))
        course.descend(judged, judge_step, config.judge_rate * decay)

        # L_G; the sketch's features are those from before the discriminator's step, which saves a pass.
        with course.autocast():
            seen = judge.features(torch.cat([x, made], 1))
            l1, texture = (y - made).abs().mean(), texture_loss(y, made)
            fool, match = generator_loss(seen[-1]), matching_loss(real[:-1], seen[:-1])
            loss = config.l1 * l1 + config.texture * texture + fool + config.match * match
        course.descend(loss, draw_step, config.rate * decay, config.clip)

        average.update(draw)
        course.log({"l1": l1, "texture": texture, "fool": fool, "match": match, "judge": judged})

    # w = (1 - share) w_pencil + share w_learned
    drawing = average.module.cpu()
    with torch.no_grad():
        for now, before in zip(drawing.parameters(), pencil().parameters(), strict=True):
            now.copy_(before.lerp(now, config.share))
    return drawing

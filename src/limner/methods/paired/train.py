"""Training of the `paired` method: a generator against a patch discriminator, held to the pair by L1.

Source: Isola et al. (CVPR 2017): `G* = arg min_G max_D L_cGAN(G, D) + lambda L_L1(G)` (equation 4), with the
least-squares form of L_cGAN (Mao et al., ICCV 2017) and the feature matching of pix2pixHD (Wang et al., CVPR
2018).
Differs: a fourth term holds the local contrast to the artist's (`limner.losses.texture`); no dropout as noise
z (the sketch of a photo is one picture); augmentation beyond crop and flip; what draws in the end is the
running average of the generator's weights.
"""

import dataclasses
import json
from pathlib import Path

import torch
from torch.optim import Adam

from limner.engine.run import Run
from limner.engine.schedule import linear_decay
from limner.losses.adversarial import discriminator_loss, generator_loss, matching_loss
from limner.losses.texture import texture_loss
from limner.methods.base import describe
from limner.methods.eyes import Seen
from limner.methods.ground import background_of
from limner.methods.paired.config import Config
from limner.methods.paired.model import discriminator, ends, generator
from limner.methods.pairs import Source, digest, read_pairs
from limner.nn.average import Average
from limner.progress import Report, silent


def train(config: Config, report: Report = silent) -> Path:
    """Trains a style; the same call resumes a run that was cut off.

    Args:
        config: All settings.
        report: Is told the progress after every step.

    Returns:
        The path of the finished `style.safetensors`.

    Raises:
        limner.data.pair.DataError: The data set is missing or damaged, or no face is found in it.
        limner.image.ImageError: A picture cannot be read.
        limner.hub.StyleError: The packaged finder or matte is missing or damaged.
        limner.errors.LimnerError: The run's folder holds a run with other settings, or on other pairs.
        FloatingPointError: A loss is no longer finite.
    """
    pairs = Source.read(config.data)
    given = pairs.pairs(config.hold_out)
    seen = Seen(config.run.folder / "eyes.json")
    samples = read_pairs(given, config.frame, config.augment, seen)
    seen.keep()
    source, target = ends(config.direction)

    torch.manual_seed(config.run.seed)
    draw = generator(config)
    judge = discriminator(config)
    drawn_average = Average(draw, config.average)
    draw_step = Adam(draw.parameters(), config.rate, config.betas)
    judge_step = Adam(judge.parameters(), config.judge_rate, config.betas)
    run = Run(
        config.run,
        keep={
            "draw": draw,
            "judge": judge,
            "average": drawn_average,
            "draw_step": draw_step,
            "judge_step": judge_step,
        },
        # A weight file tells nobody's folders.
        about=describe(
            dataclasses.replace(config, data=pairs.title),
            config.direction,
            f"{len(samples)} pairs of {pairs.title}",
        )
        | {
            "pairs": digest((*samples.photos, *samples.sketches)),
            "frame": json.dumps(dataclasses.asdict(config.frame)),
            "background": background_of(given) if target == "sketch" else "keep",
        },
        report=report,
    )

    for batch in run.batches(samples):
        decay = linear_decay(run.step, config.run.steps)
        # A photo that is to be drawn is as it was taken: nobody can tell a changed light from a sketch.
        x, y = batch[source], batch["plain" if target == "photo" else target]

        # L_D: the discriminator tells the artist's pairs from made ones.
        with run.autocast():
            made = draw(x)
            real = judge.features(torch.cat([x, y], 1))
            loss_judge = discriminator_loss(real[-1], judge(torch.cat([x, made.detach()], 1)))
        run.descend(loss_judge, judge_step, config.judge_rate * decay)

        # Equation 4: L_G = L_cGAN + lambda E |y - G(x)|_1; pix2pixHD's equation 5 adds L_FM.
        with run.autocast():
            l1 = (y - made).abs().mean()
            seen = judge.features(torch.cat([x, made], 1))
            fool = generator_loss(seen[-1])
            # The real pair's features are those from before the discriminator's step, which saves a pass.
            match = matching_loss(real[:-1], seen[:-1])
            # Where the artist's strokes are strong, ours are, wherever each one lies.
            texture = texture_loss(y, made)
            faithful = config.l1 * l1 + config.match * match + config.texture * texture
            loss_draw = config.adversarial * fool + faithful
        run.descend(loss_draw, draw_step, config.rate * decay, config.clip)

        drawn_average.update(draw)
        run.log({"l1": l1, "fool": fool, "match": match, "texture": texture, "judge": loss_judge})

    return run.finish(drawn_average.module.state_dict())

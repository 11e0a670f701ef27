"""Training of the `teacher` method: an encoder sees a damaged crop, and each of its maps restores it.

    L = 1/4 sum_l E |x - D_l(phi_l(x~))| + w 1/2 sum_(l > 2) L_same(phi_l(x~), phi_l(x~'))

x~ is a damaged copy of the crop x, x~' one of a crop a pixel or two beside it; the heads D_l are dropped in
the end.

Source: Vincent et al., Stacked denoising autoencoders (JMLR 2010), and Pathak et al., Context encoders (CVPR
2016), in their L1 form. Chosen: a head at each map.
"""

from dataclasses import replace
from pathlib import Path

import torch
from torch.optim import Adam

from limner import image
from limner.engine.run import Run
from limner.engine.schedule import linear_decay
from limner.methods.base import describe
from limner.methods.teacher.config import Config
from limner.methods.teacher.crops import Crops
from limner.methods.teacher.model import Heads, folded, same_place
from limner.methods.teacher.sources import name, sources
from limner.nn.average import Average
from limner.pretrained.perceptual import stand_in
from limner.progress import Report, silent


def train(config: Config, report: Report = silent) -> Path:
    """Trains a teacher; the same call resumes a run that was cut off.

    Args:
        config: All settings.
        report: Is told the progress after every step.

    Returns:
        The path of the finished `style.safetensors`, in half precision: it is packaged as it is.

    Raises:
        limner.data.pair.DataError: There is no such data set, or a folder does not hold what is expected.
        limner.image.ImageError: A picture cannot be read.
        limner.errors.LimnerError: The run's folder holds a run with other settings.
        FloatingPointError: A loss is no longer finite.
    """
    pictures = [image.read(path) for path in sources(config.data, config.kind, config.hold_out)]
    samples = Crops(pictures, config.kind, config.damage, twice=config.same > 0)

    torch.manual_seed(config.run.seed)
    teacher = stand_in(config.widths)
    heads = Heads(config.widths, 3 if config.kind == "photo" else 1)
    average = Average(teacher, config.average)
    step = Adam([*teacher.parameters(), *heads.parameters()], config.rate)
    called = tuple(map(name, config.data))  # folders are nobody's business
    run = Run(
        config.run,
        keep={"teacher": teacher, "heads": heads, "average": average, "step": step},
        about=describe(
            replace(config, data=called),
            f"{config.kind}-features",
            f"{len(pictures)} {'photos' if config.kind == 'photo' else 'sketches'} of {', '.join(called)}",
        ),
        report=report,
    )

    for batch in run.batches(samples):
        with run.autocast():
            # E |x - D_l(phi_l(x~))|, the mean over the maps.
            seen = teacher(batch["damaged"])
            restored = heads(seen)
            apart = [
                (x - made).abs().mean() for x, made in zip(folded(batch["clean"]), restored, strict=True)
            ]
            restore = torch.stack(apart).mean()
            loss, told = restore, {f"restore_{level}": each for level, each in enumerate(apart, start=1)}
            if config.same:
                # L_same at the two coarsest maps.
                other = teacher(batch["again"])
                pairs = zip(seen[-2:], other[-2:], strict=True)
                same = torch.stack([same_place(one, two) for one, two in pairs]).mean()
                loss, told = restore + config.same * same, {**told, "same": same}
        run.descend(loss, step, config.rate * linear_decay(run.step, config.run.steps), config.clip)

        average.update(teacher)
        run.log({"restore": restore, **told})

    return run.finish({k: v.half() for k, v in average.module.state_dict().items()})

"""Training of the `matte` method: a network regresses the alpha that composites were made with.

    L = E H(a, a') + E |a - a'| + w E |grad a - grad a'|,    H(a, a') = -a log a' - (1 - a) log (1 - a')

Source: the second term is the alpha loss of Xu et al., Deep image matting (CVPR 2017), in its L1 form.
Chosen: the cross entropy H, under which bodies fill sooner than under L1 alone.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch.optim import Adam

from limner.data.composites import Composites
from limner.engine.run import Run
from limner.engine.schedule import linear_decay
from limner.methods.base import describe
from limner.methods.matte.config import Config
from limner.methods.matte.model import matter, slope_error
from limner.nn.average import Average
from limner.progress import Report, silent


def train(config: Config, report: Report = silent) -> Path:
    """Trains the matte; the same call resumes a run that was cut off.

    Args:
        config: All settings.
        report: Is told the progress after every step.

    Returns:
        The path of the finished `style.safetensors`.

    Raises:
        limner.data.pair.DataError: No portrait can be keyed.
        limner.image.ImageError: A picture cannot be read.
        limner.errors.LimnerError: The run's folder holds a run with other settings.
        FloatingPointError: A loss is no longer finite.
    """
    samples = Composites.read(config.data, config.mix, places=config.places)

    torch.manual_seed(config.run.seed)
    net = matter(config)
    average = Average(net, config.average)
    step = Adam(net.parameters(), config.rate)
    run = Run(
        config.run,
        keep={"net": net, "average": average, "step": step},
        about=describe(config, "photo-matte", f"{len(samples)} keyed portraits of {config.data.name}"),
        report=report,
    )

    for batch in run.batches(samples):
        with run.autocast():
            made = net.logits(batch["photo"])
            off = torch.sigmoid(made) - batch["matte"]
            entropy = F.binary_cross_entropy_with_logits(made, batch["matte"])
            alpha, slopes = off.abs().mean(), slope_error(off)
            loss = entropy + alpha + config.slopes * slopes
        run.descend(loss, step, config.rate * linear_decay(run.step, config.run.steps), config.clip)

        average.update(net)
        run.log({"entropy": entropy, "alpha": alpha, "slopes": slopes})

    return run.finish(average.module.state_dict())

"""Training of the `prior` method: one stage of four, each in a file of its own, on one pack of triples."""

from pathlib import Path

from limner.methods.prior import autoencoder, clip, unet
from limner.methods.prior.config import Config
from limner.methods.prior.pack import Pack, packed
from limner.methods.prior.triples import Order, people
from limner.progress import Report, silent

STAGES = {"autoencoder": autoencoder.train, "clip": clip.train, "unet": unet.train, "plain": unet.train}


def train(config: Config, report: Report = silent) -> Path:
    """Trains a stage, after making the triples where they are missing; the same call resumes.

    Args:
        config: All settings.
        report: Is told the progress after every portrait of the triples, then after every step.

    Returns:
        The path of the stage's `style.safetensors`; of stage unet, of the folder `stand-in`, which
        `load_prior` and `load_clip` open.

    Raises:
        limner.data.pair.DataError: A folder holds no portrait, or none that gives a triple.
        limner.image.ImageError: A portrait cannot be read.
        limner.hub.StyleError: There is no such teacher.
        limner.pretrained.folder.PriorError: The model of `unet.parts` cannot be opened.
        limner.errors.LimnerError: An earlier stage has not finished, or it or that model is of other sizes,
            or the stage's folder holds a run with other settings.
        FloatingPointError: A loss is no longer finite.
    """
    pack, held = packs(config, report)
    return STAGES[config.stage](config, pack, held, report)


def packs(config: Config, report: Report = silent) -> tuple[Pack, Pack | None]:
    """The triples to learn from, and those of people left out; None where nobody is."""
    kept, left_out = people(config.data, config.hold_out)
    order = Order(config.sizes.size, config.unedited, config.framing, config.run.seed)
    folder, workers = config.run.folder / "pack", config.run.workers
    pack = packed(folder / "train", kept, config.triples, order, workers, report)
    if not left_out:
        return pack, None
    return pack, packed(folder / "held", left_out, config.watched, order, workers, report)

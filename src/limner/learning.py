"""One file out of one pair: a style learned by `instruct`, and what it looked like on the way."""

import dataclasses
import shutil
from pathlib import Path

from limner.errors import LimnerError
from limner.files import replacing
from limner.methods import METHODS
from limner.methods.instruct.config import Config
from limner.progress import Report, silent


def learn(config: Config, out: Path, force: bool = False, report: Report = silent) -> tuple[Path, Path]:
    """Learns a style. Until it is done its run lies in a folder beside it, and the same call resumes it.

    Args:
        config: Of the method; the folder of its run is not looked at.
        out: The style's file, a `.safetensors`.
        force: Overwrite files that exist.
        report: Is told the progress after every step.

    Returns:
        The style, and beside it a PNG of the same name: the aligned pairs, then the first photo as it was
        drawn on the way.

    Raises:
        LimnerError: The file has another suffix or exists; or as of the method's `train`.
        FloatingPointError: The loss is no longer finite; the run's folder holds the best state before.
    """
    preview, folder = out.with_suffix(".png"), out.with_suffix(".learning")
    if out.suffix != ".safetensors":
        raise LimnerError(f"{out}: a file NAME.safetensors is expected")
    for path in (out, preview):
        if path.exists() and not force:
            raise LimnerError(f"{path} exists; --force overwrites it")
    run = dataclasses.replace(config.run, folder=folder)
    style = METHODS["instruct"].train(dataclasses.replace(config, run=run), report)
    for made, target in ((style, out), (folder / "preview.png", preview)):
        with replacing(target, force=force) as new:
            shutil.copyfile(made, new)
    shutil.rmtree(folder)
    return out, preview

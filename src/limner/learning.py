"""One file out of one pair: a style learned by `instruct`, and what it looked like on the way."""

import dataclasses
import shutil
from pathlib import Path

from limner.errors import LimnerError
from limner.files import replacing
from limner.methods import METHODS
from limner.methods.instruct.config import Config
from limner.progress import Report, silent

OWN = (
    *("checkpoint.pt", "lines", "log.jsonl", "preview.png", "state-*.png", "style.safetensors"),
    *("tensorboard", ".limner-*"),
)
"""What a run leaves in its folder, which is removed with all that is in it."""


def learn(config: Config, out: Path, force: bool = False, report: Report = silent) -> tuple[Path, Path]:
    """Learns a style. Until it is done its run lies in a folder beside it, and the same call resumes it.

    Args:
        config: Of the method; the folder of its run is not looked at.
        out: The style's file, a `.safetensors`.
        force: Overwrite files that exist, but for the pictures that are learned from.
        report: Is told the progress after every step.

    Returns:
        The style, and beside it a PNG of the same name: the aligned pairs, then the first photo as it was
        drawn on the way.

    Raises:
        LimnerError: The file has another suffix, exists or is one of the pictures; the run's folder holds
            what no run left there, or a run with other settings; or as of the method's `train`.
        FloatingPointError: A loss is no longer finite. If it is the instruction's, `style.safetensors` in the
            run's folder draws by the best state before.
    """
    if out.suffix != ".safetensors":
        raise LimnerError(f"{out}: a file NAME.safetensors is expected")
    preview, folder = out.with_suffix(".png"), out.with_suffix(".learning")
    for path in (out, preview):
        if any(_same(path, picture) for picture in config.pairs):
            raise LimnerError(f"{path} is one of the pictures; another --out is expected")
        if path.exists() and not force:
            raise LimnerError(f"{path} exists; --force overwrites it")
    inside = folder.iterdir() if folder.is_dir() else ()
    if foreign := sorted(each.name for each in inside if not any(map(each.match, OWN))):
        raise LimnerError(
            f"{folder} holds {foreign[0]}, which learning did not leave there; another --out is expected"
        )
    run = dataclasses.replace(config.run, folder=folder)
    try:
        style = METHODS["instruct"].train(dataclasses.replace(config, run=run), report)
    except LimnerError as error:
        if "--run.folder" not in str(error):
            raise
        # The folder follows from another option here.
        raise LimnerError(str(error).replace("--run.folder", "--out")) from error
    for made, target in ((style, out), (folder / "preview.png", preview)):
        with replacing(target, force=force) as new:
            shutil.copyfile(made, new)
    shutil.rmtree(folder)
    return out, preview


def _same(path: Path, other: Path) -> bool:
    return path.exists() and other.exists() and path.samefile(other)

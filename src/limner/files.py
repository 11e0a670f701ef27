"""Writing files so that nobody ever sees half of one."""

import errno
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE


@contextmanager
def replacing(path: Path, *, force: bool = True) -> Generator[Path, None, None]:
    """Gives a new name to write to, and moves it over `path` when the block ends well.

    The new file lies in the same folder and has the same suffix; it is gone when the block raises.

    Args:
        path: The file to make or to replace; of a link, the file that it leads to.
        force: Replace a file of that name; otherwise its presence is an error when the block ends.

    Raises:
        OSError: The folder is missing or cannot be written to, the disk is full, or the file exists.
    """
    target = path.resolve()
    # Not named after the target, whose name may already be as long as the file system allows.
    new = target.with_name(f".limner-{secrets.token_hex(8)}{target.suffix}")
    try:
        new.touch(exist_ok=False)
        try:
            rights = S_IMODE(new.stat().st_mode)
            yield new
            # safetensors makes files for the owner's eyes only; a result gets the usual rights.
            new.chmod(rights)
            with new.open("r+b") as written:
                os.fsync(written.fileno())
            if force:
                new.replace(target)
            else:
                _claim(new, target)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        if str(error.filename) != str(new):
            raise
        # The user knows the file by its own name alone.
        raise OSError(error.errno, error.strerror, str(path)) from error


def _claim(new: Path, path: Path) -> None:
    """Gives the file its name unless that is taken, also if it was taken a moment ago."""
    try:
        os.link(new, path)
    except FileExistsError:
        raise
    except OSError:
        # No hard links here (FAT, some network drives).
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        new.replace(path)

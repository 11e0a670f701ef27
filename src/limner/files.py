"""Writing files so that nobody ever sees half of one."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Generator[Path, None, None]:
    """Gives a new name to write to, and moves it over `path` when the block ends well.

    The new file lies in the same folder and has the same suffix; it is gone when the block raises.

    Args:
        path: The file to make or to replace.

    Raises:
        OSError: The folder cannot be written to, or the disk is full.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    new = Path(name)
    try:
        yield new
        with new.open("rb") as written:
            os.fsync(written.fileno())
        # mkstemp makes files for the owner's eyes only; a result gets the usual rights.
        new.chmod(0o666 & ~_umask())
        new.replace(path)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

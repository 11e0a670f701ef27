"""How far Pillow is trusted: its pictures' size, its exceptions and what it says on stderr."""

import logging
import re
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any, cast

from PIL import Image

from limner.image.error import ImageError, reason

MAX_PIXELS = 100_000_000
"""Pictures of more pixels than this are refused before they are decoded."""

# The comment in the pattern tells this filter from one that the program itself may have set.
_FROM_PILLOW = re.compile(r"PIL\.(?#limner)")
_FILTER = ("ignore", None, Warning, _FROM_PILLOW, 0)
_LOG = logging.getLogger("PIL")
_DEAF = logging.NullHandler()
_lock = threading.Lock()
_users = 0


def check_size(image: Image.Image, name: str) -> None:
    """Raises ImageError if the image has no pixels or more than `MAX_PIXELS`."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageError(f"{name}: {width} x {height} is too large, expected at most {MAX_PIXELS:,} pixels")
    if width < 1 or height < 1:
        raise ImageError(f"{name}: {width} x {height} has no pixels, expected at least 1 x 1")


@contextmanager
def guarded(name: str) -> Generator[None, None, None]:
    """Within the block Pillow is silent; whatever it raises on damaged data leaves as an ImageError."""
    _hush(1)
    try:
        yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError(f"{name}: needs more memory than there is") from error
    except Exception as error:
        raise ImageError(f"{name}: damaged or unsupported picture ({reason(error)})") from error
    finally:
        _hush(-1)


def _hush(change: int) -> None:
    """Keeps Pillow's warnings and log lines off stderr while any thread uses it.

    `warnings.catch_warnings` is not made for threads: two that overlap could leave the program without
    warnings. Here every user asks for the one filter, and the last takes it away.
    """
    global _users
    with _lock:
        _users += change
        if change > 0:
            warnings.filterwarnings("ignore", module=_FROM_PILLOW.pattern)
            # With no handler at all, logging would fall back to stderr.
            _LOG.addHandler(_DEAF)
        elif not _users:
            # Another thread's catch_warnings may have taken it away meanwhile.
            with suppress(ValueError):
                cast("list[Any]", warnings.filters).remove(_FILTER)
            _LOG.removeHandler(_DEAF)

"""The one error of pictures, and how it names files and reasons in one line."""

from pathlib import Path

from limner.errors import LimnerError


class ImageError(LimnerError):
    """A picture that cannot be read or written: what was got and what was expected, in one line."""


def shown(path: Path) -> str:
    """The path as an error's one line may hold it: line breaks and undecodable bytes escaped."""
    text = str(path)
    return text if text.isprintable() else ascii(text)


def reason(error: BaseException) -> str:
    """What an exception says, in one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())

"""The one base of all errors that a user can mend, and of all that a user should know of."""

import warnings
from collections.abc import Generator
from contextlib import contextmanager


class LimnerError(ValueError):
    """Something the user gave cannot be used; the message is one clear line, without a traceback's help."""


class LimnerWarning(UserWarning):
    """Something was done otherwise than a user may expect; the message is one clear line.

    The library gives it by `warnings.warn`, since it never prints; the command line shows it on stderr.
    """


@contextmanager
def noting(notes: list[str]) -> Generator[None, None, None]:
    """Gathers what the library warns of; other warnings go where they went."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", LimnerWarning)
        try:
            yield
        finally:
            notes += [str(each.message) for each in caught if isinstance(each.message, LimnerWarning)]
    for each in caught:
        if not isinstance(each.message, LimnerWarning):
            warnings.showwarning(each.message, each.category, each.filename, each.lineno)

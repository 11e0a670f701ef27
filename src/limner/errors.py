"""The one base of all errors that a user can mend, and of all that a user should know of."""


class LimnerError(ValueError):
    """Something the user gave cannot be used; the message is one clear line, without a traceback's help."""


class LimnerWarning(UserWarning):
    """Something was done otherwise than a user may expect; the message is one clear line.

    The library gives it by `warnings.warn`, since it never prints; the command line shows it on stderr.
    """

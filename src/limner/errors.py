"""The one base of all errors that a user can mend."""


class LimnerError(ValueError):
    """Something the user gave cannot be used; the message is one clear line, without a traceback's help."""

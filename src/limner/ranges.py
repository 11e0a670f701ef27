"""What settings may be: checked when they are given, since hours may pass until a wrong one shows."""

import math
import sys

from limner.errors import LimnerError

MOST = sys.float_info.max
"""The greatest finite number: the bound of settings that have no other."""

BELOW_ONE = math.nextafter(1.0, 0.0)
"""The bound of what must be less than one."""


def check_ranges(settings: object, prefix: str = "", /, **ranges: tuple[float, float]) -> None:
    """Checks settings; what is None is left.

    Args:
        settings: Has them as attributes, numbers or tuples of numbers.
        prefix: What their names begin with on the command line, such as "run.".
        **ranges: By name, the least value and the greatest.

    Raises:
        LimnerError: One is out of its range, or not a number.
    """
    for name, (least, most) in ranges.items():
        value = getattr(settings, name)
        for one in value if isinstance(value, tuple) else (value,):
            if one is None or least <= one <= most:
                continue
            wanted = f"at least {least}" if one < least else f"at most {most}"
            if most == BELOW_ONE and one >= 1:
                wanted = "less than 1"
            if isinstance(one, float) and not math.isfinite(one):
                wanted = "a finite number"
            raise LimnerError(f"{prefix}{name} is {value}; {wanted} is expected")

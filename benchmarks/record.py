"""What a benchmark measured, as tables for a terminal, and as JSON from which pages are made."""

import json
import platform
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.machine import machine


@dataclass(frozen=True)
class Table:
    """A table of a benchmark.

    Attributes:
        name: By which a page's template calls it.
        head: What stands in each column.
        rows: Cells as they are shown.
    """

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        """As Markdown."""
        lines = [self.head, ("---",) * len(self.head), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def mean(scores: Sequence[Mapping[str, Any]]) -> str:
    """The mean of scores, as `Score.record` gives each, and the share of faces found where some are not."""
    means = [each["mean"] for each in scores]
    found = fmean(each.get("found", 1.0) for each in scores)
    share = "" if found == 1 else f", found {100 * found:.1f} %"
    # No face found in any sketch leaves no structure to measure.
    return ("none" if None in means else f"{fmean(means):.4f}") + share


def record(*tables: Table, **values: object) -> dict[str, Any]:
    """What a benchmark's JSON holds: machine, command, tables by name, and single values by name."""
    told = {table.name: {"head": table.head, "rows": table.rows} for table in tables}
    module = getattr(sys.modules["__main__"], "__spec__", None)
    called = module.name.removesuffix(".__main__") if module else sys.argv[0]
    words = shlex.join(["python", "-m", called, *sys.argv[1:]])
    return {
        "machine": machine(),
        "python": platform.python_version(),
        # Where folders lie here is nobody's business.
        "command": re.sub(r"(?<![\w.])/\S*/", "", words),
        "tables": told,
        "values": values,
    }


def show(out: Path | None, *tables: Table, **values: object) -> None:
    """Prints the tables and, where asked, writes them as JSON."""
    print(machine())
    for table in tables:
        print(f"\n{table}")
    for name, value in values.items():
        print(f"\n{name}: {value}")
    if out:
        text = json.dumps(record(*tables, **values), indent=1, allow_nan=False)
        out.write_text(text + "\n", encoding="utf-8")

"""Makes the pages of docs/templates, with figures from the JSON files in docs/results.

    python -m benchmarks.results        (make results)

In a template, `{{ table FILE NAME }}` is a table of a benchmark, `{{ bench FILE }}` the table of a `limner
bench`, `{{ groups FILE }}` its tables by group and `{{ trials FILE }}` that of its trials,
`{{ value FILE KEY... }}` a number in a file and `{{ machine FILE }}` where it was measured. Numbers are
written by the commands that measured them, never by hand.
"""

import json
import re
from pathlib import Path

from benchmarks.record import Table

DOCS = Path(__file__).parent.parent / "docs"


def pages(docs: Path = DOCS) -> dict[Path, str]:
    """Every page that has a template, and its text."""
    return {docs / path.name: page(path) for path in sorted((docs / "templates").glob("*.md"))}


def page(template: Path) -> str:
    """The text of a template's page."""
    results = template.parent.parent / "results"
    text = template.read_text(encoding="utf-8")
    return re.sub(r"\{\{ (.+?) \}\}", lambda found: filled(results, found[1].split()), text)


def filled(results: Path, words: list[str]) -> str:
    """What stands for a placeholder's words."""
    kind, file, *keys = words
    told = json.loads((results / file).read_text(encoding="utf-8"))
    if kind == "table":
        table = told["tables"][keys[0]]
        return str(Table(keys[0], tuple(table["head"]), tuple(map(tuple, table["rows"]))))
    if kind == "bench":
        return f"{told['table']}\n\nSplit `{told['split']}`, sha256 {told['sha256'][:12]}."
    if kind == "groups":
        return str(told["group tables"])
    if kind == "trials":
        return str(told["trial table"])
    if kind == "machine":
        return str(told["machine"])
    if kind == "value":
        for key in keys:
            told = told[key]
        return f"{told:.4f}" if isinstance(told, float) else str(told)
    raise ValueError(f"{kind}: table, bench, groups, trials, machine or value is expected")


def main() -> None:
    """Writes them."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

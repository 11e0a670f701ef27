"""What a picture is called, and who is on it, in the words that portraits are later asked for by.

Chosen: a caption is "a portrait of WHO, FAMILY" of a drawing, "a photo of WHO, HOW" of an edited photo, and
"a photo of WHO" of the photo itself. It tells no parameters; the instruction beside it does.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from limner.data.edits import Family
from limner.data.people import Table

SEXES = {"female": "woman", "woman": "woman", "f": "woman", "male": "man", "man": "man", "m": "man"}
"""What tables call people, and what captions do."""
TENS = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
HOW = {
    "darken": "darkened",
    "brighten": "brightened",
    "fade": "faded",
    "vignette": "with a vignette",
    "relight": "lit from one side",
    "solarise": "solarised",
    "glow": "with a glow",
    "saturate": "in strong colours",
    "posterise": "posterised",
    "tint": "tinted",
    "blur": "blurred",
    "sharpen": "sharpened",
    "grain": "with film grain",
    "pixelate": "pixelated",
    "remove the background": "without a background",
    "colour the background": "before a coloured background",
}
"""Photographic families whose name says what is done, as what is seen; the others' names say that already."""


def caption(who: str, family: Family | None = None) -> str:
    """What is seen on an edited picture.

    Args:
        who: As `who` gives it.
        family: Of the edit; None of the photo itself.
    """
    if family is None:
        return f"a photo of {who}"
    kind = "portrait" if family.kind == "drawing" else "photo"
    return f"a {kind} of {who}, {HOW.get(family.name, family.name)}"


def who(facts: Mapping[str, str]) -> str:
    """A person in words, such as "a woman in her twenties"; of whom nothing is told, "a person".

    Args:
        facts: What tables tell, by column; those are read whose names hold "sex", "gender" or "age".
    """
    told = {kind: value for name, value in facts.items() if (kind := _kind(name))}
    called = SEXES.get(told.get("sex", "").lower(), "person")
    years = re.match(r"\d+", told.get("age", ""))
    decade = int(years[0]) // 10 if years else 0
    if not 2 <= decade < 2 + len(TENS):
        return f"a {called}"
    own = {"woman": "her", "man": "his"}.get(called, "their")
    return f"a {called} in {own} {TENS[decade - 2]}"


def facts(path: Path, identity: str, tables: list[Table]) -> dict[str, str]:
    """What tables tell of the person on a portrait, by column."""
    about = [table for table in tables if table.about in path.parents]
    return {
        name: told[identity] for table in about for name, told in table.columns.items() if identity in told
    }


def _kind(column: str) -> str:
    parts = re.split(r"[^a-z]+", column.lower())
    if {"sex", "gender"} & set(parts):
        return "sex"
    return "age" if "age" in parts else ""

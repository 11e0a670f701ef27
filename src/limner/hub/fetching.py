"""From the name of somebody else's weights to a verified file in the user's cache.

`weights/downloads.toml` says of each file where it lies, what it is and what it may be used for. Nothing is
downloaded but by `fetch`, which a user asks for with `limner fetch NAME`.
"""

import difflib
import hashlib
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from importlib.resources import files
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from limner.errors import LimnerError
from limner.files import replacing
from limner.progress import Progress, Report, silent

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pyright: ignore[reportMissingImports]

BLOCK = 1 << 20
PATIENCE = 60
"""Seconds without a byte after which a download is given up."""


class FetchError(LimnerError):
    """Weights are not there, cannot be downloaded, or are not what their card tells of."""


@dataclass(frozen=True)
class Download:
    """What a file that others published says of itself.

    Attributes:
        name: What a user calls it.
        what: What it is, and whose.
        url: Where it lies.
        sha256: Of the file, in hexadecimal.
        size: Of the file, in bytes.
        licence: Terms of use, with what they follow from.
        needs: Names of the downloads that it is of no use without.
    """

    name: str
    what: str
    url: str
    sha256: str
    size: int
    licence: str
    needs: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the file lies once it is fetched."""
        return home() / (self.name + Path(urlsplit(self.url).path).suffix)

    def __str__(self) -> str:
        """For a person: name, size, licence, address."""
        return f"{self.name} ({self.size / 1e6:.3g} MB, {self.licence}) from {self.url}"


def home() -> Path:
    """The folder of fetched files: `LIMNER_HOME`, else limner's in the platform's cache folder."""
    if given := os.environ.get("LIMNER_HOME"):
        return Path(given).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "limner"
    variable, usual = ("LOCALAPPDATA", "AppData/Local") if os.name == "nt" else ("XDG_CACHE_HOME", ".cache")
    return Path(os.environ.get(variable) or Path.home() / usual) / "limner"


@lru_cache
def downloads() -> Mapping[str, Download]:
    """The cards of all files that can be fetched, by name."""
    text = (files("limner") / "weights" / "downloads.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text).items()
    return {
        name: Download(name=name, **card | {"needs": tuple(card.get("needs", ()))}) for name, card in told
    }


def download(name: str) -> Download:
    """The card of that name.

    Raises:
        FetchError: There is none; the message lists the known names, nearest first.
    """
    known = downloads()
    if name not in known:
        nearest = sorted(known, key=lambda k: (-difflib.SequenceMatcher(a=name, b=k).ratio(), k))
        raise FetchError(f"nothing to fetch is called {name!r}; known are {', '.join(nearest)}")
    return known[name]


def missing(card: Download) -> list[Download]:
    """What is not in the cache of all that a card needs, itself last."""
    parts = [*map(download, card.needs), card]
    return [part for part in parts if not part.path.is_file()]


def fetched(card: Download) -> Path:
    """The file of a card, verified.

    Raises:
        FetchError: It, or what it needs, was not fetched yet (nothing is downloaded here), or is damaged.
    """
    if lacks := missing(card):
        raise FetchError(
            f"needs {' and '.join(map(str, lacks))}; limner fetch {card.name} downloads "
            f"{'it' if len(lacks) == 1 else 'them'}"
        )
    if not _is_whole(card):
        raise FetchError(f"{card.path} is damaged; limner fetch {card.name} downloads it again")
    return card.path


def fetch(card: Download, report: Report = silent) -> Path:
    """Downloads the file of a card and what it needs into the cache, unless they are there and whole.

    Args:
        card: Of the file.
        report: Is told the progress in megabytes, file by file.

    Returns:
        Where the file lies.

    Raises:
        FetchError: The server does not answer, or answers with something else.
        OSError: The cache cannot be written to.
    """
    for part in (*map(download, card.needs), card):
        if part.path.is_file() and _is_whole(part):
            continue
        part.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(part.path) as new:
            found = _receive(part, new, report)
            if found != part.sha256:
                raise FetchError(
                    f"{part.url} gave something else than the card of {part.name} tells of "
                    f"(sha256 {found[:12]}, {part.sha256[:12]} is expected); it was not kept"
                )
    return card.path


def _receive(card: Download, path: Path, report: Report) -> str:
    """Writes what the server gives, at most a block more than the card tells of; gives its sha256."""
    digest, done, begun = hashlib.sha256(), 0, time.monotonic()
    try:
        with urlopen(card.url, timeout=PATIENCE) as answer, path.open("wb") as file:
            while done <= card.size and (block := answer.read(BLOCK)):
                digest.update(block)
                file.write(block)
                done += len(block)
                seconds = time.monotonic() - begun
                report(Progress(done // 10**6, card.size // 10**6, "MB", seconds, note=card.name))
    except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise FetchError(f"{card.name} could not be downloaded from {card.url} ({reason})") from error
    return digest.hexdigest()


def _is_whole(card: Download) -> bool:
    digest = hashlib.sha256()
    with card.path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest() == card.sha256

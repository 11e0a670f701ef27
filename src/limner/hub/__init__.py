"""Weights by name: cards say what a file is and what it may be used for, and the file is held to its card.

What limner made itself lies in the package. What others published is fetched into the user's cache, and only
when a user asks for it.
"""

from limner.hub.fetching import Download, FetchError, download, downloads, fetch, fetched, home, missing
from limner.hub.packaging import (
    BACKGROUNDS,
    DEFAULTS,
    DIRECTIONS,
    Background,
    Card,
    Drawn,
    StyleError,
    card,
    cards,
    listing,
    packaged,
    packaged_folder,
    styles,
)

__all__ = [
    "BACKGROUNDS",
    "DEFAULTS",
    "DIRECTIONS",
    "Background",
    "Card",
    "Download",
    "Drawn",
    "FetchError",
    "StyleError",
    "card",
    "cards",
    "download",
    "downloads",
    "fetch",
    "fetched",
    "home",
    "listing",
    "missing",
    "packaged",
    "packaged_folder",
    "styles",
]

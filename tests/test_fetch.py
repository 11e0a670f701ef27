"""Downloads: only when asked for, whole or not at all, and never trusted without their sha256."""

import dataclasses
import hashlib
import re
from pathlib import Path

import pytest

from limner import hub
from limner.hub import Download, FetchError
from limner.metrics import METRICS
from limner.progress import Progress

CONTENT = bytes(range(256)) * 10_000


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Download:
    """Of a file that lies beside the cache."""
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path / "cache"))
    source = tmp_path / "source.pth"
    source.write_bytes(CONTENT)
    digest = hashlib.sha256(CONTENT).hexdigest()
    return Download("small", "a test", source.as_uri(), digest, len(CONTENT), "MIT")


def cache(tmp_path: Path) -> list[str]:
    return sorted(p.name for p in (tmp_path / "cache").glob("*"))


@pytest.mark.parametrize("card", hub.downloads().values(), ids=lambda card: card.name)
def test_a_card_is_whole(card: Download) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", card.sha256)
    assert card.url.startswith("https://")
    assert card.size > 0
    assert card.what
    assert card.licence
    assert set(card.needs) <= hub.downloads().keys()
    # Where the publisher's file name holds the first digits of the sha256, the card agrees with it.
    if named := re.search(r"-([0-9a-f]{8})\.pth$", card.url):
        assert card.sha256.startswith(named[1])


def test_every_network_of_a_metric_can_be_fetched() -> None:
    assert {metric.network for metric in METRICS.values()} - {""} <= hub.downloads().keys()


def test_nothing_is_downloaded_unasked(card: Download, tmp_path: Path) -> None:
    told = f"needs small (2.56 MB, MIT) from {card.url}; limner fetch small downloads it"
    with pytest.raises(FetchError, match=re.escape(told)):
        hub.fetched(card)
    assert cache(tmp_path) == []


def test_a_fetched_file_is_the_published_one(card: Download, tmp_path: Path) -> None:
    told: list[Progress] = []
    assert hub.fetch(card, told.append) == tmp_path / "cache" / "small.pth" == hub.fetched(card)
    assert hub.fetched(card).read_bytes() == CONTENT
    assert cache(tmp_path) == ["small.pth"]
    assert (told[-1].done, told[-1].total, told[-1].unit) == (2, 2, "MB")


def test_what_is_there_is_not_downloaded_again(card: Download, tmp_path: Path) -> None:
    hub.fetch(card)
    (tmp_path / "source.pth").unlink()
    assert hub.fetch(card) == hub.fetched(card)


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"x", b"x" + CONTENT[1:]])
def test_something_else_is_not_kept(card: Download, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "source.pth").write_bytes(content)
    with pytest.raises(FetchError, match=r"something else than the card of small .* was not kept"):
        hub.fetch(card)
    assert cache(tmp_path) == []


def test_an_endless_answer_is_cut_off(card: Download, tmp_path: Path) -> None:
    (tmp_path / "source.pth").write_bytes(20 * CONTENT)
    told: list[Progress] = []
    with pytest.raises(FetchError, match="something else"):
        hub.fetch(card, told.append)
    assert len(told) == 1 + len(CONTENT) // (1 << 20)


def test_a_damaged_file_is_refused_and_fetched_again(card: Download) -> None:
    hub.fetch(card).write_bytes(CONTENT[::-1])
    with pytest.raises(FetchError, match="damaged; limner fetch small downloads it again"):
        hub.fetched(card)
    hub.fetch(card)
    assert hub.fetched(card).read_bytes() == CONTENT


@pytest.mark.parametrize("url", ["file:///nowhere/a.pth", "http://127.0.0.1:9/a.pth"])
def test_no_answer_is_told(card: Download, tmp_path: Path, url: str) -> None:
    away = dataclasses.replace(card, url=url)
    with pytest.raises(FetchError, match=f"small could not be downloaded from {url} "):
        hub.fetch(away)
    assert cache(tmp_path) == []


def test_what_a_file_needs_comes_with_it(card: Download, monkeypatch: pytest.MonkeyPatch) -> None:
    head = dataclasses.replace(card, name="head", needs=("small",))
    monkeypatch.setattr("limner.hub.fetching.downloads", lambda: {"small": card, "head": head})
    with pytest.raises(FetchError, match=r"needs small .* and head .*; limner fetch head downloads them"):
        hub.fetched(head)
    hub.fetch(head)
    assert hub.fetched(card) != hub.fetched(head)
    card.path.unlink()
    with pytest.raises(FetchError, match=r"needs small .*; limner fetch head downloads it$"):
        hub.fetched(head)


def test_an_unknown_name_lists_the_known_ones_nearest_first() -> None:
    with pytest.raises(FetchError, match=r"'lpips-alx'; known are lpips-alex, "):
        hub.download("lpips-alx")


@pytest.mark.parametrize(
    ("platform", "variable", "folder"),
    [("linux", "XDG_CACHE_HOME", "limner"), ("linux", "LIMNER_HOME", ""), ("darwin", "LIMNER_HOME", "")],
)
def test_the_cache_lies_where_the_platform_keeps_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, folder: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.delenv("LIMNER_HOME", raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    assert hub.home() == tmp_path / folder

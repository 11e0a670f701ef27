"""Cards and the files they stand for."""

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pytest

from limner import hub
from limner.hub import Card, StyleError
from limner.methods import METHODS
from limner.runtime import Net

CARDS = sorted(hub.cards().values(), key=lambda card: card.name)
FILES = [card for card in CARDS if "." in card.file]
FOLDERS = [card for card in CARDS if card not in FILES]


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_card_is_whole(card: Card) -> None:
    for field in dataclasses.fields(card):
        assert getattr(card, field.name) not in ("", None, {}), f"{card.name} has no {field.name}"
    assert card.method in METHODS
    assert card.command.startswith(("limner train ", "limner pairs ", "python -m torch.distributed.run "))
    assert f"limner train {card.method} " in card.command
    assert all(0 < score <= 1 for score in card.scores.values())


@pytest.mark.parametrize("card", FILES, ids=lambda card: card.name)
def test_a_packaged_file_is_what_its_card_says(card: Card) -> None:
    content = hub.packaged(card)
    assert len(content) == card.size <= 10_000_000
    assert hashlib.sha256(content).hexdigest() == card.sha256
    about = _about(content, card)
    assert (about["method"], about["direction"], about["licence"], int(about["seed"])) == (
        card.method,
        card.direction,
        card.licence,
        card.seed,
    )


@pytest.mark.parametrize("card", FOLDERS, ids=lambda card: card.name)
def test_a_packaged_folder_is_what_its_card_says(card: Card) -> None:
    folder = hub.packaged_folder(card)
    lines = [line.split("  ") for line in hub.listing(card).decode().splitlines()]
    found = {path for path in folder.rglob("*") if path.is_file()}
    assert {folder / name for _, name in lines} == found
    assert all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == told for told, name in lines)
    assert sum(path.stat().st_size for path in found) == card.size <= 60_000_000


def _about(content: bytes, card: Card) -> Mapping[str, str]:
    """What a packaged file says of itself."""
    if card.file.endswith(".onnx"):
        return Net(content, card.name).about
    assert card.file.endswith(".safetensors")
    size = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + size])["__metadata__"]


def test_every_packaged_file_has_a_card() -> None:
    folder = Path(str(files("limner") / "weights"))
    assert {p.name for p in folder.iterdir() if p.suffix != ".toml"} == {card.file for card in CARDS}


def test_an_unknown_style_lists_the_known_ones_nearest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {name: dataclasses.replace(CARDS[0], name=name) for name in ("pencil", "cuhk", "photo")}
    monkeypatch.setattr("limner.hub.packaging.cards", lambda: known)
    with pytest.raises(StyleError, match=r"'cukh'; known styles: cuhk, .*pencil"):
        hub.card("cukh")


def test_a_damaged_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    content = bytearray(hub.packaged(FILES[0]))
    content[len(content) // 2] ^= 1
    (tmp_path / "weights" / FILES[0].file).write_bytes(content)
    monkeypatch.setattr("limner.hub.packaging.files", lambda _: tmp_path)  # pyright: ignore[reportUnknownLambdaType]
    with pytest.raises(StyleError, match="damaged"):
        hub.packaged(FILES[0])
    (tmp_path / "weights" / FILES[0].file).unlink()
    with pytest.raises(StyleError, match="cannot be read"):
        hub.packaged(FILES[0])


def test_a_folder_with_a_file_more_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(hub.packaged_folder(FOLDERS[0]), tmp_path / "weights" / FOLDERS[0].file)
    monkeypatch.setattr("limner.hub.packaging.files", lambda _: tmp_path)  # pyright: ignore[reportUnknownLambdaType]
    assert hub.packaged_folder(FOLDERS[0]) == tmp_path / "weights" / FOLDERS[0].file
    (tmp_path / "weights" / FOLDERS[0].file / "more").write_text("")
    with pytest.raises(StyleError, match="damaged"):
        hub.packaged_folder(FOLDERS[0])

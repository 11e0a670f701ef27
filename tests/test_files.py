"""A file is replaced whole, with the usual rights, or not at all."""

import sys
from pathlib import Path

import pytest

from limner.files import replacing


def test_a_file_is_replaced_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path) as new:
        new.write_text("new")
        assert path.read_text() == "old"
        assert (new.parent, new.suffix) == (tmp_path, ".txt")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_changes_when_the_block_raises(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError), replacing(path) as new:
        new.write_text("half, then \ud800", encoding="utf-8")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_without_force_a_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(FileExistsError), replacing(path, force=False) as new:
        new.write_text("new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_longest_name_can_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / f"{'a' * 251}.txt"
    with replacing(path) as new:
        new.write_text("new")
    assert path.read_text() == "new"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none/a.txt", FileNotFoundError),
        ("file/a.txt", NotADirectoryError),
        ("folder", IsADirectoryError),
        ("file", FileExistsError),
    ],
)
def test_what_cannot_be_written_is_told_by_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, told: type[OSError]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("folder").mkdir()
    with pytest.raises(told) as raised, replacing(Path(name), force=name != "file") as new:
        new.touch()
    assert (raised.value.filename, raised.value.filename2) == (name, None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_what_else_goes_wrong_in_the_block_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised, replacing(tmp_path / "a"):
        (tmp_path / "other").read_text()
    assert raised.value.filename == str(tmp_path / "other")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
def test_a_private_file_gets_the_usual_rights(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with replacing(tmp_path / "a") as new:
        new.unlink()
        new.touch(0o600)
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "usual").stat().st_mode

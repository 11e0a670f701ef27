"""Who is kept for testing."""

from pathlib import Path

import pytest

from limner.data.pair import DataError
from limner.data.portraits import drawn_lot, held_out, identity, kept_people, portraits


def test_two_portraits_of_one_person_have_one_identity() -> None:
    assert identity(Path("london/001_03.jpg")) == identity(Path("001_08.png")) == "001"
    assert identity(Path("A000014.jpg")) == "A000014"


def test_the_split_file_holds_what_its_rule_draws() -> None:
    people = kept_people()
    assert len(people) > 400
    assert all(drawn_lot(name) for name in people)


def test_training_and_test_portraits_share_nobody(tmp_path: Path) -> None:
    kept = sorted(kept_people())[0]
    for name in (f"{kept}_03.jpg", f"{kept}_08.jpg", "somebody.jpg", "notes.txt"):
        (tmp_path / name).touch()
    assert [p.name for p in portraits(tmp_path)] == ["somebody.jpg"]
    assert [p.name for p in portraits(tmp_path, test=True)] == [f"{kept}_03.jpg", f"{kept}_08.jpg"]
    assert held_out(kept)


def test_a_folder_without_portraits_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no training portrait"):
        portraits(tmp_path)

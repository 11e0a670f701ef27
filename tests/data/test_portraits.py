"""Who is on a portrait, and who is kept for testing."""

from pathlib import Path

import pytest

from limner.data.pair import DataError
from limner.data.portraits import drawn, held_out, identity, portraits
from limner.data.split import load


def test_two_portraits_of_one_person_have_one_identity() -> None:
    assert identity(Path("london/001_03.jpg")) == identity(Path("001_08.png")) == "001"
    assert identity(Path("A000014.jpg")) == "A000014"


def test_a_fifth_is_held_out_and_always_the_same() -> None:
    held = [held_out(f"{i:03}") for i in range(1000)]
    assert 160 < sum(held) < 240
    # Worked out once by hand from sha256: a change of the rule would mix training and test people.
    assert [i for i in range(12) if held[i]] == [0, 4, 11]


def test_the_split_file_holds_what_the_rule_draws() -> None:
    people = load("portraits-test").ids
    assert len(people) == len(set(people)) == 407
    assert all(held_out(name) for name in people)


def test_nobody_is_tested_who_is_trained_on_under_another_name() -> None:
    twins = load("portraits-twins").ids
    assert all(drawn(name) for name in twins), "the others are trained on anyway"
    assert not any(held_out(name) for name in twins)
    assert not set(twins) & set(load("portraits-test").ids)


def test_training_and_test_portraits_share_nobody(tmp_path: Path) -> None:
    for name in ("004_03.jpg", "004_08.jpg", "005.jpg", "notes.txt"):
        (tmp_path / name).touch()
    assert [p.name for p in portraits(tmp_path)] == ["005.jpg"]
    assert [p.name for p in portraits(tmp_path, test=True)] == ["004_03.jpg", "004_08.jpg"]


def test_a_folder_without_portraits_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no picture"):
        portraits(tmp_path)
    (tmp_path / "004_03.jpg").touch()
    with pytest.raises(DataError, match="all 1 portraits are kept for testing; none is left"):
        portraits(tmp_path)

"""What a table beside portraits tells of the people on them."""

from pathlib import Path

import pytest

from limner.data.pair import DataError
from limner.data.people import tables


def test_a_table_is_about_its_folder_or_the_one_it_is_named_after(tmp_path: Path) -> None:
    (tmp_path / "london" / "deep").mkdir(parents=True)
    text = "\ufeffid, sex\r\n001,female\r\n002, male \r\n\r\n003,\r\n004,NA\r\n"
    places = ("london_info.csv", "other_info.csv", "groups.csv", "london/deep/groups.csv", "scores.csv")
    for place in places:
        (tmp_path / place).write_bytes(text.encode())
    found = {str(each.path.relative_to(tmp_path)): each for each in tables(tmp_path)}
    assert sorted(found) == sorted(places[:-1])
    assert found["london_info.csv"].about == tmp_path / "london"
    assert found["other_info.csv"].about == found["groups.csv"].about == tmp_path
    assert found["london/deep/groups.csv"].about == tmp_path / "london" / "deep"
    for each in found.values():
        assert each.identities == {"001", "002", "003", "004"}
        assert each.columns == {"sex": {"001": "female", "002": "male"}}


def test_many_numbers_are_told_by_tens_and_few_as_they_are(tmp_path: Path) -> None:
    ages = [18.5, 19, 20, 29.9, 30, 31, 32, 33, 34, 35, 101]
    rows = "".join(f"p{i},{age},{i % 2},{age if i else 'old'}\n" for i, age in enumerate(ages))
    (tmp_path / "groups.csv").write_text(f"id,age,code,mixed\n{rows}pX,NA,,\n")
    (table,) = tables(tmp_path)
    tens = ["10 to 19"] * 2 + ["20 to 29"] * 2 + ["30 to 39"] * 6 + ["100 to 109"]
    assert list(table.columns["age"].values()) == tens
    assert set(table.columns["code"].values()) == {"0", "1"}
    assert table.columns["mixed"]["p0"] == "old"
    assert table.columns["mixed"]["p1"] == "19"


def test_numbers_without_end_are_words(tmp_path: Path) -> None:
    rows = "".join(f"p{i},{i}\n" for i in range(12))
    (tmp_path / "groups.csv").write_text(f"id,age\n{rows}pX,inf\n")
    assert tables(tmp_path)[0].columns["age"]["pX"] == "inf"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "a head line"),
        (b"id\n001\n", "a head line"),
        (b"id,sex\n001,male,20\n", "3 fields of '001'; 2 are expected"),
        (b"id,sex\n001,male\n001,female\n", "2 lines of 1 people"),
        (b"id,sex\n001,m\xe4nnlich\n", "UTF-8"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "groups.csv").write_bytes(content)
    with pytest.raises(DataError, match=told) as raised:
        tables(tmp_path)
    assert "groups.csv" in str(raised.value)


def test_no_table_is_no_matter(tmp_path: Path) -> None:
    assert tables(tmp_path) == []

"""Pages with figures are what `make results` makes of the measured files, and nobody typed into them."""

import json
from pathlib import Path

import pytest
from benchmarks.record import Table, record
from benchmarks.results import filled, page, pages


@pytest.mark.parametrize(("path", "text"), pages().items(), ids=lambda value: getattr(value, "name", ""))
def test_a_page_is_made_from_the_files(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, "run make results"


def test_placeholders_are_filled(tmp_path: Path) -> None:
    for folder in ("results", "templates"):
        (tmp_path / folder).mkdir()
    told = record(Table("speed", ("a", "b"), (("1", "2"),)), pairs=7, ratio=0.123456)
    (tmp_path / "results" / "x.json").write_text(json.dumps(told))
    (tmp_path / "templates" / "x.md").write_text(
        "{{ table x.json speed }}\n{{ value x.json values pairs }}, {{ value x.json values ratio }}\n"
    )
    text = "| a | b |\n| --- | --- |\n| 1 | 2 |\n7, 0.1235\n"
    assert page(tmp_path / "templates" / "x.md") == text
    assert pages(tmp_path) == {tmp_path / "x.md": text}
    assert filled(tmp_path / "results", ["machine", "x.json"]) == told["machine"]
    (tmp_path / "results" / "y.json").write_text('{"group tables": "by group", "trial table": "by pair"}')
    assert filled(tmp_path / "results", ["groups", "y.json"]) == "by group"
    assert filled(tmp_path / "results", ["trials", "y.json"]) == "by pair"


def test_an_unknown_placeholder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(ValueError, match="table, bench, groups, trials, machine or value"):
        filled(tmp_path, ["chart", "x.json"])

"""Where results go, and one bad picture among many."""

from pathlib import Path

import numpy as np
import pytest

from limner import image
from limner.batch import Outcome, draw_all, photos, plan
from limner.errors import LimnerError
from limner.image import Picture
from limner.progress import Progress


def test_results_lie_beside_the_photo_or_in_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "me.jpg"
    beside, inside = tmp_path / "me.sketch.png", tmp_path / "out" / "me.sketch.png"
    assert plan([source], None, "sketch") == [(source, beside)]
    assert plan([source], tmp_path / "out", "sketch") == [(source, inside)]
    assert plan([source], tmp_path / "x.png", "sketch") == [(source, tmp_path / "x.png")]


def test_a_folder_may_have_a_dot_in_its_name(tmp_path: Path) -> None:
    (tmp_path / "v1.0").mkdir()
    assert plan([Path("a.jpg"), Path("b.jpg")], tmp_path / "v1.0", "sketch")[1][1].parent.name == "v1.0"


def test_results_never_collide(tmp_path: Path) -> None:
    with pytest.raises(LimnerError, match="one file for 2"):
        plan([Path("a.jpg"), Path("b.jpg")], tmp_path / "x.png", "sketch")
    with pytest.raises(LimnerError, match="both become"):
        plan([Path("a.jpg"), Path("a.png")], None, "sketch")


def test_earlier_drawings_are_not_drawn_again(tmp_path: Path) -> None:
    for name in ("a.png", "a.sketch.png"):
        image.write(tmp_path / name, np.zeros((4, 4), np.uint8))
    assert [p.name for p in photos([str(tmp_path)], "sketch")] == ["a.png"]
    assert [p.name for p in photos([str(tmp_path / "*.png")], "sketch")] == ["a.png"]
    named = str(tmp_path / "a.sketch.png")
    assert [str(p) for p in photos([named], "sketch")] == [named]
    assert len(photos([str(tmp_path)], "photo")) == 2
    (tmp_path / "a.png").unlink()
    with pytest.raises(LimnerError, match="only earlier drawings"):
        photos([str(tmp_path)], "sketch")


def test_one_failure_leaves_the_others(tmp_path: Path) -> None:
    for name in "ab":
        image.write(tmp_path / f"{name}.png", np.zeros((4, 4), np.uint8))
    (tmp_path / "ab.png").write_bytes(b"")
    told: list[Progress] = []

    def draw(picture: Picture) -> Picture:
        return picture[..., 0]

    planned = plan(sorted(tmp_path.glob("*.png")), None, "sketch")
    outcomes = list(draw_all(draw, planned, told.append))
    assert [outcome.target is None for outcome in outcomes] == [False, True, False]
    assert "ab.png" in outcomes[1].error
    assert [(p.done, p.total) for p in told] == [(1, 3), (2, 3), (3, 3)]


def test_too_little_memory_for_one_picture_is_told(tmp_path: Path) -> None:
    image.write(tmp_path / "a.png", np.zeros((4, 4), np.uint8))

    def draw(_: Picture) -> Picture:
        raise MemoryError

    (outcome,) = draw_all(draw, plan([tmp_path / "a.png"], None, "sketch"))
    assert outcome == Outcome(tmp_path / "a.png", None, f"{tmp_path / 'a.png'}: MemoryError")

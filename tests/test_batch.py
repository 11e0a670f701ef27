"""Where results go, and one bad picture among many."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from limner import image
from limner.batch import Look, Outcome, draw_all, look_all, photos, plan
from limner.errors import LimnerError, LimnerWarning
from limner.image import Picture
from limner.progress import Progress
from tests import kit


def test_results_lie_beside_the_photo_or_in_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "me.jpg"
    beside, inside = tmp_path / "me.sketch.png", tmp_path / "out" / "me.sketch.png"
    assert plan([source], None, "sketch") == [(source, beside)]
    assert plan([source], tmp_path / "out", "sketch") == [(source, inside)]
    assert plan([source], tmp_path / "x.png", "sketch") == [(source, tmp_path / "x.png")]


def test_a_folder_may_have_a_dot_in_its_name(tmp_path: Path) -> None:
    (tmp_path / "v1.0").mkdir()
    assert plan([Path("a.jpg"), Path("b.jpg")], tmp_path / "v1.0", "sketch")[1][1].parent.name == "v1.0"


@pytest.mark.parametrize("kind", ["sketch", "faces"])
def test_a_slash_makes_a_folder_that_is_not_there_yet(tmp_path: Path, kind: str) -> None:
    planned = plan([Path("a.jpg"), Path("b.jpg")], f"{tmp_path / 'v1.0'}/", kind)
    assert [target.parent for _, target in planned] == [tmp_path / "v1.0"] * 2
    ((_, target),) = plan([Path("a.jpg")], f"{tmp_path / 'x.png'}/", kind)
    assert target == tmp_path / "x.png" / f"a.{kind}.png"


def test_a_file_that_no_picture_can_be_is_refused_before_the_work(tmp_path: Path) -> None:
    for name in ("a.txt", "v1.0"):
        with pytest.raises(image.ImageError, match=rf"{name}: unknown suffix .* expected one of \.png"):
            plan([Path("a.jpg")], tmp_path / name, "sketch")
    assert plan([Path("a.jpg")], tmp_path / "a.TIF", "sketch")[0][1].name == "a.TIF"


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


@pytest.mark.parametrize("word", ["./a.sketch.png", ".//a.sketch.png", "{}/a.sketch.png"])
def test_an_earlier_drawing_may_be_named_in_any_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    image.write(tmp_path / "a.sketch.png", np.zeros((4, 4), np.uint8))
    monkeypatch.chdir(tmp_path)
    word = word.format(tmp_path)
    assert photos([word], "sketch") == [Path(word)]
    assert photos([str(tmp_path), word], "sketch") == [tmp_path / "a.sketch.png"]


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


def test_what_the_library_warns_of_is_noted_picture_by_picture(tmp_path: Path) -> None:
    for name in "ab":
        image.write(tmp_path / f"{name}.png", np.zeros((4, 4), np.uint8))

    def draw(picture: Picture) -> Picture:
        warnings.warn("it was dark", LimnerWarning, stacklevel=2)
        return picture[..., 0]

    outcomes = list(draw_all(draw, plan(sorted(tmp_path.glob("*.png")), None, "sketch")))
    assert [outcome.notes for outcome in outcomes] == [
        (f"{tmp_path / name}: it was dark",) for name in ("a.png", "b.png")
    ]


def test_warnings_of_others_go_where_they_went(tmp_path: Path) -> None:
    image.write(tmp_path / "a.png", np.zeros((4, 4), np.uint8))

    def draw(picture: Picture) -> Picture:
        warnings.warn("old", FutureWarning, stacklevel=2)
        return picture[..., 0]

    with pytest.warns(FutureWarning, match="old"):
        (outcome,) = draw_all(draw, plan([tmp_path / "a.png"], None, "sketch"))
    assert outcome.notes == ()


def test_looking_goes_on_after_a_picture_that_is_none(tmp_path: Path) -> None:
    for name in "ac":
        image.write(tmp_path / f"{name}.png", np.full((40, 60, 3), 9, np.uint8))
    (tmp_path / "b.png").write_bytes(b"")
    face = kit.face_at(30, 15, 12)
    sources = sorted(tmp_path.glob("*.png"))
    told: list[Progress] = []
    planned = plan(sources, tmp_path / "seen", "faces")
    looks = list(look_all(planned, told.append, finder=lambda _: [face]))
    assert [bool(look.error) for look in looks] == [False, True, False]
    assert "b.png" in looks[1].error
    assert looks[0].faces == [face]
    assert [(p.done, p.total) for p in told] == [(1, 3), (2, 3), (3, 3)]
    assert sorted(p.name for p in (tmp_path / "seen").iterdir()) == ["a.faces.png", "c.faces.png"]
    assert (image.read(tmp_path / "seen" / "a.faces.png") != 9).any()
    assert "overwrites" in next(look_all(plan(sources[:1], tmp_path / "seen", "faces"))).error


def test_a_look_reads_well() -> None:
    assert str(Look(Path("a.png"))) == "a.png: no face was found"
    one, *lines = str(Look(Path("a.png"), [kit.face_at(30, 15, 12)])).splitlines()
    assert one == "a.png: 1 face was found"
    assert lines == ["  1  from 14,4 to 46,35  eyes 12.0 pixels apart  score 0.90"]

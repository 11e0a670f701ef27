"""The command line: what it prints, where results go, and one clear line for each bad input."""

import hashlib
import io
import json
import os
import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from limner import hub, image
from limner.cli import main
from limner.errors import LimnerError
from tests import kit

PORTRAIT = Path(__file__).parent.parent / "examples" / "portrait.jpg"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of two small photos and one file that is none."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a", "b"):
        image.write(folder / f"{name}.png", np.full((20, 30, 3), 90, np.uint8))
    (folder / "notes.txt").write_text("no picture")
    return folder


def fails(capsys: pytest.CaptureFixture[str], *words: str, code: int = 1) -> str:
    """Runs a command that must fail; gives its one line on stderr."""
    assert main(words) == code
    told = capsys.readouterr()
    assert told.err.startswith("limner: ")
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err
    return told.err


def test_draws_beside_the_photo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = tmp_path / "me.jpg"
    photo.write_bytes(PORTRAIT.read_bytes())
    assert main(["draw", str(photo)]) == 0
    target = tmp_path / "me.sketch.png"
    assert capsys.readouterr().out == f"{target}\n"
    assert Image.open(target).size == Image.open(PORTRAIT).size


def test_a_sketch_becomes_a_photo_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    style = str(kit.write_style(tmp_path / "back.onnx", "sketch-photo"))
    sketch = tmp_path / "me.sketch.png"
    assert main(["draw", str(PORTRAIT), "--out", str(sketch)]) == 0
    capsys.readouterr()
    for words in (["--to", "photo"], []):  # of a drawn face, which the finder finds
        assert main(["draw", str(sketch), *words, "--style", style, "--force"]) == 0
        target = tmp_path / "me.sketch.photo.png"
        assert capsys.readouterr().out == f"{target}\n"
        photo = Image.open(target)
        assert (photo.mode, photo.size) == ("RGB", Image.open(sketch).size)
        target.unlink()


def test_what_is_drawn_must_be_what_is_asked_for(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    style = str(kit.write_style(photos / "back.onnx", "sketch-photo"))
    words = ["draw", str(photos), "--whole"]
    assert "one that draws a sketch is expected" in fails(capsys, *words, "--style", style, "--to", "sketch")
    assert "one that draws a photo is expected" in fails(capsys, *words, "--style", "cuhk", "--to", "photo")
    told = fails(capsys, *words, "--style", style, "--background", "paper")
    assert "paper is for sketches" in told
    assert len(list(photos.glob("*.png"))) == 2
    assert main([*words, "--style", style]) == 0
    assert len(list(photos.glob("*.photo.png"))) == 2


def test_crop_gives_the_frame(tmp_path: Path) -> None:
    assert main(["draw", str(PORTRAIT), "--crop", "--out", str(tmp_path / "c.png")]) == 0
    assert Image.open(tmp_path / "c.png").size == (400, 500)


def test_folders_and_patterns_go_to_a_folder(photos: Path, tmp_path: Path) -> None:
    for i, words in enumerate(([str(photos)], [str(photos / "*.png")])):
        out = tmp_path / f"out{i}"
        assert main(["draw", *words, "--whole", "--out", str(out)]) == 0
        assert sorted(p.name for p in out.iterdir()) == ["a.sketch.png", "b.sketch.png"]


def test_a_slash_makes_a_folder(photos: Path, tmp_path: Path) -> None:
    for command, words in (("draw", ["--whole"]), ("faces", [])):
        out = tmp_path / f"{command}.v2"
        assert main([command, str(photos), *words, "--out", f"{out}/"]) == 0
        kind = {"draw": "sketch"}.get(command, command)
        assert sorted(p.name for p in out.iterdir()) == [f"a.{kind}.png", f"b.{kind}.png"]


@pytest.mark.parametrize("name", ["\u0442\xfc", "\udcff"])
def test_a_name_that_the_terminal_cannot_show_is_escaped(
    photos: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for plain in ("a", "b"):
        (photos / f"{plain}.png").rename(photos / f"{plain}{name}.png")
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, "ascii"))
    assert main(["draw", str(photos), "--whole"]) == 0
    sys.stdout.flush()
    shown = name.encode("ascii", "backslashreplace")
    assert [line.rsplit(b"/")[-1] for line in out.getvalue().split()] == [
        plain + shown + b".sketch.png" for plain in (b"a", b"b")
    ]


def test_one_bad_file_does_not_stop_the_rest(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "aa.png").write_bytes(b"\x89PNG but no more")
    told = fails(capsys, "draw", str(photos), "--whole")
    assert "aa.png" in told
    assert {p.name for p in photos.glob("*.sketch.png")} == {"a.sketch.png", "b.sketch.png"}


def test_an_existing_file_is_kept_without_force(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = photos / "a.sketch.png"
    target.write_bytes(b"mine")
    assert "--force" in fails(capsys, "draw", str(photos / "a.png"), "--whole")
    assert target.read_bytes() == b"mine"
    assert main(["draw", str(photos / "a.png"), "--whole", "--force"]) == 0
    assert Image.open(target).size == (30, 20)


def test_no_face_is_told(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--whole" in fails(capsys, "draw", str(photos / "a.png"))
    assert not list(photos.glob("*.sketch.png"))


@pytest.fixture
def group(tmp_path: Path) -> Path:
    """A photo of one person twice, large at the right and small at the left."""
    portrait = Image.open(PORTRAIT)
    photo = Image.new("RGB", (700, 520), (205, 210, 212))
    photo.paste(portrait.resize((440, round(440 * portrait.height / portrait.width))), (260, 20))
    photo.paste(portrait.resize((220, round(220 * portrait.height / portrait.width))), (20, 60))
    photo.save(tmp_path / "group.png")
    return tmp_path / "group.png"


def test_faces_are_listed_in_the_order_that_draw_counts(
    group: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["faces", str(group)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"{group}: 2 faces were found"
    assert [line.split()[0] for line in told[1:]] == ["1", "2"]
    assert main(["faces", str(group), "--json"]) == 0
    large, small = json.loads(capsys.readouterr().out)
    for face in (large, small):
        assert set(face) == {"box", "score", "points"}
        x0, y0, x1, y1 = face["box"]
        assert x0 < x1
        assert y0 < y1
        assert 0 < face["score"] <= 1
        (xl, yl), (xr, yr), *rest = face["points"]
        assert x0 < xl < xr < x1
        assert len(rest) == 3
        assert all(y > max(yl, yr) for _, y in rest)
    assert large["points"][0][0] > 260 > small["points"][1][0]


def test_faces_of_several_pictures_are_an_object(
    group: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["faces", str(photos), str(group), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {path: len(faces) for path, faces in told.items()} == {
        str(photos / "a.png"): 0,
        str(photos / "b.png"): 0,
        str(group): 2,
    }
    (photos / "b.png").unlink()
    assert main(["faces", str(photos), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {str(photos / "a.png"): []}


def test_finding_nobody_is_no_failure(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faces", str(photos / "a.png")]) == 0
    assert capsys.readouterr().out == f"{photos / 'a.png'}: no face was found\n"
    assert main(["faces", str(photos / "a.png"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_faces_are_marked_on_a_copy(group: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "seen" / "marked.png"
    assert main(["faces", str(group), "--out", str(out)]) == 0
    assert (image.read(out) != image.read(group)).any(axis=2).mean() > 0.01
    before = out.read_bytes()
    assert "--force" in fails(capsys, "faces", str(group), "--out", str(out))
    assert out.read_bytes() == before
    capsys.readouterr()
    assert main(["faces", str(group), "--out", str(out), "--force", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_faces_of_no_picture(tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fails(capsys, "faces")
    assert "notes.txt" in fails(capsys, "faces", str(photos / "notes.txt"))
    assert "notes.txt" in fails(capsys, "faces", str(photos / "notes.txt"), "--json")
    assert "one file" in fails(capsys, "faces", str(photos), "--out", str(tmp_path / "x.png"))


def test_a_face_is_chosen_by_its_number(group: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made: list[bytes] = []
    for words in ([], ["--face", "all"], ["--face", "largest"], ["--face", "1"], ["--face", "2"]):
        assert main(["draw", str(group), "--force", *words]) == 0
        made.append((group.parent / "group.sketch.png").read_bytes())
    assert made[0] == made[1]
    assert made[2] == made[3]
    assert len(set(made)) == 3
    assert "2 faces were found" in fails(capsys, "draw", str(group), "--force", "--face", "3")
    assert (group.parent / "group.sketch.png").read_bytes() == made[4], "the earlier drawing is kept"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--points 1 2 3", "3 numbers"),
        ("--points", "0 numbers"),
        ("--points 1 2 3 4000", "outside the picture of 700 x 520"),
        ("--points -9 2 3 4", "-9 2 lies outside"),
        ("--points 5 6 5 6", "in one place"),
        ("--points 9 6 5 6", "image's left"),
        ("--points 1 2 3 2 --face 1", "exclude each other"),
        ("--points 1 2 3 2 --whole", "excludes"),
        ("--face 0", "number from 1"),
        ("--face 1 --whole", "excludes"),
    ],
)
def test_a_face_that_cannot_be_meant(
    group: Path, capsys: pytest.CaptureFixture[str], words: str, told: str
) -> None:
    assert told in fails(capsys, "draw", str(group), *words.split())
    assert [p.name for p in group.parent.iterdir()] == ["group.png"]


def test_points_are_of_one_picture(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "2 are given" in fails(capsys, "draw", str(photos), "--points", "5", "9", "25", "9")
    assert main(["draw", str(photos / "a.png"), "--points", "5", "9", "25", "9"]) == 0
    assert Image.open(photos / "a.sketch.png").size == (30, 20)


def test_the_background_becomes_paper_or_is_kept_with_a_word(
    photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = photos / "a.sketch.png"
    draw = ["draw", str(photos / "a.png"), "--whole", "--force"]
    assert main(draw) == 0
    kept = image.read(target)
    for person in (0.0, 0.5):

        def matte(picture: image.Picture, _: object, person: float = person) -> NDArray[np.float32]:
            return (np.arange(picture.shape[1]) < person * picture.shape[1]) * np.ones(
                (picture.shape[0], 1), np.float32
            )

        monkeypatch.setattr("limner.sketcher.people", matte)
        capsys.readouterr()
        assert main([*draw, "--background", "paper"]) == 0
        told, drawn = capsys.readouterr(), image.read(target)
        assert told.out == f"{target}\n"
        if person:
            assert told.err == ""
            assert (drawn[:, 15:] == 255).all()
            assert np.array_equal(drawn[:, :15], kept[:, :15])
        else:
            assert told.err.startswith(f"limner: {photos / 'a.png'}: ")
            assert told.err.count("\n") == 1
            assert np.array_equal(drawn, kept)


def _png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")):
        parts += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return parts


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.png", b"hello"),
        ("empty.jpg", b""),
        ("short.jpg", PORTRAIT.read_bytes()[:9000]),
        ("bomb.png", _png(60000, 60000)),
    ],
)
def test_a_file_that_is_no_whole_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    assert name in fails(capsys, "draw", str(tmp_path / name), "--whole")
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_bad_places(tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "none.jpg" in fails(capsys, "draw", str(tmp_path / "none.jpg"))
    (tmp_path / "bare").mkdir()
    assert "bare" in fails(capsys, "draw", str(tmp_path / "bare"))
    assert "one file" in fails(capsys, "draw", str(photos), "--out", str(tmp_path / "x.png"))
    fails(capsys, "draw", str(photos / "a.png"), "--whole", "--out", str(tmp_path / "x.docx"))
    blocked = str(photos / "notes.txt" / "deeper")
    assert "notes.txt" in fails(capsys, "draw", str(photos / "a.png"), "--whole", "--out", blocked)
    fails(capsys, "draw")
    fails(capsys, "draw", str(photos), "--crop", "--whole")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "a.png").chmod(0)
    assert "a.png" in fails(capsys, "draw", str(photos / "a.png"))


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
    code = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from limner.cli import main;"
    run = "sys.exit(main(sys.argv[1:]))"
    words = ["draw", str(PORTRAIT), "--whole", "--out", str(tmp_path / "x.png")]
    made = subprocess.run(
        [sys.executable, "-c", limit + code + run, *words], capture_output=True, text=True, check=False
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 4096
    assert made.returncode == 1
    assert made.stderr.startswith("limner: ")
    assert made.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_made_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")

    def work(*_: object, **__: object) -> float:
        raise LimnerError("it broke off")

    monkeypatch.setattr("limner.export.export", work)
    monkeypatch.setattr("limner.evaluate.measure", work)
    portrait = str(PORTRAIT)
    for words in (["export", portrait, "--out", "{}/a.onnx"], ["score", portrait, portrait, "--out", "{}/a"]):
        out = tmp_path / words[0] / "deeper"
        assert main([word.format(out) for word in words]) == 1
        assert out.is_dir()


def test_scores_are_written_into_a_new_folder(tmp_path: Path) -> None:
    out = tmp_path / "not" / "there" / "a.csv"
    assert main(["score", str(PORTRAIT), str(PORTRAIT), "--metrics", "ssim", "--out", str(out)]) == 0
    assert out.read_text().startswith("made,")


def test_scores_that_would_overwrite_a_file_are_not_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.csv"
    out.write_text("mine")
    words = ["score", str(PORTRAIT), str(PORTRAIT), "--metrics", "ssim", "--out", str(out)]
    with monkeypatch.context() as without:
        without.setattr("limner.evaluate.measure", None)
        assert fails(capsys, *words) == f"limner: {out} exists; --force overwrites it\n"
    assert out.read_text() == "mine"
    assert main([*words, "--force"]) == 0
    assert out.read_text().startswith("made,")


def test_an_export_is_named_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("name", "name.safetensors", "name.onnx.bak"):
        out = str(tmp_path / name)
        told = fails(capsys, "export", str(tmp_path / "none.safetensors"), "--out", out)
        assert told == f"limner: {out}: a file NAME.onnx is expected\n"
    out = str(tmp_path / "name.ONNX")
    assert "cannot be read" in fails(capsys, "export", str(tmp_path / "none.safetensors"), "--out", out)


def test_an_unknown_style(capsys: pytest.CaptureFixture[str]) -> None:
    assert "known styles: cuhk" in fails(capsys, "draw", str(PORTRAIT), "--style", "chuk")


def test_unknown_commands_and_methods(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean draw?" in fails(capsys, "drow", code=2)
    assert "paired" in fails(capsys, "train")
    assert "paired" in fails(capsys, "train", "unpaired")
    with pytest.raises(SystemExit) as stopped:
        main(["draw", "--nonsense"])
    assert stopped.value.code == 2


def test_training_on_a_missing_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    run = str(tmp_path / "run")
    told = fails(capsys, "train", "paired", "--data", str(tmp_path), "--licence", "t", "--run.folder", run)
    assert "photos" in told


def test_training_without_torch_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "limner" and ".train" in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    told = fails(capsys, "train", "paired", "--data", str(tmp_path), "--licence", "t")
    assert "limner[train]" in told


def test_a_setting_out_of_range(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "paired", "--data", str(tmp_path), "--licence", "t", "--run.folder", str(tmp_path)]
    with pytest.raises(SystemExit) as stopped:
        main([*words, "--run.steps", "0"])
    assert stopped.value.code == 2
    assert "run.steps" in capsys.readouterr().err


def test_styles_lists_licence_and_scores(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["styles"]) == 0
    text = capsys.readouterr().out
    assert main(["styles", "--json"]) == 0
    cards = json.loads(capsys.readouterr().out)
    assert text.count("left paper") == sum(card["background"] == "paper" for card in cards) == 4
    for card in cards:
        assert card["licence"] in text
        assert card["sha256"] == hub.card(card["name"]).sha256
        strokes = {"scoot"} if card["direction"] == "photo-sketch" else set[str]()
        # Who draws after no artist is held to the photo.
        by_artist = {"ssim", "fsim"} | strokes
        assert set(card["scores"]) >= by_artist or set(card["scores"]) == {"structure"}


def test_fetch_lists_what_is_there_and_what_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path))
    (tmp_path / "vgg16.pth").touch()
    assert main(["fetch"]) == 0
    told = capsys.readouterr().out
    for card in hub.downloads().values():
        assert card.url in told
        assert card.licence in told
    assert "alexnet  (244 MB, not here: alexnet)" in told
    assert "vgg16  (553 MB, fetched)" in told
    assert "not here: alexnet, lpips-alex)" in told
    assert "known are alexnet" in fails(capsys, "fetch", "alxnet")


def test_fetch_downloads_what_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.bin").write_bytes(b"weights")
    url, sha256 = (tmp_path / "a.bin").as_uri(), hashlib.sha256(b"weights").hexdigest()
    card = hub.Download("a", "a test", url, sha256, 7, "none")
    monkeypatch.setattr("limner.hub.fetching.downloads", lambda: {"a": card})
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path / "cache"))
    assert main(["fetch", "a"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'cache' / 'a.bin'}\n"
    assert (tmp_path / "cache" / "a.bin").read_bytes() == b"weights"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in ("draw", "faces", "styles", "train", "export", "fetch"))
    assert main(["--version"]) == 0

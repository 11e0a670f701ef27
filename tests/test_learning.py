"""One file out of one pair: what is never overwritten or removed, and the shipped settings, once through."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import limner
from limner import image
from limner.errors import LimnerError
from limner.learning import learn
from limner.methods.instruct.config import Config, config_of, run_of
from limner.methods.instruct.model import side
from limner.pretrained.prior import load_prior
from limner.progress import Progress
from tests import kit


def short(drawn: tuple[Path, Path], prior: Path, steps: int = 2) -> Config:
    return config_of(drawn, "for tests", str(prior), sampling_steps=1, run=run_of(str(prior), steps))


def cut(_: Progress) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("lay", [os.link, os.symlink, os.rename])
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("force", [False, True])
def test_no_picture_is_overwritten(
    lay: Callable[[Path, Path], None], which: int, force: bool, tmp_path: Path
) -> None:
    pictures = [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    for path in pictures:
        path.write_bytes(b"mine")
    lay(pictures[which], tmp_path / "me.png")
    if lay is os.rename:
        pictures[which] = tmp_path / "me.png"
    config = config_of((pictures[0], pictures[1]), "for tests")
    with pytest.raises(LimnerError, match=r"me\.png is one of the pictures; another --out is expected"):
        learn(config, tmp_path / "me.safetensors", force)
    assert (tmp_path / "me.png").read_bytes() == b"mine"


def test_a_folder_that_no_run_left_is_not_removed(
    drawn: tuple[Path, Path], instruct_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "me.learning"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    out = tmp_path / "me.safetensors"
    with pytest.raises(LimnerError, match=r"me\.learning holds notes\.txt, which learning did not leave"):
        learn(short(drawn, instruct_folder), out, force=True)
    assert (folder / "notes.txt").read_text() == "mine"
    (folder / "notes.txt").unlink()
    assert learn(short(drawn, instruct_folder), out) == (out, tmp_path / "me.png")
    assert not folder.exists()


def test_what_was_cut_off_is_gone_on_with_and_nothing_else(
    drawn: tuple[Path, Path], instruct_folder: Path, tmp_path: Path
) -> None:
    out, config = tmp_path / "me.safetensors", short(drawn, instruct_folder)
    saved = replace(config, run=replace(config.run, save_every=1))
    with pytest.raises(KeyboardInterrupt):
        learn(config, out, report=cut)
    assert not (tmp_path / "me.learning" / "checkpoint.pt").exists()
    with pytest.raises(KeyboardInterrupt):
        learn(saved, out, report=cut)
    with pytest.raises(LimnerError, match=r"me\.learning holds .* other settings: .* Give another --out, or"):
        learn(replace(saved, text_scale=3.0), out)
    learn(saved, out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["me.png", "me.safetensors"]


def test_the_shipped_settings_learn_and_draw(
    drawn: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the lines and of the instruction one step, of the search three sentences."""
    monkeypatch.setattr("limner.methods.instruct.instruction.TRIED", 2)
    monkeypatch.setattr("limner.methods.instruct.train.SHORTLIST", 2)
    monkeypatch.setattr("limner.methods.instruct.train.TRYING", 1)
    config = config_of(drawn, "for tests", lines=1, states=1, run=run_of(steps=1))
    assert (config.prior, config.start, config.trace) == ("stand-in", "best", 1.0)
    out, preview = learn(config, tmp_path / "me.safetensors")
    square = side(load_prior("stand-in").size, lined=True)
    assert image.read(preview).shape == (square, 3 * square + 2 * 8, 3)
    made = limner.load(out)(kit.EXAMPLE)
    assert made.size == image.read(kit.EXAMPLE).shape[1::-1]

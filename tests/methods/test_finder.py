"""The finder's recipe: labels from a teacher, losses, a run that learns and resumes, an export."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests import kit

from limner import image
from limner.data.pair import DataError
from limner.engine.config import RunConfig
from limner.export import TOLERANCE, export
from limner.hub import StyleError
from limner.methods import METHODS
from limner.methods.finder.config import Config, Near
from limner.methods.finder.label import LOOKS, STEADIER, Looks, Teacher, labelled
from limner.methods.finder.loss import focal_loss, place_loss, points_loss, sure_loss, vote_loss, voted
from limner.methods.finder.model import Finder, Points
from limner.methods.finder.rows import Rows
from limner.methods.finder.train import read
from limner.progress import silent
from limner.runtime import Net

Picture = NDArray[np.uint8]
Stage = Literal["look", "points"]
STAGES: tuple[Stage, ...] = ("look", "points")
POINTS = np.array([[150.0, 250], [250, 250], [200, 310], [165, 355], [235, 355]])
ROW = [90.0, 120, 310, 410, *POINTS.ravel().tolist(), 0.9]


def prepare(folder: Path, *runs: Path, names: Sequence[str] = ("p0", "p1", "p2")) -> Path:
    """Drawn portraits, and their labels where each run looks for them."""
    rng = np.random.default_rng(0)
    labels: dict[str, list[list[float]]] = {}
    folder.mkdir(parents=True)
    for name in names:
        photo, _ = kit.face(rng, (400, 500))
        image.write(folder / f"{name}.png", photo, force=True)
        labels[f"{name}.png"] = [ROW]
    for run in runs:
        run.mkdir(parents=True)
        (run / "labels.json").write_text(json.dumps({"looks": asdict(LOOKS), "faces": labels}))
    return folder


def small(data: Path, folder: Path, steps: int, stage: Stage = "look") -> Config:
    run = RunConfig(folder, steps=steps, batch=4, save_every=50, log_every=10, device="cpu", workers=0)
    near, no = Near(width=8, average=0.5), Path("none.onnx")
    config = Config(data, no, "for tests", stage, rate=3e-3, average=0.5, near=near, run=run)
    return replace(config, width=16, depth=1)


@pytest.mark.parametrize(("stage", "loss"), [("look", "points"), ("look", "found"), ("points", "points")])
def test_learns_drawn_faces(tmp_path: Path, stage: Stage, loss: str) -> None:
    config = small(prepare(tmp_path / "data", tmp_path / "run"), tmp_path / "run", 100, stage)
    kit.assert_learns(METHODS["finder"], config, tmp_path / "run", falls_to=0.7, loss=loss)


def test_every_nth_person_may_be_left_out_with_all_pictures(tmp_path: Path) -> None:
    names = ("p0_1", "p0_2", "p1_1", "p1_2", "p2_1")
    config = small(prepare(tmp_path / "data", tmp_path / "run", names=names), tmp_path / "run", 1)
    photos = read(config).photos
    kept = read(replace(config, hold_out=2)).photos
    np.testing.assert_array_equal(kept, photos[2:4])


@pytest.mark.parametrize("stage", STAGES)
def test_resumes_bit_equal_after_sigkill(tmp_path: Path, stage: str) -> None:
    data = prepare(tmp_path / "data", tmp_path / "killed", tmp_path / "alone")
    words = ["--data", str(data), "--teacher", "none.onnx", "--licence", "t", "--width", "8", "--depth", "1"]
    words += ["--stage", stage, "--near.width", "8"]
    words += ["--run.steps", "7", "--run.batch", "2", "--run.workers", "0"]
    kit.assert_resumes(kit.limner_command("train", "finder", *words), tmp_path, kill_at=(2, 5))


def test_onnx_answers_the_same(tmp_path: Path) -> None:
    """Each stage's net by itself, and the two in one file, where one is asked and the other is not."""
    data = prepare(tmp_path / "data", tmp_path / "look", tmp_path / "points")
    for stage in STAGES:
        style = METHODS["finder"].train(small(data, tmp_path / stage, 2, stage), silent)
        assert export(style, tmp_path / f"{stage}.onnx") <= TOLERANCE
    style = tmp_path / "points" / "style.safetensors"
    export(style, tmp_path / "both.onnx", beside=tmp_path / "look.onnx")
    look, points, both = (
        Net((tmp_path / f"{name}.onnx").read_bytes(), name) for name in ("look", "points", "both")
    )
    assert look.about["direction"] == "photo-faces"
    assert both.about.items() >= look.about.items()
    assert both.about["photo-points/licence"] == "for tests"
    x = np.random.default_rng(0).random((2, 3, 64, 96), np.float32)
    assert look(x).shape == (2, 31, 8, 12)
    assert points(x).shape == (2, 15, 16, 24)
    np.testing.assert_array_equal(both(x), look(x))
    np.testing.assert_array_equal(both(x, 1), points(x))
    with pytest.raises(IndexError):
        look(x, 1)

    with pytest.raises(StyleError, match="holds 2 networks"):
        export(style, tmp_path / "three.onnx", beside=tmp_path / "both.onnx")
    (tmp_path / "none.onnx").write_bytes(b"no network")
    for beside in (tmp_path / "none.onnx", tmp_path / "absent.onnx"):
        with pytest.raises(StyleError, match="cannot be read as ONNX"):
            export(style, tmp_path / "three.onnx", beside=beside)
    assert not (tmp_path / "three.onnx").exists()


def test_reach_is_bounded_as_the_networks_say() -> None:
    for net, cell in ((Finder(width=8, depth=2), 8), (Points(width=4), 4)):
        side = 512
        x = torch.rand(1, 3, side, side, requires_grad=True)
        answer = net.raw(x) if isinstance(net, Finder) else net(x)
        answer[0, 0, side // 2 // cell, side // 2 // cell].backward()
        assert x.grad is not None
        touched = torch.nonzero(x.grad.abs().sum((0, 1)))
        centre = side // 2 + (cell - 1) / 2
        reach = float((touched - centre).abs().max())
        assert net.radius / 2 < reach <= net.radius


def test_focal_loss_on_numbers_worked_out_by_hand() -> None:
    logits = torch.tensor([[[0.0, 0.0]]])
    bump = torch.tensor([[[1.0, 0.5]]])
    counts = torch.ones(1, 1, 2)
    at = 0.25 * math.log(0.5)
    beside = 0.5**4 * 0.25 * math.log(0.5)
    assert focal_loss(logits, bump, counts).item() == pytest.approx(-(at + beside), rel=1e-5)
    counts[..., 1] = 0
    assert focal_loss(logits, bump, counts).item() == pytest.approx(-at, rel=1e-5)


def test_votes_agree_on_a_point() -> None:
    """Two cells with equal votes: the mean of where each places the point."""
    votes = torch.full((1, 5, 2, 2), -100.0)
    votes[:, :, 0, 0] = votes[:, :, 1, 1] = 0.0
    shifts = torch.zeros(1, 10, 2, 2)
    shifts[:, 0::2, 0, 0] = 0.5  # x of every point, 8 pixels to the right
    made = voted(votes, shifts)
    np.testing.assert_allclose(made[0, 3], [(3.5 + 8 + 11.5) / 2, (3.5 + 11.5) / 2], atol=1e-4)


def test_votes_of_finer_cells() -> None:
    votes = torch.full((1, 5, 2, 2), -100.0)
    votes[:, :, 1, 0] = 0.0
    made = voted(votes, torch.zeros(1, 10, 2, 2), cell=4)
    np.testing.assert_allclose(made[0, 0], [1.5, 5.5], atol=1e-4)
    here, face = made.detach(), torch.ones(1, 1)
    assert vote_loss(votes, here, face, cell=4) < vote_loss(votes, here, face, cell=8)


def test_votes_are_drawn_to_their_points() -> None:
    points = torch.full((1, 5, 2), 19.5)  # the centre of the cell (2, 2)
    right, wrong = torch.zeros(1, 5, 8, 8), torch.zeros(1, 5, 8, 8)
    right[:, :, 2, 2], wrong[:, :, 6, 6] = 3.0, 3.0
    face = torch.ones(1, 1)
    even = vote_loss(torch.zeros(1, 5, 8, 8), points, face).item()
    assert even == pytest.approx(math.log(64), rel=1e-4)
    assert vote_loss(right, points, face).item() < even < vote_loss(wrong, points, face).item()
    assert vote_loss(wrong, points, 0 * face).item() == 0


def test_distances_count_in_eye_distances_and_only_where_a_face_is() -> None:
    points = torch.tensor(POINTS)[None].repeat(2, 1, 1)
    made = points + torch.tensor([30.0, 40.0])
    face = torch.tensor([[1.0], [0.0]])
    assert points_loss(made, points, face).item() == pytest.approx(0.5)
    made[1] += 1e3
    assert points_loss(made, points, face).item() == pytest.approx(0.5)
    made = points.clone()
    made[0, 0] += torch.tensor([30.0, 40.0])  # one eye, by half an eye distance
    assert points_loss(made, points, face).item() == pytest.approx(0.5 / 5)
    assert points_loss(made, points, face, eyes=2).item() == pytest.approx(0.5 * 2 / 7)
    geometry = torch.ones(1, 14, 2, 2)
    holds = torch.tensor([[[1.0, 0], [0, 0]]])
    assert place_loss(torch.zeros(1, 14, 2, 2), geometry, holds).item() == pytest.approx(1 / 32)


def test_the_middle_says_whether_it_is_a_face() -> None:
    logits = torch.full((1, 4, 4), 9.0)
    logits[:, 1:3, 1:3] = 0.0
    assert sure_loss(logits, torch.ones(1, 1)).item() == pytest.approx(math.log(2))


class Marks(Teacher):
    """A teacher that sees coloured discs, so that what it is shown can be checked."""

    COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255))

    def __init__(self, _: Path, looks: Looks = LOOKS) -> None:
        self._looks = looks
        self.seen = 0

    def look(self, picture: Picture) -> Rows:
        """Eyes and corners of the mouth are told by their places, as a teacher of faces would."""
        self.seen += 1
        places: list[NDArray[np.float64]] = []
        for colour in self.COLOURS:
            near = np.abs(picture.astype(int) - colour).max(axis=2) < 90
            if near.sum() < 4:
                return np.zeros((0, 15))
            places.append(np.argwhere(near).mean(axis=0)[::-1])
        for a, b in ((0, 1), (3, 4)):
            if places[a][0] > places[b][0]:
                places[a], places[b] = places[b], places[a]
        points = np.array(places)
        apart = np.hypot(*(points[1] - points[0]))
        box = [*(points[2] - 1.2 * apart), *(points[2] + 1.2 * apart)]
        return np.array([[*box, *points.ravel(), 0.9]])


def marked(turn: float = 0.0) -> tuple[Picture, NDArray[np.float64]]:
    picture = np.full((500, 400, 3), 40, np.uint8)
    matrix = np.asarray(cv2.getRotationMatrix2D((200, 290), turn, 1.0))
    points = POINTS @ matrix[:, :2].T + matrix[:, 2]
    for point, colour in zip(np.round(points).astype(int).tolist(), Marks.COLOURS, strict=True):
        cv2.circle(picture, point, 12, colour, -1)
    return picture, points


@pytest.mark.parametrize("turn", [0.0, 20.0, -20.0])
@pytest.mark.parametrize(("looks", "count"), [(LOOKS, 18), (STEADIER, 90)])
def test_many_looks_agree_on_the_same_points(turn: float, looks: Looks, count: int) -> None:
    picture, points = marked(turn)
    ask = Marks(Path(), looks)
    (row,) = ask.faces(picture)
    assert ask.seen == 1 + count
    np.testing.assert_allclose(row[4:14].reshape(5, 2), points, atol=1.0)
    assert row[0] < points[:, 0].min() < points[:, 0].max() < row[2]


def test_labels_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture, points = marked()
    image.write(tmp_path / "a.png", picture)
    image.write(tmp_path / "b.png", np.zeros((50, 40, 3), np.uint8))
    monkeypatch.setattr("limner.methods.finder.label.Teacher", Marks)
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    first = labelled(tmp_path, paths, Path(), tmp_path / "run" / "labels.json")
    assert [len(entry.faces) for entry in first] == [1, 0]
    monkeypatch.setattr("limner.methods.finder.label.Teacher", None)
    again = labelled(tmp_path, paths, Path(), tmp_path / "run" / "labels.json")
    np.testing.assert_allclose(again[0].faces[0, 4:14].reshape(5, 2), points, atol=1.0)


def test_labels_by_other_looks_are_not_mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture, _ = marked()
    image.write(tmp_path / "a.png", picture)
    monkeypatch.setattr("limner.methods.finder.label.Teacher", Marks)
    store = tmp_path / "labels.json"
    labelled(tmp_path, [tmp_path / "a.png"], Path(), store, STEADIER)
    before = store.read_bytes()
    with pytest.raises(DataError, match=r"labels\.json holds labels by .* are asked for"):
        labelled(tmp_path, [tmp_path / "a.png"], Path(), store, LOOKS)
    assert store.read_bytes() == before


def test_a_teacher_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.onnx").write_bytes(b"no network")
    with pytest.raises(DataError, match="YuNet"):
        Teacher(tmp_path / "t.onnx")

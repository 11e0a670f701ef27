"""Folders are scored picture by picture; what was done to a picture beforehand is told."""

import math
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from tests import kit

from limner import image
from limner.evaluate import Rules, ScoreError, matched, measure
from limner.evaluate.score import averaged
from limner.faces import Face, find
from limner.image import Picture
from limner.metrics import Features, scoot, ssim


def folders(folder: Path, count: int = 3) -> tuple[Path, Path]:
    """Drawn sketches, and the same with noise."""
    rng = np.random.default_rng(0)
    real, made = folder / "real", folder / "made"
    for each in (real, made):
        each.mkdir()
    for i in range(count):
        _, sketch = kit.face(rng)
        sketch[0, : i + 1] = 0  # no two are alike
        noisy = np.clip(sketch + rng.normal(0, 10 * (i + 1), sketch.shape), 0, 255).astype(np.uint8)
        image.write(real / f"p{i}.png", sketch)
        image.write(made / f"p{i}.sketch.png", noisy)
    return real, made


def seen_at(x: float) -> Face:
    return kit.face_at(x, 60, 24)


def finding(*faces: tuple[Path, list[Face]]) -> Rules:
    """Rules by which these faces are found in these pictures; pictures may come in any order."""
    known = {image.read(path).tobytes(): found for path, found in faces}
    return Rules(finder=lambda picture: known[picture.tobytes()])


def test_scores_are_those_of_the_metrics_on_each_pair(tmp_path: Path) -> None:
    real, made = folders(tmp_path)
    scores = measure(matched(real, made), ("ssim", "scoot"))
    for i in range(3):
        pair = [image.read(p)[..., 0] for p in (real / f"p{i}.png", made / f"p{i}.sketch.png")]
        assert scores.metrics["ssim"].values[i] == ssim(*pair)
        assert scores.metrics["scoot"].values[i] == scoot(*pair)
    assert scores.metrics["ssim"].mean == pytest.approx(np.mean(scores.metrics["ssim"].values))
    told = scores.record()
    assert told["n"] == 3
    assert set(told["ssim"]) == {"mean", "low", "high"}
    assert (told["ssim"]["low"], told["ssim"]["high"]) == (None, None), "of so few no interval is told"
    assert scores.notes == ()


def test_scores_take_points_by_the_finders_first_net_alone() -> None:
    picture = np.asarray(skimage.data.astronaut(), np.uint8)
    assert Rules().finder(picture) == find(picture, near=False) != find(picture)


def test_another_size_and_colour_are_told(tmp_path: Path) -> None:
    real, made = folders(tmp_path)
    sketch = image.read(made / "p1.sketch.png")
    image.write(made / "p1.sketch.png", np.kron(sketch, np.ones((2, 2, 1), np.uint8)), force=True)
    tinted = image.read(made / "p2.sketch.png")
    tinted[:40, :, 0] //= 3
    image.write(made / "p2.sketch.png", tinted, force=True)
    size, colour = measure(matched(real, made)).notes
    assert size == "1 made pictures were brought to the size of scoring: p1"
    assert colour == "1 made pictures are in colour, the real ones grey: p2"


def test_another_cut_is_refused_by_name(tmp_path: Path) -> None:
    real, made = folders(tmp_path)
    image.write(made / "p1.sketch.png", np.zeros((96, 96), np.uint8), force=True)
    with pytest.raises(ScoreError, match=r"p1\.sketch\.png .*96 x 96 is cut otherwise than 96 x 120"):
        measure(matched(real, made))


def test_an_unreadable_picture_is_refused_by_name(tmp_path: Path) -> None:
    real, made = folders(tmp_path)
    (made / "p2.sketch.png").write_bytes(b"\x89PNG nothing")
    with pytest.raises(image.ImageError, match=r"p2\.sketch\.png"):
        measure(matched(real, made))


def test_a_picture_too_small_for_a_metric_is_refused_by_name(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        image.write(tmp_path / name, np.zeros((30, 30), np.uint8))
    with pytest.raises(ScoreError, match=r"b\.png against .*at least 48"):
        measure(matched(tmp_path / "a.png", tmp_path / "b.png"), ("fsim",))


def test_an_unknown_metric_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match=r"'ssmi'; known are ssim, fsim, scoot"):
        measure(matched(*folders(tmp_path)), ("ssmi",))


def test_equal_pictures_have_no_finite_psnr_and_json_says_none(tmp_path: Path) -> None:
    real, _ = folders(tmp_path)
    scores = measure(matched(real, real), ("psnr",))
    assert scores.metrics["psnr"].mean == math.inf
    assert scores.record()["psnr"] == {"mean": None, "low": None, "high": None}


def test_structure_counts_what_is_found_and_measures_the_rest(tmp_path: Path) -> None:
    real, made = folders(tmp_path)
    photos = [(real / f"p{i}.png", [seen_at(48)]) for i in range(3)]
    found = [[seen_at(54)], [], [seen_at(48)]]
    drawn = [(made / f"p{i}.sketch.png", faces) for i, faces in enumerate(found)]
    score = measure(matched(real, made), ("structure",), finding(*photos, *drawn)).metrics["structure"]
    assert score.told == {"found": pytest.approx(2 / 3)}
    assert score.mean == pytest.approx((6 / 24 + 0) / 2)
    assert math.isnan(score.values[1])


def test_structure_takes_the_face_nearest_to_the_photos(tmp_path: Path) -> None:
    real, made = folders(tmp_path, count=1)
    photo = real / "p0.png", [seen_at(20), seen_at(80)]
    drawn = made / "p0.sketch.png", [seen_at(77), seen_at(23)]
    score = measure(matched(real, made), ("structure",), finding(photo, drawn))
    assert score.metrics["structure"].mean == pytest.approx(3 / 24)


def test_a_face_elsewhere_is_not_the_sitters(tmp_path: Path) -> None:
    real, made = folders(tmp_path, count=2)
    photos = [(real / f"p{i}.png", [seen_at(30)]) for i in range(2)]
    drawn = [(made / "p0.sketch.png", [seen_at(30 + 11)]), (made / "p1.sketch.png", [seen_at(30 + 13)])]
    score = measure(matched(real, made), ("structure",), finding(*photos, *drawn)).metrics["structure"]
    assert score.values[0] == pytest.approx(11 / 24)
    assert math.isnan(score.values[1]), "more than half an eye distance off"
    assert score.told == {"found": 0.5}


def test_photos_without_a_face_are_told_and_judge_nobody(tmp_path: Path) -> None:
    real, made = folders(tmp_path, count=2)
    photos = [(real / "p0.png", []), (real / "p1.png", [seen_at(48)])]
    drawn = [(made / f"p{i}.sketch.png", [seen_at(48)]) for i in range(2)]
    score = measure(matched(real, made), ("structure",), finding(*photos, *drawn))
    assert score.metrics["structure"].told == {"found": 1.0, "photos without a face": 1}
    assert score.metrics["structure"].skipped == (0,)
    assert score.notes[-1] == "1 photos without a face to hold the made ones to: p0"


def test_nothing_found_anywhere_is_no_score(tmp_path: Path) -> None:
    scores = measure(matched(*folders(tmp_path)), ("structure",), Rules(finder=lambda _: []))
    assert scores.record()["structure"] == {"mean": None, "low": None, "high": None, "found": None} | {
        "photos without a face": 3
    }


def test_recognition_of_equal_sketches_is_perfect(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for i in range(8):
        image.write(tmp_path / f"p{i}.png", rng.integers(0, 256, (60, 50), np.uint8))
    score = measure(matched(tmp_path, tmp_path), ("nlda",), Rules(train=4)).metrics["nlda"]
    assert score.mean == 1.0
    assert (score.told["train"], score.told["test"]) == (4, 4)


def test_a_dimension_a_person_is_kept_however_many_are_learned_from(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for i in range(12):
        image.write(tmp_path / f"p{i}.png", rng.integers(0, 256, (60, 50), np.uint8))
    score = measure(matched(tmp_path, tmp_path), ("nlda",), Rules(dimensions=4)).metrics["nlda"]
    assert (score.mean, score.told["train"], score.told["test"]) == (1.0, 5, 7)
    with pytest.raises(ScoreError, match="dimensions"):
        measure(matched(tmp_path, tmp_path), ("nlda",), Rules(train=5, dimensions=4))


def test_too_few_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match="people"):
        measure(matched(*folders(tmp_path)), ("nlda",), Rules(train=3))


def test_a_rule_is_applied_to_real_and_made(tmp_path: Path) -> None:
    real, made = folders(tmp_path, count=1)

    def darker(picture: Picture) -> Picture:
        return picture // 2

    ruled = measure(matched(real, made), ("ssim",), Rules(prepare=darker)).metrics["ssim"].mean
    pair = [image.read(p)[..., 0] // 2 for p in (real / "p0.png", made / "p0.sketch.png")]
    assert ruled == ssim(*pair)


def test_averages_leave_out_what_is_missing() -> None:
    assert averaged([1.0, math.nan, 3.0]).mean == 2.0
    assert math.isnan(averaged([math.nan]).mean)


def test_sets_and_colour_are_seen_through_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the published weights would look, a stub gives each channel's mean and spread."""

    def seeing(name: str) -> Features:
        def layers(picture: Picture) -> list[NDArray[np.float32]]:
            flat = picture.reshape(-1, 3).astype(np.float32)
            return [np.concatenate([flat.mean(0), flat.std(0)])[:, None, None]]

        assert name in ("inception", "lpips-alex")
        return Features(layers, [np.ones(6, np.float32)])

    monkeypatch.setattr("limner.pretrained.features.features", seeing)
    real, made = folders(tmp_path)
    names = ("fid", "kid", "lpips-alex")
    same, other = measure(matched(real, real), names), measure(matched(real, made), names)
    for name in ("fid", "lpips-alex"):
        assert same.metrics[name].mean == pytest.approx(0, abs=1e-6)
        assert other.metrics[name].mean > 1e-5
    assert other.metrics["fid"].low is None
    assert len(other.metrics["lpips-alex"].values) == 3

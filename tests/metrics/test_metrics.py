"""Laws that every metric keeps, equality with references, and values that must not move."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from skimage.metrics import structural_similarity

from limner.metrics import METRICS, Grey, fsim, scoot, ssim

pairwise = pytest.mark.parametrize("name", [n for n, m in METRICS.items() if m.needs_pair])

SIZES = [(250, 200), (97, 64), (64, 121), (130, 131)]


def draw(height: int = 250, width: int = 200, shift: int = 0, strokes: int = 7) -> Grey:
    """A sketch from whole numbers alone, so the same everywhere: an oval, hatching and dots."""
    y, x = np.mgrid[:height, :width]
    x = x + shift
    oval = 9 * (x - width // 2) ** 2 * height**2 + 6 * (y - height // 2) ** 2 * width**2
    face = oval < (height * width) ** 2
    hatching = (x * 3 + y * 2) // 4 % strokes * (90 // strokes) * (y * 2 > height)
    dots = 60 * ((x * x + 3 * y * y + x * y) // 40 % 89 < 9)
    paper = 245 - 30 * y // height
    return np.clip(paper - 70 * face - hatching - dots, 0, 255).astype(np.uint8)


def noise(seed: int, shape: tuple[int, int] = (250, 200)) -> Grey:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@pairwise
@pytest.mark.parametrize("shape", SIZES)
def test_equal_pictures_score_one(name: str, shape: tuple[int, int]) -> None:
    for picture in (draw(*shape), noise(1, shape), np.full(shape, 130, np.uint8)):
        assert METRICS[name].function(picture, picture.copy()) == pytest.approx(1, abs=1e-9)


@pairwise
@pytest.mark.parametrize("shape", SIZES)
def test_symmetric(name: str, shape: tuple[int, int]) -> None:
    score = METRICS[name].function
    for x, y in ((draw(*shape), draw(*shape, shift=5)), (draw(*shape), noise(2, shape))):
        assert score(x, y) == pytest.approx(score(y, x), abs=1e-9)
        assert score(x, y) < 1


@pairwise
def test_score_is_a_float_within_its_range(name: str) -> None:
    low, high = METRICS[name].range
    flat, black, white = (np.full((250, 200), v, np.uint8) for v in (128, 0, 255))
    pictures = [draw(), 255 - draw(), noise(3), flat, black, white]
    for x in pictures:
        for y in pictures:
            score = METRICS[name].function(x, y)
            assert isinstance(score, float)
            assert low <= score <= high + 1e-9


@pairwise
def test_more_damage_scores_worse(name: str) -> None:
    metric, picture = METRICS[name], draw()
    grain = noise(4).astype(int) - 128
    scores = [
        metric.function(picture, np.clip(picture + grain * k // 8, 0, 255).astype(np.uint8))
        for k in (0, 1, 3, 8)
    ]
    assert scores == sorted(scores, reverse=metric.higher_is_better)
    assert len(set(scores)) == len(scores)


@pairwise
def test_pictures_are_left_as_they_were(name: str) -> None:
    x, y = draw(), draw(shift=3)
    x.setflags(write=False)
    y.setflags(write=False)
    assert METRICS[name].function(x, y) == METRICS[name].function(x.copy(), y.copy())


@pairwise
def test_any_memory_layout_scores_the_same(name: str) -> None:
    x, y = draw(), draw(shift=3)
    score = METRICS[name].function
    assert score(x, np.asfortranarray(y)) == pytest.approx(score(x, y), abs=1e-9)
    assert score(np.repeat(x, 2, axis=1)[:, ::2], y) == pytest.approx(score(x, y), abs=1e-9)


@pairwise
@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.bool_])
def test_other_types_are_refused(name: str, dtype: type[np.generic]) -> None:
    good: Any = draw()
    bad: Any = good.astype(dtype)
    with pytest.raises(TypeError, match=f"made: expected dtype uint8.*got {np.dtype(dtype)}"):
        METRICS[name].function(good, bad)
    with pytest.raises(TypeError, match="real: expected dtype uint8"):
        METRICS[name].function(bad, good)


@pairwise
def test_what_is_no_array_is_refused(name: str) -> None:
    picture: Any = Image.fromarray(draw())
    with pytest.raises(TypeError, match="made: expected a NumPy array of uint8, got Image"):
        METRICS[name].function(draw(), picture)


@pairwise
def test_other_shapes_are_refused(name: str) -> None:
    score, good = METRICS[name].function, draw()
    with pytest.raises(ValueError, match=r"one shape, got \(250, 200\) and \(250, 199\)"):
        score(good, good[:, :199])
    with pytest.raises(ValueError, match=r"made: .* got shape \(250, 200, 3\)"):
        score(good, np.stack([good] * 3, axis=-1))
    with pytest.raises(ValueError, match=r"real: .* at least \d+ pixels, got shape \(250, 10\)"):
        score(good[:, :10], good[:, :10])


@pytest.mark.parametrize("seed", range(20))
def test_ssim_equals_scikit_image(seed: int) -> None:
    random = np.random.default_rng(seed)
    height, width = (int(n) for n in random.integers(11, 160, 2))
    x = noise(seed, (height, width))
    y = np.clip(x + random.normal(0, 10 * seed, x.shape), 0, 255).astype(np.uint8)
    expected = structural_similarity(
        x, y, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert ssim(x, y) == pytest.approx(expected, abs=1e-9)


def texture_by_loops(picture: Grey) -> npt.NDArray[np.float64]:
    """Scoot's vector, pixel by pixel from its definition."""
    height, width = picture.shape
    level = [[min(max(int(int(v) * 6 / 255 + 1), 1), 6) for v in row] for row in picture]
    found: list[float] = []
    for v in range(4):
        for h in range(4):
            rows = range(height * v // 4, height * (v + 1) // 4)
            columns = range(width * h // 4, width * (h + 1) // 4)
            total = np.zeros((6, 6))
            for down, right in ((0, 1), (-1, 1), (-1, 0), (-1, -1)):
                for r in rows:
                    for c in columns:
                        if r + down in rows and c + right in columns:
                            total[level[r][c] - 1, level[r + down][c + right] - 1] += 1
            p = np.floor(total / 4 + 0.5)
            p /= p.sum()
            found.append(sum(p[i, j] * (i - j) ** 2 for i in range(6) for j in range(6)))
            found.append(float((p**2).sum()))
    return np.array(found)


@pytest.mark.parametrize("shape", [(20, 20), (41, 63), (62, 50)])
def test_scoot_equals_plain_loops(shape: tuple[int, int]) -> None:
    x, y = draw(*shape), draw(*shape, shift=4, strokes=5)
    for made in (y, noise(5, shape)):
        distance = float(np.linalg.norm(texture_by_loops(x) - texture_by_loops(made)))
        assert scoot(x, made) == pytest.approx(1 / (1 + distance), abs=1e-12)


def test_scoot_is_defined_at_its_smallest_size() -> None:
    assert all(0 < scoot(noise(s, (20, 20)), noise(s + 1, (20, 20))) < 1 for s in range(50))


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (250, 200, {"ssim": 0.0766851, "fsim": 0.6779277, "scoot": 0.7095467}),
        (121, 93, {"ssim": 0.2361525, "fsim": 0.6754135, "scoot": 0.6917847}),
        (650, 799, {"ssim": 0.0587980, "fsim": 0.8803602, "scoot": 0.7098465}),
    ],
)
def test_scores_have_not_moved(height: int, width: int, expected: dict[str, float]) -> None:
    x, y = draw(height, width), draw(height, width, shift=2, strokes=6)
    scores = {name: METRICS[name].function(x, y) for name in expected}
    assert scores == pytest.approx(expected, abs=1e-5)


def test_fsim_of_two_flat_pictures_is_defined() -> None:
    black, white = np.zeros((60, 60), np.uint8), np.full((60, 60), 255, np.uint8)
    assert 0 < fsim(black, white) < 1


@pytest.mark.skipif(
    "LIMNER_GOLDEN" not in os.environ,
    reason="LIMNER_GOLDEN does not name the folder with sketch.jpg and synthesis.jpg",
)
def test_scores_of_the_published_pair() -> None:
    folder = Path(os.environ["LIMNER_GOLDEN"])
    real, made = (
        np.asarray(Image.open(folder / name).convert("L")) for name in ("sketch.jpg", "synthesis.jpg")
    )
    scores = {name: METRICS[name].function(real, made) for name in ("ssim", "fsim", "scoot")}
    expected = {"ssim": 0.563368, "fsim": 0.780675, "scoot": 0.730901}
    assert scores == pytest.approx(expected, abs=1e-5)

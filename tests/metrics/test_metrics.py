"""Laws that every metric keeps; of those of grey pairs, equality with references and fixed values."""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from tests.kit import assert_metric_laws
from tests.laws import draw, noise

from limner.metrics import METRICS, Grey, fsim, psnr, scoot, ssim


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_keeps_the_laws(name: str) -> None:
    assert_metric_laws(METRICS[name])


@pytest.mark.parametrize("seed", range(100))
def test_ssim_equals_scikit_image(seed: int) -> None:
    random = np.random.default_rng(seed)
    height, width = (int(n) for n in random.integers(11, 160, 2))
    x = noise(seed, (height, width))
    y = np.clip(x + random.normal(0, 2 * seed, x.shape), 0, 255).astype(np.uint8)
    expected = structural_similarity(
        x, y, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert ssim(x, y) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(100))
def test_psnr_equals_scikit_image(seed: int) -> None:
    x, y = noise(seed, (9, 14)), noise(seed + 1, (9, 14))
    made = np.clip(x + (y - 128.0) * seed / 100, 0, 255).astype(np.uint8) ^ np.uint8(1)
    assert psnr(x, made) == pytest.approx(peak_signal_noise_ratio(x, made, data_range=255), abs=1e-9)


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
        (250, 200, {"psnr": 16.7336601, "ssim": 0.0766851, "fsim": 0.6779277, "scoot": 0.7095467}),
        (121, 93, {"psnr": 16.7506937, "ssim": 0.2361525, "fsim": 0.6754135, "scoot": 0.6917847}),
        (650, 799, {"psnr": 17.0070955, "ssim": 0.0587980, "fsim": 0.8803602, "scoot": 0.7098465}),
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

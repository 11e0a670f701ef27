"""OS-Sketch's alignment and contrast rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.data.ossketch import CONTRAST, POINTS, alignment, contrast
from limner.faces.align import Matrix, move

FACE = np.array([[60.0, 100.0], [140.0, 102.0], [101.0, 150.0], [72.0, 190.0], [131.0, 189.0]])
seeds = st.integers(0, 2**32 - 1)


def similarity(rng: np.random.Generator) -> Matrix:
    turn, size = rng.uniform(-np.pi, np.pi), rng.uniform(0.2, 5)
    a, b = size * np.cos(turn), size * np.sin(turn)
    return np.array([[a, -b, rng.uniform(-100, 100)], [b, a, rng.uniform(-100, 100)]])


@given(seeds)
def test_a_similarity_is_found_again(seed: int) -> None:
    true = similarity(np.random.default_rng(seed))
    assert np.allclose(alignment(FACE, move(FACE, true)), true, atol=1e-9)


@given(seeds)
def test_it_is_the_least_squares_solution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    photo = FACE + rng.normal(0, 10, FACE.shape)
    # The four unknowns of x' = a x - b y + c, y' = b x + a y + d, by a general solver.
    x, y, one, nil = FACE[:, 0], FACE[:, 1], np.ones(len(FACE)), np.zeros(len(FACE))
    system = np.vstack([np.column_stack([x, -y, one, nil]), np.column_stack([y, x, nil, one])])
    a, b, c, d = np.linalg.lstsq(system, photo.T.reshape(-1), rcond=None)[0]
    assert np.allclose(alignment(FACE, photo), [[a, -b, c], [b, a, d]], atol=1e-7)


def test_it_never_mirrors() -> None:
    mirrored = FACE * [-1, 1]
    assert np.linalg.det(alignment(FACE, mirrored)[:, :2]) > 0


@pytest.mark.parametrize(
    ("sketch", "photo"),
    [(FACE, FACE[:4]), (FACE[0], FACE[0]), (FACE * np.nan, FACE), (FACE * 0, FACE), (FACE, FACE * 0)],
)
def test_useless_points_are_refused(sketch: Matrix, photo: Matrix) -> None:
    with pytest.raises(ValueError, match="points"):
        alignment(sketch, photo)


def test_five_points_are_taken() -> None:
    assert len(POINTS) == len(FACE)


@given(seeds)
def test_contrast_spreads_around_the_mean(seed: int) -> None:
    grey = np.random.default_rng(seed).integers(0, 256, (9, 7), np.uint8)
    mean = np.floor(grey.mean() + 0.5)
    expected = np.clip(mean + CONTRAST * (grey - mean), 0, 255)
    made = contrast(grey)
    assert made.shape == grey.shape
    assert made.dtype == np.uint8
    assert np.abs(made - expected).max() < 1


def test_contrast_turns_colours_grey() -> None:
    colour = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    assert contrast(colour).shape == (9, 7)
    flat = np.full((9, 7, 3), 77, np.uint8)
    assert (contrast(flat) == 77).all()

"""Keying: the true alpha and colours of a drawn person come back, and what cannot be keyed is refused."""

import numpy as np
import pytest
from tests import kit

from limner.data.keying import SIDE, key


@pytest.mark.parametrize("seed", range(4))
def test_the_alpha_of_a_drawn_person_comes_back(seed: int) -> None:
    photo, true = kit.portrait(np.random.default_rng(seed))
    keyed = key(photo)
    assert keyed.doubt == ""
    off = np.abs(keyed.alpha / 255 - true)
    assert off.mean() < 0.004
    soft = (true > 0.1) & (true < 0.9)
    assert soft.sum() > 200
    assert off[soft].mean() < 0.15


def test_colours_hold_no_backdrop() -> None:
    photo, true = kit.portrait(np.random.default_rng(1))
    keyed = key(photo)
    soft = (true > 0.3) & (true < 0.7)
    # Drawn hair is at most 50 and cloth at most 90; as the photo stands, light backdrop is mixed in.
    assert np.percentile(keyed.colour[soft], 90) < 95
    assert np.percentile(photo[soft], 90) > 120


def test_a_large_portrait_is_keyed_smaller() -> None:
    photo, _ = kit.portrait(np.random.default_rng(0), (720, 880))
    keyed = key(photo)
    assert max(keyed.alpha.shape) == SIDE
    assert keyed.colour.shape == (*keyed.alpha.shape, 3)


def test_what_cannot_be_keyed_is_refused() -> None:
    rng = np.random.default_rng(0)
    assert key(rng.integers(0, 256, (220, 180, 3), np.uint8)).doubt
    assert key(np.full((220, 180, 3), 200, np.uint8)).doubt
    photo, true = kit.portrait(rng)
    flags = np.where((np.arange(180) // 12 % 2)[None, :, None] > 0, 30, 220).astype(np.uint8)
    assert key(np.where(true[..., None] > 0.5, photo, flags).astype(np.uint8)).doubt
    # Cut off above the lower edge, as no sitter is.
    floating = photo.copy()
    floating[120:] = photo[120:, :1]
    assert key(floating).doubt

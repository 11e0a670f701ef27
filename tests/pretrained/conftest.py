"""What the tests of priors share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # diffusers takes seconds, which the other tests of this folder are spared
    from limner.pretrained.prior import Prior


@pytest.fixture(scope="session")
def diffusion_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In the layout of Stable Diffusion 1.x."""
    from tests.priors import write_prior

    return write_prior(tmp_path_factory.mktemp("diffusion"))


@pytest.fixture(scope="session")
def diffusion(diffusion_folder: Path) -> Prior:
    """A tiny Stable Diffusion."""
    from limner.pretrained.prior import load_prior

    return load_prior(diffusion_folder)


@pytest.fixture(scope="session")
def instruct(instruct_folder: Path) -> Prior:
    """A tiny InstructPix2Pix."""
    from limner.pretrained.prior import load_prior

    return load_prior(instruct_folder)

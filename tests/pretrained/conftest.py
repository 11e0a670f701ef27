"""Two folders that the tests of priors share; they are read, never written to."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.priors import FULL, write_prior

from limner.pretrained.prior import Prior, load_prior


@pytest.fixture(scope="session")
def diffusion_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In the layout of Stable Diffusion 1.x."""
    return write_prior(tmp_path_factory.mktemp("diffusion"))


@pytest.fixture(scope="session")
def instruct_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In the layout of InstructPix2Pix."""
    return write_prior(tmp_path_factory.mktemp("instruct"), replace(FULL, instructs=True))


@pytest.fixture(scope="session")
def diffusion(diffusion_folder: Path) -> Prior:
    """A tiny Stable Diffusion."""
    return load_prior(diffusion_folder)


@pytest.fixture(scope="session")
def instruct(instruct_folder: Path) -> Prior:
    """A tiny InstructPix2Pix."""
    return load_prior(instruct_folder)

"""Shared settings of the tests, and what several folders of them begin from: it is read, never written to."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

# One test's threads must not fight another's, and bit-equality needs a fixed number of them.
os.environ.setdefault("OMP_NUM_THREADS", "2")

# Time is measured by benchmarks; on a busy machine a slow example is no failure.
settings.register_profile("limner", deadline=None)
settings.load_profile("limner")


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The example's photo, and what limner's own pencil draws of it."""
    from tests import kit  # torch, which it imports, is to find the threads set above

    return kit.write_pair(tmp_path_factory.mktemp("pair"))


@pytest.fixture(scope="session")
def instruct_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny InstructPix2Pix with a CLIP."""
    from tests.priors import FULL, write_prior  # diffusers takes seconds, which the other tests are spared

    return write_prior(tmp_path_factory.mktemp("priors") / "tiny", replace(FULL, instructs=True))

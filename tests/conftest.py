"""Shared settings of the tests."""

import os

from hypothesis import settings

# One test's threads must not fight another's, and bit-equality needs a fixed number of them.
os.environ.setdefault("OMP_NUM_THREADS", "2")

# Time is measured by benchmarks; on a busy machine a slow example is no failure.
settings.register_profile("limner", deadline=None)
settings.load_profile("limner")

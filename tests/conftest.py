"""Shared settings of the tests."""

import os

# One test's threads must not fight another's, and bit-equality needs a fixed number of them.
os.environ.setdefault("OMP_NUM_THREADS", "2")

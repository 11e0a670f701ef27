"""What the tests of several methods begin from."""

from pathlib import Path

import pytest
from tests import kit


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The example's photo, and what limner's own pencil draws of it."""
    return kit.write_pair(tmp_path_factory.mktemp("pair"))

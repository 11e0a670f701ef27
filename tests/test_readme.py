"""What the README tells a newcomer to type works as it stands."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import limner
from limner.cli import main
from tests import kit

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line.split("  #")[0].strip() for line in README.splitlines() if line.startswith("    limner ")]
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a photo, an album, sketches and pairs, as the README's reader might have."""
    portrait = Image.open(ROOT / "examples" / "portrait.jpg").crop((100, 0, 356, 256))
    (tmp_path / "album").mkdir()
    for name in ("photo.jpg", "album/one.jpg", "album/two.jpg"):
        portrait.save(tmp_path / name)
    limner.load()(portrait).save(tmp_path / "sketch.png")
    pairs = kit.write_pairs(tmp_path / "mine", 2)
    for name in ("sketches", "drawn"):
        shutil.copytree(pairs / "sketches", tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_limner_command_of_the_readme_works(desk: Path, command: str) -> None:
    assert main(shlex.split(command)[1:]) == 0
    made = [*desk.rglob("*.sketch.png"), *desk.rglob("*.photo.png")]
    assert bool(made) == (" draw " in command)


def test_the_readmes_python_works(desk: Path) -> None:
    assert len(PYTHON) == 1
    exec(compile(PYTHON[0], "README.md", "exec"), {})
    assert np.asarray(Image.open(desk / "sketch.png")).std() > 10


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"make ([a-z-]+)", README))
    assert {"draw", "test"} <= targets
    for target in targets:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_the_readmes_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert link.startswith("http") or (ROOT / link).exists(), link

"""The house stands on its floors: a folder imports lower floors only, and the doors stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "src" / "limner"
FLOORS = (
    {"errors", "files", "frame", "hub", "image", "progress", "ranges", "runtime", "tile"},
    {"data", "engine", "faces", "losses", "metrics", "nn"},
    {"pretrained"},
    {"methods"},
    {"batch", "evaluate", "export", "learning", "pairing", "sketcher"},
    {"learners"},
    {"cli", "weights", "web"},
)
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
# On the ground floor, files build on each other in this order; elsewhere rooms of a floor are strangers.
GROUND = ("errors", "ranges", "frame", "progress", "files", "hub", "image", "runtime", "tile")
# A heavy third party is imported by the one module that owns it.
OWNERS = {
    "onnxruntime": {"runtime.py"},
    "accelerate": {"engine/run.py"},
    "onnx": {"export.py", "pretrained/packaged.py"},
    "tyro": {"cli.py"},
    "rich": {"cli.py"},
    "diffusers": {f"pretrained/{name}.py" for name in ("maps", "opening", "prior", "sample", "small")},
    "transformers": {f"pretrained/{name}.py" for name in ("clip", "opening", "prior", "small", "words")},
    "tokenizers": {"pretrained/words.py"},
    "huggingface_hub": {"pretrained/folder.py"},
    "psutil": {"pretrained/folder.py"},
}


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


FILES = sorted(p for p in ROOT.rglob("*.py") if _room(p) not in ("__init__", "__main__"))


def test_every_room_has_a_floor() -> None:
    assert {_room(p) for p in FILES} <= FLOOR.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    room = _room(path)
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] != "limner" or parts[1] in (room, "__version__"):
            continue
        other = parts[1]
        below = FLOOR[other] < FLOOR[room]
        earlier = room in GROUND and other in GROUND and GROUND.index(other) < GROUND.index(room)
        assert below or earlier, f"{path} ({room}) imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_heavy_imports_have_one_owner(path: Path) -> None:
    for name in _imports(path):
        owner = OWNERS.get(name.split(".")[0])
        assert owner is None or str(path.relative_to(ROOT)) in owner, f"{path} imports {name}"


def _modules_after(code: str) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in told.stdout.split()}


def test_help_imports_nothing_heavy() -> None:
    loaded = _modules_after("from limner.cli import main; main(['--help'])")
    assert not loaded & {"torch", "cv2", "onnxruntime", "tyro", "numpy", "PIL", "diffusers", "transformers"}


def test_drawing_does_not_import_torch(tmp_path: Path) -> None:
    code = (
        "from limner.cli import main; import numpy as np; from limner import image\n"
        f"image.write({str(tmp_path / 'a.png')!r}, np.zeros((9, 9, 3), np.uint8))\n"
        f"assert main(['draw', {str(tmp_path / 'a.png')!r}, '--whole']) == 0"
    )
    heavy = {"torch", "onnx", "accelerate", "safetensors", "diffusers", "transformers", "huggingface_hub"}
    assert not _modules_after(code) & heavy


def test_data_sets_import_nothing_heavy() -> None:
    assert not _modules_after("import limner.data") & {"torch", "cv2", "onnxruntime"}


def test_at_most_six_public_names() -> None:
    import limner

    assert len(limner.__all__) <= 6
    assert all(hasattr(limner, name) for name in limner.__all__)

"""What the core install weighs, how soon it answers, and the memory of a large photo.

    python -m benchmarks.footprint [--json OUT]

Makes a new virtual environment with the core alone (`pip install .`), measures its size, times
`import limner` and `limner --help` in turn with a bare interpreter start, and draws a 24-megapixel photo.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.record import Table, show

ROOT = Path(__file__).parent.parent
RUNS = 15
PHOTO = """
import sys
import numpy as np
from PIL import Image
from limner import image
small = Image.open("examples/portrait.jpg")
image.write(sys.argv[1], np.asarray(small.resize((4900, 4900), Image.Resampling.LANCZOS)))
"""


def megabytes(folder: Path) -> float:
    """Size of all files in a folder, in 10^6 bytes."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink()) / 1e6


def seconds(*command: str) -> float:
    """Wall time of one command."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def peak_megabytes(*command: str) -> tuple[float, float]:
    """Largest resident memory of one command, in 10^6 bytes, and its wall time."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_maxrss * 1024 / 1e6, time.perf_counter() - started


def started(python: str, limner: str) -> Table:
    """How soon it answers: medians of runs in turn."""
    bare, load, helped = (python, "-c", "pass"), (python, "-c", "import limner"), (limner, "--help")
    rows = [[seconds(*words) for words in (bare, load, helped)] for _ in range(RUNS + 1)][1:]
    cells: list[tuple[str, ...]] = []
    for i, what in enumerate(("bare interpreter", "`import limner`", "`limner --help`")):
        ratio = statistics.median(row[i] / row[0] for row in rows)
        cells.append((what, f"{statistics.median(row[i] for row in rows):.3f}", f"{ratio:.1f}"))
    return Table("start", ("", "seconds", "ratio to a bare interpreter start"), tuple(cells))


def drawn(python: str, limner: str, folder: Path) -> Table:
    """Peak memory of a 24-megapixel photo."""
    photo, made = str(folder / "large.jpg"), str(folder / "made.png")
    subprocess.run([python, "-c", PHOTO, photo], check=True, cwd=ROOT)
    cells: list[tuple[str, ...]] = []
    for words in ((), ("--crop",), ("--whole",)):
        peak, took = peak_megabytes(limner, "draw", photo, "--force", "--out", made, *words)
        cells.append((f"`{' '.join(('limner', 'draw', *words))}`", f"{peak:.0f}", f"{took:.1f}"))
    head = ("drawing a 24-megapixel photo", "peak memory, MB", "seconds")
    return Table("memory", head, tuple(cells))


def main() -> None:
    """Prints and keeps the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", type=Path)
    out = parser.parse_args().json
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python, limner = (str(folder / "bin" / program) for program in ("python", "limner"))
        subprocess.run([sys.executable, "-m", "venv", name], check=True)
        empty = megabytes(folder)
        pip = [python, "-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt"), str(ROOT)]
        subprocess.run(pip, check=True)
        size = f"{megabytes(folder) - empty:.0f}"
        show(out, started(python, limner), drawn(python, limner, folder), megabytes=size)


if __name__ == "__main__":
    main()

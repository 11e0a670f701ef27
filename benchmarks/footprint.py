"""What the core install weighs, how soon it answers, and the memory of a large photo.

    python -m benchmarks.footprint

Makes a new virtual environment with the core alone (`pip install .`), measures its size, times
`import limner` and `limner --help` in turn with a bare interpreter start, and draws a 24-megapixel photo.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import machine

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


def main() -> None:
    """Prints Markdown tables."""
    print(machine() + "\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = folder / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", name], check=True)
        empty = megabytes(folder)
        pip = [str(python), "-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt"), str(ROOT)]
        subprocess.run(pip, check=True)
        print(f"core install: {megabytes(folder) - empty:.0f} MB on disk beside an empty environment\n")
        bare, load, helped = [str(python), "-c", "pass"], [str(python), "-c", "import limner"], "--help"
        rows = [
            (seconds(*bare), seconds(*load), seconds(str(folder / "bin" / "limner"), helped))
            for _ in range(RUNS + 1)
        ][1:]
        print("| | median seconds | ratio to a bare start |\n| --- | --- | --- |")
        for i, what in enumerate(("bare interpreter", "import limner", "limner --help")):
            ratio = statistics.median(row[i] / row[0] for row in rows)
            print(f"| {what} | {statistics.median(row[i] for row in rows):.3f} | {ratio:.2f} |")
        photo, made = str(folder / "large.jpg"), str(folder / "made.png")
        subprocess.run([str(python), "-c", PHOTO, photo], check=True, cwd=ROOT)
        print("\n| drawing a 24-megapixel photo | peak memory, MB | seconds |\n| --- | --- | --- |")
        for words in ((), ("--crop",), ("--whole",)):
            limner = str(folder / "bin" / "limner")
            peak, took = peak_megabytes(limner, "draw", photo, "--force", "--out", made, *words)
            print(f"| limner draw {' '.join(words)} | {peak:.0f} | {took:.1f} |")


if __name__ == "__main__":
    main()

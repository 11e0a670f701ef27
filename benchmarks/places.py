"""Photographs of nobody under free licences, out of packages: what the matte's training sets people before.

    python -m benchmarks.places --blender B/usr/share/blender --pmndrs P/package \
        --lomiri L/usr/share/backgrounds --sklearn S/sklearn/datasets/images --out PLACES

B is the unpacked Debian package blender-data (3.4.1; its panoramas are CC0), P npm's @pmndrs/assets (1.7.0;
CC0, of Poly Haven), L Debian's lomiri-wallpapers-16.04, of which those under CC BY 4.0 and CC0 are taken, S
scikit-learn's two (CC BY 2.0). None of them is among the photographs that `benchmarks.matte` scores before.
"""

import argparse
import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# OpenCV reads OpenEXR only where it is told to, before it is loaded.
os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"
import cv2

from limner import image

Picture = NDArray[np.uint8]
FREE = (
    *("aitzgorri_by_Aitzol", "friends_by_Aitzol", "life_by_Aitzol", "picosdeeuropa_by_Aitzol"),
    *("sunset_by_Aitzol", "Picture_0B_by_free", "Picture_1A_by_free", "umang_by_Abhi", "Wine_by_Jakk"),
    "seeding_by_Clem",
)
"""How the names of Lomiri's pictures under CC BY 4.0 and CC0 begin."""
LONGEST = 1024
MIDDLE = 0.35  # the brightness that the 60th percentile of a panorama is brought to, before the curve


def toned(light: NDArray[np.float32]) -> Picture:
    """A panorama's light, (H, W, 3) BGR without bound, as a picture, RGB: `x / (1 + x)`, gamma 2.2."""
    bright = float(np.percentile(light.mean(axis=2), 60))
    exposed = light * (MIDDLE / max(bright, 1e-4))
    curved = np.clip(1.35 * exposed / (1 + exposed), 0, 1) ** (1 / 2.2)
    return (255 * curved[..., ::-1]).astype(np.uint8)


def panoramas(blender: Path, pmndrs: Path) -> Iterator[tuple[str, Picture]]:
    """Names and pictures of all panoramas."""
    for path in sorted((blender / "datafiles/studiolights/world").glob("*.exr")):
        yield f"blender-{path.stem}", toned(_light(path.read_bytes()))
    for path in sorted((pmndrs / "hdri").glob("*.exr.js")):
        held = re.search(r"base64,([A-Za-z0-9+/=]+)", path.read_text(encoding="utf-8"))
        if held:
            yield f"pmndrs-{path.name.partition('.')[0]}", toned(_light(base64.b64decode(held[1])))


def photographs(lomiri: Path, sklearn: Path) -> Iterator[tuple[str, Picture]]:
    """Names and pictures of all photographs."""
    for path in sorted(image.expand([lomiri])):
        if path.stem.startswith(FREE):
            yield path.stem, _small(image.read(path))
    for path in sorted(sklearn.glob("*.jpg")):
        yield path.stem, _small(image.read(path))


def main() -> None:
    """Writes the pictures and says how many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("blender", "pmndrs", "lomiri", "sklearn", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    made = [*panoramas(args.blender, args.pmndrs), *photographs(args.lomiri, args.sklearn)]
    for name, picture in made:
        image.write(args.out / f"{name}.jpg", picture)
    print(f"{len(made)} pictures in {args.out}")


def _light(content: bytes) -> NDArray[np.float32]:
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.nan_to_num(np.asarray(decoded, np.float32)[..., :3]).clip(0, None)


def _small(photo: Picture) -> Picture:
    k = min(1.0, LONGEST / max(photo.shape[:2]))
    return np.asarray(cv2.resize(photo, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    main()

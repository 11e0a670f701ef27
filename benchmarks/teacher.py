"""What a teacher sees of pictures, beside the same network untrained.

    python -m benchmarks.teacher --kind photo --data cuhk:CUHK fs2k:FS2K --every 6
    python -m benchmarks.teacher --kind sketch --data cuhk:CUHK fs2k:FS2K --every 6

One crop of every n-th pair of training parts, never of a test's. The packaged teacher of photos was trained
on portraits alone and has seen none of these photos; that of sketches was trained on these sketches.

- damaged: share of crops that, damaged as in training, are nearest to themselves among all crops;
- relit: the same in another light that training does not draw, a slope of light across the crop;
- moved: share of crops that, moved by a pixel, are nearer to themselves than blurred until the mean squared
  error is the same. A distance of pixels is at one half by definition.

Nearest is by the cosine of a level's channels, pooled over 4 x 4 parts of the crop; `moved` is by the
perceptual loss. "Colours" are the crop itself, in fewer pixels.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.record import Table, show
from limner import image
from limner.losses.perceptual import perceptual_loss
from limner.methods.teacher.config import Config
from limner.methods.teacher.crops import Crops, Damage
from limner.methods.teacher.sources import probes
from limner.pretrained.perceptual import Teacher, load_teacher, stand_in

Unit = NDArray[np.float32]
See = Callable[[Tensor], list[Tensor]]
SEED = 7


def relit(crop: Unit, rng: np.random.Generator) -> Unit:
    """A crop (C, H, W) under a slope of light from half to once and a half, in a random direction."""
    side, turn = crop.shape[-1], rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:side, :side] / (side - 1) - 0.5
    return np.clip(crop * (1 + 0.7 * (np.cos(turn) * x + np.sin(turn) * y)), 0, 1).astype(np.float32)


def blurred_as(crop: Unit, other: Unit) -> Unit:
    """A crop (C, H, W) blurred until it is as far from itself, in mean square, as another."""
    goal, low, high = float(np.square(crop - other).mean()), 0.05, 20.0
    made = crop
    for _ in range(12):
        sigma = float(np.sqrt(low * high))
        made = np.stack([np.asarray(cv2.GaussianBlur(each, (0, 0), sigma), np.float32) for each in crop])
        low, high = (sigma, high) if np.square(made - crop).mean() < goal else (low, sigma)
    return made


def known_again(clean: list[Tensor], changed: list[Tensor]) -> list[float]:
    """Of each level, the share of changed crops that are nearest to themselves."""
    shares: list[float] = []
    for level, other in zip(map(pooled, clean), map(pooled, changed), strict=True):
        nearest = (other @ level.T).argmax(dim=1)
        shares.append(float((nearest == torch.arange(len(nearest))).float().mean()))
    return shares


def pooled(layer: Tensor) -> Tensor:
    """A level (N, C, h, w) as (N, 16 C) of unit length: the means over 4 x 4 parts of each crop."""
    return F.normalize(F.adaptive_avg_pool2d(layer, 4).flatten(1), dim=1)


def seen(see: See, crops: Sequence[Unit]) -> list[Tensor]:
    """The levels of crops (C, H, W), each (N, C, h, w)."""
    parts = [see(batch) for batch in torch.from_numpy(np.stack(crops)).split(32)]
    return [torch.cat(level) for level in zip(*parts, strict=True)]


def distance(clean: list[Tensor], other: list[Tensor]) -> Tensor:
    """The perceptual loss of each crop, (N,)."""
    return torch.stack(
        [perceptual_loss([c[i] for c in clean], [o[i] for o in other]) for i in range(len(clean[0]))]
    )


def shrunk(crops: Tensor) -> list[Tensor]:
    """Instead of a network: the colours themselves, at the four sizes."""
    return [F.avg_pool2d(crops, 2**level) - 0.5 for level in (1, 2, 3, 4)]


def measure(
    kind: Literal["photo", "sketch"], data: tuple[str, ...], every: int, files: list[str]
) -> tuple[Table, int]:
    """The table, and of how many crops."""
    damage = Damage()
    pictures = [image.read(path) for path in probes(data, kind, every)]
    crops = Crops(pictures, kind, damage)
    drawn = [crops.sample(i, np.random.default_rng((SEED, i))) for i in range(len(crops))]
    clean = [each["clean"] for each in drawn]
    rng = np.random.default_rng(SEED)
    shifted = [np.roll(each, 1, axis=-1) for each in clean]
    shifted = [np.concatenate([c[..., :1], s[..., 1:]], axis=-1) for c, s in zip(clean, shifted, strict=True)]
    blurred = [blurred_as(c, s) for c, s in zip(clean, shifted, strict=True)]
    changed = {
        "damaged": [each["damaged"] for each in drawn],
        "relit": [relit(each, rng) for each in clean],
    }
    widths = Config(kind, data, "").widths
    torch.manual_seed(SEED)
    seers: dict[str, See] = {"colours": shrunk, "untrained": stand_in(widths).eval()}
    seers |= {name: load_teacher(Path(name) if name.endswith(".safetensors") else name) for name in files}
    rows: list[tuple[str, ...]] = []
    with torch.no_grad():
        for name, see in seers.items():
            real = seen(see, clean)
            shares = [known_again(real, seen(see, each)) for each in changed.values()]
            cells = [" ".join(f"{share:.3f}" for share in levels) for levels in shares]
            near = distance(real, seen(see, shifted)) < distance(real, seen(see, blurred))
            rows.append((shown(name, see), *cells, f"{float(near.float().mean()):.3f}"))
    head = ("seen by", *(f"{name}, at 1/2 1/4 1/8 1/16" for name in changed), "moved")
    return Table(f"teacher-{kind}", head, tuple(rows)), len(clean)


def shown(name: str, see: See) -> str:
    """What a row is called."""
    return Path(name).parent.name if isinstance(see, Teacher) and name.endswith("rs") else name


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kind", choices=("photo", "sketch"), required=True)
    parser.add_argument("--data", nargs="+", required=True, help="as limner train teacher takes it")
    parser.add_argument("--every", type=int, default=6, help="every n-th person by name is looked at")
    parser.add_argument("--teachers", nargs="*", default=[], help="names or .safetensors files")
    parser.add_argument("--json", type=Path, help="where the table goes as JSON")
    given = parser.parse_args()
    table, crops = measure(given.kind, tuple(given.data), given.every, given.teachers or [given.kind])
    show(given.json, table, crops=crops, seed=SEED)


if __name__ == "__main__":
    main()

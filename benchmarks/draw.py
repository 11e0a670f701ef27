"""How fast a style draws, beside the ResNet-9 generator of CycleGAN and CUT, in one run.

    python -m benchmarks.draw [--style pencil] [--runs 5] [--threads 2] [--json OUT]

Both networks run in onnxruntime with the same threads on the same noise, in turn. The ResNet-9 (64 channels,
11.38 M parameters) has random weights: its speed does not depend on them.
Source: Zhu et al., CycleGAN (ICCV 2017), appendix 7.2: c7s1-64, d128, d256, R256 x 9, u128, u64, c7s1-3.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

import limner
from benchmarks.record import Table, show
from limner.runtime import Net
from limner.tile import Draw

SIZES = (256, 512, 1024)


class Block(nn.Module):
    """R256: two reflection-padded 3x3 convolutions with instance normalisation, plus the input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        for last in (False, True):
            parts += [nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width)]
            parts += [] if last else [nn.ReLU()]
        self.parts = nn.Sequential(*parts)

    def forward(self, x: Tensor) -> Tensor:
        """Takes and gives (N, width, H, W)."""
        return x + self.parts(x)


def resnet9() -> nn.Sequential:
    """The ResNet-9 generator with 64 channels, random weights."""

    def normed(layer: nn.Module, width: int) -> list[nn.Module]:
        return [layer, nn.InstanceNorm2d(width), nn.ReLU()]

    up = [(256, 128), (128, 64)]
    return nn.Sequential(
        nn.ReflectionPad2d(3),
        *normed(nn.Conv2d(3, 64, 7), 64),
        *normed(nn.Conv2d(64, 128, 3, 2, 1), 128),
        *normed(nn.Conv2d(128, 256, 3, 2, 1), 256),
        *(Block(256) for _ in range(9)),
        *(m for a, b in up for m in normed(nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1), b)),
        nn.ReflectionPad2d(3),
        nn.Conv2d(64, 3, 7),
        nn.Tanh(),
    ).eval()


def exported(net: nn.Module, size: int, threads: int) -> Net:
    """A network for one size, in onnxruntime."""
    program = torch.onnx.export(net, (torch.zeros(1, 3, size, size),), dynamo=True, verbose=False)
    if program is None:
        raise RuntimeError("torch.onnx gave no program")
    return Net(program.model_proto.SerializeToString(), "ResNet-9", threads)


def seconds(net: Draw, x: NDArray[np.float32]) -> float:
    """One drawing's time."""
    started = time.perf_counter()
    net(x)
    return time.perf_counter() - started


def measured(ours: Draw, size: int, runs: int, threads: int) -> tuple[str, ...]:
    """A row: median milliseconds of each, the median ratio of neighbouring runs, and its least and most."""
    x = np.random.default_rng(0).random((1, 3, size, size), np.float32)
    rival = exported(resnet9(), size, threads)
    for net in (ours, rival):
        seconds(net, x)  # the first run allocates
    times = [(seconds(ours, x), seconds(rival, x)) for _ in range(runs)]
    a, b = (statistics.median(each) * 1000 for each in zip(*times, strict=True))
    ratios = [slow / fast for fast, slow in times]
    spread = f"{min(ratios):.1f}, {max(ratios):.1f}"
    return f"{size}", f"{a:.0f}", f"{b:.0f}", f"{statistics.median(ratios):.1f}", spread


def main() -> None:
    """Prints and keeps a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--style", default="pencil")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    ours = limner.load(options.style, threads=options.threads).net
    head = ("size", "ours, ms", "ResNet-9, ms", "times faster (median)", "least, most")
    rows = tuple(measured(ours, size, options.runs, options.threads) for size in SIZES)
    show(options.json, Table("speed", head, rows))


if __name__ == "__main__":
    main()

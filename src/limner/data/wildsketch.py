"""WildSketch: 800 photos in the wild, 400 for training and 400 for testing, each with an aligned sketch.

Pictures are numbered, so an identity is a part and a number, `test_17`; nobody says whether a person is in
both parts. Source of layout and counts: `data/sketch_dataset.py` and `evaluation/sketch_evaluation.m` in
liulingbo918/PANet_for_WildSketch on GitHub. Not checked on the pictures.
"""

from pathlib import Path

from limner.data.dataset import DataSet
from limner.data.layout import gather, part, plain
from limner.data.split import splits


def identity(path: Path) -> str:
    """Which pair a picture belongs to, such as `test_17`."""
    return "_".join(filter(None, (part(path), plain(path))))


WILDSKETCH = DataSet(
    name="wildsketch",
    title="WildSketch, 800 pairs. Nie et al., Unconstrained face sketch synthesis via perception-adaptive "
    "network and a new benchmark, Neurocomputing, 2022",
    licence="research only, not to be redistributed",
    layout="train/images, train/sketches, test/images and test/sketches, partners named alike",
    read=lambda folder: gather(folder, identity),
    splits=splits("wildsketch-train", "wildsketch-test"),
)

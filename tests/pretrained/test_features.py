"""Networks of published shape with weights of chance: names, shapes, what they see, and missing files.

The published weights themselves are not tried here: they are hundreds of megabytes that a test may not fetch.
"""

import hashlib
import pickle
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from tests.laws import noise
from torch import Tensor, nn

from limner import hub
from limner.hub import Download, FetchError
from limner.metrics import METRICS, dists, lpips
from limner.metrics.deep import SMALLEST
from limner.pretrained.alexnet import AlexNet
from limner.pretrained.features import DEVIATION, MEAN, NETWORKS, features
from limner.pretrained.inception import Inception, max_pool, mean_pool
from limner.pretrained.vgg import L2Pool, vgg16

ALEXNET = {0: (64, 3, 11), 3: (192, 64, 5), 6: (384, 192, 3), 8: (256, 384, 3), 10: (256, 256, 3)}
VGG = dict(
    zip(
        (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28),
        pairwise((3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)),
        strict=True,
    )
)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Tensor]]:
    """A cache with files such as the published ones, but of chance; gives what is in them."""
    torch.manual_seed(0)
    classifier = {"classifier.6.weight": torch.zeros(1000, 8)}
    told = {
        "alexnet": AlexNet().state_dict() | classifier,
        "vgg16": vgg16().state_dict() | classifier,
        "lpips-alex": {
            f"lin{i}.model.1.weight": torch.rand(1, w[0], 1, 1) for i, w in enumerate(ALEXNET.values())
        },
        "lpips-vgg": {
            f"lin{i}.model.1.weight": torch.rand(1, w, 1, 1) for i, w in enumerate((64, 128, 256, 512, 512))
        },
        "dists": {"alpha": torch.rand(1, 1475, 1, 1), "beta": torch.rand(1, 1475, 1, 1)},
    }
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path))
    for name, tensors in told.items():
        publish(monkeypatch, name, tensors)
    return told


def publish(monkeypatch: pytest.MonkeyPatch, name: str, content: object) -> None:
    """Puts a file into the cache and its sha256 into the card."""
    known = dict(hub.downloads())
    card = known[name]
    torch.save(content, card.path)
    digest = hashlib.sha256(card.path.read_bytes()).hexdigest()
    size = card.path.stat().st_size
    known[name] = Download(name, card.what, card.url, digest, size, card.licence, card.needs)
    monkeypatch.setattr("limner.hub.fetching.downloads", lambda: known)
    monkeypatch.setattr("limner.hub.downloads", lambda: known)


def test_every_network_of_a_metric_is_here() -> None:
    assert {metric.network for metric in METRICS.values()} - {""} == NETWORKS.keys()


def test_alexnet_has_the_parameters_of_torchvisions_file() -> None:
    wanted = {f"features.{i}.weight": (*s, s[-1]) for i, s in ALEXNET.items()}
    wanted |= {f"features.{i}.bias": s[:1] for i, s in ALEXNET.items()}
    assert {name: tuple(value.shape) for name, value in AlexNet().state_dict().items()} == wanted


@pytest.mark.parametrize("pool", [nn.MaxPool2d, L2Pool])
def test_vgg_has_the_parameters_of_torchvisions_file(pool: type[nn.Module]) -> None:
    wanted = {f"features.{i}.weight": (out, given, 3, 3) for i, (given, out) in VGG.items()}
    wanted |= {f"features.{i}.bias": (out,) for i, (_, out) in VGG.items()}
    net = vgg16(L2Pool if pool is L2Pool else lambda: nn.MaxPool2d(2))
    assert {name: tuple(value.shape) for name, value in net.state_dict().items()} == wanted


def test_inception_has_the_parameters_of_the_published_network() -> None:
    told = {name: tuple(value.shape) for name, value in Inception().state_dict().items()}
    parts = (
        "conv.weight",
        "bn.weight",
        "bn.bias",
        "bn.running_mean",
        "bn.running_var",
        "bn.num_batches_tracked",
    )
    layers = {name.rsplit(".", 2)[0] for name in told}
    assert len(layers) == 94
    assert set(told) == {f"{layer}.{part}" for layer in layers for part in parts}
    assert sum(p.numel() for p in Inception().parameters()) == 21_785_568
    for name, shape in {
        "Conv2d_1a_3x3": (32, 3, 3, 3),
        "Conv2d_4a_3x3": (192, 80, 3, 3),
        "Mixed_5b.branch_pool": (32, 192, 1, 1),
        "Mixed_5d.branch5x5_2": (64, 48, 5, 5),
        "Mixed_6a.branch3x3dbl_3": (96, 96, 3, 3),
        "Mixed_6c.branch7x7dbl_4": (160, 160, 7, 1),
        "Mixed_6e.branch7x7_2": (192, 192, 1, 7),
        "Mixed_7a.branch7x7x3_4": (192, 192, 3, 3),
        "Mixed_7b.branch3x3dbl_3a": (384, 384, 1, 3),
        "Mixed_7c.branch3x3_2b": (384, 384, 3, 1),
        "Mixed_7c.branch1x1": (320, 2048, 1, 1),
    }.items():
        assert told[f"{name}.conv.weight"] == shape


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("name", ["lpips-alex", "lpips-vgg", "dists"])
def test_a_metric_sees_through_its_network(name: str) -> None:
    seen = features(name)
    side = (SMALLEST, SMALLEST + 9, 3)
    real, made = noise(1, side), noise(2, side)
    assert [len(layer) for layer in seen(real)] == [weight.shape[-1] for weight in seen.weights]
    score = {"dists": dists}.get(name, lpips)
    assert score(real, real.copy(), seen) == pytest.approx(0, abs=1e-9)
    assert score(real, made, seen) > 1e-4
    assert score(real, made, seen) == pytest.approx(score(made, real, seen))


def test_pictures_are_normalised_as_imagenets(published: dict[str, dict[str, Tensor]]) -> None:
    picture = noise(1, (40, 50, 3))
    unit = (picture / 255 - MEAN) / DEVIATION
    x = torch.tensor(unit, dtype=torch.float32).permute(2, 0, 1)[None]
    told = published["alexnet"]
    first = F.relu(F.conv2d(x, told["features.0.weight"], told["features.0.bias"], stride=4, padding=2))
    assert features("lpips-alex")(picture)[0] == pytest.approx(first[0].numpy(), abs=1e-5)
    # LPIPS states its numbers for pictures in [-1, 1].
    assert (1 + np.array([-0.030, -0.088, -0.188])) / 2 == pytest.approx(MEAN)
    assert np.array([0.458, 0.448, 0.450]) / 2 == pytest.approx(DEVIATION)


def test_dists_sees_the_picture_itself_first(published: dict[str, dict[str, Tensor]]) -> None:
    picture, seen = noise(3, (33, 35, 3)), features("dists")
    assert seen(picture)[0] == pytest.approx(picture.transpose(2, 0, 1) / 255)
    alpha, beta = (np.concatenate([weight[i] for weight in seen.weights]) for i in (0, 1))
    assert (alpha == published["dists"]["alpha"].flatten().numpy()).all()
    assert (beta == published["dists"]["beta"].flatten().numpy()).all()


def test_l2_pooling_is_a_root_of_windowed_squares() -> None:
    x = torch.rand(1, 2, 5, 6)
    got = L2Pool()(x)
    assert got.shape == (1, 2, 3, 3)
    hann = torch.tensor([1.0, 2, 1]) / 4
    window = x[0, 1, 1:4, 3:6] ** 2 * hann[:, None] * hann
    assert got[0, 1, 1, 2] == pytest.approx(float(window.sum()) ** 0.5, rel=1e-5)


def test_pools_of_inception_do_not_see_beyond_the_border() -> None:
    x = -torch.rand(1, 1, 4, 4)
    assert mean_pool(x)[0, 0, 0, 0] == pytest.approx(float(x[0, 0, :2, :2].mean()))
    assert max_pool(x)[0, 0, 0, 0] == x[0, 0, :2, :2].max()
    assert Inception().Mixed_7b.pool is mean_pool
    assert Inception().Mixed_7c.pool is max_pool


def test_inception_gives_2048_numbers_of_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path))
    tensors = Inception().state_dict() | {"fc.bias": torch.zeros(1008)}
    for value in tensors.values():
        if value.ndim == 4:
            nn.init.kaiming_normal_(value)  # or a deep network of chance answers nothing
    # The published file does not count batches.
    publish(monkeypatch, "inception", {n: t for n, t in tensors.items() if "num_batches" not in n})
    seen = features("inception")
    (small,), (large,) = (seen(np.full((*size, 3), 90, np.uint8)) for size in ((60, 50), (310, 300)))
    assert small.shape == (2048, 1, 1)
    assert small == pytest.approx(large, rel=1e-3, abs=1e-3)
    (other,) = seen(noise(1, (60, 50, 3)))
    assert np.abs(other - small).max() > 0.1


@pytest.mark.parametrize("name", NETWORKS)
def test_without_its_weights_a_network_says_what_to_fetch(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path))
    with pytest.raises(FetchError, match=rf"needs .* MB, .*https://.*; limner fetch {name} downloads "):
        features(name)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_network_lists_the_known_ones() -> None:
    with pytest.raises(FetchError, match="'resnet'; known are lpips-alex, lpips-vgg, dists, inception"):
        features("resnet")


@pytest.mark.usefixtures("published")
def test_a_file_with_more_than_tensors_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, "lpips-alex", {"lin0.model.1.weight": Path("/")})
    with pytest.raises(pickle.UnpicklingError):
        features("lpips-alex")

"""Teachers: both sizes see through one code path, and the loss through them is what it says."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from tests.pretrained.test_features import publish
from torch import Tensor

from limner.hub import FetchError, StyleError
from limner.losses.perceptual import perceptual_loss
from limner.nn.encoder import Encoder
from limner.pretrained.features import DEVIATION, MEAN
from limner.pretrained.perceptual import Teacher, known, load_teacher, stand_in
from limner.pretrained.vgg import vgg19


@pytest.fixture
def vgg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Tensor]:
    """A cache with a VGG-19 of chance, whole as the published file; gives what is in it."""
    torch.manual_seed(0)
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path))
    net = vgg19()
    for parameter in net.parameters():
        if parameter.ndim == 4:
            torch.nn.init.kaiming_normal_(parameter)
    told = {**net.state_dict(), "features.30.weight": torch.zeros(1), "classifier.6.bias": torch.zeros(9)}
    publish(monkeypatch, "vgg19", told)
    return told


@pytest.fixture
def every(vgg: dict[str, Tensor]) -> list[Teacher]:
    """All teachers there are."""
    assert vgg
    return [load_teacher(name) for name in known()]


def test_vgg19_has_the_parameters_of_torchvisions_file_up_to_the_last_layer_taken() -> None:
    places = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28)
    widths = (3, 64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, 512)
    wanted = {f"features.{i}.weight": (widths[k + 1], widths[k], 3, 3) for k, i in enumerate(places)}
    wanted |= {f"features.{i}.bias": (widths[k + 1],) for k, i in enumerate(places)}
    assert {name: tuple(value.shape) for name, value in vgg19().state_dict().items()} == wanted


def test_there_are_a_photo_a_sketch_and_a_full_teacher() -> None:
    assert {"photo", "sketch", "vgg19"} <= set(known())


def test_every_teacher_sees_four_sizes_evenly(every: list[Teacher]) -> None:
    for teacher in every:
        maps = teacher(torch.rand(2, 3, 48, 80))
        sizes = [(2, w, 48 // n, 80 // n) for w, n in zip(teacher.widths, (2, 4, 8, 16), strict=True)]
        assert [tuple(each.shape) for each in maps] == sizes
        for each in maps:
            assert each.square().mean(1).median().item() == pytest.approx(1, abs=1e-3)


def test_grey_is_the_same_as_three_equal_colours(every: list[Teacher]) -> None:
    grey = torch.rand(1, 1, 32, 32)
    for teacher in every:
        for one, three in zip(teacher(grey), teacher(grey.repeat(1, 3, 1, 1)), strict=True):
            assert torch.equal(one, three)


def test_gradients_reach_the_picture_and_not_the_teacher(every: list[Teacher]) -> None:
    for teacher in every:
        picture = torch.rand(1, 3, 32, 32, requires_grad=True)
        perceptual_loss(teacher(torch.rand(1, 3, 32, 32)), teacher(picture)).backward()
        assert picture.grad is not None
        assert picture.grad.abs().sum() > 0
        assert all(parameter.grad is None for parameter in teacher.parameters())
        assert not teacher.training


def test_full_and_stand_in_take_one_path(vgg: dict[str, Tensor]) -> None:
    full = load_teacher("vgg19")
    assert {type(full), type(load_teacher("photo"))} == {Teacher}
    assert full.widths == (128, 256, 512, 512)
    x = (torch.full((1, 3, 16, 16), 0.5) - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(
        3, 1, 1
    )
    for i in (0, 2, 5):
        x = F.max_pool2d(x, 2) if i == 5 else x
        x = F.conv2d(x, vgg[f"features.{i}.weight"], vgg[f"features.{i}.bias"], padding=1).relu()
    expected = x / x.square().mean(1, keepdim=True).sqrt()
    assert torch.allclose(full(torch.full((1, 3, 16, 16), 0.5))[0], expected, atol=1e-4)


@pytest.mark.parametrize("size", [(16, 24), (40, 32)])
def test_other_sides_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=f"{size[1]} x {size[0]}; multiples of 16"):
        stand_in((2, 2, 2, 2))(torch.rand(1, 3, *size))


def test_a_place_depends_on_a_bounded_neighbourhood() -> None:
    net = Encoder((4, 4, 4, 4)).eval()
    picture = torch.rand(1, 3, 64, 512)
    with torch.no_grad():
        wide, narrow = net(picture), net(picture[..., :256])
    for whole, part in zip(wide, narrow, strict=True):
        left = part.shape[-1] // 2
        assert torch.allclose(whole[..., :left], part[..., :left], atol=1e-6)


def test_an_unfetched_or_unknown_teacher_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path))
    with pytest.raises(FetchError, match="limner fetch vgg19 downloads it"):
        load_teacher("vgg19")
    with pytest.raises(StyleError, match=r"'oil'; known are .*photo, sketch, vgg19"):
        load_teacher("oil")


@pytest.mark.parametrize("content", [b"", b"not a teacher at all", b"\x02\0\0\0\0\0\0\0{}"])
def test_a_file_that_is_no_teacher_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.safetensors"
    with pytest.raises(StyleError, match="cannot be read"):
        load_teacher(path)
    path.write_bytes(content)
    with pytest.raises(StyleError, match=r"t.safetensors is not the file of a teacher"):
        load_teacher(path)

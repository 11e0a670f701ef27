"""Weights out of packaged files: whole, by the names of training."""

import numpy as np
import pytest
import torch

import limner
from limner.hub import StyleError
from limner.nn.generator import Generator
from limner.pretrained.packaged import weights


def test_a_network_that_takes_them_draws_as_the_style() -> None:
    held, told = weights("pencil")
    assert told["artist"] == "pencil"
    net = Generator(3, 1, (32, 64, 128, 176), depth=3).eval()
    net.load_state_dict({name: held[name] for name in net.state_dict()})
    photo = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    with torch.no_grad():
        ours = net(torch.from_numpy(photo / np.float32(255)).permute(2, 0, 1)[None])[0, 0].numpy() * 255
    assert np.abs(np.asarray(limner.load("pencil")(photo, whole=True)) - ours).max() <= 1


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(StyleError, match="no style is called 'crayon'"):
        weights("crayon")

"""Networks and losses: shapes, bounds, and the equations on numbers worked out by hand."""

import pytest
import torch
from tests import kit

from limner.losses.adversarial import discriminator_loss, generator_loss, matching_loss
from limner.losses.perceptual import perceptual_loss
from limner.losses.texture import texture_loss
from limner.nn.average import Average
from limner.nn.generator import Generator
from limner.nn.patchgan import PatchGAN
from limner.nn.standard import plain, standardise


@pytest.mark.parametrize(("channels_in", "channels_out"), [(3, 1), (1, 3)])
def test_generator_keeps_the_size_and_the_range(channels_in: int, channels_out: int) -> None:
    net = Generator(channels_in, channels_out, (4, 8, 8), depth=1).eval()
    made = net(torch.rand(2, channels_in, 24, 40))
    assert made.shape == (2, channels_out, 24, 40)
    assert 0 <= made.min() <= made.max() <= 1


def test_generator_in_training_never_loses_its_slope() -> None:
    net = Generator(3, 1, (4, 8, 8), depth=1)
    final = list(net.last.parameters())[-1]
    for bias in (-50.0, 50.0):
        final.data.fill_(bias)
        (slope,) = torch.autograd.grad(net(torch.rand(1, 3, 24, 24)).sum(), [final])
        assert slope.item() == pytest.approx(24 * 24)
    net.eval()
    assert net(torch.rand(1, 3, 24, 24)).max().item() == 1.0


@pytest.mark.parametrize(("levels", "depth"), [(2, 1), (3, 2), (4, 1)])
def test_reach_of_every_depth(levels: int, depth: int) -> None:
    net = Generator(3, 1, (4,) * levels, depth).eval()
    assert net.radius % net.stride == 0
    kit.assert_bounded(net, 3, net.stride, net.radius)


def test_generator_starts_without_a_checkerboard() -> None:
    """An untrained net draws a flat photo flat, away from the border: nothing favours odd or even pixels."""
    net = Generator(3, 1, (8, 8, 8), depth=1).eval()
    side = 2 * net.radius + 32
    made = net(torch.full((1, 3, side, side), 0.6))[0, 0, net.radius : -net.radius, net.radius : -net.radius]
    spread = (made.max() - made.min()).item()
    even, odd = made[::2, ::2].mean(), made[1::2, 1::2].mean()
    assert abs((even - odd).item()) <= 0.5 * spread + 1e-6
    assert spread < 0.02


def test_patchgan_gives_a_score_a_patch() -> None:
    assert PatchGAN(4, 4)(torch.rand(2, 4, 64, 96)).shape == (2, 1, 6, 10)


def test_average_follows_at_its_decay() -> None:
    net = torch.nn.Linear(1, 1)
    average = Average(net, decay=0.9)
    with torch.no_grad():
        net.weight.fill_(1.0)
        average.module.weight.fill_(0.0)
    average.updates = 10_000
    average.update(net)
    assert average.module.weight.item() == pytest.approx(0.1)
    again = Average(net, decay=0.9)
    again.load_state_dict(average.state_dict())
    assert again.updates == 10_001
    assert torch.equal(again.module.weight, average.module.weight)


def test_the_first_updates_forget_the_random_start() -> None:
    net = torch.nn.Linear(1, 1)
    average = Average(net, decay=0.999)
    with torch.no_grad():
        net.weight.fill_(5.0)
    for _ in range(30):
        average.update(net)
    assert average.module.weight.item() == pytest.approx(5.0, abs=0.05)


def test_perceptual_loss_by_hand() -> None:
    real = [torch.zeros(1, 2, 2, 2), torch.ones(1, 3, 1, 1, requires_grad=True)]
    made = [torch.full((1, 2, 2, 2), 2.0), torch.tensor([1.0, 1.0, 4.0]).view(1, 3, 1, 1).requires_grad_()]
    loss = perceptual_loss(real, made)
    assert loss.item() == pytest.approx((4 + 9 / 3) / 2)
    loss.backward()
    assert real[1].grad is None
    assert made[1].grad is not None
    assert made[1].grad.flatten().tolist() == pytest.approx([0, 0, 2 * 3 / 3 / 2])
    with pytest.raises(ValueError, match="zip"):
        perceptual_loss(real, made[:1])


def test_losses_by_hand() -> None:
    real, made = torch.tensor([1.0, 0.0]), torch.tensor([0.5, 0.5])
    assert discriminator_loss(real, made).item() == pytest.approx(0.5 * 0.5 + 0.5 * 0.25)
    assert generator_loss(made).item() == pytest.approx(0.5 * 0.25)
    assert discriminator_loss(torch.ones(3), torch.zeros(3)).item() == 0
    assert generator_loss(torch.ones(3)).item() == 0


def test_matching_is_the_mean_distance_of_features_and_moves_the_made_alone() -> None:
    real = [torch.zeros(2, 3, requires_grad=True), torch.ones(4, requires_grad=True)]
    made = [torch.full((2, 3), 0.5, requires_grad=True), torch.full((4,), 0.75, requires_grad=True)]
    loss = matching_loss(real, made)
    assert loss.item() == pytest.approx((0.5 + 0.25) / 2)
    loss.backward()
    assert real[0].grad is None
    assert made[0].grad is not None
    assert matching_loss(real, real).item() == 0


def test_patchgan_shows_its_layers() -> None:
    net = PatchGAN(4, 4)
    pair = torch.rand(1, 4, 64, 64)
    features = net.features(pair)
    assert [f.shape[1] for f in features] == [4, 8, 16, 32, 1]
    assert torch.equal(features[-1], net(pair))


def test_texture_counts_strokes_but_not_their_places() -> None:
    stripes = torch.zeros(1, 1, 64, 64)
    stripes[..., ::8] = 1.0
    moved = stripes.roll(3, dims=-1)
    flat = torch.full_like(stripes, stripes.mean().item())
    assert texture_loss(stripes, stripes).item() == 0
    assert texture_loss(stripes, moved).item() < 0.1 * texture_loss(stripes, flat).item()
    assert texture_loss(flat, flat + 0.2).item() == pytest.approx(0, abs=1e-7)


def test_texture_is_the_mean_difference_of_neighbours() -> None:
    """Bars of two pixels: half of the neighbours across differ by 1, halved they are bars of one: all do."""
    bars = torch.zeros(1, 1, 66, 66)
    bars[..., 0::4] = bars[..., 1::4] = 1.0
    # Across (1/2 + 1) / 2 over the two scales, down none: half of the channels.
    assert texture_loss(bars, torch.zeros_like(bars)).item() == pytest.approx(0.375, abs=0.02)


def test_a_network_of_one_artist_draws_as_the_one_of_all() -> None:
    torch.manual_seed(0)
    net = Generator(3, 1, (4, 8, 6), depth=1, hands=3).eval()
    for parameter in net.manners.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    x, hands = torch.rand(1, 3, 32, 48), torch.eye(3)
    with torch.no_grad():
        each = [net(x, hand) for hand in hands.split(1)]
        alone = [net.alone(hand) for hand in hands.split(1)]
        assert all(torch.allclose(of_all, one(x), atol=1e-5) for of_all, one in zip(each, alone, strict=True))
    assert not torch.allclose(each[0], each[1], atol=1e-2)
    assert not any("manners" in name for name in alone[0].state_dict())
    Generator(3, 1, (4, 8, 6), depth=1).load_state_dict(alone[0].state_dict())


def convolutions() -> tuple[torch.nn.Sequential, torch.nn.Conv2d, torch.nn.Conv2d]:
    first, head = torch.nn.Conv2d(3, 4, 3), torch.nn.Conv2d(4, 2, 1)
    return torch.nn.Sequential(first, torch.nn.ReLU(), head), first, head


def test_standardised_weights_have_no_mean_and_the_gain_for_norm() -> None:
    net, first, head = convolutions()
    spread, last = first.weight.detach().std((1, 2, 3)), head.weight.detach().clone()
    standardise(net, head)
    weight = first.weight
    torch.testing.assert_close(weight.mean((1, 2, 3)), torch.zeros(4), atol=1e-6, rtol=0)
    torch.testing.assert_close(weight.std((1, 2, 3)), spread, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(head.weight, last, atol=0, rtol=0)
    # What the tensor behind it is shifted and stretched by does not show.
    behind = dict(net.named_parameters())["0.parametrizations.weight.original"]
    behind.data = 3 * behind.data + 1
    torch.testing.assert_close(first.weight, weight, atol=1e-4, rtol=1e-3)


def test_plain_convolutions_compute_the_same() -> None:
    net, _, head = convolutions()
    standardise(net, head)
    simple, _, _ = convolutions()
    simple.load_state_dict(plain(net))
    x = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(simple(x), net(x), atol=0, rtol=0)

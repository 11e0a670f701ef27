"""Guidance, samplers and inversion against their equations, by hand; maps, whose hooks come off."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tests.priors import FULL, calm, write_prior
from torch import Tensor, nn

from limner.pretrained.folder import PriorError
from limner.pretrained.guidance import Epsilon, guided, instructed, plain
from limner.pretrained.invert import invert
from limner.pretrained.maps import unet_blocks, unet_maps, vae_maps
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sample import ddim, euler_ancestral
from limner.pretrained.sizes import Vae


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def linear(z: Tensor, _: Tensor) -> Tensor:
    """An epsilon whose equations can be solved."""
    return 0.6 * z


def test_guidance_by_text_is_its_equation(diffusion: Prior) -> None:
    z, t = diffusion.noise(2, seeded()), torch.tensor(321)
    text, empty = diffusion.embed(["a pencil"]), diffusion.embed([""])
    none, told = (diffusion.predict(z, t, each) for each in (empty, text))
    assert torch.allclose(guided(diffusion, text, empty, 5.0)(z, t), none + 5 * (told - none), atol=1e-5)
    assert torch.allclose(guided(diffusion, text, empty, 1.0)(z, t), plain(diffusion, text)(z, t), atol=1e-5)


@pytest.mark.parametrize(
    ("text_scale", "image_scale", "branches"), [(7.5, 1.5, 3), (4, 1, 2), (2, 2, 2), (1, 2, 3), (1, 1, 1)]
)
def test_guidance_by_text_and_photo_is_equation_3(
    text_scale: float, image_scale: float, branches: int, instruct: Prior
) -> None:
    z, t = instruct.noise(2, seeded()), torch.tensor([321, 20])
    text, empty = instruct.embed(["a pencil", "a sketch"]), instruct.embed([""])
    photo = instruct.condition(torch.rand(1, 3, 64, 64))
    none, seen = instruct.predict(z, t, empty), instruct.predict(z, t, empty, photo)
    asked = instruct.predict(z, t, text, photo)
    expected = none + image_scale * (seen - none) + text_scale * (asked - seen)
    sizes: list[int] = []
    handle = instruct.unet.register_forward_pre_hook(lambda _, given: sizes.append(len(given[0])))
    made = instructed(instruct, text, empty, photo, text_scale, image_scale)(z, t)
    handle.remove()
    assert torch.allclose(made, expected, atol=1e-4)
    assert sizes == [branches * len(z)]


def test_gradients_pass_through_guidance(instruct: Prior) -> None:
    z, empty = instruct.noise(1, seeded()), instruct.embed([""])
    text = instruct.embed(["a pencil"]).clone().requires_grad_()
    instructed(instruct, text, empty, z)(z, torch.tensor(9)).sum().backward()
    assert text.grad is not None
    assert text.grad.abs().sum() > 0


def test_ddim_is_its_equation(diffusion: Prior) -> None:
    z = noise = diffusion.noise(1, seeded())
    a = diffusion.scheduler.alphas_cumprod
    for t in (751, 501, 251, 1):
        left, before, e = a[t], a[max(t - 250, 0)], 0.6 * z
        z = before.sqrt() * (z - (1 - left).sqrt() * e) / left.sqrt() + (1 - before).sqrt() * e
    assert torch.allclose(ddim(diffusion, linear, noise, steps=4), z, atol=1e-5)


def test_diffsketchs_times_are_among_50_steps(diffusion: Prior) -> None:
    times: list[int] = []

    def epsilon(z: Tensor, t: Tensor) -> Tensor:
        times.append(int(t))
        return z

    ddim(diffusion, epsilon, diffusion.noise(1))
    assert {1, 61, 161, 241, 321, 421, 501, 561, 641, 701, 781, 861, 941} <= set(times)
    assert times == sorted(times, reverse=True)
    assert len(times) == 50


def test_euler_ancestral_is_its_equation(diffusion: Prior) -> None:
    noise = diffusion.noise(1, seeded())
    a = diffusion.scheduler.alphas_cumprod
    levels = [((1 - a[t]) / a[t]).sqrt() for t in (501, 1)]
    y, generator = noise * (levels[0] ** 2 + 1).sqrt(), seeded(5)
    for sigma, next_ in zip(levels, [*levels[1:], torch.tensor(0.0)], strict=True):
        up = next_ * (1 - next_**2 / sigma**2).sqrt()
        down = (next_**2 - up**2).sqrt()
        y = (
            y
            + (down - sigma) * 0.6 * y / (sigma**2 + 1).sqrt()
            + up * torch.randn(y.shape, generator=generator)
        )
    assert torch.allclose(euler_ancestral(diffusion, linear, noise, 2, seeded(5)), y, atol=1e-3)


@pytest.fixture(scope="module")
def to_the_end(tmp_path_factory: pytest.TempPathFactory) -> Prior:
    """A prior that predicts v, and whose last level is noise alone."""
    folder = tmp_path_factory.mktemp("prior")
    return load_prior(write_prior(folder, prediction="v_prediction"))


def test_levels_of_v_end_in_noise_alone(to_the_end: Prior, diffusion: Prior) -> None:
    assert to_the_end.signal(999).item() == pytest.approx(2**-24)
    assert diffusion.signal(999).item() == pytest.approx(0.0047, abs=1e-4)
    assert abs(to_the_end.signal(300).item() - diffusion.signal(300).item()) < 0.03
    assert to_the_end.signal(torch.tensor([998.0, 999.0])).isfinite().all()


@pytest.mark.parametrize("sampler", [ddim, euler_ancestral])
@pytest.mark.parametrize("steps", [4, 20])
def test_from_noise_alone_comes_what_the_network_sees_in_it(
    sampler: Callable[..., Tensor], steps: int, to_the_end: Prior
) -> None:
    z0, times = to_the_end.noise(1, seeded(1)) + 3, list[float]()

    def sees(z: Tensor, t: Tensor) -> Tensor:
        times.append(float(t))
        a = to_the_end.signal(t)
        v = (a.sqrt() * z - z0) / (1 - a).sqrt()  # of z_t = sqrt(a) z_0 + sqrt(1 - a) e
        return a.sqrt() * v + (1 - a).sqrt() * z

    made = sampler(to_the_end, sees, to_the_end.noise(1, seeded(2)), steps, generator=seeded(3))
    assert times[0] == 999
    assert torch.allclose(made, z0, atol=0.15)


def test_what_ends_in_noise_alone_is_inverted_too(to_the_end: Prior) -> None:
    text = to_the_end.embed(["a pencil"])
    noise = to_the_end.noise(1, seeded())
    for parameter in to_the_end.unet.conv_out.parameters():
        parameter.data *= 0.02
    epsilon = plain(to_the_end, text)
    latents = ddim(to_the_end, epsilon, noise, 20)
    again = ddim(to_the_end, epsilon, invert(to_the_end, epsilon, latents, 20, refine=3), 20)
    assert (again - latents).abs().mean() < 0.02 * latents.abs().mean()


def test_a_share_of_the_steps_is_the_least_noisy_ones(diffusion: Prior) -> None:
    noise, whole, times = diffusion.noise(1, seeded()), list[int](), list[int]()

    def noting(at: list[int]) -> Epsilon:
        def epsilon(z: Tensor, t: Tensor) -> Tensor:
            at.append(int(t))
            return 0.1 * z

        return epsilon

    ddim(diffusion, noting(whole), noise, 10)
    latents = ddim(diffusion, noting(times), noise, 10, share=0.6)
    assert times == whole[-6:]
    back: list[int] = []
    found = invert(diffusion, noting(back), latents, 10, refine=30, share=0.6)
    assert sorted(set(back)) == sorted(times)
    assert torch.allclose(found, noise, atol=1e-3)
    for wrong in (0.0, 0.01, 1.2):
        with pytest.raises(PriorError, match="one to all of them are expected"):
            ddim(diffusion, linear, noise, 10, share=wrong)


def test_euler_ancestral_takes_instruct_pix2pixs_times(instruct_folder: Path, tmp_path: Path) -> None:
    # Its file names no spacing of the times: each sampler then has its own.
    folder = Path(shutil.copytree(instruct_folder, tmp_path / "other"))
    path = folder / "scheduler" / "scheduler_config.json"
    told = json.loads(path.read_text()) | {"_class_name": "EulerAncestralDiscreteScheduler"}
    path.write_text(json.dumps({key: value for key, value in told.items() if key != "timestep_spacing"}))
    prior, times = load_prior(folder), list[float]()

    def epsilon(z: Tensor, t: Tensor) -> Tensor:
        times.append(float(t))
        return 0.1 * z

    euler_ancestral(prior, epsilon, prior.noise(1), 4)
    assert times == [999, 666, 333, 0]
    times.clear()
    ddim(prior, epsilon, prior.noise(1), 4)
    assert times == [751, 501, 251, 1]


@pytest.mark.parametrize("draw", [ddim, euler_ancestral])
@pytest.mark.parametrize("steps", [0, 1001])
def test_too_few_or_too_many_steps_are_told(
    draw: Callable[[Prior, Epsilon, Tensor, int], Tensor], steps: int, diffusion: Prior
) -> None:
    with pytest.raises(PriorError, match=f"{steps} steps of sampling; 1 to 1000 are expected"):
        draw(diffusion, linear, diffusion.noise(1), steps)


def test_the_same_noise_gives_the_same_picture(instruct: Prior) -> None:
    text, empty = instruct.embed(["a pencil"]), instruct.embed([""])
    epsilon = instructed(instruct, text, empty, instruct.condition(torch.rand(1, 3, 64, 64)))
    noise = instruct.noise(1, seeded())
    for draw in (ddim, euler_ancestral):
        one, same = (draw(instruct, epsilon, noise, steps=2, generator=seeded(1)) for _ in range(2))
        assert torch.equal(one, same)
        assert torch.isfinite(one).all()
        assert instruct.decode(one).shape == (1, 3, 64, 64)
    quiet, other = (ddim(instruct, epsilon, noise, 2, eta, seeded(1)) for eta in (0.0, 1.0))
    assert not torch.allclose(quiet, other)


def test_inversion_is_undone_by_sampling(diffusion_folder: Path) -> None:
    prior = calm(diffusion_folder)
    latents = prior.encode(torch.rand(1, 3, 64, 64)) + prior.noise(1, seeded())
    epsilon = plain(prior, prior.embed([""]))
    errors = [
        float((ddim(prior, epsilon, invert(prior, epsilon, latents, 3, r), 3) - latents).abs().max())
        for r in (0, 3)
    ]
    assert errors[1] < 0.1 * errors[0]
    assert errors[1] < 1e-3


def test_refined_inversion_is_exact_where_noise_is_linear(diffusion: Prior) -> None:
    latents = diffusion.noise(2, seeded())

    def little(z: Tensor, _: Tensor) -> Tensor:
        return 0.1 * z

    noise = invert(diffusion, little, latents, 10, refine=30)
    assert torch.allclose(ddim(diffusion, little, noise, 10), latents, atol=1e-4)
    assert not torch.allclose(noise, latents, atol=0.1)


def test_maps_have_the_documented_shapes(diffusion: Prior) -> None:
    text, empty = diffusion.embed(["a pencil"]), diffusion.embed([""])
    with unet_maps(diffusion, (251, 751)) as seen, vae_maps(diffusion) as drawn:
        diffusion.decode(ddim(diffusion, guided(diffusion, text, empty, 5.0), diffusion.noise(1), steps=4))
    sides, widths = (1, 2, 4, 8), (16, 16, 16, 8)
    expected = {
        f"up_blocks.{i}.resnets.{j}": (2, widths[i], sides[i], sides[i]) for i in range(4) for j in range(3)
    }
    assert len(expected) == 12
    assert list(seen) == [251, 751]
    for maps in seen.values():
        assert {name: tuple(value.shape) for name, value in maps.items()} == expected
    assert not torch.equal(seen[251]["up_blocks.3.resnets.2"], seen[751]["up_blocks.3.resnets.2"])
    assert {name: tuple(value.shape[1:]) for name, value in drawn.items()} == {
        "decoder.mid_block.resnets.1": (16, 8, 8),
        "decoder.up_blocks.0.resnets.2": (16, 8, 8),
        "decoder.up_blocks.1.resnets.2": (16, 16, 16),
        "decoder.up_blocks.2.resnets.2": (8, 32, 32),
        "decoder.up_blocks.3.resnets.2": (8, 64, 64),
    }


def test_a_map_is_what_its_block_gives_before_the_skip(diffusion: Prior) -> None:
    block = diffusion.unet.get_submodule("up_blocks.3.resnets.2")
    caught: list[tuple[Tensor, Tensor]] = []

    def catch(_: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> None:
        caught.append((given[0], made))

    handle = block.register_forward_hook(catch)
    with unet_maps(diffusion, (7,)) as seen:
        diffusion.predict(diffusion.noise(1), 7, diffusion.embed([""]))
    handle.remove()
    (given, made) = caught[0]
    skip = block.get_submodule("conv_shortcut")(given)
    assert torch.allclose(seen[7]["up_blocks.3.resnets.2"] + skip, made, atol=1e-5)


@pytest.mark.parametrize(
    ("autoencoder", "expected"),
    [
        ("AutoencoderTiny", [(8, 8, 8), (8, 16, 16), (8, 32, 32), (8, 64, 64)]),
        # The finest level is pixels laid side by side, without a block of its own.
        ("AutoencoderDC", [(16, 8, 8), (16, 16, 16), (8, 32, 32)]),
    ],
)
def test_other_decoders_have_maps_too(
    autoencoder: Vae, expected: list[tuple[int, ...]], tmp_path: Path
) -> None:
    prior = load_prior(write_prior(tmp_path, replace(FULL, autoencoder=autoencoder)))
    with vae_maps(prior) as drawn:
        prior.decode(prior.noise(1))
    assert [tuple(value.shape[1:]) for value in drawn.values()] == expected
    for name in drawn:
        prior.vae.get_submodule(name)


def test_hooks_come_off_and_change_nothing(diffusion: Prior) -> None:
    z, text = diffusion.noise(1, seeded()), diffusion.embed([""])
    before = diffusion.predict(z, 5, text)
    with unet_maps(diffusion, (5,)):
        assert torch.equal(diffusion.predict(z, 5, text), before)
    with pytest.raises(RuntimeError, match="stop"), unet_maps(diffusion, (5,)), vae_maps(diffusion):
        raise RuntimeError("stop")
    for net in (diffusion.unet, diffusion.vae):
        assert not any(part._forward_hooks or part._forward_pre_hooks for part in net.modules())  # pyright: ignore[reportPrivateUsage]
    assert torch.equal(diffusion.predict(z, 5, text), before)


def test_a_time_that_never_came_is_told(diffusion: Prior) -> None:
    with (
        pytest.raises(PriorError, match=r"maps at the times \[6\] were asked for, where the U-Net never was"),
        unet_maps(diffusion, (5, 6)),
    ):
        diffusion.predict(diffusion.noise(1), 5, diffusion.embed([""]))


def test_blocks_are_named_as_in_the_network(diffusion: Prior) -> None:
    for name, part in unet_blocks(diffusion).items():
        assert diffusion.unet.get_submodule(f"{name}.conv2") is part

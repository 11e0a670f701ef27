"""Priors of either layout: what goes in and out, and what is said of folders that are none."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file, save_file
from tests.priors import FULL, SENTENCES, write_prior
from torch import nn

from limner.cli import main
from limner.errors import LimnerError, LimnerWarning
from limner.hub import FetchError
from limner.pretrained import folder as folders
from limner.pretrained.folder import PriorError, needed
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sizes import Sizes
from limner.pretrained.small import small


@pytest.fixture
def broken(diffusion_folder: Path, tmp_path: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(diffusion_folder, tmp_path / "broken"))


def rewrite(path: Path, **changes: object) -> None:
    """Changes entries of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_both_layouts_say_what_they_are(diffusion: Prior, instruct: Prior) -> None:
    for prior, instructs in ((diffusion, False), (instruct, True)):
        assert (prior.instructs, prior.channels, prior.stride, prior.size) == (instructs, 4, 8, 64)
        assert (prior.revision, prior.prediction) == ("", "epsilon")
        for part in (prior.unet, prior.vae, prior.text_encoder):
            assert not part.training
            assert not any(parameter.requires_grad for parameter in part.parameters())


def test_the_layout_is_that_of_stable_diffusion_1(diffusion: Prior) -> None:
    told = diffusion.unet.config
    assert told["down_block_types"] == ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"]
    assert told["up_block_types"] == ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3
    levels = diffusion.scheduler.alphas_cumprod
    # Stable Diffusion's published noise levels, at both ends.
    assert levels[[0, 999]].tolist() == pytest.approx([0.99915, 0.0046602], rel=1e-4)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        (FULL, 0.18215),
        (replace(FULL, autoencoder="AutoencoderTiny"), 1),
        (replace(FULL, autoencoder="AutoencoderDC"), 1),
    ],
)
def test_pictures_become_latents_and_latents_pictures(sizes: Sizes, expected: float, tmp_path: Path) -> None:
    prior = load_prior(write_prior(tmp_path, sizes))
    assert type(prior.vae).__name__ == sizes.autoencoder
    picture = torch.rand(2, 3, 64, 48, requires_grad=True)
    latents = prior.encode(picture)
    assert latents.shape == (2, 4, 8, 6)
    scale = prior.vae.config["scaling_factor"]
    assert scale == expected
    assert torch.allclose(latents, scale * prior.condition(picture))
    assert torch.equal(latents, prior.encode(picture))
    made = prior.decode(latents)
    assert made.shape == picture.shape
    assert made.min() >= 0
    assert made.max() <= 1
    latents.sum().backward()
    assert picture.grad is not None
    assert picture.grad.abs().sum() > 0


@pytest.mark.parametrize(
    "sizes",
    [
        Sizes(vae=(64, 64, 96, 96), latents=32),
        Sizes(vae=(8, 8, 64), latents=8),
        Sizes(vae=(8, 8, 10), latents=5),
        Sizes(latents=24),
    ],
)
def test_widths_that_an_autoencoder_cannot_have_are_told(sizes: Sizes) -> None:
    with pytest.raises(LimnerError, match=r"of widths \(.*\) and \d+ latents; each .* expected to be four"):
        small(sizes, SENTENCES)


def test_no_group_of_a_norm_is_one_channel() -> None:
    parts = small(Sizes(), SENTENCES)
    autoencoder = small(replace(Sizes(), autoencoder="AutoencoderKL", vae=(16, 48, 96, 128)), SENTENCES).vae
    norms = [
        each for net in (parts.unet, autoencoder) for each in net.modules() if isinstance(each, nn.GroupNorm)
    ]
    assert min(each.num_channels // each.num_groups for each in norms) == 8


@pytest.mark.parametrize("shape", [(3, 64, 64), (1, 1, 64, 64), (1, 3, 60, 64)])
def test_pictures_of_other_shapes_are_refused(shape: tuple[int, ...], diffusion: Prior) -> None:
    with pytest.raises(PriorError, match=r"\(N, 3, H, W\) is expected, H and W multiples of 8"):
        diffusion.encode(torch.rand(shape))


def test_sentences_become_states_of_full_length(diffusion: Prior) -> None:
    tokens = diffusion.tokens("a pencil sketch")
    start, end = tokens[0], diffusion.tokens("")[1]
    assert tokens.shape == (12,)
    assert (tokens == end).nonzero()[0].item() == 4
    assert (tokens[4:] == end).all()
    assert start == diffusion.tokens("")[0] != end
    states = diffusion.embed(["a pencil sketch", "", "A  Pencil SKETCH"])
    assert states.shape == (3, 12, 16)
    assert torch.allclose(states[0], states[2])
    assert not torch.allclose(states[0], states[1])


def test_a_sentence_that_is_too_long_is_cut_and_told(diffusion: Prior) -> None:
    with pytest.warns(LimnerWarning, match="has 32 tokens; .* reads the first 12"):
        tokens = diffusion.tokens("pencil " * 30)
    assert tokens.shape == (12,)


def test_unseen_words_are_spelled(diffusion: Prior) -> None:
    for sentence in ("zoë's æther, 7!", "übergrößen"):
        tokens = diffusion.tokenizer(sentence)["input_ids"]
        back = diffusion.tokenizer.decode(tokens, skip_special_tokens=True)
        assert str(back).replace(" ", "") == sentence.replace(" ", "")


@pytest.mark.parametrize("name", ["diffusion", "instruct"])
def test_noise_is_predicted_and_gradients_reach_the_text(name: str, request: pytest.FixtureRequest) -> None:
    prior: Prior = request.getfixturevalue(name)
    latents, text = prior.noise(2, torch.Generator().manual_seed(0)), prior.embed(["a pencil"]).detach()
    text.requires_grad_()
    told = prior.predict(latents, 500, text)
    assert told.shape == latents.shape
    told.square().mean().backward()
    assert text.grad is not None
    assert text.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in prior.unet.parameters())
    each = prior.predict(latents, torch.tensor([500, 500]), text.expand(2, -1, -1))
    assert torch.allclose(each, told, atol=1e-5)


def test_no_photo_is_a_photo_of_zeros(instruct: Prior) -> None:
    latents, text = instruct.noise(2), instruct.embed([""])
    photo = instruct.condition(torch.rand(1, 3, 64, 64))
    without = instruct.predict(latents, 3, text)
    assert torch.equal(without, instruct.predict(latents, 3, text, torch.zeros_like(photo)))
    assert not torch.allclose(without, instruct.predict(latents, 3, text, photo))
    with pytest.raises(PriorError, match=r"a photo's latents of shape \(1, 4, 4, 4\)"):
        instruct.predict(latents, 3, text, photo[..., :4, :4])


def test_a_photo_for_a_prior_that_takes_none_is_refused(diffusion: Prior) -> None:
    latents = diffusion.noise(1)
    with pytest.raises(PriorError, match=r"takes no photo \(its U-Net has 4 channels\).*instruct-pix2pix"):
        diffusion.predict(latents, 3, diffusion.embed([""]), latents)


def test_noise_follows_its_generator(diffusion: Prior) -> None:
    one, same, other = (diffusion.noise(2, torch.Generator().manual_seed(s)) for s in (1, 1, 2))
    assert one.shape == (2, 4, 8, 8)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


@pytest.mark.parametrize("predicts", ["v_prediction", "sample"])
def test_what_the_network_says_is_turned_into_noise(predicts: str, broken: Path, diffusion: Prior) -> None:
    rewrite(broken / "scheduler" / "scheduler_config.json", prediction_type=predicts)
    prior = load_prior(broken)
    latents, text = prior.noise(2), prior.embed([""])
    said, a = diffusion.predict(latents, 700, text), diffusion.scheduler.alphas_cumprod[700]
    # v = sqrt(a) e - sqrt(1 - a) z and z_t = sqrt(a) z + sqrt(1 - a) e, each solved for e.
    noise = {
        "v_prediction": a.sqrt() * said + (1 - a).sqrt() * latents,
        "sample": (latents - a.sqrt() * said) / (1 - a).sqrt(),
    }
    assert torch.allclose(prior.predict(latents, 700, text), noise[predicts], atol=1e-5)


def test_between_two_times_sigma_is_interpolated(diffusion: Prior) -> None:
    a = diffusion.scheduler.alphas_cumprod
    assert diffusion.signal(torch.tensor([0, 500, 999])).tolist() == pytest.approx(a[[0, 500, 999]].tolist())
    low, high = (((1 - a[t]) / a[t]).sqrt() for t in (10, 11))
    assert diffusion.signal(10.25).item() == pytest.approx(1 / (1 + (0.75 * low + 0.25 * high) ** 2).item())


def test_half_precision_is_asked_for(instruct_folder: Path) -> None:
    prior = load_prior(instruct_folder, dtype=torch.bfloat16)
    assert {p.dtype for p in prior.unet.parameters()} == {prior.dtype} == {torch.bfloat16}
    assert prior.encode(torch.rand(1, 3, 64, 64)).dtype == torch.bfloat16


def test_a_fingerprint_tells_weights_apart_and_not_places(diffusion_folder: Path, broken: Path) -> None:
    known = folders.find(diffusion_folder).fingerprint
    assert folders.find(broken).fingerprint == known
    assert folders.Folder("a/b", broken, "c0ffee").fingerprint == "c0ffee"
    file = broken / "unet" / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    weights["conv_in.bias"][0] += 1
    save_file(weights, file, {"format": "pt"})
    assert (other := folders.find(broken).fingerprint) != known
    levels = broken / "scheduler" / "scheduler_config.json"
    levels.write_text(levels.read_text().replace("scaled_linear", "linear"))
    assert folders.find(broken).fingerprint not in {known, other}, "the same weights at other noise levels"
    shutil.rmtree(broken / "vae")
    with pytest.raises(PriorError, match="vae cannot be read"):
        _ = folders.find(broken).fingerprint


def test_diffusers_own_pipeline_reads_the_folder(diffusion_folder: Path, diffusion: Prior) -> None:
    pipeline: Any = StableDiffusionPipeline.from_pretrained(diffusion_folder)
    ids = diffusion.tokens(SENTENCES[0])[None]
    theirs = pipeline.text_encoder(ids)[0]
    assert torch.equal(theirs, diffusion.embed([SENTENCES[0]]))
    assert pipeline.unet.config["cross_attention_dim"] == 16


def test_other_schedulers_have_the_same_levels(broken: Path, diffusion: Prior) -> None:
    path = broken / "scheduler" / "scheduler_config.json"
    rewrite(path, _class_name="PNDMScheduler", skip_prk_steps=True)
    assert torch.equal(load_prior(broken).scheduler.alphas_cumprod, diffusion.scheduler.alphas_cumprod)


def _no_index(path: Path) -> None:
    (path / "model_index.json").unlink()


def _index(**changes: object) -> Callable[[Path], None]:
    return lambda path: rewrite(path / "model_index.json", **changes)


def _config(part: str, **changes: object) -> Callable[[Path], None]:
    return lambda path: rewrite(path / part, **changes)


def _gone(part: str) -> Callable[[Path], None]:
    return lambda path: shutil.rmtree(path / part) if (path / part).is_dir() else (path / part).unlink()


def _written(part: str, content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        (path / part).write_bytes(content)

    return write


def _without(part: str, name: str) -> Callable[[Path], None]:
    def drop(path: Path) -> None:
        tensors = load_file(path / part)
        save_file(
            {key: value for key, value in tensors.items() if key != name}, path / part, {"format": "pt"}
        )

    return drop


UNET = "unet/diffusion_pytorch_model.safetensors"
DAMAGES: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "no pipeline": (
        _no_index,
        "is not a diffusers pipeline: model_index.json is expected in it, found are image",
    ),
    "broken index": (
        _written("model_index.json", b"{"),
        r"model_index.json cannot be read .*fetch the model",
    ),
    "no object": (_written("model_index.json", b"[]"), "holds list; a JSON object is expected"),
    "no unet": (_index(unet=None), r"names no unet; UNet2DConditionModel is expected, found are .*vae"),
    "null part": (
        _index(vae=[None, None]),
        "names no vae; AutoencoderKL or .* AutoencoderDC is expected",
    ),
    "other class": (
        _index(unet=["diffusers", "FluxTransformer2DModel"]),
        "its unet is a FluxTransformer2DModel",
    ),
    "folder gone": (_gone("vae"), r"names a vae, but .*vae is missing; copy or fetch the model again"),
    "no config": (_gone("unet/config.json"), "cannot be opened as a UNet2DConditionModel"),
    "no weights": (_gone(UNET), "unet cannot be opened as a UNet2DConditionModel .*its weights are expected"),
    "cut weights": (
        _written(UNET, b"\x10\0\0\0\0\0\0\0{"),
        "unet cannot be opened as a UNet2DConditionModel",
    ),
    "half the weights": (
        _without(UNET, "conv_in.bias"),
        "lacks 1 weights of a UNet2D.* such as conv_in.bias",
    ),
    "half the words": (
        _without("text_encoder/model.safetensors", "text_model.final_layer_norm.bias"),
        "lacks 1 weights of a CLIPTextModel, such as ",
    ),
    "other widths": (
        _config("unet/config.json", block_out_channels=[16, 16, 16, 16]),
        "unet cannot be opened",
    ),
    "no tokenizer": (_gone("tokenizer/tokenizer.json"), "holds no tokenizer; vocab.json and merges.txt"),
    "bad tokenizer": (_written("tokenizer/tokenizer.json", b"{"), "cannot be opened as a CLIPTokenizer"),
    "no scheduler": (_gone("scheduler"), "scheduler_config.json cannot be read"),
    "odd scheduler": (
        _config("scheduler/scheduler_config.json", beta_schedule="odd"),
        "its scheduler is of another kind",
    ),
    "odd prediction": (
        _config("scheduler/scheduler_config.json", prediction_type="flow"),
        "predicts 'flow'; epsilon or v_prediction or sample is expected",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_told(damage: str, broken: Path, capfd: pytest.CaptureFixture[str]) -> None:
    breaks, told = DAMAGES[damage]
    breaks(broken)
    with pytest.raises(PriorError, match=told) as caught:
        load_prior(broken)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"latents": 6}, None),
        ({"unet_in": 9}, r"its U-Net takes 9 channels; 4 \(Stable Diffusion\) or 8 \(InstructPix2Pix\)"),
        ({"text": 24}, "its text encoder gives 24 numbers a token; its U-Net reads 16"),
    ],
)
def test_parts_must_fit_together(
    changes: Mapping[str, int], told: str | None, broken: Path, tmp_path: Path
) -> None:
    if "unet_in" in changes:
        rewrite(broken / "unet" / "config.json", in_channels=9)
        tensors = load_file(broken / UNET)
        tensors["conv_in.weight"] = torch.zeros(8, 9, 3, 3)
        save_file(tensors, broken / UNET, {"format": "pt"})
    elif "text" in changes:
        other = write_prior(tmp_path / "other", replace(FULL, text=24))
        shutil.rmtree(broken / "text_encoder")
        shutil.copytree(other / "text_encoder", broken / "text_encoder")
    else:
        write_prior(broken, replace(FULL, latents=6))
    if told is None:
        assert load_prior(broken).channels == 6
        return
    with pytest.raises(PriorError, match=told):
        load_prior(broken)


def test_names_that_are_no_model_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for name in ("nowhere", tmp_path / "nowhere", "./a", "a/b/c", ""):
        with pytest.raises(
            PriorError, match=r"there is no folder .*'stand-in', .* is expected, such as timb"
        ):
            load_prior(name)
    with pytest.raises(FetchError, match="a/b was not fetched yet; limner fetch a/b downloads it"):
        load_prior("a/b")


def test_a_fetched_model_is_found_with_its_revision(
    diffusion_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    home, commit = tmp_path / "models--me--tiny", "0123456789abcdef0123456789abcdef01234567"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text(commit)
    shutil.copytree(diffusion_folder, home / "snapshots" / commit)
    prior = load_prior("me/tiny")
    assert (prior.name, prior.revision) == ("me/tiny", commit)


def test_without_a_network_fetching_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(name: str) -> None:
        raise ConnectionError(f"no route\nto {name}")

    monkeypatch.setattr("huggingface_hub.model_info", unreachable)
    with pytest.raises(
        FetchError, match=r"me/tiny could not be downloaded .*no route to me/tiny.*a network is"
    ):
        folders.fetch("me/tiny")
    assert main(["fetch", "me/tiny"]) != 0
    assert "me/tiny could not be downloaded from the Hugging Face hub" in capsys.readouterr().err


def test_only_what_is_read_is_fetched() -> None:
    stem = "diffusion_pytorch_model"
    kept = {
        "model_index.json",
        *(f"unet/{name}" for name in ("config.json", f"{stem}.safetensors")),
        *(f"vae/{name}" for name in ("config.json", f"{stem}.bin")),
        "text_encoder/model.safetensors",
        "tokenizer/merges.txt",
        "scheduler/scheduler_config.json",
    }
    other = {
        "v1-5-pruned.ckpt",
        "README.md",
        f"unet/{stem}.bin",
        f"unet/{stem}.fp16.safetensors",
        f"unet/{stem}.non_ema.safetensors",
        f"vae/{stem}.fp16.bin",
        "safety_checker/model.safetensors",
    }
    assert set(needed(sorted(kept | other))) == kept
    clip = {"config.json", "merges.txt", "model.safetensors", "vocab.json"}
    assert set(needed([*clip, "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack"])) == clip


def test_without_memory_the_need_is_told(diffusion_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Memory:
        available = 10

    monkeypatch.setattr("psutil.virtual_memory", Memory)
    with pytest.raises(PriorError, match=r"needs 0.0 GB, 0.0 GB are free: not enough memory; use 'stand-in'"):
        load_prior(diffusion_folder)


def test_weights_that_are_not_read_need_no_memory(
    diffusion_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(diffusion_folder, tmp_path / "tiny"))
    whole = [
        file for part in ("unet", "vae", "text_encoder") for file in (folder / part).glob("*.safetensors")
    ]
    numbers = sum(weight.numel() for file in whole for weight in load_file(file).values())

    class Memory:
        available = 4 * numbers

    monkeypatch.setattr("psutil.virtual_memory", Memory)
    for file in whole:
        for kind in ("fp16", "non_ema"):
            shutil.copyfile(file, file.with_suffix(f".{kind}.safetensors"))
    load_prior(folder)
    Memory.available -= 1
    with pytest.raises(PriorError, match="not enough memory"):
        load_prior(folder)
    # In shards it needs as much.
    for file in whole:
        file.rename(file.with_name(f"{file.stem}-00001-of-00001.safetensors"))
    with pytest.raises(PriorError, match="not enough memory"):
        load_prior(folder)


def test_memory_that_ends_while_reading_is_told(
    diffusion_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr("diffusers.UNet2DConditionModel.from_pretrained", full)
    with pytest.raises(PriorError, match="unet does not fit on cpu: not enough memory; use 'stand-in'"):
        load_prior(diffusion_folder)

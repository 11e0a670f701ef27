"""The `instruct` method: its loss to the letter, what moves and what is kept, refusals, learn and draw."""

import inspect
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from safetensors import safe_open
from safetensors.torch import load_file
from tests import kit
from tests.priors import FULL, write_prior
from torch import Tensor
from transformers import CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

import limner
from limner import cli, hub, image
from limner.data.pair import DataError
from limner.engine.config import RunConfig
from limner.engine.samples import Positions
from limner.errors import LimnerError
from limner.export import export
from limner.faces import find
from limner.faces.matte import matte
from limner.frame import PORTRAIT, head, square
from limner.hub import FetchError, StyleError
from limner.methods import METHODS
from limner.methods.base import Sampling
from limner.methods.fitting import Aligned, fit
from limner.methods.instruct import objective, trace
from limner.methods.instruct.config import ALL, FEW, PUBLISHED, Config, Lines, config_of, run_of
from limner.methods.instruct.guide import load_guide
from limner.methods.instruct.instruction import Instruction, known_sentences, nearest, spaced
from limner.methods.instruct.lines import learned, pencil
from limner.methods.instruct.model import Drawer
from limner.methods.instruct.objective import Asked, Objective
from limner.methods.instruct.times import HOLD, LEARN, Times, noises, spread
from limner.methods.instruct.trace import RADIUS, TONE, traced
from limner.methods.instruct.train import SHORTLIST, nearest_in_tone
from limner.methods.style import open_style
from limner.nn.generator import Generator
from limner.pretrained.clip import Clip, load_clip
from limner.pretrained.folder import PriorError
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sample import euler_ancestral
from limner.progress import Progress, silent

INSTRUCT = METHODS["instruct"]


def settings(folder: Path, prior: Path, drawn: tuple[Path, Path], steps: int = 6) -> Config:
    """A short run on the tiny prior, with steps long enough to see."""
    run = RunConfig(folder / "run", steps, batch=1, save_every=2, log_every=1, device="cpu", workers=0)
    return config_of(
        drawn, "for tests", str(prior), rate=0.05, look_every=2, sampling_steps=2, states=1, run=run
    )


@pytest.fixture(scope="module")
def style(instruct_folder: Path, drawn: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A style, learned for a few steps."""
    return INSTRUCT.train(settings(tmp_path_factory.mktemp("style"), instruct_folder, drawn), silent)


def short_lines(steps: int) -> Lines:
    """Lines that are learned from small crops."""
    return Lines(steps, augment=replace(Lines().augment, crop=64))


@pytest.fixture(scope="module")
def lined(instruct_folder: Path, drawn: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A style with lines, learned for a few steps."""
    config = settings(tmp_path_factory.mktemp("lined"), instruct_folder, drawn, 2)
    return INSTRUCT.train(replace(config, lines=short_lines(2), trace=1.0), silent)


def unit(picture: np.ndarray[Any, Any]) -> Tensor:
    """(H, W) or (H, W, 3) uint8 as (1, 3, H, W) in [0, 1]."""
    planes = torch.from_numpy(picture / np.float32(255))
    return (planes.permute(2, 0, 1) if planes.ndim == 3 else planes.expand(3, -1, -1))[None].float()


def reference(folder: Path, photo: Tensor, sketch: Tensor, t: int, noise: Tensor, states: Tensor) -> Tensor:
    """L by diffusers and transformers alone, all branches with gradients."""

    def part(kind: Any, name: str) -> Any:  # noqa: ANN401
        return kind.from_pretrained(folder / name).eval()

    unet, vae = part(UNet2DConditionModel, "unet"), part(AutoencoderKL, "vae")
    text = part(CLIPTextModelWithProjection, "text_encoder")
    vision = part(CLIPVisionModelWithProjection, "image_encoder")
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    scheduler: Any = DDIMScheduler.from_pretrained(folder / "scheduler")
    ids: Any = tokenizer([""], padding="max_length", max_length=FULL.tokens, return_tensors="pt")
    empty = text(ids["input_ids"]).last_hidden_state
    z_y = vae.config.scaling_factor * vae.encode(2 * sketch - 1).latent_dist.mode()
    z_x = vae.encode(2 * photo - 1).latent_dist.mode()
    z_t = scheduler.add_noise(z_y, noise, torch.tensor([t]))

    def predicted(beside: Tensor, states: Tensor) -> Tensor:
        return unet(torch.cat([z_t, beside], 1), t, encoder_hidden_states=states).sample

    uncond, of_photo = predicted(torch.zeros_like(z_x), empty), predicted(z_x, empty)
    e = uncond + 7.5 * (predicted(z_x, states) - of_photo) + 1.5 * (of_photo - uncond)

    def embedded(picture: Tensor) -> Tensor:
        seen = F.interpolate(picture, (32, 32), mode="bicubic", antialias=True).clamp(0, 1)
        mean, deviation = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
        shift, scale = (torch.tensor(each).view(1, 3, 1, 1) for each in (mean, deviation))
        given = vision((seen - shift) / scale).image_embeds
        return given / given.norm()

    d = embedded(sketch) - embedded(photo)
    said = text.text_projection(states.mean(1))
    cosine = (d * said).sum() / (d.norm() * said.norm())
    return 4 * (e - noise).square().mean() - 0.1 * cosine.clamp(-1, 0.5)


@pytest.mark.parametrize("t", [3, 500, 998])
def test_the_loss_and_its_gradient_are_those_of_an_independent_computation(
    t: int, instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path
) -> None:
    config = settings(tmp_path, instruct_folder, drawn)
    prior = load_prior(instruct_folder)
    aligned = fit(*drawn).into(square(prior.size))
    photo, sketch = unit(aligned.photo), unit(aligned.sketch)
    ours = Objective(config, prior, load_guide(config, prior), photo, sketch)
    states = Instruction(prior, config.instruction).states
    loss = ours.terms(ours.ask([t], [0], LEARN), states)["loss"]
    theirs = reference(instruct_folder, photo, sketch, t, noises(prior, [t], 0, LEARN), states)
    assert loss.item() == pytest.approx(theirs.item(), rel=1e-4)
    gradients = (torch.autograd.grad(each, states)[0] for each in (loss, theirs))
    assert torch.allclose(*gradients, rtol=1e-3, atol=1e-6)


def test_the_loss_falls(instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path) -> None:
    config = replace(settings(tmp_path, instruct_folder, drawn, steps=24), states=0, look_every=8)
    kit.assert_learns(INSTRUCT, config, tmp_path / "run", falls_to=0.98, loss="kept")


def test_without_clip_its_term_is_left_out(
    instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path
) -> None:
    config = replace(
        settings(tmp_path, instruct_folder, drawn, 1), clip_weight=0.0, clip="not/there", states=0
    )
    INSTRUCT.train(config, silent)
    (told,) = (json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines())
    assert told["loss"] == pytest.approx(4 * told["mse"])
    assert "cosine" not in told


def test_only_the_words_move(style: Path, instruct_folder: Path) -> None:
    prior = load_prior(instruct_folder)
    (states,) = load_file(style).values()
    begun = prior.embed([Config((), "").instruction])
    end = prior.tokens(Config((), "").instruction).tolist().index(int(prior.tokens("")[1]))
    assert torch.equal(states[:, :1], begun[:, :1])
    assert torch.equal(states[:, end:], begun[:, end:])
    assert (states[:, 1:end] != begun[:, 1:end]).any(dim=-1).all()


@pytest.mark.parametrize("asked", [7, 100, 1000])
def test_each_time_is_used_once(asked: int) -> None:
    order = Positions(Times(asked, 3), seed=0)
    times = [int(order[i]["t"]) for i in range(asked)]
    assert len(set(times)) == asked
    assert times != sorted(times)
    assert {int(order[i]["pair"]) for i in range(asked)} == {0, 1, 2}
    shares = np.histogram(times, bins=5, range=(0, 1000))[0]
    assert np.ptp(shares) <= 1
    if asked == 1000:
        assert sorted(times) == list(range(1000))


def test_a_time_has_one_noise(instruct_folder: Path) -> None:
    prior = load_prior(instruct_folder)
    first, again, other = (noises(prior, [t], 0, LEARN) for t in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(noises(prior, [6, 5], 0, LEARN), torch.cat([other, first]))
    assert not torch.equal(first, noises(prior, [5], 1, LEARN))
    assert not torch.equal(first, noises(prior, [5], 0, HOLD))


def test_the_state_of_the_lowest_averaged_loss_is_kept(
    instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[tuple[Tensor, float]] = []
    losses = iter((3.0, 2.0, 1.0, 1.5))

    def look(_: Objective, asked: Sequence[Asked], states: Tensor) -> Tensor:
        assert [int(each.noised.t) for each in asked] == spread(8)
        looks.append((states.detach().clone(), next(losses)))
        return torch.tensor(looks[-1][1])

    monkeypatch.setattr(Objective, "mean", look)
    made = INSTRUCT.train(replace(settings(tmp_path, instruct_folder, drawn), states=0), silent)
    assert len(looks) == 4, "one before the first step, then every second step"
    assert torch.equal(load_file(made)["states"], looks[2][0])
    assert not torch.equal(looks[2][0], looks[3][0])


def test_a_loss_that_is_no_number_stops_and_leaves_the_best_state(
    instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true, asked = objective.noise_loss, 0

    def breaking(*given: Any) -> Tensor:  # noqa: ANN401
        nonlocal asked
        asked += 1
        return true(*given) * (float("nan") if asked > 8 + 2 + 8 + 1 else 1)

    monkeypatch.setattr(objective, "noise_loss", breaking)
    with pytest.raises(FloatingPointError, match=r"at step 4; .* draws by the best state before") as told:
        INSTRUCT.train(settings(tmp_path, instruct_folder, drawn), silent)
    made = tmp_path / "run" / "style.safetensors"
    assert str(made) in str(told.value)
    assert load_file(made)["states"].isfinite().all()


def test_a_run_that_was_cut_off_ends_as_one_left_alone(
    style: Path, instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path
) -> None:
    notes: list[str] = []

    def cut(progress: Progress) -> None:
        notes.append(progress.note)
        if progress.done == 3:
            raise KeyboardInterrupt

    config = settings(tmp_path, instruct_folder, drawn)
    with pytest.raises(KeyboardInterrupt):
        INSTRUCT.train(config, cut)
    assert all(note.startswith("instruction") for note in notes)
    made = INSTRUCT.train(config, silent)
    assert torch.equal(load_file(made)["states"], load_file(style)["states"])
    with pytest.raises(LimnerError, match="other settings"):
        INSTRUCT.train(replace(config, text_scale=3.0), silent)


def test_a_run_that_goes_on_keeps_the_sentence_it_was_begun_at(
    instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(progress: Progress) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    config = replace(settings(tmp_path, instruct_folder, drawn), start="best")
    with pytest.raises(KeyboardInterrupt):
        INSTRUCT.train(config, cut)
    found: list[str] = []

    def search(*_: object) -> str:
        found.append("again")
        return "ink"

    monkeypatch.setattr("limner.methods.instruct.train._start", search)
    INSTRUCT.train(config, silent)
    assert not found
    with pytest.raises(LimnerError, match="other settings"):
        INSTRUCT.train(replace(config, text_scale=3.0), silent)
    with pytest.raises(LimnerError, match="asked was turn it into a pencil sketch, is ink"):
        INSTRUCT.train(replace(config, instruction="ink"), silent)
    assert not found, "what is refused needs no search"
    given = replace(config, start="given", instruction="ink")
    with pytest.raises(LimnerError, match="other settings"):
        INSTRUCT.train(given, silent)


def test_the_search_runs_where_learning_does(
    instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(_: Config, prior: Prior, clip: Clip, *__: object) -> None:
        assert prior.device == clip.text.device == torch.device("meta")
        raise KeyboardInterrupt

    def elsewhere(_: RunConfig) -> torch.device:
        return torch.device("meta")

    monkeypatch.setattr("limner.methods.instruct.train._device", elsewhere)
    monkeypatch.setattr("limner.methods.instruct.train._start", search)
    with pytest.raises(KeyboardInterrupt):
        INSTRUCT.train(settings(tmp_path, instruct_folder, drawn), silent)


def mirrored(pair: tuple[Path, Path], folder: Path) -> tuple[Path, Path]:
    """Another pair: the same, seen in a mirror."""
    photo, sketch = (folder / f"other-{path.name}" for path in pair)
    for path, made in zip(pair, (photo, sketch), strict=True):
        image.write(made, np.ascontiguousarray(image.read(path)[:, ::-1]))
    return photo, sketch


def test_several_pairs_are_learned_in_turn(
    instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = Objective.ask
    asked: dict[int, list[int]] = {LEARN: [], HOLD: []}

    def noted(self: Objective, times: Sequence[float], pairs: Sequence[int], kind: int) -> Asked:
        given = true(self, times, pairs, kind)
        (pair,) = pairs
        noise, a = given.noised.noise, self.prior.signal(given.noised.t)
        assert torch.equal(given.noised.photo, self.z_x[[pair]])
        assert torch.equal(given.noised.latents, a.sqrt() * self.z_y[[pair]] + (1 - a).sqrt() * noise)
        assert self.d is not None
        assert given.d is not None
        assert torch.equal(given.d, self.d[[pair]])
        assert not any(torch.equal(each[0], each[1]) for each in (self.z_x, self.z_y, self.d))
        asked[kind].append(pair)
        return given

    monkeypatch.setattr(Objective, "ask", noted)
    both = (*drawn, *mirrored(drawn, tmp_path))
    config = replace(settings(tmp_path, instruct_folder, drawn, 4), pairs=both, states=0)
    _, about = open_style(INSTRUCT.train(config, silent), prior=str(instruct_folder))
    assert about["trained_on"].startswith("2 pairs")
    assert sorted(asked[LEARN]) == [0, 0, 1, 1]
    assert asked[HOLD] == [0, 1] * 4


def test_learning_starts_from_the_nearest_sentence(instruct_folder: Path) -> None:
    clip, known = load_clip(instruct_folder), ("make it a charcoal drawing", "a portrait in pencil")
    for each in known:
        assert nearest(clip, clip.sentence([each]), known) == each
    said = known_sentences()
    assert len(said) > 100
    assert said == known_sentences() == sorted(set(said))


def test_learning_starts_from_the_best_sentence(
    instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path
) -> None:
    prior, config = load_prior(instruct_folder), settings(tmp_path, instruct_folder, drawn)
    aligned = fit(*drawn).into(head(prior.size))
    objective = Objective(config, prior, None, unit(aligned.photo), unit(aligned.sketch))
    said = spaced(known_sentences())
    assert 40 < len(said) <= 56
    held = [objective.ask([t], [0], HOLD) for t in spread(4)]
    losses = [float(objective.mean(held, prior.embed([each]))) for each in said]
    assert objective.best(said, 3) == [said[i] for i in np.argsort(losses)[:3]]
    config = replace(config, start="best", clip_weight=0.0, run=replace(config.run, steps=1))
    INSTRUCT.train(config, silent)
    _, about = open_style(tmp_path / "run" / "style.safetensors", prior=str(instruct_folder))
    likely = objective.best([config.instruction, *said], SHORTLIST)
    settled = nearest_in_tone(config, prior, likely, unit(aligned.photo), unit(aligned.sketch))
    assert json.loads(about["config"])["instruction"] == settled in likely


def test_of_the_likely_sentences_that_one_is_taken_whose_drawing_has_the_sketchs_tone(
    instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three sentences draw pages of one grey each; the middle one is the sketch's."""
    prior, config = load_prior(instruct_folder), settings(tmp_path, instruct_folder, drawn)
    greys = {"dark": 0.2, "middle": 0.6, "pale": 0.9}
    told = {float(prior.embed([said]).sum()): grey for said, grey in greys.items()}

    def drawn_as(self: Drawer, photo: Tensor) -> Tensor:
        return torch.full_like(photo[:, :1], told[float(self.states.sum())])

    monkeypatch.setattr(Drawer, "forward", drawn_as)
    photo, sketch = torch.rand(1, 3, 64, 64), torch.full((1, 3, 64, 64), 0.55)
    assert nearest_in_tone(config, prior, list(greys), photo, sketch) == "middle"


def test_those_drawings_are_of_the_runs_seed(
    instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds: list[int] = []

    def noted(self: Drawer, photo: Tensor) -> Tensor:
        seeds.append(self.settings.seed)
        return photo[:, :1]

    monkeypatch.setattr(Drawer, "forward", noted)
    config, pictures = settings(tmp_path, instruct_folder, drawn), torch.rand(1, 3, 64, 64)
    for seed in (0, 3):
        asked = replace(config, run=replace(config.run, seed=seed))
        nearest_in_tone(asked, load_prior(instruct_folder), ["ink"], pictures, pictures)
    assert seeds == [0, 3]


def test_of_a_prior_of_v_the_error_is_that_of_v(
    drawn: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write_prior(
        tmp_path_factory.mktemp("prior") / "v", replace(FULL, instructs=True), prediction="v_prediction"
    )
    prior = load_prior(folder)
    aligned = fit(*drawn).into(square(prior.size))
    config = settings(folder, folder, drawn)
    objective = Objective(config, prior, None, unit(aligned.photo), unit(aligned.sketch))
    states, t = prior.embed(["a pencil"]), 400
    asked = objective.ask([t], [0], LEARN)
    a, z, given = prior.signal(t), objective.z_y, asked.noised
    e = 7.5 * (prior.predict(given.latents, t, states, given.photo) - given.seen)
    e = e + given.none + 1.5 * (given.seen - given.none)
    # v = (e - sqrt(1 - a) z_t) / sqrt(a), of the network and of the truth.
    made, true = ((each - (1 - a).sqrt() * given.latents) / a.sqrt() for each in (e, given.noise))
    assert torch.allclose(true, a.sqrt() * given.noise - (1 - a).sqrt() * z, atol=1e-4)
    mse = objective.terms(asked, states)["mse"]
    assert mse.item() == pytest.approx((made - true).square().mean().item(), rel=1e-3)


class TestStyle:
    """A style file, and what draws with it."""

    def test_it_tells_what_it_stands_on_and_nobodys_folders(self, style: Path, instruct_folder: Path) -> None:
        _, about = open_style(style, prior=str(instruct_folder))
        assert (about["method"], about["direction"], about["licence"]) == (
            "instruct",
            "photo-sketch",
            "for tests",
        )
        with safe_open(str(style), framework="pt") as file:
            told = file.metadata()
        assert told["prior"] == "tiny"
        assert len(told["prior_revision"]) == 64
        assert json.loads(told["frame"])["width"] == 64
        assert json.loads(told["config"])["sampling_steps"] == 2
        assert told["steps"] == "6"
        assert str(instruct_folder.parent).encode() not in style.read_bytes()

    def test_the_same_seed_draws_the_same_picture(self, style: Path, instruct_folder: Path) -> None:
        hand = limner.load(style, prior=str(instruct_folder))
        first, again, other, longer = (
            np.asarray(hand(kit.EXAMPLE, crop=True, sampling=sampling))
            for sampling in (Sampling(), Sampling(seed=0), Sampling(seed=1), Sampling(steps=3))
        )
        assert first.shape == (64, 64)
        assert (first == again).all()
        assert (first != other).any()
        assert (first != longer).any()
        with pytest.raises(PriorError, match="2000 steps"):
            hand(kit.EXAMPLE, crop=True, sampling=Sampling(steps=2000))

    def test_the_scales_mix_the_three_branches(self, style: Path, instruct_folder: Path) -> None:
        drawer, prior = (
            cast(Drawer, open_style(style, prior=str(instruct_folder))[0]),
            load_prior(instruct_folder),
        )
        photo = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
        empty, seen = prior.embed([""]), prior.condition(photo)

        def by_hand(text_scale: float, image_scale: float) -> Tensor:
            def epsilon(z: Tensor, t: Tensor) -> Tensor:
                none = prior.predict(z, t, empty, torch.zeros_like(seen))
                of_photo, asked = prior.predict(z, t, empty, seen), prior.predict(z, t, drawer.states, seen)
                return none + image_scale * (of_photo - none) + text_scale * (asked - of_photo)

            chance = torch.Generator().manual_seed(0)
            made = prior.decode(euler_ancestral(prior, epsilon, prior.noise(1, chance), 2, chance))
            return (made * torch.tensor(image.GREY).view(3, 1, 1)).sum(1, keepdim=True)

        with torch.no_grad():
            assert torch.allclose(drawer(photo), by_hand(7.5, 1.5), atol=1e-4)
            for scales in ((1.0, 1.0), (3.0, 1.0), (0.0, 0.0)):
                made = drawer.sampled(Sampling(text_scale=scales[0], image_scale=scales[1]))(photo)
                assert torch.allclose(made, by_hand(*scales), atol=1e-4)
                assert not torch.allclose(made, drawer(photo), atol=1e-3)

    def test_it_is_laid_on_its_lines_as_far_as_asked(self, lined: Path, instruct_folder: Path) -> None:
        drawer = cast(Drawer, open_style(lined, prior=str(instruct_folder))[0])
        assert drawer.stride == 512
        assert drawer.lines is not None
        photo = unit(fit(kit.EXAMPLE, kit.EXAMPLE, trust=True).into(head(512)).photo)
        plain, half, whole = (drawer.sampled(Sampling(trace=trace))(photo) for trace in (0, 0.5, 1))
        assert torch.equal(whole, drawer(photo))
        assert torch.allclose(whole, traced(plain, drawer.lines(photo)), atol=1e-6)
        assert torch.allclose(half, (plain + whole) / 2, atol=1e-6)

    def test_with_lines_the_prior_draws_what_it_draws_without(
        self, lined: Path, instruct_folder: Path
    ) -> None:
        """The same, but enlarged from the prior's 64 pixels."""
        drawer = cast(Drawer, open_style(lined, prior=str(instruct_folder))[0])
        bare = Drawer(drawer.prior, drawer.states, replace(drawer.settings, trace=0.0))
        photo = torch.rand(1, 3, 512, 512, generator=torch.Generator().manual_seed(0))
        small = bare(F.avg_pool2d(photo, 8))
        large = drawer.sampled(Sampling(trace=0.0))(photo)
        assert torch.allclose(large, F.interpolate(small, (512, 512), mode="bilinear"), atol=1e-6)

    def test_without_lines_there_is_nothing_to_trace(self, style: Path, instruct_folder: Path) -> None:
        hand = limner.load(style, prior=str(instruct_folder))
        with pytest.raises(StyleError, match="learned no lines to trace; a trace of 0 is expected"):
            hand(kit.EXAMPLE, sampling=Sampling(trace=0.5))

    def test_its_lines_are_exported(self, lined: Path, instruct_folder: Path, tmp_path: Path) -> None:
        with pytest.MonkeyPatch.context() as here:
            here.chdir(instruct_folder.parent)
            export(lined, tmp_path / "lines.onnx")
        hand = limner.load(tmp_path / "lines.onnx")
        assert (hand.frame.size, hand.frame.eyes) == (PORTRAIT.size, ([150, 250], [250, 250]))
        assert not {"prior", "prior_revision", "lines"} & hand.about.keys()
        assert hand.about["licence"] == "for tests"
        assert "lines begun from pencil, CC BY 4.0" in hand.about["trained_on"]
        photo = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        drawer = cast(Drawer, open_style(lined, prior=str(instruct_folder))[0])
        assert drawer.lines is not None
        expected = drawer.lines(unit(photo))[0, 0].numpy() * 255
        assert np.abs(np.asarray(hand(photo, whole=True)) - expected).max() <= 2

    def test_it_draws_any_size(self, style: Path, instruct_folder: Path) -> None:
        kit.assert_draws(limner.load(style, prior=str(instruct_folder)))

    def test_it_draws_a_square_and_leaves_paper_around(self, style: Path, instruct_folder: Path) -> None:
        wide = cv2.copyMakeBorder(image.read(kit.EXAMPLE), 0, 300, 300, 300, cv2.BORDER_REPLICATE)
        photo = np.asarray(wide, np.uint8)
        made = np.asarray(limner.load(style, prior=str(instruct_folder))(photo))
        assert made.shape == photo.shape[:2]
        (x, y), _ = find(image.read(kit.EXAMPLE))[0].eyes
        assert made[round(y) - 9 : round(y) + 9, round(x) + 291 : round(x) + 309].std() > 0
        assert (made[-100:] == 255).all()

    def test_its_lines_draw_what_lies_in_no_square(
        self, lined: Path, instruct_folder: Path, tmp_path: Path
    ) -> None:
        photo = np.pad(image.read(kit.EXAMPLE), ((0, 300), (300, 300), (0, 0)), mode="reflect")
        hand = limner.load(lined, prior=str(instruct_folder))
        made, bare = (np.asarray(hand(photo, sampling=Sampling(trace=t))).astype(int) for t in (None, 0.0))
        with pytest.MonkeyPatch.context() as here:
            here.chdir(instruct_folder.parent)
            export(lined, tmp_path / "lines.onnx")
        lines = np.asarray(limner.load(tmp_path / "lines.onnx")(photo)).astype(int)
        assert lines[-100:].std() > 5
        assert np.abs(made - lines)[-100:].max() <= 2
        assert np.abs(made - lines).max() > 20, "the square shows nothing"
        assert (bare[-100:] == 255).all()

    def test_it_leaves_the_ground_and_is_told_otherwise(self, lined: Path, instruct_folder: Path) -> None:
        hand = limner.load(lined, prior=str(instruct_folder))
        assert hand.background == "paper"
        photo = image.read(kit.EXAMPLE)
        nobody = matte(photo, find(photo)) == 0
        left, kept = (np.asarray(hand(photo, background=each)) for each in (None, "keep"))
        assert (left[nobody] == 255).all()
        assert (kept[nobody] != 255).any()

    def test_a_missing_prior_is_told(
        self, style: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(StyleError, match=r"draws with the prior 'tiny', which --prior names"):
            limner.load(style)

    def test_a_prior_in_the_present_folder_is_found(
        self, style: Path, instruct_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(instruct_folder.parent)
        assert limner.load(style).about["prior"] == "tiny"

    def test_another_revision_is_told(self, style: Path, tmp_path: Path) -> None:
        other = write_prior(tmp_path / "tiny", replace(FULL, instructs=True), seed=1)
        with pytest.raises(StyleError, match=r"of revision [0-9a-f]{12}; here it is [0-9a-f]{12}"):
            limner.load(style, prior=str(other))

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"prior_revision": None}, r"KeyError\('prior_revision'\)"),
            ({"lines": '{"wide": 3}'}, "TypeError.*'wide'"),
            ({"config": "no JSON"}, "JSONDecodeError"),
            ({"config": {"text_scale": None}}, r"KeyError\('text_scale'\)"),
            ({"config": {"sampling_steps": "many"}}, "invalid literal"),
            ({"config": {"sampling_steps": 0}}, "steps 0: at least 1"),
            ({"config": {"trace": 5.0}}, "trace 5.0: a number from 0 to 1"),
        ],
    )
    def test_a_file_that_does_not_tell_how_it_draws_is_told(
        self, changes: Mapping[str, Any], told: str, style: Path, instruct_folder: Path
    ) -> None:
        """None leaves a word out; a table changes the config's."""

        def changed(given: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in {**given, **changes}.items() if value is not None}

        _, about = open_style(style, prior=str(instruct_folder))
        if isinstance(changes.get("config"), Mapping):
            changes = {"config": json.dumps(changed(json.loads(about["config"]), changes["config"]))}
        with pytest.raises(StyleError, match=rf"does not tell how it draws .*{told}.* are expected"):
            INSTRUCT.build(changed(about, changes))

    def test_what_cannot_be_asked_of_it_is_told(
        self, style: Path, instruct_folder: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(StyleError, match="style pencil samples no prior"):
            limner.load("pencil", prior="x")
        with pytest.raises(LimnerError, match="seed: for styles that sample a prior"):
            limner.load()(kit.EXAMPLE, sampling=Sampling(seed=1))
        wrong: dict[str, Any]
        for wrong in ({"steps": 0}, {"seed": -1}, {"text_scale": float("nan")}, {"trace": 1.5}):
            with pytest.raises(LimnerError, match="is expected"):
                Sampling(**wrong)
        local = Path(shutil.copytree(instruct_folder, tmp_path / "tiny"))
        with pytest.MonkeyPatch.context() as here:
            here.chdir(local.parent)
            with pytest.raises(StyleError, match="draws by sampling tiny"):
                export(style, tmp_path / "x.onnx")


class TestRefusals:
    """What cannot be learned from."""

    @pytest.mark.parametrize("count", [0, 1, 3])
    def test_pictures_that_are_no_pairs(
        self, count: int, instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path
    ) -> None:
        config = replace(settings(tmp_path, instruct_folder, drawn), pairs=(drawn * 2)[:count])
        with pytest.raises(DataError, match=f"got {count} pictures"):
            INSTRUCT.train(config, silent)

    def test_a_prior_that_takes_no_photo(self, drawn: tuple[Path, Path], tmp_path: Path) -> None:
        plain = write_prior(tmp_path / "plain")
        with pytest.raises(PriorError, match="takes no photo"):
            INSTRUCT.train(settings(tmp_path, plain, drawn), silent)

    def test_lines_that_are_traced_and_not_learned(
        self, instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path
    ) -> None:
        with pytest.raises(LimnerError, match="trace 1 of lines that are not learned"):
            INSTRUCT.train(replace(settings(tmp_path, instruct_folder, drawn), trace=1.0), silent)

    def test_an_instruction_without_words(
        self, instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path
    ) -> None:
        with pytest.raises(LimnerError, match="has no words"):
            INSTRUCT.train(replace(settings(tmp_path, instruct_folder, drawn), instruction=" "), silent)

    @pytest.mark.parametrize(
        ("changes", "told"),
        [({"instruction": " "}, "has no words"), ({"clip": "me/none"}, "limner fetch me/none")],
    )
    def test_what_is_refused_is_so_before_lines_are_learned(
        self,
        changes: Mapping[str, Any],
        told: str,
        instruct_folder: Path,
        drawn: tuple[Path, Path],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def learns(*_: object) -> None:
            pytest.fail("lines are learned")

        monkeypatch.setattr("limner.methods.instruct.train.learned", learns)
        config = replace(settings(tmp_path, instruct_folder, drawn), lines=short_lines(1), **changes)
        with pytest.raises(LimnerError, match=told):
            INSTRUCT.train(config, silent)

    @pytest.mark.parametrize(
        ("kind", "values"),
        [
            (Config, {"trace": 5.0}),
            (Config, {"trace": -0.1}),
            (Config, {"look_every": 0}),
            (Config, {"looks_at": 0}),
            (Config, {"sampling_steps": 0}),
            (Config, {"states": -1}),
            (Config, {"text_scale": float("nan")}),
            (Config, {"image_scale": float("inf")}),
            (Lines, {"steps": 0}),
            (Lines, {"share": 1.5}),
            (Lines, {"rate": float("nan")}),
            (RunConfig, {"steps": 0}),
            (RunConfig, {"seed": -1}),
            (RunConfig, {"seed": 2**64}),
        ],
    )
    def test_values_that_are_out_of_their_range(self, kind: Any, values: Mapping[str, Any]) -> None:  # noqa: ANN401
        given = {Config: ((), ""), Lines: (), RunConfig: (Path(),)}[kind]
        ((name, value),) = values.items()
        with pytest.raises(LimnerError, match=rf"{name} is {value}; .* is expected"):
            kind(*given, **values)

    def test_a_clip_that_is_not_there_or_of_another_text_encoder(
        self, instruct_folder: Path, drawn: tuple[Path, Path], tmp_path: Path
    ) -> None:
        alone = Path(shutil.copytree(instruct_folder, tmp_path / "alone"))
        index = json.loads((alone / "model_index.json").read_text())
        (alone / "model_index.json").write_text(json.dumps(index | {"image_encoder": [None, None]}))
        config, prior = settings(tmp_path, alone, drawn), load_prior(alone)
        with pytest.raises(FetchError, match=r"limner fetch openai/clip-vit-large.*--clip-weight 0"):
            load_guide(config, prior)
        wide = write_prior(tmp_path / "wide", replace(FULL, text=24))
        with pytest.raises(PriorError, match=r"width 24, .* gives 16; .*--clip-weight 0"):
            load_guide(replace(config, clip=str(wide)), prior)
        config = replace(config, start="nearest")
        with pytest.raises(FetchError, match="--clip-weight 0 with --start given or best leaves CLIP out"):
            load_guide(config, prior)
        with pytest.raises(FetchError, match="downloads it; --start given or best leaves CLIP out"):
            load_guide(replace(config, clip_weight=0.0), prior)


class TestCommand:
    """`limner learn`, then `limner draw`."""

    def test_learn_and_draw(
        self,
        instruct_folder: Path,
        drawn: tuple[Path, Path],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        out = tmp_path / "my.safetensors"
        words = ["learn", *map(str, drawn), "--out", str(out), "--licence", "mine"]
        words += ["--prior", str(instruct_folder), "--steps", "2"]
        assert cli.main(words) == 0
        assert capsys.readouterr().out == f"{out}\n{tmp_path / 'my.png'}\n"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["my.png", "my.safetensors"]
        assert image.read(tmp_path / "my.png").shape == (64, 4 * 64 + 3 * 8, 3)
        assert cli.main(words) == 1
        assert "my.safetensors exists; --force overwrites it" in capsys.readouterr().err
        draw = [
            "draw",
            str(kit.EXAMPLE),
            "--style",
            str(out),
            "--prior",
            str(instruct_folder),
            "--steps",
            "2",
        ]
        made = [tmp_path / f"{name}.png" for name in ("a", "b", "c")]
        for path, seed in zip(made, ("3", "3", "4"), strict=True):
            assert cli.main([*draw, "--seed", seed, "--out", str(path)]) == 0
        first, again, other = map(image.read, made)
        assert first.shape == image.read(kit.EXAMPLE).shape
        assert (first == again).all()
        assert (first != other).any()

    def test_another_suffix_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["learn", "a.jpg", "b.jpg", "--out", "my.onnx", "--licence", "mine"]) == 1
        assert "a file NAME.safetensors is expected" in capsys.readouterr().err

    def test_its_defaults_are_the_methods(self) -> None:
        told = {field.name: field.default for field in fields(Config)}
        asked = inspect.signature(cli.learn).parameters
        shared = told.keys() & asked.keys() - {"licence"}
        assert len(shared) == 11
        for name in shared:
            # None stands for what suits the prior.
            default = asked[name].default
            assert default == told[name] or (default is None and name in PUBLISHED), name

    @pytest.mark.parametrize(
        ("option", "told"),
        [
            (("--steps", "0"), "run.steps is 0; at least 1"),
            (("--seed", "-1"), "run.seed is -1; at least 0"),
            (("--lines", "-3"), "lines.steps is -3; at least 1"),
            (("--trace", "5"), "trace is 5.0; at most 1"),
        ],
    )
    def test_a_value_out_of_its_range_is_told(
        self, option: tuple[str, str], told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ["learn", "a.jpg", "b.jpg", "--out", "my.safetensors", "--licence", "mine"]
        assert cli.main([*words, *option]) == 1
        assert f"limner: {told} is expected" in capsys.readouterr().err

    def test_steps_follow_the_prior(self) -> None:
        assert run_of().steps == FEW
        assert run_of("a/b").steps == ALL
        assert run_of("a/b", 5).steps == 5

    def test_settings_follow_the_prior(self) -> None:
        assert config_of((), "") == Config((), "")
        published = config_of((), "", "a/b", text_scale=None, image_scale=2.0)
        told = {name: getattr(published, name) for name in PUBLISHED}
        assert told == {**PUBLISHED, "image_scale": 2.0}


class TestTracing:
    """The lines of one drawing in the tone of another."""

    def test_it_is_the_strokes_and_a_share_of_the_mean_of_means_of_what_tone_lacks(self) -> None:
        """Against the definition, square by square."""
        rng = np.random.default_rng(0)
        lines, drawn = rng.random((2, 12, 12))
        radius = max(1, round(RADIUS * 12))
        made = traced(*(torch.from_numpy(x)[None, None] for x in (drawn, lines)))[0, 0].numpy()
        around = np.arange(-radius, radius + 1)

        def mean(picture: np.ndarray[Any, Any], y: int, x: int) -> float:
            return picture[np.ix_(y + around, x + around)].mean()

        for y in range(2 * radius, 12 - 2 * radius):
            for x in range(2 * radius, 12 - 2 * radius):
                lacks = [mean(drawn - lines, y + j, x + i) for j in around for i in around]
                assert made[y, x] == pytest.approx(
                    np.clip(lines[y, x] + TONE * np.mean(lacks), 0, 1), abs=1e-9
                )

    def test_whole_tone_is_the_drawings_and_strokes_are_the_pencils(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trace, "TONE", 1.0)
        lines = torch.ones(1, 1, 96, 96)
        lines[..., 40:44, :] = 0.5
        made = traced(torch.full((1, 1, 96, 96), 0.4), lines)
        assert torch.allclose(made[..., 80:, :], torch.tensor(0.4), atol=1e-3)
        # Where there is a line, the tone around it is lifted by as much as the line takes on the mean.
        assert made[..., 30:54, :].mean() == pytest.approx(0.4, abs=0.03)
        assert made[..., 36, 48] - made[..., 42, 48] == pytest.approx(0.5, abs=0.06)

    def test_a_smudge_becomes_no_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(trace, "TONE", 1.0)
        drawn = torch.full((1, 1, 96, 96), 0.9)
        drawn[..., 38:46, :] = 0.3
        made = traced(drawn, torch.ones(1, 1, 96, 96))
        assert made[..., 42, 48] > 0.5
        assert torch.allclose(made[..., 80:, :], torch.tensor(0.9), atol=1e-3)


class TestLines:
    """limner's own pencil learns another hand."""

    @pytest.fixture
    def dark(self, drawn: tuple[Path, Path]) -> Aligned:
        """The pair, its sketch on dark paper: what the pencil surely does not draw by itself."""
        pair = fit(*drawn).into(PORTRAIT)
        return replace(pair, sketch=(pair.sketch // 2).astype(np.uint8))

    def run(self, folder: Path) -> RunConfig:
        return RunConfig(folder, save_every=2, log_every=1, device="cpu", workers=0)

    def test_the_network_that_learns_is_the_packaged_pencil(self, drawn: tuple[Path, Path]) -> None:
        photo = fit(*drawn).into(PORTRAIT).photo[:496]
        with torch.no_grad():
            ours = pencil().eval()(unit(photo))[0, 0].numpy() * 255
        assert np.abs(np.asarray(limner.load("pencil")(photo, whole=True)) - ours).max() <= 1

    def test_it_comes_nearer_to_the_sketch(self, dark: Aligned, tmp_path: Path) -> None:
        net = learned([dark], replace(short_lines(12), average=0.5), self.run(tmp_path))
        photo, sketch = unit(dark.photo[:496]), torch.from_numpy(dark.sketch[:496] / 255.0)
        with torch.no_grad():
            before, after = ((n(photo)[0, 0] - sketch).abs().mean() for n in (pencil().eval(), net))
        assert after < 0.8 * before

    def test_it_draws_with_weights_between_the_pencils_and_its_own(
        self, dark: Aligned, tmp_path: Path
    ) -> None:
        none, half, whole = (
            learned([dark], replace(short_lines(2), share=share), self.run(tmp_path / f"{share}"))
            for share in (0.0, 0.5, 1.0)
        )
        moved = 0.0
        for ours, start, between, end in zip(
            none.parameters(), pencil().parameters(), half.parameters(), whole.parameters(), strict=True
        ):
            assert torch.equal(ours, start)
            assert torch.allclose(between, (start + end) / 2, atol=1e-6)
            assert not between.requires_grad
            moved += float((end - start).detach().abs().sum())
        assert moved > 0

    def test_a_run_that_was_cut_off_ends_as_one_left_alone(self, dark: Aligned, tmp_path: Path) -> None:
        def cut(progress: Progress) -> None:
            if progress.done == 3:
                raise KeyboardInterrupt

        config = short_lines(4)
        whole = learned([dark], config, self.run(tmp_path / "whole"))
        with pytest.raises(KeyboardInterrupt):
            learned([dark], config, self.run(tmp_path / "cut"), cut)
        again = learned([dark], config, self.run(tmp_path / "cut"))
        for ours, theirs in zip(whole.parameters(), again.parameters(), strict=True):
            assert torch.equal(ours, theirs)

    def test_a_run_is_of_its_pairs_and_of_its_pencil(
        self, dark: Aligned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        learned([dark], short_lines(1), self.run(tmp_path))
        other = replace(dark, sketch=dark.sketch + np.uint8(1))
        with pytest.raises(LimnerError, match="other settings: pairs was"):
            learned([other], short_lines(1), self.run(tmp_path))
        other_card = replace(hub.card("pencil"), sha256="0" * 64)

        def card(_: str) -> hub.Card:
            return other_card

        monkeypatch.setattr(hub, "card", card)
        monkeypatch.setattr("limner.methods.instruct.lines.pencil", Generator)
        with pytest.raises(LimnerError, match="other settings: pencil was"):
            learned([dark], short_lines(1), self.run(tmp_path))

    def test_how_many_steps_decides_whether_there_are_any(self) -> None:
        assert config_of((), "", lines=0).lines is None
        assert config_of((), "", lines=0).trace == 0
        assert config_of((), "", "a/b", lines=7).lines == Lines(7)
        assert config_of((), "", "a/b", lines=7).trace == 1
        assert config_of((), "", "a/b").lines is None

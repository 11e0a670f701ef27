"""The `prior` method: triples from a seed, four stages that learn and resume, a folder that opens."""

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file
from tests import priors

from limner import image
from limner.data.edits import FAMILIES, HELD_OUT
from limner.data.pair import DataError
from limner.data.portraits import held_out
from limner.engine.config import RunConfig
from limner.errors import LimnerError
from limner.hub import StyleError
from limner.methods import METHODS
from limner.methods.prior.autoencoder import cropped, fewer, grained, posterior
from limner.methods.prior.captions import HOW, caption, who
from limner.methods.prior.clip import Told
from limner.methods.prior.config import Autoencoder, Clip, Config, Stage, Unet
from limner.methods.prior.growing import Growing
from limner.methods.prior.latents import Latents
from limner.methods.prior.pack import packed
from limner.methods.prior.shots import Framing
from limner.methods.prior.train import packs, train
from limner.methods.prior.triples import (
    CAPTION,
    INSTRUCTION,
    PHOTO,
    UNEDITED,
    Order,
    Portrait,
    people,
    triples,
)
from limner.methods.prior.unet import Edits, error
from limner.methods.style import open_style
from limner.pretrained.clip import load_clip
from limner.pretrained.guidance import instructed
from limner.pretrained.prior import Prior, load_prior
from limner.pretrained.sample import euler_ancestral
from limner.pretrained.sizes import Vae
from limner.progress import Progress, silent

EXAMPLE = Path(__file__).parents[2] / "examples" / "portrait.jpg"
NAMES = [name for name in map(str, range(100, 130)) if not held_out(name)][:4]
SIZES = replace(
    priors.FULL,
    size=32,
    instructs=True,
    latents=8,
    vae=(8, 8, 16),
    vae_layers=1,
    unet=(16, 16),
    unet_layers=1,
    tokens=32,
    merges=300,
)
FRAMING = Framing(least=20, enlarged=2)
ORDER = Order(32, 0.2, FRAMING, seed=3)
STAGES: tuple[Stage, ...] = ("autoencoder", "clip", "unet", "plain")
LOSS = {"autoencoder": "structure", "clip": "contrast", "unet": "error", "plain": "error"}


class KilledError(Exception):
    """Ends a training in its middle."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One face under four names, of whom one is nobody's to learn from, and a table."""
    folder = tmp_path_factory.mktemp("portraits")
    for name in NAMES:
        shutil.copy(EXAMPLE, folder / f"{name}_0.jpg")
    (folder / "groups.csv").write_text(f"id,sex,age\n{NAMES[1]},male,31\n")
    return folder


@pytest.fixture(scope="module")
def pack_folder(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder in which the triples are made."""
    folder = tmp_path_factory.mktemp("run")
    packs(config("autoencoder", data, folder))
    return folder


@pytest.fixture(scope="module")
def finished(data: Path, pack_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder in which all stages have finished."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    shutil.copytree(pack_folder, folder)
    for stage in STAGES:
        train(config(stage, data, folder, steps=24))
    return folder


def config(stage: Stage, data: Path, folder: Path, steps: int = 6, **changes: Any) -> Config:  # noqa: ANN401
    run = RunConfig(folder, steps=steps, batch=4, save_every=12, log_every=1, device="cpu", workers=0)
    settings: dict[str, Any] = {
        "hold_out": 4,
        "triples": 12,
        "watched": 2,
        "average": 0.9,
        "warm": 1,
        "autoencoder": Autoencoder(rate=3e-3, crop=16, whole=0.2),
        "clip": Clip(rate=3e-3),
        "unet": Unet(rate=3e-3),
        "sizes": SIZES,
        "framing": FRAMING,
        "run": run,
    }
    return Config(stage, (str(data),), "for tests", **(settings | changes))


def log(folder: Path, stage: Stage) -> list[Mapping[str, float]]:
    return [json.loads(line) for line in (folder / stage / "log.jsonl").read_text().splitlines()]


def mean(lines: list[Mapping[str, float]], loss: str) -> float:
    return float(np.mean([line[loss] for line in lines]))


# -- triples -----------------------------------------------------------------------------------------


def test_triples_follow_from_their_seed_whatever_the_workers(tmp_path: Path, data: Path) -> None:
    kept, _ = people((str(data),), 0)
    one, same = (packed(tmp_path / f"{n}", kept[:2], 4, ORDER, workers=n) for n in (0, 2))
    other = packed(tmp_path / "other", kept[:1], 2, replace(ORDER, seed=4))
    assert one.photo.shape == one.edited.shape == (4, 32, 32, 3)
    assert one.rows == same.rows
    assert one.key == same.key != other.key
    assert np.array_equal(one.photo, same.photo)
    assert np.array_equal(one.edited, same.edited)
    assert not np.array_equal(one.photo[:2], other.photo)
    assert len({photo.tobytes() for photo in one.photo}) == 4, "each is cut anew"


def test_no_triple_is_of_held_out_parameters_or_without_its_sentences(data: Path) -> None:
    portrait = Portrait(data / f"{NAMES[1]}_0.jpg", NAMES[1], "a man in his thirties")
    made = triples(portrait, range(120), ORDER)
    assert len(made) == 120
    for photo, edited, row in made:
        assert row.photo == "a photo of a man in his thirties"
        if not row.family:
            assert row.instruction in UNEDITED
            assert row.caption == row.photo
            assert np.array_equal(photo, edited)
            continue
        family = FAMILIES[row.family]
        name, (low, high) = next(iter(family.parameters.items()))
        part = (row.parameters[name] - low) / (high - low)
        assert part <= HELD_OUT[0] or part >= HELD_OUT[1]
        assert set(row.instruction.replace(",", " ").split()) <= family.words()
        assert row.caption.startswith(("a portrait of a man in", "a photo of a man in"))
    seen = Counter(row.family for _, _, row in made)
    assert len(seen) > 30
    assert 10 < seen[""] < 40


def test_learns_from_nobody_who_is_held_out(tmp_path: Path) -> None:
    names = [f"p{i}" for i in range(20)]
    for name in names:
        for pose in ("03", "08"):
            image.write(tmp_path / f"{name}_{pose}.png", np.zeros((4, 4, 3), np.uint8))
    free = {name for name in names if not held_out(name)}
    kept, left_out = ({each.identity for each in some} for some in people((str(tmp_path),), 3))
    assert kept | left_out == free < set(names)
    assert not kept & left_out
    assert left_out == set(sorted(free)[::3])
    every, none = people((str(tmp_path),), 0)
    assert (len(every), none) == (2 * len(free), [])


def test_triples_are_made_again_only_for_another_order(tmp_path: Path, data: Path) -> None:
    kept, _ = people((str(data),), 0)
    rows, told = tmp_path / "rows.json", list[Progress]()
    first = packed(tmp_path, kept[:1], 1, ORDER, report=told.append)
    written = rows.stat().st_mtime_ns
    again = packed(tmp_path, kept[:1], 1, ORDER, report=told.append)
    assert rows.stat().st_mtime_ns == written
    assert (len(told), again.rows) == (1, first.rows)
    packed(tmp_path, kept[:1], 2, ORDER)
    assert rows.stat().st_mtime_ns != written
    # What a cut-off making leaves is made anew: the rows are written last.
    with pytest.raises(DataError, match="none of 1 portraits gives a triple"):
        packed(tmp_path, kept[:1], 2, replace(ORDER, framing=Framing(least=500)))
    assert not rows.exists()


def test_who_nobody_can_be_learnt_from_is_told(tmp_path: Path) -> None:
    image.write(tmp_path / f"{NAMES[0]}.png", np.full((60, 60, 3), 128, np.uint8))
    with pytest.raises(DataError, match=rf"none of 1 portraits gives a triple; .*{NAMES[0]}.png"):
        packed(tmp_path / "pack", people((str(tmp_path),), 0)[0], 3, ORDER)


def test_tables_tell_who_is_on_a_portrait(data: Path) -> None:
    kept, _ = people((str(data),), 0)
    assert {each.identity: each.who for each in kept} == {
        name: "a man in his thirties" if name == NAMES[1] else "a person" for name in NAMES
    }
    for facts, told in (
        ({"face_gender": "Female", "face_age": "20 to 29"}, "a woman in her twenties"),
        ({"age": "47.5"}, "a person in their forties"),
        ({"sex": "male", "age": "9", "stage": "30", "language": "40"}, "a man"),
        ({"sex": "unknown", "age": "old"}, "a person"),
    ):
        assert who(facts) == told


def test_captions_are_of_all_families_and_name_what_is_seen() -> None:
    assert HOW.keys() <= {family.name for family in FAMILIES.values() if family.kind == "photographic"}
    told = {caption("a woman", family) for family in FAMILIES.values()}
    assert len(told) == len(FAMILIES)
    assert caption("a woman", FAMILIES["charcoal"]) == "a portrait of a woman, charcoal"
    assert caption("a woman", FAMILIES["posterise"]) == "a photo of a woman, posterised"
    assert caption("a woman") == "a photo of a woman"


def test_squares_lie_in_the_portrait_around_the_face() -> None:
    rng, eyes = np.random.default_rng(0), ((90.0, 120.0), (140.0, 124.0))
    still = Framing(turn=0)
    portrait = np.full((300, 240, 3), 90, np.uint8)
    alpha = np.ones((300, 240), np.float32)
    mirrored = 0
    for _ in range(60):
        matrix = still.matrix(portrait.shape, eyes, 128, rng)
        back = np.linalg.inv(matrix[:, :2])
        corners = (np.array([(0, 0), (127, 127)]) - matrix[:, 2]) @ back.T
        assert corners.min() >= -1
        assert (corners.max(axis=0) <= (240, 300)).all()
        mirrored += np.linalg.det(matrix[:, :2]) < 0
        *_, (left, right) = Framing().shot(portrait, alpha, eyes, 128, rng)
        assert 0 < left[0] < right[0] < 128
        # 240 pixels are no wider square than 0.21 of it is between the eyes.
        assert 0.2 < (right[0] - left[0]) / 128 < 0.28
    assert 15 < mirrored < 45


def test_an_array_grows_on_the_disk(tmp_path: Path) -> None:
    with Growing(tmp_path / "a.npy", (2, 3), np.float16) as file:
        for i in range(1234):
            file.append(np.full((2, 3), i))
        with pytest.raises(ValueError, match=r"a row of shape \(3,\); \(2, 3\) is expected"):
            file.append(np.zeros(3))
    told = np.load(tmp_path / "a.npy", mmap_mode="r")
    assert (told.shape, told.dtype) == ((1234, 2, 3), np.float16)
    assert np.array_equal(told[:, 1, 2], np.arange(1234).astype(np.float16))


# -- samples -----------------------------------------------------------------------------------------


def edits(drop: float, captions: float) -> Edits:
    """One row whose edited latents are 2, photo 1, and whose sentences are 5, 6 and 7; nothing is 9."""
    latents = Latents(np.full((1, 2, 4, 4), 1, np.float16), np.full((1, 2, 4, 4), 2, np.float16))
    return Edits(latents, np.array([[[5], [6], [7]]]), np.array([9]), drop, captions)


def test_photo_and_sentence_are_dropped_as_often_as_said() -> None:
    rng, samples = np.random.default_rng(0), edits(0.05, 0.2)
    drawn = [samples.sample(0, rng) for _ in range(20000)]
    kinds = Counter(
        (int(each["wanted"].max()), int(each["photo"].max()), int(each["tokens"][0])) for each in drawn
    )
    shares = {kind: count / len(drawn) for kind, count in kinds.items()}
    assert shares == {
        (2, 1, 5): pytest.approx(0.8 * 0.85, abs=0.01),  # the edit, with all
        (2, 0, 5): pytest.approx(0.8 * 0.05, abs=0.005),
        (2, 1, 9): pytest.approx(0.8 * 0.05, abs=0.005),
        (2, 0, 9): pytest.approx(0.8 * 0.05, abs=0.005),
        (2, 0, 6): pytest.approx(0.1, abs=0.01),  # a portrait by its caption
        (1, 0, 7): pytest.approx(0.1, abs=0.01),  # a photo by its caption
    }


def test_the_plain_net_and_the_watched_loss_drop_nothing() -> None:
    rng, samples = np.random.default_rng(0), edits(0.0, 0.0)
    for _ in range(200):
        drawn = samples.sample(0, rng)
        assert (drawn["wanted"].max(), drawn["photo"].max(), drawn["tokens"][0]) == (2, 1, 5)


def test_pictures_come_with_their_own_sentences(data: Path, pack_folder: Path) -> None:
    pack, held = packs(config("clip", data, pack_folder))
    assert held is not None
    assert {row.identity for row in held.rows} == {NAMES[0]}
    assert {row.identity for row in pack.rows} == set(NAMES[1:])
    tokens = np.arange(3 * len(pack)).reshape(len(pack), 3, 1)
    told, rng = Told(pack, tokens, side=32, zoom=1, captions=0.5), np.random.default_rng(0)
    kinds = Counter[int]()
    for index in [i for i in range(len(pack)) if pack.rows[i].family] * 60:
        sample = told.sample(index, rng)
        row, kind = divmod(int(sample["tokens"][0]), 3)
        kinds[kind] += 1
        assert row == index
        seen = (pack.photo if kind == PHOTO else pack.edited)[index].transpose(2, 0, 1)
        assert np.array_equal(np.rint(255 * sample["picture"]), seen)
    share = {kind: count / kinds.total() for kind, count in kinds.items()}
    assert share[INSTRUCTION] == pytest.approx(0.5, abs=0.08)
    assert share[CAPTION] == pytest.approx(0.25, abs=0.08)


def test_crops_and_whole_pictures_hold_as_many_pixels() -> None:
    pictures = torch.rand(8, 3, 32, 32)
    crops = cropped(pictures, 16)
    assert crops.shape == (8, 3, 16, 16)
    windows = pictures[3].unfold(1, 16, 1).unfold(2, 16, 1)
    assert (windows == crops[3][:, None, None]).flatten(3).all(3).all(0).any(), "a window of its own picture"
    assert fewer(pictures, 16).shape == (2, 3, 32, 32)
    assert len(fewer(pictures[:1], 16)) == 1


def test_finer_crops_are_shrunk_from_larger_ones() -> None:
    side = 64
    # Stripes two pixels wide: a crop shrunk to half or further has them a pixel wide, or grey.
    stripes = (torch.arange(side) // 2 % 2).float().expand(200, 3, side, side)
    assert {tuple(crop.unique().tolist()) for crop in cropped(stripes, 16)} == {(0.0, 1.0)}
    deviations = torch.stack([crop.std() for crop in cropped(stripes, 16, finer=4.0)])
    assert deviations.max() > 0.45
    assert deviations.min() < 0.2
    assert cropped(stripes, 16, finer=9.0).shape == (200, 3, 16, 16), "no larger than the picture"


def test_grain_is_alike_in_all_colours_and_differs_by_picture() -> None:
    flat = torch.full((100, 3, 16, 16), 0.5)
    grain = grained(flat, 0.08) - flat
    assert torch.allclose(grain[:, 0], grain[:, 2], atol=1e-6)
    deviations = grain[:, 0].flatten(1).std(1)
    assert deviations.max() == pytest.approx(0.08, rel=0.15)
    assert deviations.min() < 0.01
    white = grained(torch.ones(4, 3, 16, 16), 0.08)
    assert white.max() <= 1
    assert grained(flat, 0.0) is flat


# -- stages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_learns(stage: Stage, finished: Path) -> None:
    lines = log(finished, stage)
    assert len(lines) == 24
    first, last = mean(lines[:6], LOSS[stage]), mean(lines[-6:], LOSS[stage])
    assert last < 0.9 * first, f"{LOSS[stage]} went from {first:.4f} to {last:.4f}"
    watched = [line["step"] for line in lines if any(name.startswith("held_") for name in line)]
    assert watched == [12, 24]


@pytest.mark.parametrize("stage", STAGES[:3])  # plain is the loop of unet
def test_each_stage_resumes_to_equal_weights(
    stage: Stage, data: Path, finished: Path, tmp_path: Path
) -> None:
    def stop(progress: Progress) -> None:
        if (progress.unit, progress.done) == ("step", 5):
            raise KilledError

    weights: list[Mapping[str, torch.Tensor]] = []
    for name, report in (("killed", stop), ("alone", None)):
        shutil.copytree(
            finished, tmp_path / name, ignore=shutil.ignore_patterns("checkpoint.pt", "log.jsonl")
        )
        settings = config(stage, data, tmp_path / name)
        settings = replace(settings, run=replace(settings.run, save_every=2))
        if report:
            with pytest.raises(KilledError):
                train(settings, report)
            assert [line["step"] for line in log(tmp_path / name, stage)] == [1, 2, 3, 4, 5]
        train(settings)
        assert [line["step"] for line in log(tmp_path / name, stage)] == [1, 2, 3, 4, 5, 6]
        weights.append(load_file(tmp_path / name / stage / "style.safetensors"))
    ours, theirs = weights
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_watching_changes_no_weight(data: Path, finished: Path, tmp_path: Path) -> None:
    from limner.methods.prior import clip, unet

    looked_at: tuple[tuple[Stage, Any], ...] = (("clip", clip), ("unet", unet))
    for stage, module in looked_at:
        found: list[Mapping[str, torch.Tensor]] = []
        for watches in (True, False):
            folder = tmp_path / f"{stage}-{watches}"
            shutil.copytree(finished, folder, ignore=shutil.ignore_patterns("checkpoint.pt"))
            settings = config(stage, data, folder, steps=3)
            settings = replace(settings, run=replace(settings.run, save_every=1))
            pack, held = packs(settings)
            module.train(settings, pack, held if watches else None, silent)
            assert any("held" in name for line in log(folder, stage)[-1:] for name in line) == watches
            found.append(load_file(folder / stage / "style.safetensors"))
        assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


def test_the_finished_folder_edits_and_draws_from_words(finished: Path) -> None:
    prior, clip = load_prior(finished / "stand-in"), load_clip(finished / "stand-in")
    assert (prior.instructs, prior.channels, prior.stride, prior.size) == (True, 8, 4, 32)
    assert prior.prediction == "sample"
    text, empty = prior.embed(["turn this photo into a plain pencil sketch"]), prior.embed([""])
    photo = prior.condition(torch.rand(1, 3, 32, 32))
    epsilon = instructed(prior, text, empty, photo, text_scale=7.5, image_scale=1.5)
    made = prior.decode(euler_ancestral(prior, epsilon, prior.noise(1), steps=3))
    assert made.shape == (1, 3, 32, 32)
    assert made.std() > 0
    assert clip.image(made).shape == clip.sentence(["a portrait of a woman"]).shape == (1, 8)


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_a_network_is_held_to_what_it_predicts(prediction: str, tmp_path: Path) -> None:
    prior = load_prior(priors.write_prior(tmp_path, SIZES, prediction=prediction))
    z, noise, t = torch.randn(3, 8, 8, 8), torch.randn(3, 8, 8, 8), torch.tensor([0, 400, 999])
    a = prior.signal(t).view(-1, 1, 1, 1)
    true = {"epsilon": noise, "v_prediction": a.sqrt() * noise - (1 - a).sqrt() * z, "sample": z}

    def right(given: torch.Tensor, *_: torch.Tensor) -> SimpleNamespace:
        assert torch.allclose(given[:, :8], a.sqrt() * z + (1 - a).sqrt() * noise, atol=1e-5)
        return SimpleNamespace(sample=true[prediction] + off)

    scale = float(prior.vae.config["scaling_factor"])
    tokens = torch.zeros(3, SIZES.tokens)
    batch = {"wanted": z / scale, "photo": torch.zeros_like(z), "tokens": tokens}
    off = torch.zeros_like(z)
    assert error(cast(Any, right), prior, batch, t, noise, at_once=False).item() == pytest.approx(0, abs=1e-9)
    off = torch.full_like(z, 0.1)
    told = error(cast(Any, right), prior, batch, t, noise, at_once=False).item()
    # Of z as much as the same error of v is, (1 / (1 - a)), but six times at most.
    weights = (1 / (1 - a)).clamp(max=6) if prediction == "sample" else torch.ones(3)
    assert told == pytest.approx(0.01 * weights.mean().item(), rel=1e-3)
    if prediction == "sample":
        assert weights.flatten().tolist() == pytest.approx([6, 1.64, 1], abs=0.1)


def test_latents_have_a_variance_of_one(data: Path, finished: Path) -> None:
    pack, _ = packs(config("unet", data, finished))
    prior = load_prior(finished / "stand-in")
    pictures = np.concatenate([pack.photo, pack.edited]).transpose(0, 3, 1, 2)
    latents = prior.encode(torch.from_numpy(pictures).float() / 255)
    assert latents.std().item() == pytest.approx(1, abs=0.02)
    kept = np.load(finished / "latents" / "train" / "edited.npy")
    expected = prior.condition(torch.from_numpy(pictures[len(pack) :]).float() / 255).numpy()
    # The folder's weights are in half precision, and so are the latents.
    assert np.abs(kept - expected).max() < 0.02 * expected.std()


def test_the_plain_net_edits_at_once(finished: Path) -> None:
    prior = load_prior(finished / "stand-in")
    net = cast(Any, UNet2DConditionModel.from_pretrained(finished / "plain", subfolder="unet"))
    photo = prior.condition(torch.rand(2, 3, 32, 32))
    given = torch.cat([torch.zeros_like(photo), photo], 1)
    grey, same = (
        net(given, 0, prior.embed([each]).expand(2, -1, -1)).sample for each in ("make it grey", "")
    )
    assert grey.shape == photo.shape
    assert not torch.allclose(grey, same, atol=1e-6)
    trained = load_file(finished / "plain" / "style.safetensors")
    assert all(torch.equal(trained[name], weight) for name, weight in net.state_dict().items())


def test_a_u_net_is_trained_among_the_parts_of_a_finished_model(
    data: Path, pack_folder: Path, finished: Path, tmp_path: Path
) -> None:
    shutil.copytree(pack_folder, tmp_path / "run")
    own = Unet(rate=3e-3, parts=str(finished / "stand-in"))
    made = train(config("unet", data, tmp_path / "run", unet=own))
    ours, theirs = load_prior(made), load_prior(finished / "stand-in")
    for part in ("vae", "text_encoder"):
        weights = getattr(theirs, part).state_dict()
        assert all(torch.equal(weights[k], v) for k, v in getattr(ours, part).state_dict().items())
    assert ours.vae.config["scaling_factor"] == theirs.vae.config["scaling_factor"]
    assert ours.tokenizer.get_vocab() == theirs.tokenizer.get_vocab()
    assert str(finished).encode() not in (tmp_path / "run" / "unet" / "style.safetensors").read_bytes()


SURE = ("AutoencoderTiny", "AutoencoderDC")
"""Autoencoders that tell the mean of q(z|x) alone."""


@pytest.mark.parametrize("autoencoder", SURE)
def test_other_autoencoders_serve_too(
    autoencoder: Vae, data: Path, pack_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(pack_folder, tmp_path / "run")
    sizes = replace(SIZES, autoencoder=autoencoder)
    settings = config("autoencoder", data, tmp_path / "run", steps=2, sizes=sizes)
    assert train(settings).name == "style.safetensors"
    assert all(line["kl"] > 0 for line in log(tmp_path / "run", "autoencoder"))


@pytest.mark.parametrize("autoencoder", SURE)
def test_kl_of_an_autoencoder_that_tells_means_is_theirs(autoencoder: Vae, tmp_path: Path) -> None:
    prior = load_prior(priors.write_prior(tmp_path, replace(SIZES, autoencoder=autoencoder)))
    vae, picture = prior.vae, torch.rand(2, 3, 32, 32)
    mean = prior.condition(picture)
    blur = 0.03
    z, told = posterior(vae, picture, blur)
    normal = torch.distributions.Normal
    q, p = normal(mean, torch.full_like(mean, blur)), normal(0.0, 1.0)
    constant = torch.distributions.kl_divergence(normal(0.0, blur), p)
    assert told.item() == pytest.approx(
        (torch.distributions.kl_divergence(q, p) - constant).mean().item(), rel=1e-4
    )
    assert (z - mean).std().item() == pytest.approx(blur, rel=0.1)


def test_kl_is_of_each_latent_number(finished: Path) -> None:
    prior: Prior = load_prior(finished / "stand-in")
    picture = torch.rand(2, 3, 32, 32)
    _, told = posterior(prior.vae, picture, 0.0)
    q = prior.vae.encode(2 * picture - 1).latent_dist  # pyright: ignore[reportAttributeAccessIssue]
    normal = torch.distributions.Normal
    expected = torch.distributions.kl_divergence(normal(q.mean, q.std), normal(0.0, 1.0)).mean()
    assert told.item() == pytest.approx(expected.item(), rel=1e-4)


# -- what is told ------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["unet", "plain"])
def test_a_stage_without_its_predecessor_says_what_to_run(
    stage: Stage, data: Path, pack_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(pack_folder, tmp_path / "run")
    told = (
        rf"no finished stage autoencoder: run limner train prior --stage autoencoder --run.folder {tmp_path}"
    )
    with pytest.raises(LimnerError, match=told):
        train(config(stage, data, tmp_path / "run"))


def test_stages_of_other_sizes_do_not_mix(data: Path, finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path / "run")
    sizes = replace(SIZES, vae=(8, 16, 16))
    told = r"stage autoencoder in .* other sizes: vae was \[8, 8, 16\], is \[8, 16, 16\]"
    with pytest.raises(LimnerError, match=told):
        train(config("unet", data, tmp_path / "run", sizes=sizes))


def test_a_u_net_of_another_size_stands_on_the_same_stages(
    data: Path, finished: Path, tmp_path: Path
) -> None:
    shutil.copytree(finished, tmp_path / "run", ignore=shutil.ignore_patterns("unet", "stand-in"))
    made = train(config("unet", data, tmp_path / "run", sizes=replace(SIZES, unet=(16, 32))))
    assert load_prior(made).unet.config["block_out_channels"] == [16, 32]


def test_a_finished_model_of_other_sizes_is_told(data: Path, finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path / "run")
    own, sizes = Unet(parts=str(finished / "stand-in")), replace(SIZES, vae=(8, 16))
    with pytest.raises(LimnerError, match="of other sizes: stride is 4, sizes ask for 2"):
        train(config("plain", data, tmp_path / "run", sizes=sizes, unet=own))


def test_a_stage_draws_nothing_and_names_no_folder(finished: Path, data: Path) -> None:
    with pytest.raises(StyleError, match="prior-unet of a stand-in, which draws nothing"):
        open_style(finished / "unet" / "style.safetensors")
    for stage in STAGES:
        content = (finished / stage / "style.safetensors").read_bytes()
        assert str(data.parent).encode() not in content
        assert b"photos and their edits, of 3 people" in content


def test_settings_that_cannot_be_are_told(tmp_path: Path) -> None:
    with pytest.raises(LimnerError, match="crops of 40 from pictures of 32; multiples of 16 are expected"):
        config("clip", tmp_path, tmp_path, autoencoder=Autoencoder(crop=40))
    with pytest.raises(LimnerError, match="crops of 64 from pictures of 32"):
        config("clip", tmp_path, tmp_path, autoencoder=Autoencoder(crop=64))
    with pytest.raises(LimnerError, match="triples is 0; at least 1 is expected"):
        config("clip", tmp_path, tmp_path, triples=0)


def test_the_command_line_knows_it() -> None:
    assert METHODS["prior"].config is Config

"""CLIP from either kind of folder: directions of length one, pictures prepared as CLIP's authors do."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from transformers import CLIPConfig, CLIPModel

from limner.pretrained.clip import DEVIATION, MEAN, Clip, load_clip
from limner.pretrained.folder import PriorError


@pytest.fixture(scope="session")
def clip(diffusion_folder: Path) -> Clip:
    return load_clip(diffusion_folder)


def test_pictures_and_sentences_are_directions(clip: Clip) -> None:
    assert (clip.size, clip.width) == (32, 8)
    pictures = torch.rand(3, 3, 50, 40, requires_grad=True)
    seen, read = clip.image(pictures), clip.sentence(["a pencil", "a charcoal drawing"])
    assert (seen.shape, read.shape) == ((3, 8), (2, 8))
    for each in (seen, read):
        assert each.norm(dim=-1).tolist() == pytest.approx([1] * len(each), abs=1e-5)
    assert not torch.allclose(read[0], read[1])
    seen[:, 0].sum().backward()
    assert pictures.grad is not None
    assert pictures.grad.abs().sum() > 0
    assert not any(parameter.requires_grad for parameter in clip.vision.parameters())


def test_a_sentence_ends_at_its_first_end(clip: Clip) -> None:
    ids = torch.tensor([clip.tokenizer("a pencil", padding="max_length", max_length=12)["input_ids"]])
    end = int((ids[0] == cast(Any, clip.tokenizer).eos_token_id).nonzero()[0])
    states = clip.text(ids).last_hidden_state[:, end]
    assert torch.allclose(F.normalize(clip.project(states), dim=-1), clip.sentence(["a pencil"]), atol=1e-5)


def test_grey_is_three_equal_colours(clip: Clip) -> None:
    grey = torch.rand(1, 1, 32, 32)
    assert torch.equal(clip.image(grey), clip.image(grey.repeat(1, 3, 1, 1)))


@pytest.mark.parametrize("size", [(32, 32), (41, 64), (90, 33), (20, 16)])
def test_pictures_are_prepared_as_clips_authors_do(size: tuple[int, int], clip: Clip) -> None:
    height, width = size
    smooth = np.random.default_rng(0).uniform(0, 255, (5, 4, 3)).astype(np.uint8)
    photo = Image.fromarray(smooth).resize((width, height), Image.Resampling.BICUBIC)
    scale = 32 / min(size)
    sides = max(32, int(width * scale)), max(32, int(height * scale))
    resized = np.asarray(photo.resize(sides, Image.Resampling.BICUBIC), np.float32) / 255
    top, left = (sides[1] - 32) // 2, (sides[0] - 32) // 2
    expected = (resized[top : top + 32, left : left + 32] - MEAN) / DEVIATION
    given = torch.from_numpy(np.asarray(photo, np.float32) / 255).permute(2, 0, 1)[None]
    got = clip.prepared(given)[0].permute(1, 2, 0).numpy()
    assert np.abs(got - expected).max() < 0.03


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 4, 32, 32)])
def test_pictures_of_other_shapes_are_refused(shape: tuple[int, ...], clip: Clip) -> None:
    with pytest.raises(PriorError, match=r"\(N, 3 or 1, H, W\) is expected"):
        clip.image(torch.rand(shape))


def test_a_folder_of_transformers_is_the_same_clip(clip: Clip, tmp_path: Path) -> None:
    config = CLIPConfig(
        text_config=clip.text.config.to_dict(), vision_config=clip.vision.config.to_dict(), projection_dim=8
    )
    whole = CLIPModel(config)
    whole.load_state_dict({**whole.state_dict(), **clip.text.state_dict(), **clip.vision.state_dict()})
    whole.save_pretrained(tmp_path)
    clip.tokenizer.save_pretrained(tmp_path)
    other, picture = load_clip(tmp_path), torch.rand(1, 3, 40, 40)
    assert torch.allclose(other.image(picture), clip.image(picture), atol=1e-6)
    assert torch.allclose(other.sentence(["a pencil"]), clip.sentence(["a pencil"]), atol=1e-6)


def test_folders_that_are_no_clip_are_told(tmp_path: Path) -> None:
    with pytest.raises(PriorError, match=r"is no CLIP: a config.json of a CLIPModel, .*; found is neither"):
        load_clip(tmp_path)
    (tmp_path / "config.json").write_text('{"architectures": ["BertModel"]}')
    with pytest.raises(PriorError, match="found is BertModel"):
        load_clip(tmp_path)
    (tmp_path / "config.json").unlink()
    (tmp_path / "model_index.json").write_text('{"vae": ["diffusers", "AutoencoderKL"]}')
    with pytest.raises(PriorError, match="names no image_encoder; CLIPVisionModelWithProjection is expected"):
        load_clip(tmp_path)

"""Hair of another colour: where it is, and photo and drawing changed alike."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from tests import kit

from limner.data.aligned import AlignedPairs
from limner.data.augment import Augment
from limner.data.backdrop import matte
from limner.data.hair import COLOURS, LEAST, all_hair, hair, recoloured
from limner.data.pair import Picture

STILL = Augment(crop=480, trim=(0, 0, 0, 0), turn=0, zoom=0, gamma=0, cast=0, grey=0, shuffle=0, replace=0)


def sitter() -> tuple[Picture, Picture, Picture]:
    """A drawn face of dark hair, photo and sketch, and its backdrop; a light one, whatever the dice say."""
    photo, sketch = kit.face(np.random.default_rng(3), (400, 500))
    grain = np.random.default_rng(0).integers(-8, 9, photo.shape)
    photo = np.clip(photo + grain, 0, 255).astype(np.uint8)
    return photo, sketch, matte(photo)


def unit(picture: Picture) -> NDArray[np.float32]:
    return np.divide(picture, np.float32(255), dtype=np.float32)


def test_hair_is_where_photo_and_drawing_are_dark() -> None:
    photo, sketch, backdrop = sitter()
    found = hair(photo, sketch, backdrop)
    assert found[75:105, 180:220].min() > 200  # above the brow
    assert found[300:400, 150:250].max() == 0  # cheeks, nose and mouth
    assert found[:40].max() == 0  # behind the head
    assert found[240:260, 140:160].max() < 128  # an eye is dark too, and no hair
    # What is dark in the photo alone is a shadow; in the drawing alone, the artist's own.
    assert hair(photo, np.full_like(sketch, 255), backdrop).max() == 0
    assert hair(np.full_like(photo, 200), sketch, np.zeros_like(backdrop)).max() == 0


def test_a_little_darkness_is_no_hair() -> None:
    photo, sketch = np.full((200, 200, 3), 200, np.uint8), np.full((200, 200), 250, np.uint8)
    for side, seen in ((30, False), (80, True)):
        photo[:side, :side], sketch[:side, :side] = 20, 40
        assert (side**2 / 200**2 > LEAST) == seen
        assert bool(hair(photo, sketch, np.zeros((200, 200), np.uint8)).any()) == seen


def test_hair_gets_lighter_in_both_and_the_face_stays() -> None:
    photo, sketch, backdrop = sitter()
    mask = unit(hair(photo, sketch, backdrop))
    looks = [
        recoloured(unit(photo), unit(sketch), mask, np.random.default_rng(seed))
        for seed in range(4 * len(COLOURS))
    ]
    inside, outside = mask > 0.99, mask == 0
    for seen, drawn in looks:
        assert seen.dtype == drawn.dtype == np.float32
        assert min(seen.min(), drawn.min()) >= 0
        assert max(seen.max(), drawn.max()) <= 1
        assert seen[inside].mean() > 1.5 * unit(photo)[inside].mean()
        assert drawn[inside].mean() > 1.5 * unit(sketch)[inside].mean()
        assert np.array_equal(seen[outside], unit(photo)[outside])
        assert np.array_equal(drawn[outside], unit(sketch)[outside])
    # The lighter the hair, the lighter its drawing, whatever the colour.
    order = np.argsort([seen[inside].mean() for seen, _ in looks])
    tones = np.array([drawn[inside].mean() for _, drawn in looks])[order]
    assert tones[-5:].mean() > tones[:5].mean() + 0.2


def test_without_hair_a_pair_stays() -> None:
    photo, sketch, _ = sitter()
    none = np.zeros(sketch.shape, np.float32)
    seen, drawn = recoloured(unit(photo), unit(sketch), none, np.random.default_rng(0))
    assert np.array_equal(seen, unit(photo))
    assert np.array_equal(drawn, unit(sketch))


def test_pairs_are_recoloured_as_often_as_asked() -> None:
    photo, sketch, backdrop = sitter()
    dark = [hair(photo, sketch, backdrop)]
    lighter = {}
    for share in (0.0, 0.5, 1.0):
        pairs = AlignedPairs([photo], [sketch], [backdrop], replace(STILL, hair=share), dark)
        plain = AlignedPairs([photo], [sketch], [backdrop], STILL)
        apart = [
            {name: float(np.abs(a[name] - b[name]).max()) for name in a}
            for seed in range(12)
            for a, b in [
                (pairs.sample(0, np.random.default_rng(seed)), plain.sample(0, np.random.default_rng(seed)))
            ]
        ]
        # Photo, the photo to be drawn and the sketch change together or not at all.
        assert all(len({value > 0.2 for value in each.values()}) == 1 for each in apart)
        lighter[share] = sum(each["sketch"] > 0.2 for each in apart)
    assert lighter[0.0] == 0 < lighter[0.5] < lighter[1.0] == 12


def test_a_set_that_has_hair_of_all_colours_stays() -> None:
    photo, sketch, backdrop = sitter()
    fair = np.full_like(photo, 220), np.full_like(sketch, 240)
    for others, taken in ((1, 5), (2, 0)):
        photos, sketches = [photo] * 4 + [fair[0]] * others, [sketch] * 4 + [fair[1]] * others
        assert len(all_hair(photos, sketches, [backdrop] * (4 + others))) == taken
    assert all_hair([], [], []) == []

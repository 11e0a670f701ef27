"""Families of edits: what each does to any photo, what training may draw of it, how it is asked for."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.kit import portrait

from limner.data.edits import FAMILIES, HELD_OUT, Family, words
from limner.data.pair import DataError

Picture = NDArray[np.uint8]
SIZE = (64, 80)
WIDE = ((10.0, 34.0), (54.0, 34.0))
"""Eyes as of a larger picture's middle: what is measured in eye distances is seen better."""
EYES = ((25.0, 34.0), (39.0, 34.0))
PHOTO, MATTE = portrait(np.random.default_rng(4), SIZE)
for _x, _y in EYES:
    cv2.circle(PHOTO, (round(_x), round(_y)), 2, (20, 15, 15), -1)
DOCS = Path(__file__).parents[2] / "docs" / "edits.md"
DRAWINGS = [family for family in FAMILIES.values() if family.kind == "drawing"]
COVERING = {"crayon", "coloured pencil", "pastel", "watercolour", "halftone", "engraving", "woodcut"}
ON_PAPER = [each for each in DRAWINGS if each.name not in COVERING | {"chalk on dark paper", "scratchboard"}]
"""Those that leave lit skin paper."""
ALL = pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
DRAWN = pytest.mark.parametrize("family", DRAWINGS, ids=lambda family: family.name)


def _at(family: Family, part: float = 0.4) -> dict[str, float]:
    return {name: low + part * (high - low) for name, (low, high) in family.parameters.items()}


def _made(
    family: Family,
    parameters: dict[str, float] | None = None,
    photo: Picture = PHOTO,
    seed: int = 0,
    eyes: tuple[tuple[float, float], tuple[float, float]] = EYES,
) -> Picture:
    return family.apply(photo, MATTE, eyes, parameters or _at(family), np.random.default_rng(seed))


def test_there_are_at_least_44_half_of_them_drawings() -> None:
    assert len(FAMILIES) >= 44
    assert 2 * len(DRAWINGS) == len(FAMILIES)
    assert all(name == family.name for name, family in FAMILIES.items())


@ALL
def test_an_edit_keeps_shape_and_kind_and_its_photo(family: Family) -> None:
    photo = PHOTO.copy()
    made = _made(family, photo=photo, eyes=WIDE)
    assert made.shape == PHOTO.shape
    assert made.dtype == np.uint8
    assert np.array_equal(photo, PHOTO)
    assert np.abs(made.astype(float) - PHOTO).mean() > 0.5, "nothing was edited"


@ALL
def test_one_seed_gives_one_edit(family: Family) -> None:
    assert np.array_equal(_made(family), _made(family))


@pytest.mark.parametrize("name", ["pencil", "charcoal", "stipple", "hatching", "grain", "blurred background"])
def test_another_seed_gives_another_hand(name: str) -> None:
    assert not np.array_equal(_made(FAMILIES[name]), _made(FAMILIES[name], seed=1))


@ALL
def test_every_parameter_moves_the_picture(family: Family) -> None:
    photo = np.random.default_rng(0).integers(0, 60, PHOTO.shape).astype(np.uint8) // 2 + PHOTO // 2
    for name, (low, high) in family.parameters.items():
        least, most = (_made(family, {**_at(family), name: value}, photo, eyes=WIDE) for value in (low, high))
        assert np.abs(least.astype(float) - most).mean() > 0.4, name


@DRAWN
def test_beyond_the_person_lies_paper(family: Family) -> None:
    made = _made(family)
    far = cv2.erode((MATTE == 0).astype(np.uint8), np.ones((13, 13), np.uint8)) > 0
    assert far.sum() > 200
    assert made[far].std(axis=0).max() < 8, "flat, but for the grain of the paper"
    assert np.abs(made[far].mean(axis=0) - made[0, 0]).max() < 15


@pytest.mark.parametrize("family", ON_PAPER, ids=lambda family: family.name)
def test_paper_is_what_a_flat_grey_photo_gives(family: Family) -> None:
    flat = np.full_like(PHOTO, 128)
    made = family.apply(flat, None, EYES, _at(family), np.random.default_rng(0))
    lights = {"white chalk on toned paper": 40}
    assert made.std(axis=(0, 1)).max() < lights.get(family.name, 8)


@DRAWN
def test_a_darker_photo_gives_nearly_the_same_drawing(family: Family) -> None:
    dark = np.rint(0.5 * PHOTO).astype(np.uint8)
    one, other = (cv2.blur(_made(family, photo=p), (5, 5)).astype(float) for p in (PHOTO, dark))
    assert np.abs(one - other).mean() < 4
    assert one.std() > 2


@ALL
def test_training_never_draws_what_is_held_out(family: Family) -> None:
    rng = np.random.default_rng(0)
    name, (low, high) = next(iter(family.parameters.items()))
    for held in (False, True):
        drawn = [family.draw_parameters(rng, held) for _ in range(200)]
        parts = np.array([(each[name] - low) / (high - low) for each in drawn])
        within = (parts > HELD_OUT[0]) & (parts < HELD_OUT[1])
        assert within.all() if held else not within.any()
        assert all(each.keys() == family.parameters.keys() for each in drawn)
        if not held:
            assert parts.min() < 0.1
            assert parts.max() > 0.9


@ALL
def test_what_training_draws_is_edited(family: Family) -> None:
    for part in (0.0, 1.0):
        assert _made(family, {n: pair[round(part)] for n, pair in family.parameters.items()}).any()


@ALL
def test_sentences_tell_the_parameters(family: Family) -> None:
    assert len(family.sentences) >= 4
    rng = np.random.default_rng(0)
    said = {part: {family.say(_at(family, part), rng) for _ in range(60)} for part in (0.1, 0.5, 0.9)}
    assert len(said[0.1]) == len(family.sentences)
    assert len(said[0.1] | said[0.5] | said[0.9]) == sum(len(each) for each in said.values())
    for name, (low, high) in family.parameters.items():
        ends = [family.say({**_at(family), name: end}, np.random.default_rng(1)) for end in (low, high)]
        assert ends[0] != ends[1], f"{name} is never told"


def test_the_vocabulary_holds_all_that_is_said() -> None:
    known, rng = set(words()), np.random.default_rng(0)
    assert words() == sorted(known)
    for family in FAMILIES.values():
        for _ in range(30):
            said = family.say(family.draw_parameters(rng), rng)
            assert set(said.replace(",", " ").split()) <= known
            assert said == said.lower()
            assert not set("{}|:") & set(said)


@pytest.mark.parametrize("shape", [(9, 9), (9, 9, 1), (9, 9, 4), (0, 9, 3)])
def test_what_is_no_photo_is_refused(shape: tuple[int, ...]) -> None:
    family = FAMILIES["sepia"]
    with pytest.raises(DataError, match="expected uint8"):
        family.apply(np.zeros(shape, np.uint8), None, EYES, _at(family), np.random.default_rng(0))


def test_wrong_mattes_and_parameters_are_refused() -> None:
    family, rng = FAMILIES["remove the background"], np.random.default_rng(0)
    with pytest.raises(DataError, match="a matte is expected"):
        family.apply(PHOTO, None, EYES, _at(family), rng)
    with pytest.raises(DataError, match="expected the photo's"):
        family.apply(PHOTO, MATTE.T, EYES, _at(family), rng)
    with pytest.raises(DataError, match="got the parameters none, expected light"):
        family.apply(PHOTO, MATTE, EYES, {}, rng)
    with pytest.raises(DataError, match="got light 2, expected 0 to 1"):
        family.say({"light": 2.0}, rng)


def test_the_page_lists_every_family() -> None:
    rows = [row(family) for family in FAMILIES.values()]
    told = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert told[1:] == rows, "write the table anew from `row`"


def row(family: Family) -> str:
    """A family's line in the table of docs/edits.md."""
    ranges = ", ".join(f"{name} {low:g} to {high:g}" for name, (low, high) in family.parameters.items())
    said = family.say(_at(family, 0.2), np.random.default_rng(0))
    return f"| {family.name} | {family.kind} | {ranges} | {said} |"

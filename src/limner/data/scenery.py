"""Backdrops that are not plain: drawn at random, or cut from the edges of real portraits.

What stands behind a person in a photo has no end of kinds; a net that shall tell a person from it must have
seen more kinds than it will meet, and colours of hair, skin and cloth among them.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.data.backdrop import invent
from limner.data.pair import Picture

Unit = NDArray[np.float32]


def scenery(
    side: int,
    tiles: Sequence[Picture],
    palette: Unit,
    rng: np.random.Generator,
    places: Sequence[Picture] = (),
    share: float = 0.0,
) -> Unit:
    """A random backdrop.

    Args:
        side: Its height and width in pixels.
        tiles: Pieces of real backdrops, (h, w, 3); may be empty.
        palette: (N, 3) in [0, 1], N at least 1: colours of the person before it, used now and then, so that
            colour alone does not tell person from backdrop.
        rng: The source of chance.
        places: Photographs of nobody, (h, w, 3); may be empty.
        share: How often, of all backdrops, a piece of a place is one; nothing without places.

    Returns:
        (side, side, 3) in [0, 1].
    """
    colours = palette if rng.random() < 0.3 else _colours(rng)
    if places and rng.random() < share:
        made = _piece(side, places[int(rng.integers(len(places)))], rng)
    elif tiles and rng.random() < 0.4:
        made = _tiled(side, tiles, rng)
    else:
        kinds = (_plain, _clouds, _clouds, _stripes, _outdoors, _shelves, _crowd, _speckles)
        made = kinds[int(rng.integers(len(kinds)))](side, colours, rng)
    if rng.random() < 0.45:
        made = _things(made, colours, rng)
    if rng.random() < 0.65:
        made = cv2.GaussianBlur(made, (0, 0), float(rng.uniform(0.5, 1 + side / 40)))
    return np.clip(made, 0, 1).astype(np.float32)


def edges(photo: Picture) -> list[Picture]:
    """The upper left and right edges of a portrait, (h, w, 3): mostly what stands behind the person."""
    height, width = photo.shape[:2]
    wide, high = max(8, width * 23 // 100), max(8, height // 2)
    return [photo[:high, :wide], photo[:high, -wide:]]


def swatches(photo: Picture) -> list[Picture]:
    """Hair, skin and cloth of a portrait, (h, w, 3) each, too small a piece to show what it belongs to.

    What a real backdrop is made of may look as a person does, close by; then shape alone tells them apart.
    """
    height, width = photo.shape[:2]
    side = max(8, min(height, width) // 7)
    places = ((0.12, 0.5), (0.5, 0.35), (0.85, 0.2), (0.9, 0.65))
    corners = [(int(y * (height - side)), int(x * (width - side))) for y, x in places]
    return [photo[y : y + side, x : x + side] for y, x in corners]


def palette(pixels: Picture, rng: np.random.Generator) -> Unit:
    """(8, 3) colours in [0, 1], drawn from pixels (N, 3)."""
    return np.divide(pixels[rng.integers(0, len(pixels), 8)], np.float32(255), dtype=np.float32)


def _tiled(side: int, tiles: Sequence[Picture], rng: np.random.Generator) -> Unit:
    """Pieces of real backdrops, one or two side by side, enlarged and mirrored until they fill the square."""
    made = np.empty((side, side, 3), np.float32)
    split = side if rng.random() < 0.3 else int(rng.integers(side // 4, side))
    for start, end in ((0, split), (split, side)):
        if start == end:
            continue
        tile = tiles[int(rng.integers(len(tiles)))]
        scale = rng.uniform(0.5, 1.3) * side / tile.shape[0]
        tile = cv2.resize(tile, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        right, below = max(0, side - tile.shape[1]), max(0, side - tile.shape[0])
        tile = cv2.copyMakeBorder(tile, 0, below, 0, right, cv2.BORDER_REFLECT)
        if rng.random() < 0.5:
            tile = tile[:, ::-1]
        x = int(rng.integers(0, tile.shape[1] - (end - start) + 1))
        y = int(rng.integers(0, tile.shape[0] - side + 1))
        made[:, start:end] = tile[y : y + side, x : x + end - start] / np.float32(255)
    gain = rng.uniform(0.6, 1.4, 3) if rng.random() < 0.5 else np.ones(3)
    return np.clip(made * gain, 0, 1).astype(np.float32)


def _piece(side: int, place: Picture, rng: np.random.Generator) -> Unit:
    """A square piece of a photograph, from a fifth of its shorter side on, mirrored and in another light."""
    piece = max(1, int(min(place.shape[:2]) * np.exp(rng.uniform(np.log(0.2), 0))))
    y, x = (int(rng.integers(0, length - piece + 1)) for length in place.shape[:2])
    cut = place[y : y + piece, x : x + piece]
    if rng.random() < 0.5:
        cut = cut[:, ::-1]
    how = cv2.INTER_AREA if piece > side else cv2.INTER_LINEAR
    made = cv2.resize(np.ascontiguousarray(cut), (side, side), interpolation=how) / np.float32(255)
    gain = rng.uniform(0.5, 1.3) * rng.uniform(0.85, 1.15, 3)
    return np.clip(made * gain, 0, 1).astype(np.float32)


def _colours(rng: np.random.Generator) -> Unit:
    """(6, 3) random colours in [0, 1], seldom loud."""
    colours = rng.random((6, 3)).astype(np.float32)
    grey = colours.mean(axis=1, keepdims=True)
    return (grey + (colours - grey) * np.float32(rng.random())).astype(np.float32)


def _noise(side: int, rng: np.random.Generator) -> Unit:
    """Noise (side, side) of several sizes, about [0, 1]."""
    made = np.zeros((side, side), np.float32)
    falls = rng.uniform(0.4, 0.9)
    for octave in range(1, 6):
        cells = rng.random((2**octave + 1, 2**octave + 1)).astype(np.float32)
        made += falls**octave * cv2.resize(cells, (side, side), interpolation=cv2.INTER_CUBIC)
    made -= made.min()
    return made / max(float(made.max()), 1e-3)


def _plain(side: int, _: Unit, rng: np.random.Generator) -> Unit:
    """One colour, a gradient, or a blurred room."""
    return invent(side, rng)


def _clouds(side: int, colours: Unit, rng: np.random.Generator) -> Unit:
    """Two or three colours flowing into each other."""
    one, two, three = colours[rng.integers(0, len(colours), 3)]
    a, b = _noise(side, rng)[..., None], _noise(side, rng)[..., None]
    return ((1 - a) * one + a * (b * two + (1 - b) * three)).astype(np.float32)


def _stripes(side: int, colours: Unit, rng: np.random.Generator) -> Unit:
    """Curtains, panels, planks: bands of one direction, soft or hard, at times in rows as bricks are."""
    turn = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)])
    y, x = np.mgrid[:side, :side].astype(np.float32)
    along = np.cos(turn) * x + np.sin(turn) * y + rng.uniform(0, 12) * _noise(side, rng)
    wave = np.sin(along * 2 * np.pi / rng.uniform(5, side / 2))
    if rng.random() < 0.3:
        wave = wave * np.sin((np.cos(turn) * y - np.sin(turn) * x) * 2 * np.pi / rng.uniform(5, side / 2))
    share = np.clip(0.5 + wave * rng.uniform(0.5, 6), 0, 1)[..., None]
    one, two = colours[rng.integers(0, len(colours), 2)]
    return (
        share * one + (1 - share) * two + rng.uniform(0, 0.2) * (_noise(side, rng)[..., None] - 0.5)
    ).astype(np.float32)


def _outdoors(side: int, _: Unit, rng: np.random.Generator) -> Unit:
    """Sky, leaves and ground, roughly."""
    sky = np.array([0.6, 0.75, 0.95]) * rng.uniform(0.5, 1.1)
    green = np.array([0.3, 0.42, 0.18]) * rng.uniform(0.4, 1.6)
    ground = np.array([0.5, 0.45, 0.38]) * rng.uniform(0.4, 1.6)
    y = np.linspace(0, 1, side, dtype=np.float32)[:, None]
    n = _noise(side, rng)
    leaves = np.clip((n - rng.uniform(0.1, 0.8) + rng.uniform(-0.3, 0.8) * y) * 12, 0, 1)[..., None]
    made = sky + (green * (0.4 + 1.2 * _noise(side, rng)[..., None]) - sky) * leaves
    low = np.clip((y - rng.uniform(0.5, 1.3)) * 30, 0, 1)[..., None]
    return (made + low * (ground * (0.7 + 0.6 * n[..., None]) - made)).astype(np.float32)


def _shelves(side: int, colours: Unit, rng: np.random.Generator) -> Unit:
    """Rows of upright things, as books are."""
    made = np.full((side, side, 3), rng.random(3) * 0.4, np.float32)
    y = -int(rng.integers(0, side // 4))
    while y < side:
        high, x = int(rng.integers(side // 8, side // 3)), 0
        while x < side:
            wide = int(rng.integers(2, max(4, side // 14)))
            colour = np.clip(colours[rng.integers(len(colours))] * rng.uniform(0.4, 1.2), 0, 1)
            top = y + int(rng.integers(0, max(1, high // 3)))
            cv2.rectangle(made, (x, top), (x + wide - 1, y + high - 3), colour.tolist(), -1)
            x += wide
        y += high
    return made


def _crowd(side: int, colours: Unit, rng: np.random.Generator) -> Unit:
    """Many things over each other."""
    made = np.full((side, side, 3), rng.random(3), np.float32)
    return _things(made, colours, rng, most=80)


def _speckles(side: int, _: Unit, rng: np.random.Generator) -> Unit:
    """Gravel, leaves, patterned cloth: coloured noise of four sizes."""
    made = np.zeros((side, side, 3), np.float32)
    for cells in (4, 12, 36, 96):
        spots = rng.normal(0, 1, (cells, cells, 3)).astype(np.float32)
        made += rng.uniform(0, 0.5) * cv2.resize(spots, (side, side), interpolation=cv2.INTER_CUBIC)
    return (0.5 + 0.5 * made * rng.uniform(0.3, 1, 3)).astype(np.float32)


def _things(made: Unit, colours: Unit, rng: np.random.Generator, most: int = 8) -> Unit:
    """A backdrop with windows, balls, posts and wires before it, `most` of them at most."""
    side = len(made)
    made = np.ascontiguousarray(made)
    for _ in range(int(rng.integers(1, most + 1))):
        colour = (
            colours[rng.integers(len(colours))].tolist() if rng.random() < 0.6 else rng.random(3).tolist()
        )
        x, y, p, q = (int(v) for v in rng.integers(-side // 8, side + side // 8, 4))
        kind = rng.random()
        if kind < 0.35:
            cv2.rectangle(made, (x, y), (p, q), colour, -1 if rng.random() < 0.5 else 2)
        elif kind < 0.7:
            axes = (int(rng.integers(2, side // 3)), int(rng.integers(2, side // 3)))
            cv2.ellipse(made, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
        else:
            cv2.line(made, (x, y), (p, q), colour, int(rng.integers(1, max(2, side // 12))), cv2.LINE_AA)
    return made

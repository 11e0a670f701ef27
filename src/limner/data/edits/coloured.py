"""Drawings in colour: crayon, coloured pencil, pastel, watercolour."""

import cv2
import numpy as np

from limner.data.edits.family import Family
from limner.data.edits.screens import hatch, inked, tooth
from limner.data.edits.subject import Real, Subject, between, laid
from limner.data.sitter import noise, step


def _hues(subject: Subject, colour: float, blur: float) -> Real:
    """The photo's colours (H, W, 3) in [0, 1], as bright as an artist's stick, whatever the light."""
    soft = cv2.GaussianBlur(subject.photo, (0, 0), max(0.3, blur * subject.unit)) / subject.white
    mean = soft.mean(axis=2, keepdims=True) + 0.03
    return np.clip(0.72 + 1.5 * colour * (soft / mean - 1), 0, 1)


def crayon(subject: Subject, rng: np.random.Generator, grain: float, colour: float) -> Real:
    """Wax on rough paper: coarse colour that leaves the hollows of the paper white."""
    rough = 0.5 * tooth(subject.shape, grain * subject.unit, rng)
    rough = rough + 0.5 * hatch(subject.shape, 60, 7 * subject.unit, rng)
    dark = subject.sitter.soft(subject.dark, 2)
    skin = 0.35 * step(subject.sitter.matte, 0.3, 0.9)
    wax = inked(np.clip(skin + 0.55 * dark, 0, 0.85), rough, 0.3)
    hues = _hues(subject, colour, 4) * (1 - 0.65 * dark)[..., None]
    drawn = laid((0.98, 0.975, 0.96), hues, wax)
    return laid(drawn, (0.18, 0.14, 0.14), 0.7 * step(subject.lines(1.8), 0.25, 0.8) * (0.5 + 0.5 * wax))


def coloured_pencil(subject: Subject, rng: np.random.Generator, colour: float, angle: float) -> Real:
    """Fine coloured strokes of one direction on skin and cloth, over faint contours."""
    screen = 0.6 * hatch(subject.shape, angle, 4.5 * subject.unit, rng) + 0.4 * subject.strands(3, 10, rng)
    skin = 0.3 * step(subject.sitter.matte, 0.3, 0.9)
    tone = np.clip(skin + 0.6 * subject.dark, 0, 0.88)
    hues = _hues(subject, colour, 1.5) * (1 - 0.7 * subject.dark)[..., None]
    drawn = laid((0.995, 0.99, 0.98), hues, inked(tone, screen, 0.3) * (0.7 + 0.3 * tone))
    return laid(drawn, (0.25, 0.2, 0.2), 0.6 * subject.lines(0.8))


def pastel(subject: Subject, rng: np.random.Generator, paper: float, colour: float) -> Real:
    """Soft opaque colour rubbed on toned paper that shows through and all around."""
    ground = between((0.82, 0.78, 0.7), (0.3, 0.3, 0.34), paper)
    rough = 0.5 * tooth(subject.shape, 0.9, rng) + 0.5 * hatch(subject.shape, 55, 8 * subject.unit, rng)
    level = 0.2 + 0.8 * subject.sitter.soft(np.clip(1.2 * subject.bright, 0, 1), 2.5)
    hues = _hues(subject, colour, 6) * (1.3 * level)[..., None]
    cover = inked(0.62 * step(subject.sitter.soft(subject.sitter.matte, 4), 0.25, 0.9), rough, 0.35)
    drawn = laid(ground, np.clip(hues, 0, 1), 0.92 * cover)
    return laid(drawn, (0.1, 0.08, 0.08), 0.6 * subject.sitter.soft(subject.lines(1.3), 0.8))


def watercolour(subject: Subject, rng: np.random.Generator, colour: float, wetness: float) -> Real:
    """Transparent washes that pool and bleed, darker at their rims, over a few pale lines."""
    cloud = noise(subject.shape, 9 * subject.unit, rng)
    tone = subject.sitter.soft(subject.dark, wetness)
    wash = np.zeros(subject.shape, np.float32)
    for level in (0.02, 0.2, 0.45):
        seen = subject.sitter.matte if level < 0.1 else tone + 0.03 * cloud
        layer = step(subject.sitter.soft(seen, wetness), level + 0.02, level + 0.08 + 0.02 * wetness)
        wash = wash + 0.26 * layer + 0.2 * np.maximum(layer - subject.sitter.soft(layer, 3), 0)
    hues = _hues(subject, 1.1 * colour, 2 + wetness) * (1 - 0.7 * tone)[..., None]
    drawn = laid((0.99, 0.985, 0.97), hues, wash * (1.25 + 0.07 * cloud))
    return laid(drawn, (0.3, 0.27, 0.27), 0.55 * subject.lines(0.8))


COLOURED = (
    Family(
        "crayon",
        "drawing",
        {"grain": (0.8, 3.0), "colour": (0.5, 1.6)},
        crayon,
        (
            "colour it with {colour:dull|plain|bright} wax crayons on {grain:smooth|rough|very rough} paper",
            "a crayon drawing, {colour:pale|plain|vivid} colours, the paper {grain:fine|grainy|coarse}",
            "draw it in {colour:muted|plain|bright} crayon with {grain:fine|rough|coarse} grain",
            "make a child's crayon picture, {colour:dull|plain|vivid}, on {grain:smooth|rough|coarse} paper",
        ),
    ),
    Family(
        "coloured pencil",
        "drawing",
        {"colour": (0.4, 1.7), "angle": (25.0, 155.0)},
        coloured_pencil,
        (
            "draw it in {colour:pale|plain|vivid} coloured pencil, strokes "
            "{angle:rising|upright|falling} to the right",
            "{colour:muted|plain|bright} coloured pencils with {angle:rising|upright|falling} strokes",
            "use coloured pencils, {colour:soft|plain|strong} colours, strokes "
            "{angle:rising|upright|falling}",
            "make a {colour:dull|plain|colourful} pencil drawing in colour, hatched "
            "{angle:rising|upright|falling}",
        ),
    ),
    Family(
        "pastel",
        "drawing",
        {"paper": (0.0, 1.0), "colour": (0.4, 1.5)},
        pastel,
        (
            "draw it in {colour:muted|soft|bright} pastels on {paper:sand|grey|dark} paper",
            "a pastel on {paper:light|grey|dark} paper with {colour:dull|plain|vivid} colours",
            "use {colour:pale|plain|rich} pastel chalks, the paper {paper:sand|grey|dark}",
            "make a {colour:muted|plain|colourful} pastel portrait on {paper:light|grey|dark} paper",
        ),
    ),
    Family(
        "watercolour",
        "drawing",
        {"colour": (0.5, 1.7), "wetness": (0.8, 4.0)},
        watercolour,
        (
            "paint it in {colour:pale|plain|bright} watercolour with {wetness:crisp|soft|wet} edges",
            "a {colour:faint|plain|vivid} watercolour over pencil, {wetness:dry|damp|very wet}",
            "wash {colour:thin|plain|strong} colours over it, {wetness:crisp|soft|flowing}",
            "make a {wetness:crisp|soft|wet} watercolour portrait in {colour:pale|plain|rich} colours",
        ),
    ),
)

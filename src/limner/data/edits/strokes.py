"""Drawings by strokes whose density is the tone: hatching, needle, burin and knife."""

import numpy as np

from limner.data.edits.family import Family
from limner.data.edits.screens import hatch, inked, swelling, tooth
from limner.data.edits.subject import Real, Subject, between, laid
from limner.data.sitter import noise, step


def hatching(subject: Subject, rng: np.random.Generator, angle: float, spacing: float) -> Real:
    """Pencil strokes of one direction, thicker where it is darker, and faint contours."""
    screen = hatch(subject.shape, angle, spacing * subject.unit, rng)
    drawn = inked(subject.sitter.soft(subject.strokes, 1.5), screen, 0.22)
    return 0.99 - 0.82 * (1 - (1 - drawn) * (1 - 0.45 * subject.lines(0.8)))


def cross_hatching(subject: Subject, rng: np.random.Generator, spacing: float, darkness: float) -> Real:
    """A second, third and fourth direction of pen strokes, each for what is darker still."""
    bare = 1 - 0.8 * step(subject.lines(0.8), 0.2, 0.7)
    for i, angle in enumerate((50, 130, 5, 90)):
        layer = np.clip((subject.dark - 0.05 - 0.2 * i) / 1.2, 0, 0.5)
        bare = bare * (1 - 0.9 * inked(layer, hatch(subject.shape, angle, spacing * subject.unit, rng), 0.14))
    return 1 - darkness * (1 - bare)


def etching(subject: Subject, rng: np.random.Generator, spacing: float, plate: float) -> Real:
    """Fine brown-black lines along the form and across it, on the film of ink that a plate leaves."""
    ground = between((0.97, 0.95, 0.9), (0.76, 0.7, 0.58), plate)
    along_it = inked(0.9 * subject.strokes, subject.strands(spacing, 5 * spacing, rng), 0.2)
    across = hatch(subject.shape, 40, spacing * subject.unit, rng)
    deep = inked(np.clip(subject.dark - 0.4, 0, 0.55), across, 0.2)
    bare = (1 - 0.85 * along_it) * (1 - 0.7 * deep) * (1 - 0.9 * step(subject.lines(0.7), 0.2, 0.7))
    film = plate * 0.1 * noise(subject.shape, 20 * subject.unit, rng)
    return laid(ground, (0.12, 0.09, 0.07), 1 - bare + 0.4 * film)


def engraving(subject: Subject, _: np.random.Generator, spacing: float, angle: float) -> Real:
    """Parallel lines that swell in the shadows and bend over the face, as on a banknote."""
    sitter = subject.sitter
    bulge = np.exp(-1.2 * (sitter.u**2 + (0.8 * (sitter.v - 0.2)) ** 2))
    relief = (26 * bulge - 7 * sitter.soft(sitter.tone, 5)) * subject.unit
    tone = np.clip(0.14 * sitter.matte + 0.68 * subject.dark, 0, 0.8) * step(sitter.matte, 0.3, 0.9)
    drawn = inked(tone, swelling(relief, angle, spacing * subject.unit), 0.14)
    return 1 - 0.93 * np.maximum(drawn, 0.7 * step(subject.lines(0.7), 0.25, 0.8))


def woodcut(subject: Subject, rng: np.random.Generator, black: float, spacing: float) -> Real:
    """A black block from which the knife took light in wedges along the form; nothing is grey."""
    tone = subject.sitter.soft(subject.dark, 1.2)
    wedges = hatch(subject.shape, 12, 1.3 * spacing * subject.unit, rng)
    screen = 0.45 * subject.strands(spacing, 3 * spacing, rng) + 0.55 * wedges
    dark = (0.1 + 0.14 * black) * subject.sitter.matte + (0.55 + 0.45 * black) * tone
    cut = step(dark - (0.12 + 0.68 * screen), -0.03, 0.05)
    return laid((0.96, 0.94, 0.89), (0.06, 0.05, 0.05), np.maximum(cut, step(subject.lines(1.5), 0.3, 0.5)))


def scratchboard(subject: Subject, rng: np.random.Generator, light: float, spacing: float) -> Real:
    """White lines scratched along the form into black ground, the denser the lighter."""
    lit = np.clip(light * 0.95 * subject.bright, 0, 0.8)
    lit = lit * (1 - 0.8 * step(subject.lines(0.9), 0.2, 0.7))
    edge = 0.7 * subject.lines(0.8) * (1 - subject.sitter.oval) * step(subject.dark, 0.3, 0.6)
    screen = 0.6 * hatch(subject.shape, 60, 1.6 * spacing * subject.unit, rng)
    screen = screen + 0.4 * subject.strands(spacing, 3 * spacing, rng)
    scratched = inked(lit, screen, 0.15)
    return 0.03 + 0.93 * np.maximum(scratched, edge * tooth(subject.shape, 0.8, rng))


def silverpoint(subject: Subject, rng: np.random.Generator, pressure: float, ground: float) -> Real:
    """Pale, very fine grey-brown strokes and contours on a tinted ground."""
    paper = between((0.95, 0.93, 0.88), (0.86, 0.74, 0.72), ground)
    screen = hatch(subject.shape, 48, 3.6 * subject.unit, rng)
    shade = 0.55 * inked(0.8 * subject.strokes, screen, 0.4)
    lines = subject.sitter.soft(subject.lines(0.6), 0.5)
    return laid(paper, (0.36, 0.32, 0.3), pressure * (1 - (1 - shade) * (1 - 0.8 * lines)))


STROKES = (
    Family(
        "silverpoint",
        "drawing",
        {"pressure": (0.35, 0.95), "ground": (0.0, 1.0)},
        silverpoint,
        (
            "draw it in {pressure:very faint|faint|firm} silverpoint on {ground:ivory|blush|pink} ground",
            "a {pressure:pale|delicate|clear} silverpoint, the paper {ground:ivory|blush|pink}",
            "use a silver wire on {ground:ivory|blush|pink} ground, pressing "
            "{pressure:barely|lightly|firmly}",
            "make a {pressure:barely seen|delicate|clear} metalpoint portrait on "
            "{ground:ivory|blush|pink} paper",
        ),
    ),
    Family(
        "hatching",
        "drawing",
        {"angle": (15.0, 165.0), "spacing": (4.5, 11.0)},
        hatching,
        (
            "hatch it in pencil with {spacing:close|plain|wide} strokes "
            "{angle:rising to the right|upright|falling to the right}",
            "pencil hatching, the strokes {angle:rise to the right|stand upright|fall to the right}, "
            "{spacing:fine|plain|coarse}",
            "shade by {spacing:dense|even|open} parallel strokes that are "
            "{angle:rising|vertical|falling} to the right",
            "draw it in strokes of one direction, "
            "{angle:rising to the right|upright|falling to the right}, {spacing:close "
            "together|apart|far apart}",
        ),
    ),
    Family(
        "cross-hatching",
        "drawing",
        {"spacing": (4.0, 10.0), "darkness": (0.5, 1.0)},
        cross_hatching,
        (
            "cross-hatch it in {darkness:pale|grey|black} ink with {spacing:fine|plain|coarse} strokes",
            "{spacing:dense|plain|open} cross-hatching with a {darkness:light|grey|black} pen",
            "shade with crossing pen strokes, {spacing:close|apart|far apart} and {darkness:pale|grey|black}",
            "make a pen drawing with {spacing:fine|plain|wide} crossed hatching in "
            "{darkness:pale|grey|black} ink",
        ),
    ),
    Family(
        "etching",
        "drawing",
        {"spacing": (2.5, 6.0), "plate": (0.0, 1.0)},
        etching,
        (
            "make an etching with {spacing:very fine|fine|coarse} lines and {plate:no|a light|a strong} "
            "plate tone",
            "etch it on copper, {spacing:very fine|fine|coarse} needle lines, paper {plate:white|cream|tan}",
            "an old etching on {plate:pale|cream|brown} paper with {spacing:delicate|plain|rough} lines",
            "turn it into {spacing:finely|plainly|roughly} etched lines on {plate:white|cream|tan} paper",
        ),
    ),
    Family(
        "engraving",
        "drawing",
        {"spacing": (5.0, 11.0), "angle": (-40.0, 40.0)},
        engraving,
        (
            "engrave it like a banknote with {spacing:fine|plain|wide} lines {angle:falling|level|rising}",
            "a portrait of {spacing:narrow|plain|wide} swelling lines, {angle:sloping down|level|sloping up}",
            "make an engraving, parallel lines {spacing:close|apart|far apart} and "
            "{angle:falling|level|rising}",
            "draw with bending lines that thicken in shadow, {spacing:fine|plain|coarse}, "
            "{angle:falling|level|rising}",
        ),
    ),
    Family(
        "woodcut",
        "drawing",
        {"black": (0.0, 1.0), "spacing": (4.0, 9.0)},
        woodcut,
        (
            "cut it in wood with {spacing:fine|plain|broad} gouges, "
            "{black:mostly white|half black|mostly black}",
            "a {black:light|plain|dark} woodcut with {spacing:fine|plain|rough} cuts",
            "make a {spacing:finely|plainly|roughly} carved woodcut print with {black:little|some|much} "
            "black",
            "print it from a carved block, {black:light|even|heavy} black, cuts {spacing:thin|plain|wide}",
        ),
    ),
    Family(
        "scratchboard",
        "drawing",
        {"light": (0.6, 1.2), "spacing": (2.4, 5.5)},
        scratchboard,
        (
            "scratch it out of black with {light:few|some|many} {spacing:fine|plain|coarse} white lines",
            "scratchboard, {spacing:fine|plain|coarse} lines, {light:dim|plain|bright}",
            "draw in {spacing:thin|plain|broad} white scratches on black board, {light:sparse|even|dense}",
            "make a {light:dark|plain|bright} scratchboard with {spacing:fine|plain|rough} scratches",
        ),
    ),
)

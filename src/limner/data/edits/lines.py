"""Drawings by line: pen, brush and needle, with little tone or none."""

import cv2
import numpy as np

from limner.data.edits.family import Family
from limner.data.edits.screens import hatch, inked, tooth
from limner.data.edits.subject import Colour, Real, Subject, between, laid
from limner.data.sitter import noise, step

INKS: tuple[Colour, ...] = ((0.1, 0.18, 0.6), (0.1, 0.1, 0.12), (0.72, 0.1, 0.14))
"""Of ballpoint pens: blue, black, red."""


def ink_contour(subject: Subject, _: np.random.Generator, width: float) -> Real:
    """Black contours that swell and thin, and nothing else."""
    return 1 - 0.96 * step(subject.lines(width), 0.2, 0.65)


def single_line(subject: Subject, _: np.random.Generator, detail: float, width: float) -> Real:
    """Thin lines of one weight where the tone changes most; no shading.

    Source: Canny, A computational approach to edge detection, PAMI 8(6), 1986.
    """
    sitter = subject.sitter
    tone = 255 * np.clip(
        (sitter.soft(sitter.tone, 3.2 - 1.2 * detail) + 0.6 + 0.4 * (1 - sitter.matte)) / 2.6, 0, 1
    )
    least = 70 - 36 * detail
    fine = cv2.resize(np.rint(tone).astype(np.uint8), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    found = cv2.Canny(fine, 0.4 * least, least, L2gradient=True).astype(np.float32) / 255
    line = cv2.GaussianBlur(found, (0, 0), 2 * width * subject.unit)
    line = cv2.resize(line, subject.shape[::-1], interpolation=cv2.INTER_AREA)
    return 1 - 0.9 * step(np.asarray(line, np.float32) * width * subject.unit, 0.04, 0.2)


def brush_ink(subject: Subject, rng: np.random.Generator, black: float, width: float) -> Real:
    """A loaded brush: few broad lines, and dark places filled with black, dry at their edges."""
    tone = subject.sitter.soft(subject.dark, 2.2) + 0.07 * (subject.strands(5, 12, rng) - 0.5)
    filled = step(tone, 0.78 - 0.5 * black, 0.86 - 0.5 * black)
    return 1 - 0.97 * np.maximum(filled, step(subject.lines(width), 0.25, 0.5))


def comic(subject: Subject, _: np.random.Generator, weight: float, tone: float) -> Real:
    """Clean outlines, flat blacks, and one flat grey for shadows."""
    smooth = subject.sitter.soft(subject.dark, 1.6)
    flat = 1 - tone * step(smooth, 0.19, 0.24)
    black = step(smooth, 0.6, 0.66)
    return flat * (1 - np.maximum(black, step(subject.lines(weight), 0.3, 0.5)))


def ballpoint(subject: Subject, rng: np.random.Generator, pressure: float, ink: float) -> Real:
    """Thin lines searched for several times, and shadows in long loose strokes of a ballpoint pen."""
    lines = subject.lines(0.75)
    drawn = np.zeros(subject.shape, np.float32)
    x, y = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in subject.shape[::-1]))
    for _ in range(3):
        dx, dy = (1.6 * subject.unit * noise(subject.shape, 12 * subject.unit, rng) for _ in range(2))
        moved = cv2.remap(
            lines.astype(np.float32), (x + dx).astype(np.float32), (y + dy).astype(np.float32), 1
        )
        drawn = 1 - (1 - drawn) * (1 - 0.6 * np.asarray(moved, np.float32))
    for angle in (62, 35):
        screen = hatch(subject.shape, angle, 4.5 * subject.unit, rng)
        drawn = 1 - (1 - drawn) * (1 - 0.6 * inked(0.85 * subject.strokes, screen, 0.2))
    colour = INKS[min(int(ink * len(INKS)), len(INKS) - 1)]
    return laid((0.985, 0.985, 0.98), colour, pressure * drawn)


def blueprint(subject: Subject, rng: np.random.Generator, depth: float, width: float) -> Real:
    """White lines on the blue of a builder's plan."""
    paper = between((0.25, 0.48, 0.78), (0.03, 0.13, 0.38), depth)
    lines = 0.92 * step(subject.lines(width), 0.15, 0.6) + 0.2 * subject.dark
    return laid(paper, (0.96, 0.98, 1.0), lines - 0.03 * tooth(subject.shape, 0.8, rng))


def embossing(subject: Subject, _: np.random.Generator, depth: float, light: float) -> Real:
    """Lines pressed into white paper without ink, seen by a light from one side."""
    pressed = subject.sitter.soft(np.maximum(subject.lines(1.4), 0.5 * subject.dark), 1.2)
    dx, dy = (cv2.Sobel(pressed, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    turn = np.radians(light)
    slope = (dx * np.cos(turn) - dy * np.sin(turn)) / np.float32(subject.unit)
    return 0.86 - 0.14 * np.clip(depth * 9 * slope, -2.5, 1)


LINES = (
    Family(
        "ink contour",
        "drawing",
        {"width": (0.5, 2.2)},
        ink_contour,
        (
            "draw only the contours in {width:fine|even|bold} black ink",
            "outline it with a {width:thin|medium|broad} pen, no shading",
            "make a pen drawing of {width:thin|even|thick} contours alone",
            "trace the face in {width:delicate|even|heavy} ink lines on white paper",
        ),
    ),
    Family(
        "single line",
        "drawing",
        {"detail": (0.0, 1.0), "width": (0.7, 1.5)},
        single_line,
        (
            "draw it as a {width:hairline|thin line|firm line} of one weight with "
            "{detail:few|some|many} details",
            "one plain line, {width:very thin|thin|firm}, and {detail:very little|some|much} detail",
            "reduce it to {detail:a few|some|many} {width:hair thin|thin|firm} lines of equal weight",
            "make minimal line art, {detail:sparse|plain|detailed}, with {width:very thin|thin|firm} lines",
        ),
    ),
    Family(
        "brush ink",
        "drawing",
        {"black": (0.0, 1.0), "width": (1.4, 3.0)},
        brush_ink,
        (
            "paint it with an ink brush, {width:slim|broad|very broad} lines and "
            "{black:little|some|much} black",
            "brush and ink, {black:mostly white|half black|mostly black}, strokes "
            "{width:slim|broad|very broad}",
            "make a {width:fine|plain|bold} brush drawing with {black:few|some|large} black shapes",
            "use a {width:small|medium|large} brush and fill "
            "{black:only hair|the shadows|all that is dark} with ink",
        ),
    ),
    Family(
        "comic line art",
        "drawing",
        {"weight": (0.6, 1.9), "tone": (0.05, 0.55)},
        comic,
        (
            "make it a comic with {weight:thin|even|thick} outlines and "
            "{tone:pale|light grey|dark grey} shadows",
            "comic line art, {weight:fine|plain|bold} lines, flat {tone:pale|light|dark} grey shadows",
            "draw this as a comic panel, {weight:slim|plain|heavy} ink and {tone:faint|light|strong} grey",
            "turn the person into a comic figure, lines {weight:thin|even|thick}, shadows "
            "{tone:pale|grey|dark}",
        ),
    ),
    Family(
        "ballpoint",
        "drawing",
        {"pressure": (0.4, 1.0), "ink": (0.0, 1.0)},
        ballpoint,
        (
            "scribble it with a {ink:blue|black|red} ballpoint pen, pressing {pressure:lightly|evenly|hard}",
            "a {pressure:faint|plain|strong} drawing in {ink:blue|black|red} ballpoint",
            "use a {ink:blue|black|red} ballpoint and a {pressure:light|steady|heavy} hand",
            "doodle the portrait in {pressure:pale|plain|deep} {ink:blue|black|red} pen",
        ),
    ),
    Family(
        "blueprint",
        "drawing",
        {"depth": (0.0, 1.0), "width": (0.6, 1.6)},
        blueprint,
        (
            "make a blueprint, {width:thin|even|thick} white lines on {depth:light|mid|dark} blue",
            "draw it in {width:fine|plain|bold} white line on {depth:pale|plain|deep} blue paper",
            "turn it into a plan on {depth:light|plain|dark} blue paper with {width:thin|even|thick} lines",
            "white lines, {width:thin|even|thick}, on {depth:bright|plain|navy} blue",
        ),
    ),
    Family(
        "blind embossing",
        "drawing",
        {"depth": (0.25, 1.0), "light": (0.0, 180.0)},
        embossing,
        (
            "emboss it {depth:shallow|plainly|deep} into white paper, light from "
            "{light:the right|above|the left}",
            "a {depth:faint|plain|strong} relief pressed into paper, lit from "
            "{light:the right|above|the left}",
            "press the lines {depth:lightly|evenly|deeply} into paper without ink, light from "
            "{light:the right|above|the left}",
            "make a {depth:flat|plain|deep} blind embossing lit from {light:the right|above|the left}",
        ),
    ),
)

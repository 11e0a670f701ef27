"""Drawings by dots and flat shapes: stipple, halftone, linocut, stencil."""

import cv2
import numpy as np

from limner.data.edits.family import Family
from limner.data.edits.hues import hue_of
from limner.data.edits.screens import inked, raster, tooth
from limner.data.edits.subject import Real, Subject, laid
from limner.data.sitter import step


def stipple(subject: Subject, rng: np.random.Generator, size: float, darkness: float) -> Real:
    """Ink dots of one size, the denser the darker."""
    radius = max(0.5, size * subject.unit)
    apart = 1.5 * radius
    rows, columns = (int(side / apart) + 1 for side in subject.shape)
    y, x = np.mgrid[:rows, :columns].astype(np.float32) * np.float32(apart)
    at = np.stack([x, y], -1) + rng.uniform(-0.4, 0.4, (rows, columns, 2)) * apart
    inside = np.clip(np.rint(at), 0, np.array(subject.shape[::-1]) - 1).astype(np.int32)
    lined = np.maximum(subject.dark, 0.85 * subject.lines(1.2))[inside[..., 1], inside[..., 0]]
    chosen = at[(lined > 0.04) & (0.85 * darkness * lined > rng.random((rows, columns)))]
    paper = np.full(subject.shape, 250, np.uint8)
    for centre in np.rint(16 * chosen).astype(int):
        cv2.circle(paper, tuple(centre), round(16 * radius), 15, -1, cv2.LINE_AA, 4)
    return paper.astype(np.float32) / 255


def halftone(subject: Subject, _: np.random.Generator, spacing: float, angle: float) -> Real:
    """The black dots of a newspaper, larger where it is darker."""
    tone = np.clip(0.1 * subject.sitter.matte + 0.75 * subject.dark, 0, 0.85)
    return 0.97 - 0.9 * inked(tone, raster(subject.shape, angle, spacing * subject.unit), 0.12)


def linocut(subject: Subject, rng: np.random.Generator, black: float, hue: float) -> Real:
    """Two tones, paper and one coloured ink, with smooth edges; the ink a little grainy."""
    tone = np.maximum(subject.sitter.soft(subject.dark, 2), 0.8 * step(subject.lines(1.6), 0.3, 0.6))
    least = 0.62 - 0.42 * black
    printed = step(tone, least - 0.03, least + 0.03) * (0.86 + 0.14 * tooth(subject.shape, 0.8, rng))
    return laid((0.97, 0.95, 0.9), hue_of(hue, 0.85, 0.42), printed)


PRINTS = (
    Family(
        "stipple",
        "drawing",
        {"size": (0.9, 1.9), "darkness": (0.45, 1.0)},
        stipple,
        (
            "stipple it with {size:tiny|small|large} dots, {darkness:sparse|even|dense}",
            "draw it in {size:fine|plain|coarse} ink dots, {darkness:few|many|very many}",
            "a {darkness:light|plain|dark} stippled portrait of {size:tiny|small|large} dots",
            "make it out of {size:tiny|small|big} black points, {darkness:sparse|even|dense}",
        ),
    ),
    Family(
        "halftone",
        "drawing",
        {"spacing": (5.0, 11.0), "angle": (0.0, 45.0)},
        halftone,
        (
            "print it in {spacing:fine|plain|coarse} halftone, rows {angle:level|tilted|diagonal}",
            "newspaper dots, {spacing:small|medium|large}, in {angle:level|tilted|diagonal} rows",
            "make a {spacing:fine|plain|coarse} black halftone print with {angle:level|tilted|diagonal} "
            "rows of dots",
            "turn it into {angle:level|tilted|diagonal} rows of {spacing:small|medium|big} printed dots",
        ),
    ),
    Family(
        "linocut",
        "drawing",
        {"black": (0.0, 1.0), "hue": (0.0, 1.0)},
        linocut,
        (
            "print a linocut in {hue:red|yellow|green|cyan|blue|purple} ink, "
            "{black:mostly paper|half ink|mostly ink}",
            "cut it in lino and print it {hue:red|yellow|green|cyan|blue|purple}, {black:light|even|heavy}",
            "two flat tones, paper and {hue:red|yellow|green|cyan|blue|purple}, with "
            "{black:little|some|much} ink",
            "make a {black:light|plain|dark} {hue:red|yellow|green|cyan|blue|purple} linocut",
        ),
    ),
)

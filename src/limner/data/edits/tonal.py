"""Drawings by tone: dry and wet media that are rubbed, smudged or washed rather than lined."""

import numpy as np

from limner.data.edits.family import Family
from limner.data.edits.screens import hatch, inked, tooth
from limner.data.edits.subject import Real, Subject, between, laid
from limner.data.flow import along
from limner.data.pencil import Hand, draw
from limner.data.sitter import noise, step


def pencil(subject: Subject, rng: np.random.Generator, darkness: float, width: float) -> Real:
    """The pencil of `limner.data.pencil`, whole: contours, strokes along hair, hatched shadows."""
    levels = np.rint(255 * subject.photo).astype(np.uint8)
    hand = Hand(eyes=subject.hand.eyes, darkness=darkness, width=width, shade=0.5 + 0.6 * darkness)
    return draw(levels, subject.matte, hand, rng).astype(np.float32) / 255


def soft_graphite(subject: Subject, rng: np.random.Generator, darkness: float, softness: float) -> Real:
    """Tone rubbed with a stump until no stroke is left; hardly a line."""
    tone = subject.sitter.soft(1.1 * subject.dark, softness)
    lines = subject.sitter.soft(subject.lines(1.2), 0.4 * softness)
    grain = 1 + 0.06 * noise(subject.shape, 0.7 * subject.unit, rng)
    return 0.98 - darkness * np.clip((0.9 * tone + 0.35 * lines) * grain, 0, 1)


def _dry(subject: Subject, rng: np.random.Generator, darkness: float) -> Real:
    """Broad soft strokes of a dry stick on rough paper, over a smudge; (H, W) in [0, 1]."""
    rough = 0.55 * subject.strands(7, 9, rng) + 0.45 * tooth(subject.shape, 0.8, rng)
    drawn = inked(0.75 * subject.sitter.soft(subject.dark, 2), rough, 0.3)
    lines = subject.lines(1.6) * (0.85 - 0.45 * rough)
    smudge = 0.55 * subject.sitter.soft(subject.dark, 4)
    bare = (1 - smudge) * (1 - 0.7 * drawn) * (1 - lines)
    return darkness * (1 - bare)


def charcoal(subject: Subject, rng: np.random.Generator, darkness: float, paper: float) -> Real:
    """Charcoal, broad and grainy, on white to grey paper."""
    ground = paper - 0.02 * tooth(subject.shape, 0.6, rng)
    return ground * (1 - _dry(subject, rng, darkness))


def sanguine(subject: Subject, rng: np.random.Generator, darkness: float, paper: float) -> Real:
    """Red-brown chalk on cream paper."""
    ground = between((0.98, 0.96, 0.92), (0.9, 0.8, 0.64), paper)
    return laid(ground, (0.5, 0.17, 0.08), _dry(subject, rng, darkness))


def blackboard(subject: Subject, rng: np.random.Generator, chalk: float, paper: float) -> Real:
    """White chalk alone on dark paper: what is lit is drawn, what is dark is left."""
    rough = 0.5 * subject.strands(5, 8, rng) + 0.5 * tooth(subject.shape, 0.7, rng)
    lit = np.clip(chalk * 1.15 * subject.bright, 0, 0.85)
    drawn = inked(lit, rough, 0.35) * (0.3 + 0.7 * lit)
    rim = 0.35 * chalk * subject.lines(1.2) * subject.sitter.matte * (1 - subject.sitter.oval)
    return paper + (0.95 - paper) * np.clip(drawn + rim, 0, 1)


def toned_paper(subject: Subject, rng: np.random.Generator, chalk: float, paper: float) -> Real:
    """Black chalk for shadows and white chalk for lights; the paper is the tone between."""
    ground = between((0.74, 0.68, 0.58), (0.46, 0.42, 0.37), paper)
    shadow = laid(ground, (0.08, 0.07, 0.07), _dry(subject, rng, 0.9))
    lit = step(subject.bright, 0.5, 0.8)
    rough = hatch(subject.shape, 50, 5 * subject.unit, rng)
    return laid(shadow, (0.99, 0.98, 0.95), chalk * inked(0.8 * lit, rough, 0.35))


def ink_wash(subject: Subject, rng: np.random.Generator, darkness: float, wetness: float) -> Real:
    """Diluted ink in a few flat washes, their rims darker where they dried."""
    wobble = noise(subject.shape, 6 * subject.unit, rng)
    tone = along(subject.sitter.soft(subject.dark, wetness), subject.flow, 3 * subject.unit)
    tone = tone + 0.02 * wobble
    wash = np.zeros(subject.shape, np.float32)
    for level in (0.14, 0.34, 0.6):
        layer = step(tone, level - 0.02 * wetness, level + 0.02 * wetness)
        rim = layer - subject.sitter.soft(layer, 3)
        wash = wash + 0.3 * layer + 0.16 * np.maximum(rim, 0)
    ink = darkness * np.clip(wash * (1 + 0.08 * wobble) + 0.5 * subject.lines(1.1), 0, 1)
    return laid((0.98, 0.975, 0.96), (0.07, 0.08, 0.11), ink * subject.sitter.matte)


TONAL = (
    Family(
        "pencil",
        "drawing",
        {"darkness": (0.45, 0.98), "width": (0.6, 1.8)},
        pencil,
        (
            "draw it with {darkness:a hard pale|a|a soft dark} pencil and {width:thin|even|thick} contours",
            "make a {darkness:pale|plain|dark} pencil drawing with {width:thin|even|thick} lines",
            "turn this photo into a {darkness:light|plain|dark} pencil sketch, lines {width:thin|even|thick}",
            "sketch the person in {darkness:faint|even|strong} pencil with {width:fine|even|bold} outlines",
        ),
    ),
    Family(
        "soft graphite",
        "drawing",
        {"darkness": (0.4, 1.0), "softness": (1.0, 6.0)},
        soft_graphite,
        (
            "shade it in {darkness:pale|mid|dark} graphite, "
            "{softness:a little rubbed|rubbed|blurred with a stump}",
            "make a {darkness:light|plain|deep} graphite drawing without strokes, "
            "{softness:crisp|soft|very soft}",
            "rub {darkness:a little|some|much} graphite over the paper, "
            "{softness:nearly sharp|soft|very soft}",
            "turn the portrait into {softness:clear|soft|misty} graphite shading, {darkness:pale|even|dark}",
        ),
    ),
    Family(
        "charcoal",
        "drawing",
        {"darkness": (0.35, 1.0), "paper": (0.6, 1.0)},
        charcoal,
        (
            "draw it in {darkness:light|plain|heavy} charcoal on {paper:grey|pale grey|white} paper",
            "a {darkness:light|plain|deep black} charcoal drawing on {paper:grey|pale grey|white} "
            "paper, please",
            "sketch this with {darkness:a faint|a|a dark} stick of charcoal, the paper "
            "{paper:grey|pale grey|white}",
            "make a {darkness:pale|plain|black} charcoal portrait on {paper:grey|pale grey|white} paper",
        ),
    ),
    Family(
        "sanguine",
        "drawing",
        {"darkness": (0.4, 1.0), "paper": (0.0, 1.0)},
        sanguine,
        (
            "draw it in {darkness:light|plain|strong} sanguine on {paper:white|cream|tan} paper",
            "use {darkness:a little|some|much} red chalk on {paper:white|cream|tan} paper",
            "make a {darkness:faint|plain|deep} red chalk portrait, the paper {paper:white|cream|tan}",
            "turn it into a {darkness:pale|plain|dark} sanguine drawing on {paper:white|cream|tan} paper",
        ),
    ),
    Family(
        "chalk on dark paper",
        "drawing",
        {"chalk": (0.7, 1.2), "paper": (0.04, 0.3)},
        blackboard,
        (
            "draw it with {chalk:a little|some|much} white chalk on {paper:black|dark|dark grey} paper",
            "a {chalk:faint|plain|bright} chalk drawing on {paper:black|dark|dark grey} paper",
            "on {paper:black|dark|dark grey} paper, draw the lights in {chalk:thin|plain|thick} white chalk",
            "make it a {chalk:dim|plain|bright} chalk portrait on a {paper:black|dark|grey} board",
        ),
    ),
    Family(
        "white chalk on toned paper",
        "drawing",
        {"chalk": (0.3, 1.0), "paper": (0.0, 1.0)},
        toned_paper,
        (
            "draw in black and {chalk:a little|some|much} white chalk on {paper:light|mid|dark} toned paper",
            "black chalk for shadows, {chalk:faint|plain|bright} white chalk for lights, "
            "{paper:light|mid|dark} paper",
            "make a drawing on {paper:pale|mid|dark} brown paper, lights in {chalk:thin|plain|thick} "
            "white chalk",
            "two chalks on {paper:light|mid|dark} toned paper, the white one {chalk:faint|plain|strong}",
        ),
    ),
    Family(
        "ink wash",
        "drawing",
        {"darkness": (0.4, 1.0), "wetness": (1.0, 5.0)},
        ink_wash,
        (
            "paint it in {darkness:pale|mid|dark} ink washes, {wetness:crisp|soft|wet} at the edges",
            "a {darkness:light|plain|deep} ink wash with {wetness:sharp|soft|flowing} edges",
            "brush {darkness:thin|diluted|strong} ink over it in flat washes, {wetness:dry|damp|wet}",
            "make a {darkness:light|plain|dark} wash drawing, {wetness:crisp|soft|very wet}",
        ),
    ),
)

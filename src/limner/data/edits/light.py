"""Photographic edits of light: brightness, contrast, where a lamp stands."""

import cv2
import numpy as np

from limner.data.edits.family import Family
from limner.data.edits.subject import Real, Subject
from limner.data.sitter import blur


def darken(subject: Subject, _: np.random.Generator, amount: float) -> Real:
    """Less light everywhere: amount is in stops."""
    return subject.photo * np.float32(2**-amount)


def brighten(subject: Subject, _: np.random.Generator, amount: float) -> Real:
    """More light, as by a gamma, so that white stays white."""
    return subject.photo ** np.float32(1 / (1 + amount))


def contrast(subject: Subject, _: np.random.Generator, amount: float) -> Real:
    """A steep curve around the person's own middle tone, which stays."""
    middle = np.float32(np.clip(np.average(subject.grey, weights=subject.matte + 0.01), 0.25, 0.7))
    return middle + np.float32(1 + amount) * (subject.photo - middle)


def fade(subject: Subject, _: np.random.Generator, amount: float) -> Real:
    """Blacks lifted and colours paled, as on an old print."""
    pale = subject.photo + 0.5 * np.float32(amount) * (subject.grey[..., None] - subject.photo)
    return pale * np.float32(1 - 0.75 * amount) + np.float32(0.68 * amount)


def vignette(subject: Subject, _: np.random.Generator, strength: float, size: float) -> Real:
    """Dark corners around the face."""
    sitter = subject.sitter
    far = np.hypot(sitter.u, sitter.v - 0.3) / np.float32(size)
    return subject.photo * (1 - strength / (1 + np.exp(-(far - 1) * 5)))[..., None]


def relight(subject: Subject, _: np.random.Generator, strength: float, side: float) -> Real:
    """A lamp at one side: a gradient over the face, and more on what the light's edges turn to it."""
    sitter, turn = subject.sitter, np.radians(side)
    reach = np.clip((sitter.u * np.cos(turn) - (sitter.v - 0.3) * np.sin(turn)) / 1.1, -1.3, 1.3)
    bulge = blur(subject.matte.astype(np.float32), 14 * sitter.unit)
    dx, dy = (cv2.Sobel(bulge, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    facing = (-dx * np.cos(turn) + dy * np.sin(turn)) * np.float32(30 * sitter.unit)
    stops = strength * (1.1 * reach + 0.7 * np.clip(facing, -1, 1) * subject.matte)
    return subject.photo * (2 ** np.where(stops > 0, 0.55 * stops, stops))[..., None]


def solarise(subject: Subject, _: np.random.Generator, least: float) -> Real:
    """What is lighter than `least` turned to its negative, stretched so that black and white are used."""
    level = np.float32(least)
    return np.where(subject.photo > level, (1 - subject.photo) / (1 - level), subject.photo / level) * 0.95


def negative(subject: Subject, _: np.random.Generator, colour: float) -> Real:
    """The negative, in grey to full colour."""
    grey = subject.grey[..., None]
    return 1 - (grey + np.float32(colour) * (subject.photo - grey))


def glow(subject: Subject, _: np.random.Generator, strength: float, width: float) -> Real:
    """Lights that spread softly, as through a stocking over the lens."""
    wide = cv2.GaussianBlur(subject.photo, (0, 0), width * subject.unit)
    return 1 - (1 - subject.photo) * (1 - np.float32(strength) * np.asarray(wide, np.float32) ** 1.5)


LIGHT = (
    Family(
        "darken",
        "photographic",
        {"amount": (0.5, 1.8)},
        darken,
        (
            "make it {amount:a little|clearly|much} darker",
            "darken the photo {amount:slightly|clearly|strongly}",
            "take away {amount:some|half|most} of the light",
            "turn the lights down {amount:a bit|by half|low}",
        ),
    ),
    Family(
        "brighten",
        "photographic",
        {"amount": (0.3, 1.8)},
        brighten,
        (
            "make it {amount:a little|clearly|much} brighter",
            "brighten the photo {amount:slightly|clearly|strongly}",
            "add {amount:some|more|a lot of} light",
            "turn the lights up {amount:a bit|well|high}",
        ),
    ),
    Family(
        "high contrast",
        "photographic",
        {"amount": (0.3, 1.3)},
        contrast,
        (
            "raise the contrast {amount:a little|clearly|strongly}",
            "give it {amount:more|high|very high} contrast",
            "make it {amount:a bit|clearly|very} contrasty",
            "make lights lighter and darks darker, {amount:a little|clearly|strongly}",
        ),
    ),
    Family(
        "fade",
        "photographic",
        {"amount": (0.25, 0.8)},
        fade,
        (
            "fade the photo {amount:a little|clearly|strongly}",
            "make it look {amount:slightly|clearly|badly} faded",
            "bleach it {amount:a little|by half|nearly away}",
            "let the print pale {amount:slightly|clearly|very much} with age",
        ),
    ),
    Family(
        "vignette",
        "photographic",
        {"strength": (0.4, 1.0), "size": (1.0, 1.7)},
        vignette,
        (
            "add a {strength:light|plain|black} vignette, "
            "{size:close to the face|around the head|at the corners}",
            "darken the rim {strength:a little|clearly|fully}, {size:close in|around the head|far out}",
            "put a {size:narrow|medium|wide} {strength:faint|dark|black} vignette around the face",
            "let the corners fall {strength:dim|dark|black}, the lit part {size:small|medium|large}",
        ),
    ),
    Family(
        "relight",
        "photographic",
        {"strength": (0.6, 1.5), "side": (0.0, 180.0)},
        relight,
        (
            "light it {strength:gently|clearly|harshly} from {side:the right|above|the left}",
            "put a {strength:soft|plain|strong} lamp {side:at the right|above|at the left}",
            "relight the face from {side:the right|above|the left}, {strength:a little|clearly|strongly}",
            "let {strength:soft|plain|hard} light fall from {side:the right|the top|the left}",
        ),
    ),
    Family(
        "solarise",
        "photographic",
        {"least": (0.35, 0.8)},
        solarise,
        (
            "solarise it, {least:almost all|the lights|only the highlights}",
            "turn {least:nearly all tones|the lighter tones|only the brightest tones} over, as in a "
            "solarised print",
            "make a {least:strong|plain|slight} solarisation",
            "expose the print again in the darkroom, {least:long|shortly|very shortly}",
        ),
    ),
    Family(
        "negative",
        "photographic",
        {"colour": (0.0, 1.0)},
        negative,
        (
            "make a {colour:grey|pale|colour} negative",
            "invert it to a negative in {colour:grey|pale colours|full colours}",
            "show it as {colour:black and white|faintly coloured|coloured} negative film",
            "swap light and dark, {colour:without colour|with little colour|with the colours too}",
        ),
    ),
    Family(
        "glow",
        "photographic",
        {"strength": (0.25, 0.9), "width": (4.0, 16.0)},
        glow,
        (
            "add a {strength:faint|plain|strong} {width:narrow|soft|wide} glow",
            "let the lights bloom {strength:a little|clearly|strongly}, {width:near|softly|far}",
            "make it dreamy, a {width:small|medium|large} {strength:weak|clear|bright} glow",
            "soft focus with a {strength:slight|plain|heavy} glow, spread {width:little|some|far}",
        ),
    ),
)

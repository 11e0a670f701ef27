"""Photographic edits of colour: grey, toned, warmer, fewer tones."""

import numpy as np

from limner.data.edits.family import Family
from limner.data.edits.hues import hue_of
from limner.data.edits.subject import Real, Subject, laid
from limner.image import GREY


def grey(subject: Subject, _: np.random.Generator, filter: float) -> Real:  # noqa: A002 - a lens has one
    """Black and white, seen through a red filter (0, skin light) to a blue one (1, skin dark)."""
    red, blue = max(0.0, 1 - 2 * filter), max(0.0, 2 * filter - 1)
    shares = np.array([red, 1 - red - blue, blue], np.float32)
    return subject.photo @ shares


def sepia(subject: Subject, _: np.random.Generator, strength: float) -> Real:
    """Brown as an old print, wholly or in part."""
    brown = laid((0.17, 0.09, 0.03), (1.0, 0.93, 0.78), subject.grey)
    return subject.photo + np.float32(strength) * (brown - subject.photo)


def _balance(subject: Subject, amount: float) -> Real:
    gains = np.exp(amount * np.array([1.0, 0.15, -1.0]))
    return subject.photo * np.float32(gains / (gains @ GREY))


def warm(subject: Subject, _: np.random.Generator, amount: float) -> Real:
    """More red and less blue, as bright as before."""
    return _balance(subject, amount)


def cool(subject: Subject, _: np.random.Generator, amount: float) -> Real:
    """More blue and less red, as bright as before."""
    return _balance(subject, -amount)


def saturate(subject: Subject, _: np.random.Generator, amount: float) -> Real:
    """Colours further from grey."""
    own = subject.grey[..., None]
    return own + np.float32(1 + amount) * (subject.photo - own)


def posterise(subject: Subject, _: np.random.Generator, levels: float) -> Real:
    """Few tones of each channel, evenly spaced; first the person is made of middle tone, however dark."""
    count = round(levels)
    tone = np.clip(subject.photo / subject.white, 0, 1)
    middle = float(np.clip(np.average(tone.mean(axis=2), weights=subject.matte + 0.01), 0.1, 0.9))
    even = tone ** np.float32(np.log(0.5) / np.log(middle))
    return np.rint(even * (count - 1)) / np.float32(count - 1)


def duotone(subject: Subject, _: np.random.Generator, light: float, hue: float) -> Real:
    """Lights of one hue, shadows of the opposite one."""
    tone = np.clip(subject.grey / subject.white, 0, 1)
    return laid(hue_of(hue + 0.5, 0.7, 0.12), hue_of(hue, 0.75, light), tone)


def tint(subject: Subject, _: np.random.Generator, strength: float, hue: float) -> Real:
    """All seen through a pane of coloured glass."""
    glass = np.asarray(hue_of(hue, 0.9, 0.55), np.float32)
    return subject.photo * (1 + np.float32(strength) * (glass - 1))


TINTS = (
    Family(
        "grey",
        "photographic",
        {"filter": (0.0, 1.0)},
        grey,
        (
            "make it black and white, skin {filter:light|even|dark}",
            "take the colour out, as if through a {filter:red|green|blue} filter",
            "a black and white photo with {filter:pale|plain|dark} skin tones",
            "turn it grey through a {filter:red|green|blue} glass",
        ),
    ),
    Family(
        "sepia",
        "photographic",
        {"strength": (0.35, 1.0)},
        sepia,
        (
            "give it a {strength:light|clear|full} sepia tone",
            "tone it {strength:a little|clearly|fully} brown like an old photo",
            "make it {strength:slightly|mostly|all} sepia",
            "let it look {strength:faintly|rather|very} antique and brown",
        ),
    ),
    Family(
        "warm",
        "photographic",
        {"amount": (0.1, 0.55)},
        warm,
        (
            "make it {amount:a little|clearly|much} warmer",
            "give it {amount:slightly|clearly|very} warm light",
            "shift the colours {amount:a bit|well|far} to orange",
            "{amount:mild|warm|hot} evening light, please",
        ),
    ),
    Family(
        "cool",
        "photographic",
        {"amount": (0.1, 0.55)},
        cool,
        (
            "make it {amount:a little|clearly|much} cooler",
            "give it {amount:slightly|clearly|very} cold light",
            "shift the colours {amount:a bit|well|far} to blue",
            "{amount:mild|cold|icy} winter light, please",
        ),
    ),
    Family(
        "saturate",
        "photographic",
        {"amount": (0.5, 2.5)},
        saturate,
        (
            "make the colours {amount:a little|clearly|much} stronger",
            "{amount:richer|vivid|shrill} colours",
            "saturate it {amount:slightly|clearly|extremely}",
            "boost the colour {amount:a bit|well|to the limit}",
        ),
    ),
    Family(
        "posterise",
        "photographic",
        {"levels": (2.0, 6.0)},
        posterise,
        (
            "posterise it to {levels:very few|few|some} tones",
            "reduce the colours to {levels:two|four|six} levels or so",
            "make flat areas, {levels:very few|few|several} tones a colour",
            "a {levels:harsh|plain|mild} poster effect",
        ),
    ),
    Family(
        "duotone",
        "photographic",
        {"light": (0.55, 0.9), "hue": (0.0, 1.0)},
        duotone,
        (
            "make a duotone in {hue:red|yellow|green|cyan|blue|purple}, {light:dark|plain|pale}",
            "print it in two inks, {light:deep|plain|light} {hue:red|yellow|green|cyan|blue|purple}",
            "map its tones to {light:dark|mid|light} {hue:red|yellow|green|cyan|blue|purple}",
            "a {hue:red|yellow|green|cyan|blue|purple} duotone with {light:rich|plain|pastel} lights",
        ),
    ),
    Family(
        "tint",
        "photographic",
        {"strength": (0.35, 0.95), "hue": (0.0, 1.0)},
        tint,
        (
            "tint the photo {strength:slightly|clearly|deeply} {hue:red|yellow|green|cyan|blue|purple}",
            "look through a {strength:pale|plain|deep} {hue:red|yellow|green|cyan|blue|purple} glass",
            "put a {strength:faint|clear|strong} {hue:red|yellow|green|cyan|blue|purple} filter on the lens",
            "colour all of it {strength:a little|clearly|strongly} {hue:red|yellow|green|cyan|blue|purple}",
        ),
    ),
)

"""Photographic edits by lens and film: blur, sharpness, grain, pixels."""

import cv2
import numpy as np

from limner.data.edits.family import Family
from limner.data.edits.subject import Real, Subject
from limner.data.sitter import noise


def blurred(subject: Subject, _: np.random.Generator, sigma: float) -> Real:
    """Out of focus."""
    return np.asarray(cv2.GaussianBlur(subject.photo, (0, 0), sigma * subject.unit), np.float32)


def motion(subject: Subject, _: np.random.Generator, length: float, angle: float) -> Real:
    """The camera moved in a straight line while the shutter was open."""
    side = 2 * int(np.ceil(length * subject.unit / 2)) + 3
    line = np.zeros((side, side), np.float32)
    turn, middle = np.radians(angle), side // 2
    half = np.array([np.cos(turn), -np.sin(turn)]) * length * subject.unit / 2
    first, last = (tuple(np.rint(16 * (middle + sign * half)).astype(int).tolist()) for sign in (-1, 1))
    cv2.line(line, first, last, 1.0, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.filter2D(subject.photo, -1, line / max(line.sum(), 1)), np.float32)


def sharpen(subject: Subject, _: np.random.Generator, amount: float) -> Real:
    """An unsharp mask."""
    soft = cv2.GaussianBlur(subject.photo, (0, 0), 2.5 * subject.unit)
    return subject.photo + np.float32(amount) * (subject.photo - soft)


def grain(subject: Subject, rng: np.random.Generator, amount: float, size: float) -> Real:
    """Film grain, strongest in the middle tones."""
    spots = noise(subject.shape, size * subject.unit, rng)
    middle = 0.4 + 2.4 * subject.grey * (1 - subject.grey)
    return subject.photo + (amount * spots * middle)[..., None]


def pixelate(subject: Subject, _: np.random.Generator, side: float) -> Real:
    """Square blocks of one colour."""
    height, width = subject.shape
    k = max(side * subject.unit, 1.0)
    size = max(1, round(width / k)), max(1, round(height / k))
    small = cv2.resize(subject.photo, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST), np.float32)


LENS = (
    Family(
        "blur",
        "photographic",
        {"sigma": (2.0, 11.0)},
        blurred,
        (
            "blur the photo {sigma:a little|clearly|strongly}",
            "put it {sigma:slightly|clearly|far} out of focus",
            "make it {sigma:a bit|rather|very} blurry",
            "soften everything {sigma:a little|clearly|until little is seen}",
        ),
    ),
    Family(
        "motion blur",
        "photographic",
        {"length": (9.0, 36.0), "angle": (-80.0, 80.0)},
        motion,
        (
            "shake the camera {length:a little|clearly|much}, "
            "{angle:falling to the right|level|rising to the right}",
            "add a {length:short|plain|long} motion blur "
            "{angle:falling to the right|sideways|rising to the right}",
            "move the camera {angle:down to the right|sideways|up to the right}, "
            "{length:slowly|fast|very fast}",
            "smear it {angle:downwards right|sideways|upwards right} {length:a little|clearly|far}",
        ),
    ),
    Family(
        "sharpen",
        "photographic",
        {"amount": (0.8, 3.5)},
        sharpen,
        (
            "sharpen it {amount:a little|clearly|too much}",
            "make it {amount:a bit|clearly|extremely} sharper",
            "bring out {amount:some|more|all} fine detail",
            "{amount:crisp|sharp|harshly sharp} edges, please",
        ),
    ),
    Family(
        "grain",
        "photographic",
        {"amount": (0.06, 0.25), "size": (0.6, 2.2)},
        grain,
        (
            "add {amount:some|clear|heavy} {size:fine|plain|coarse} film grain",
            "make it {amount:a little|rather|very} grainy, the grain {size:fine|plain|coarse}",
            "shoot it on {amount:fast|faster|the fastest} film with {size:small|medium|large} grain",
            "sprinkle {amount:little|some|much} {size:fine|plain|coarse} noise over it",
        ),
    ),
    Family(
        "pixelate",
        "photographic",
        {"side": (5.0, 20.0)},
        pixelate,
        (
            "pixelate it with {side:small|medium|large} blocks",
            "make it {side:slightly|clearly|extremely} blocky",
            "show it in {side:many|fewer|very few} big pixels",
            "mosaic of {side:small|medium|large} squares",
        ),
    ),
)

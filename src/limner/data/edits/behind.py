"""Photographic edits of what is behind the person, through the matte."""

import cv2
import numpy as np

from limner.data.edits.family import Family
from limner.data.edits.hues import hue_of
from limner.data.edits.subject import Real, Subject, laid
from limner.data.sitter import blur, step


def _before(subject: Subject, scene: Real) -> Real:
    """The person before another scene (H, W, 3), the old backdrop's rim cut off."""
    alpha = step(subject.matte, 0.3, 1)[..., None]
    return scene + alpha * (subject.photo - scene)


def remove(subject: Subject, _: np.random.Generator, light: float) -> Real:
    """The person alone on an empty ground, black to white."""
    return _before(subject, np.full_like(subject.photo, light))


def colour_behind(subject: Subject, _: np.random.Generator, light: float, hue: float) -> Real:
    """The person before one colour, lit a little from above."""
    fall = np.linspace(1.06, 0.92, subject.shape[0], dtype=np.float32)[:, None, None]
    scene = np.broadcast_to(np.asarray(hue_of(hue, 0.6, light), np.float32) * fall, subject.photo.shape)
    return _before(subject, scene)


def blur_behind(subject: Subject, rng: np.random.Generator, sigma: float, lights: float) -> Real:
    """Another place far behind the person, out of focus, with spots of light."""
    height, width = subject.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    scene = np.full(subject.photo.shape, 1, np.float32) * rng.uniform(0.12, 0.4, 3).astype(np.float32)
    for _ in range(round(lights)):
        at, colour = rng.uniform(0, 1, 2), rng.uniform(0.25, 1, 3)
        radius = rng.uniform(6, 16) * subject.unit
        spot = np.clip(radius + 0.5 - np.hypot(x - at[0] * width, y - at[1] * height), 0, 1)
        scene = scene + 0.6 * spot[..., None] * (colour.astype(np.float32) - scene)
    return _before(subject, np.asarray(cv2.GaussianBlur(scene, (0, 0), sigma * subject.unit), np.float32))


def grey_behind(subject: Subject, _: np.random.Generator, light: float) -> Real:
    """Colour on the person alone; behind, all is grey, darker or lighter than it was."""
    scene = np.repeat(subject.grey[..., None], 3, axis=2)
    return _before(subject, np.clip(scene * np.float32(light), 0, 1))


def outline(subject: Subject, _: np.random.Generator, width: float, hue: float) -> Real:
    """A bright line of one colour around the person, as on a sticker, on a white ground."""
    alpha = subject.matte.astype(np.float32)
    spread = blur((alpha > 0.5).astype(np.float32), width * subject.unit / 2)
    rim = np.clip((spread - 0.06) * 10, 0, 1)
    ground = laid((0.97, 0.97, 0.97), hue_of(hue, 0.85, 0.5), rim)
    return _before(subject, ground)


def shadow_behind(subject: Subject, _: np.random.Generator, darkness: float, side: float) -> Real:
    """The person's shadow on a pale wall close behind."""
    turn, unit = np.radians(side), subject.unit
    move = np.array([[1, 0, -30 * unit * np.cos(turn)], [0, 1, 18 * unit * np.sin(turn)]])
    cast = cv2.warpAffine(subject.matte, move, subject.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    soft = blur(np.asarray(cast, np.float32), 5 * unit)
    return _before(subject, laid((0.86, 0.85, 0.82), (0.1, 0.1, 0.12), darkness * soft))


BEHIND = (
    Family(
        "remove the background",
        "photographic",
        {"light": (0.0, 1.0)},
        remove,
        (
            "remove the background and leave {light:black|grey|white}",
            "cut the person out on {light:black|grey|white}",
            "erase everything behind the person to {light:black|grey|white}",
            "put the person alone on a plain {light:black|grey|white} ground",
        ),
        behind=True,
    ),
    Family(
        "colour the background",
        "photographic",
        {"light": (0.2, 0.8), "hue": (0.0, 1.0)},
        colour_behind,
        (
            "make the background {light:dark|plain|light} {hue:red|yellow|green|cyan|blue|purple}",
            "put a {light:deep|plain|pale} {hue:red|yellow|green|cyan|blue|purple} wall behind the person",
            "change the backdrop to {light:dark|mid|bright} {hue:red|yellow|green|cyan|blue|purple}",
            "paint what is behind {light:dark|plain|light} {hue:red|yellow|green|cyan|blue|purple}",
        ),
        behind=True,
    ),
    Family(
        "blurred background",
        "photographic",
        {"sigma": (2.0, 14.0), "lights": (12.0, 60.0)},
        blur_behind,
        (
            "put {lights:few|some|many} lights behind the person, {sigma:slightly|clearly|far} out of focus",
            "a {sigma:slightly|clearly|strongly} blurred background with {lights:few|some|many} lights",
            "set the person before a {sigma:clear|soft|very soft} night with {lights:few|some|many} lights",
            "{lights:a few|some|many} spots of light far behind, {sigma:nearly sharp|blurred|very blurred}",
        ),
        behind=True,
    ),
    Family(
        "grey background",
        "photographic",
        {"light": (0.25, 1.3)},
        grey_behind,
        (
            "make only the background grey and {light:dark|dim|bright}",
            "keep colour on the person, behind all {light:dark|plain|light} grey",
            "take the colour from the background and make it {light:dark|dim|bright}",
            "a {light:dark|plain|light} grey background behind a coloured person",
        ),
        behind=True,
    ),
    Family(
        "sticker outline",
        "photographic",
        {"width": (5.0, 20.0), "hue": (0.0, 1.0)},
        outline,
        (
            "make it a sticker with a {width:thin|plain|thick} {hue:red|yellow|green|cyan|blue|purple} rim",
            "draw a {width:narrow|plain|broad} {hue:red|yellow|green|cyan|blue|purple} outline around "
            "the person on white",
            "cut the person out with a {width:slim|plain|wide} {hue:red|yellow|green|cyan|blue|purple} "
            "border",
            "put a {hue:red|yellow|green|cyan|blue|purple} edge, {width:thin|plain|thick}, around the person",
        ),
        behind=True,
    ),
    Family(
        "shadow on the wall",
        "photographic",
        {"darkness": (0.2, 0.9), "side": (0.0, 180.0)},
        shadow_behind,
        (
            "a pale wall behind, the shadow {darkness:faint|plain|black} and "
            "{side:at the left|hardly seen|at the right}",
            "cast a {darkness:light|clear|deep} shadow on the wall "
            "{side:to the left|straight behind|to the right}",
            "put a wall behind with a {darkness:pale|plain|dark} shadow {side:left|hidden|right}",
            "let the person throw a {darkness:weak|clear|strong} shadow "
            "{side:to the left|straight back|to the right}",
        ),
        behind=True,
    ),
)

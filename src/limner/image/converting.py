"""From an image of any Pillow mode to a picture: upright, in sRGB, on white paper."""

import io
import struct
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageCms

from limner.image.deep import Levels, find_levels, to_grey
from limner.image.guarding import check_size, guarded
from limner.image.unit import Picture

_STRIP_PIXELS = 1 << 20


def from_pil(image: Image.Image) -> Picture:
    """Turns an image in memory into a picture, as `read` does with a file.

    Integer (mode I) and float (mode F) images that come from no file do not tell what white is: it is then
    the lowest of 1 (float only), 255 and 65535 that no value exceeds, or else the highest value.

    Args:
        image: Any mode; of several frames, the one it stands at.

    Returns:
        The picture, (H, W, 3).

    Raises:
        ImageError: The image is damaged, has no pixels or has more than `MAX_PIXELS`.
    """
    name = "picture in memory"
    with guarded(name):
        return convert(image, name)


def convert(image: Image.Image, name: str) -> Picture:
    """Does it strip by strip, so that beside the decoded image only the result fills memory."""
    check_size(image, name)
    image.load()
    to_srgb = _to_srgb(image)
    # EXIF: 5 to 8 lie on their side; what is stored may besides run upwards or leftwards.
    turn = _orientation(image)
    width, height = image.size
    picture = np.empty((width, height, 3) if turn >= 5 else (height, width, 3), np.uint8)
    stored = picture.transpose(1, 0, 2) if turn >= 5 else picture
    stored = stored[:: -1 if turn in (3, 4, 6, 7) else 1, :: -1 if turn in (2, 3, 7, 8) else 1]
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        stored[top:bottom] = np.asarray(to_srgb(image.crop((0, top, width, bottom))))
    return picture


def _orientation(image: Image.Image) -> int:
    # Only now, after loading: Pillow itself turns a TIFF upright as it loads it.
    try:
        turn = image.getexif().get(0x0112)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        return 1  # broken notes beside the picture do not make the picture broken
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _to_srgb(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """How this image's strips turn into RGB strips on white paper."""
    levels = find_levels(image) if image.mode[0] in "IF" else None
    if levels or image.mode in ("1", "L", "LA", "La"):
        base = "L"
    else:
        base = image.mode if image.mode in ("CMYK", "LAB") else "RGB"
    profile = _profile(image, base)

    def convert_strip(strip: Image.Image) -> Image.Image:
        colour, alpha = _split(strip, base, levels)
        paper = Image.new("RGB", strip.size, "white")
        paper.paste(profile.apply(colour) if profile else colour.convert("RGB"), mask=alpha)
        return paper

    return convert_strip


def _profile(image: Image.Image, base: str) -> ImageCms.ImageCmsTransform | None:
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), base, "RGB")
    except (OSError, ValueError, TypeError, ImportError, ImageCms.PyCMSError):
        return None  # broken, or of another colour space than the pixels


def _split(strip: Image.Image, base: str, levels: Levels | None) -> tuple[Image.Image, Image.Image | None]:
    """The strip's colours in the mode `base`, and its alpha if it has one."""
    if levels:
        return to_grey(strip, levels), None
    if strip.mode in ("La", "RGBa"):
        strip = strip.convert(strip.mode.upper())
    if not strip.has_transparency_data:
        return strip.convert(base), None
    strip = strip.convert("RGBA")
    return strip.convert(base), strip.getchannel("A")

"""From a picture to a file, whole or not at all."""

import errno
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from limner.files import replacing
from limner.image.error import ImageError, reason, shown
from limner.image.unit import Picture, check_picture

_JPEG: dict[str, Any] = {"format": "JPEG", "quality": 95, "subsampling": "4:4:4"}
_TIFF: dict[str, Any] = {"format": "TIFF"}
_FORMATS: dict[str, dict[str, Any]] = {
    ".png": {"format": "PNG"},
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".webp": {"format": "WEBP", "quality": 95},
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".bmp": {"format": "BMP"},
}


def write(path: str | Path, picture: Picture, *, force: bool = False) -> None:
    """Writes a picture file, whole or not at all.

    Args:
        path: Its suffix tells the format: png, jpg, jpeg, webp, tif, tiff or bmp.
        picture: uint8, (H, W, 3) or (H, W).
        force: Replace a file of that name; otherwise its presence is an error.

    Raises:
        ImageError: Unknown suffix, not a picture, larger than the format can hold, the file exists, or the
            folder is missing, not writable or full. No file is left behind then.
    """
    path = Path(path)
    name = shown(path)
    check_suffix(path)
    check_picture(picture)
    encoded = _encode(picture, _FORMATS[path.suffix.lower()], name)
    try:
        if path.is_dir():
            raise ImageError(f"{name}: is a folder, expected a file name")
        with replacing(path, force=force) as new:
            new.write_bytes(encoded)
    except FileExistsError:
        raise ImageError(f"{name}: exists already, pass --force to replace it") from None
    except (FileNotFoundError, NotADirectoryError):
        raise ImageError(f"{name}: its folder does not exist") from None
    except PermissionError:
        raise ImageError(f"{name}: no permission to write there") from None
    except (OSError, RuntimeError) as error:  # before Python 3.13, a link to itself is a RuntimeError
        is_full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        problem = "disk full" if is_full else "cannot be written"
        raise ImageError(f"{name}: {problem} ({reason(error)})") from error


def check_suffix(path: Path) -> None:
    """Raises ImageError if the suffix tells no format that `write` knows."""
    if path.suffix.lower() not in _FORMATS:
        known = ", ".join(_FORMATS)
        raise ImageError(f"{shown(path)}: unknown suffix {path.suffix!r}, expected one of {known}")


def _encode(picture: Picture, options: dict[str, Any], name: str) -> bytes:
    """In memory first: Pillow, writing to a file itself, hides why a disk refused."""
    encoded = io.BytesIO()
    try:
        Image.fromarray(np.ascontiguousarray(picture)).save(encoded, **options)
    except Exception as error:
        height, width = picture.shape[:2]
        problem = f"{width} x {height} cannot be written as {options['format']} ({reason(error)})"
        raise ImageError(f"{name}: {problem}") from error
    return encoded.getvalue()

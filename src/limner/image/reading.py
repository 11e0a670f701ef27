"""From a file to a picture: known by its first bytes, checked before it is decoded."""

import re
import stat
from pathlib import Path
from typing import BinaryIO

from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from limner.image.converting import convert
from limner.image.error import ImageError, reason, shown
from limner.image.guarding import check_size, guarded
from limner.image.unit import Picture

# Safe decoders only, each by the bytes its files start with: EPS, for one, would start another program.
# `PIL.Image.open` would besides compare the size with a limit that the whole process shares.
_DECODERS: dict[bytes, type[ImageFile]] = {
    rb"\xff\xd8\xff": JpegImageFile,
    rb"\x89PNG\r\n\x1a\n": PngImageFile,
    rb"RIFF....WEBP": WebPImageFile,
    rb"II[*+]\0|MM\0[*+]": TiffImageFile,
    rb"BM": BmpImageFile,
    rb"GIF8[79]a": GifImageFile,
    rb"P[1-6]\s": PpmImageFile,
}


def read(path: str | Path) -> Picture:
    """Reads a picture file of any common kind: upright, sRGB, on white paper, its first frame.

    Pillow's `LOAD_TRUNCATED_IMAGES` is left as the program set it; at its default, False, a truncated file is
    an error.

    Args:
        path: A JPEG, PNG, WebP, TIFF, BMP, GIF or PPM file, whatever its name.

    Returns:
        The picture, (H, W, 3).

    Raises:
        ImageError: There is no such file, it cannot be read, it is not a whole picture, or it has more than
            `MAX_PIXELS` pixels.
    """
    path = Path(path)
    name = shown(path)
    with _open(path, name) as stream, guarded(name):
        return convert(_identify(stream, name), name)


def _open(path: Path, name: str) -> BinaryIO:
    try:
        # Asked before opening: to open a pipe that nobody writes to would wait forever.
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return path.open("rb")
    except FileNotFoundError:
        raise ImageError(f"{name}: no such file, expected a picture") from None
    except PermissionError:
        raise ImageError(f"{name}: no permission to read it") from None
    except (OSError, ValueError) as error:
        raise ImageError(f"{name}: cannot be opened ({reason(error)})") from error
    kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
    raise ImageError(f"{name}: is {kind}, expected a picture file")


def _identify(stream: BinaryIO, name: str) -> ImageFile:
    """Opens the picture's header and checks its size."""
    head = stream.read(16)
    if not head:
        raise ImageError(f"{name}: is empty, expected a picture")
    decoder = next((d for start, d in _DECODERS.items() if re.match(start, head, re.DOTALL)), None)
    if decoder is None:
        raise ImageError(f"{name}: not a picture, expected JPEG, PNG, WebP, TIFF, BMP, GIF or PPM")
    stream.seek(0)
    image = decoder(stream)
    check_size(image, name)
    if decoder is PngImageFile:
        # Pillow decodes without looking at the pixel data's checksums unless it is asked to.
        image.verify()
        stream.seek(0)
        image = decoder(stream)
    return image

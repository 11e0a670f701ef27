"""Pictures in and out of files, and the one value range that networks see.

A *picture* is an array of uint8, RGB (H, W, 3) or grey (H, W), upright, in sRGB. Networks see
float32 in [0, 1], channels first: `to_unit` and `from_unit` are the only way between the two.

`read` takes whatever a camera, a scanner or a browser left behind and either gives the whole
picture or raises `ImageError`; `write` leaves a whole file or none.
"""

from __future__ import annotations

import errno
import io
import logging
import math
import secrets
import stat
import struct
import threading
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from glob import glob, has_magic
from os import fsync, link
from os.path import lexists
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile, PngImagePlugin, TiffImagePlugin

Picture = NDArray[np.uint8]

MAX_PIXELS = 100_000_000
"""Pictures of more pixels than this are refused before they are decoded."""

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif"})
"""Lower-case suffixes of the files that `expand` picks up in a folder."""

# Safe decoders only, each known by its first bytes: EPS, for one, would start another program.
_READABLE = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "DIB", "GIF", "PPM", "AVIF")

_JPEG: dict[str, Any] = {"format": "JPEG", "quality": 95, "subsampling": "4:4:4"}
_TIFF: dict[str, Any] = {"format": "TIFF"}
_WRITABLE: dict[str, dict[str, Any]] = {
    ".png": {"format": "PNG"},
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".webp": {"format": "WEBP", "quality": 95},
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".bmp": {"format": "BMP"},
}

_STRIP_PIXELS = 1 << 20
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


class ImageError(ValueError):
    """A picture that cannot be read or written: what was got and what was expected, in one line."""


# The value range -------------------------------------------------------------------------------


def to_unit(picture: Picture) -> NDArray[np.float32]:
    """Turn a picture into what networks see.

    Args:
        picture: uint8, (H, W, 3) or (H, W).

    Returns:
        float32 in [0, 1], (3, H, W) or (1, H, W).

    Raises:
        ImageError: The array is not a picture.
    """
    _check_picture(picture)
    planes = picture[None] if picture.ndim == 2 else np.moveaxis(picture, -1, 0)
    return np.divide(planes, np.float32(255), dtype=np.float32, order="C")


def from_unit(array: NDArray[np.floating[Any]]) -> Picture:
    """Turn what a network drew into a picture: clipped to [0, 1], rounded half up.

    Args:
        array: Floating point, (H, W), (1, H, W) or (3, H, W).

    Returns:
        uint8, (H, W) for one channel, (H, W, 3) for three.

    Raises:
        ImageError: Another shape, no pixels, or a value that is not a number.
    """
    channels = array.shape[0] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3) or not array.size:
        raise ImageError(f"got an array of shape {array.shape}, expected (H, W), (1|3, H, W)")
    if np.isnan(array).any():
        raise ImageError("got values that are not numbers, expected numbers in [0, 1]")
    last = array if array.ndim == 2 else np.moveaxis(array, 0, -1)
    return _to_bytes(last[..., 0] if last.shape[2:] == (1,) else last)


def _to_bytes(unit: NDArray[np.floating[Any]]) -> Picture:
    levels = np.clip(unit, 0, 1).astype(np.float32, order="C") * np.float32(255)
    return np.floor(levels + np.float32(0.5)).astype(np.uint8)


def _check_picture(picture: NDArray[Any]) -> None:
    is_shaped = picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] == 3)
    if picture.dtype != np.uint8 or not is_shaped or not picture.size:
        raise ImageError(f"got {picture.dtype} of shape {picture.shape}, expected uint8 (H, W, 3) or (H, W)")


# Reading ---------------------------------------------------------------------------------------


def read(path: str | Path) -> Picture:
    """Read a picture file of any common kind: upright, sRGB, on white paper, its first frame.

    Pillow's `LOAD_TRUNCATED_IMAGES` is left as the program set it; at its default, False, a
    truncated file is an error.

    Args:
        path: A JPEG, PNG, WebP, TIFF, BMP, GIF, PPM or AVIF file, whatever its name.

    Returns:
        The picture, (H, W, 3).

    Raises:
        ImageError: There is no such file, it cannot be read, it is not a whole picture, or it has
            more than `MAX_PIXELS` pixels.
    """
    path = Path(path)
    name = _shown(path)
    with _opened(path, name) as stream, _guard(name), _Quiet():
        return _convert(_identify(stream, name), name)


def from_pil(image: Image.Image) -> Picture:
    """Turn an image in memory into a picture, as `read` does with a file.

    Integer (mode I) and float (mode F) images that come from no file do not tell what white is: it
    is then the lowest of 1 (float only), 255, 65535 and the type's highest that no value exceeds.

    Args:
        image: Any mode; of several frames, the one it stands at.

    Returns:
        The picture, (H, W, 3).

    Raises:
        ImageError: The image is damaged, has no pixels or has more than `MAX_PIXELS`.
    """
    name = "picture in memory"
    with _guard(name), _Quiet():
        return _convert(image, name)


def _shown(path: Path) -> str:
    """The path as an error's one line may hold it: line breaks and undecodable bytes escaped."""
    text = str(path)
    return text if text.isprintable() else ascii(text)


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())


@contextmanager
def _opened(path: Path, name: str) -> Generator[BinaryIO]:
    try:
        # Asked before opening: to open a pipe that nobody writes to would wait forever.
        mode = path.stat().st_mode
        stream = path.open("rb") if stat.S_ISREG(mode) else None
    except FileNotFoundError:
        raise ImageError(f"{name}: no such file, expected a picture") from None
    except PermissionError:
        raise ImageError(f"{name}: no permission to read it") from None
    except (OSError, ValueError) as error:
        raise ImageError(f"{name}: cannot be opened ({_reason(error)})") from error
    if stream is None:
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise ImageError(f"{name}: is {kind}, expected a picture file")
    with stream:
        yield stream


@contextmanager
def _guard(name: str) -> Generator[None]:
    """Whatever Pillow raises on damaged data, it leaves here as an ImageError."""
    try:
        yield
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(f"{name}: too large ({_reason(error)})") from error
    except MemoryError as error:
        raise ImageError(f"{name}: needs more memory than there is") from error
    except Exception as error:
        raise ImageError(f"{name}: damaged or unsupported picture ({_reason(error)})") from error


class _Quiet:
    """Keeps Pillow's warnings and log lines off stderr while any thread reads.

    `warnings.catch_warnings` is not made for threads: two that overlap could leave the program
    without warnings. Here the first reader adds one filter and the last takes that one away.
    """

    _lock = threading.Lock()
    _readers = 0
    _handler = logging.NullHandler()
    # The comment in the pattern tells this filter from one that the program itself may have set.
    _module = r"PIL\.(?#limner)"

    def __enter__(self) -> None:
        with _Quiet._lock:
            _Quiet._readers += 1
            warnings.filterwarnings("ignore", module=_Quiet._module)
            # With no handler at all, logging would fall back to stderr.
            logging.getLogger("PIL").addHandler(_Quiet._handler)

    def __exit__(self, *_: object) -> None:
        with _Quiet._lock:
            _Quiet._readers -= 1
            if not _Quiet._readers:
                _drop_filter(_Quiet._module)
                logging.getLogger("PIL").removeHandler(_Quiet._handler)


def _drop_filter(module: str) -> None:
    filters = cast("list[tuple[Any, ...]]", warnings.filters)
    for entry in [entry for entry in filters if getattr(entry[3], "pattern", None) == module]:
        # Another thread's catch_warnings may have taken it away meanwhile.
        with suppress(ValueError):
            filters.remove(entry)


def _identify(stream: BinaryIO, name: str) -> ImageFile.ImageFile:
    """Open the picture's header and check its size.

    `PIL.Image.open` would compare the size with a limit that the whole process shares, and whose
    default is below ours; so its search through the formats is repeated here without that.
    """
    head = stream.read(16)
    if not head:
        raise ImageError(f"{name}: is empty, expected a picture")
    damage: Exception | None = None
    for factory in _factories(head):
        stream.seek(0)
        try:
            return _checked(factory, stream, name)
        except (SyntaxError, IndexError, TypeError, struct.error) as error:
            damage = error
    if damage:
        raise damage
    raise ImageError(f"{name}: not a picture, expected one of {', '.join(_READABLE)}")


_Factory = Callable[[BinaryIO, str], ImageFile.ImageFile]


def _factories(head: bytes) -> Iterator[_Factory]:
    """The openers whose format starts with these 16 bytes."""
    Image.preinit()
    for kind in _READABLE:
        if kind not in Image.OPEN:
            Image.init()
        factory, accept = Image.OPEN.get(kind, (None, None))
        if factory and accept and _accepts(accept, head):
            yield cast("_Factory", factory)


def _accepts(accept: Callable[[bytes], bool | str], head: bytes) -> bool:
    try:
        # A text instead of True says that this Pillow was built without the format.
        return accept(head) is True
    except (IndexError, struct.error):
        return False  # fewer bytes than the format starts with


def _checked(factory: _Factory, stream: BinaryIO, name: str) -> ImageFile.ImageFile:
    image = factory(stream, "")
    _check_size(image, name)
    if isinstance(image, PngImagePlugin.PngImageFile):
        # Pillow decodes without looking at the pixel data's checksums unless it is asked to.
        image.verify()
        stream.seek(0)
        image = factory(stream, "")
    return image


def _check_size(image: Image.Image, name: str) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageError(f"{name}: {width} x {height} is too large, expected at most {MAX_PIXELS:,} pixels")
    if width < 1 or height < 1:
        raise ImageError(f"{name}: {width} x {height} has no pixels, expected at least 1 x 1")


# From a decoded image to a picture -------------------------------------------------------------

# EXIF orientation -> the upright picture seen as it is stored; always a view, never a copy.
_AS_STORED: dict[object, Callable[[Picture], Picture]] = {
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: np.transpose(upright, (1, 0, 2)),
    6: lambda upright: np.rot90(upright),
    7: lambda upright: np.transpose(upright[::-1, ::-1], (1, 0, 2)),
    8: lambda upright: np.rot90(upright, -1),
}
_SIDEWAYS = (5, 6, 7, 8)


def _convert(image: Image.Image, name: str) -> Picture:
    """Convert strip by strip, so that beside the decoded image only the result fills memory."""
    _check_size(image, name)
    image.load()
    look = _look(image)
    turn = _orientation(image)
    width, height = image.size
    upright = (width, height, 3) if turn in _SIDEWAYS else (height, width, 3)
    picture = np.empty(upright, np.uint8)
    stored = _AS_STORED.get(turn, lambda same: same)(picture)
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        stored[top:bottom] = _srgb(image.crop((0, top, width, bottom)), look)
    return picture


def _orientation(image: Image.Image) -> object:
    # Only now, after loading: Pillow itself turns a TIFF upright as it loads it.
    try:
        return image.getexif().get(0x0112)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        return None  # broken notes beside the picture do not make the picture broken


class _Levels(NamedTuple):
    """What black and white are in a grey image of more than 8 bits; white may be the lower one."""

    black: float
    white: float


class _Look(NamedTuple):
    """How an image's pixels turn into sRGB."""

    base: str
    """The mode without alpha or palette that the colours pass through: L, RGB, CMYK or LAB."""
    levels: _Levels | None
    to_srgb: ImageCms.ImageCmsTransform | None


def _look(image: Image.Image) -> _Look:
    is_deep = image.mode[0] in "IF"
    if is_deep or image.mode in ("1", "L", "LA", "La"):
        base = "L"
    else:
        base = image.mode if image.mode in ("CMYK", "LAB") else "RGB"
    return _Look(base, _levels(image) if is_deep else None, _profile(image, base))


def _profile(image: Image.Image, base: str) -> ImageCms.ImageCmsTransform | None:
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), base, "RGB")
    except (OSError, ValueError, TypeError, ImportError, ImageCms.PyCMSError):
        return None  # broken, or of another colour space than the pixels


def _levels(image: Image.Image) -> _Levels:
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.mode != "F":
        return _tiff_levels(image)
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format):
        return _Levels(0, 65535)
    highest = float(cast("tuple[float, float]", image.getextrema())[1])
    usual = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0, 2.0**31 - 1)
    fallback = highest if math.isfinite(highest) else 1.0
    return _Levels(0, next((white for white in usual if highest <= white), fallback))


def _tiff_levels(image: TiffImagePlugin.TiffImageFile) -> _Levels:
    """From the file's own tags: bits per sample, sample format (2: signed), photometric."""
    bits = int(image.tag_v2.get(258, (16,))[0])
    is_signed = image.tag_v2.get(339, (1,))[0] == 2
    highest = 2.0 ** (bits - is_signed) - 1
    is_white_zero = image.tag_v2.get(262) == 0
    return _Levels(highest, 0) if is_white_zero else _Levels(0, highest)


def _srgb(strip: Image.Image, look: _Look) -> Picture:
    """A strip's pixels as (h, w, 3), composited on white paper."""
    if look.levels:
        colour, alpha = Image.fromarray(_grey(strip, look.levels)), None
    else:
        colour, alpha = _split(strip, look.base)
    colour = look.to_srgb.apply(colour) if look.to_srgb else colour.convert("RGB")
    pixels = np.asarray(colour)
    return pixels if alpha is None else _on_white(pixels, np.asarray(alpha)[..., None])


def _grey(strip: Image.Image, levels: _Levels) -> Picture:
    values = np.asarray(strip).astype(np.float64)
    if np.isnan(values).any():
        raise ValueError("values that are not numbers")
    key = strip.info.get("transparency")
    is_paper = values == key if isinstance(key, int) else np.zeros(values.shape, np.bool_)
    if strip.mode == "I" and max(levels) >= 2**31:
        values %= 2**32  # unsigned in the file, where Pillow knows only signed
    grey = _to_bytes((values - levels.black) / ((levels.white - levels.black) or 1))
    grey[is_paper] = 255
    return grey


def _split(strip: Image.Image, base: str) -> tuple[Image.Image, Image.Image | None]:
    if strip.mode in ("La", "RGBa"):
        strip = strip.convert(strip.mode.upper())
    if not strip.has_transparency_data:
        return strip.convert(base), None
    strip = strip.convert("RGBA")
    return strip.convert(base), strip.getchannel("A")


def _on_white(pixels: Picture, alpha: Picture) -> Picture:
    # 255 * 255 + 127 still fits 16 bits; adding 127 rounds to the nearest.
    weight = alpha.astype(np.uint16)
    mixed = pixels * weight + 255 * (255 - weight)
    return ((mixed + 127) // 255).astype(np.uint8)


# Writing ---------------------------------------------------------------------------------------


def write(path: str | Path, picture: Picture, *, force: bool = False) -> None:
    """Write a picture file, whole or not at all.

    Args:
        path: Its suffix tells the format: png, jpg, jpeg, webp, tif, tiff or bmp.
        picture: uint8, (H, W, 3) or (H, W).
        force: Replace a file of that name; otherwise its presence is an error.

    Raises:
        ImageError: Unknown suffix, not a picture, larger than the format can hold, the file
            exists, or the folder is missing, not writable or full. No file is left behind then.
    """
    path = Path(path)
    name = _shown(path)
    options = _WRITABLE.get(path.suffix.lower())
    if options is None:
        known = ", ".join(_WRITABLE)
        raise ImageError(f"{name}: unknown suffix {path.suffix!r}, expected one of {known}")
    _check_picture(picture)
    with _writing(name):
        _check_target(path, name, force=force)
        encoded = _encode(picture, options, name)
        # Through a link, so that the link itself survives.
        _publish(encoded, path.resolve(), force=force)


def _check_target(path: Path, name: str, *, force: bool) -> None:
    if not lexists(path):
        return
    if path.is_dir():
        raise ImageError(f"{name}: is a folder, expected a file name")
    if path.exists() and not path.is_file():
        raise ImageError(f"{name}: is not a regular file and will not be replaced")
    if path.exists() and not force:
        raise FileExistsError


def _encode(picture: Picture, options: dict[str, Any], name: str) -> memoryview:
    """In memory first: Pillow, writing to a file itself, hides why a disk refused."""
    encoded = io.BytesIO()
    try:
        Image.fromarray(np.ascontiguousarray(picture)).save(encoded, **options)
    except (OSError, ValueError, OverflowError, struct.error, KeyError) as error:
        height, width = picture.shape[:2]
        kind = options["format"]
        raise ImageError(
            f"{name}: {width} x {height} cannot be written as {kind} ({_reason(error)})"
        ) from error
    return encoded.getbuffer()


@contextmanager
def _writing(name: str) -> Generator[None]:
    """What the system says about a file that it would not write, in the user's words."""
    try:
        yield
    except FileExistsError:
        raise ImageError(f"{name}: exists already, pass --force to replace it") from None
    except (FileNotFoundError, NotADirectoryError):
        raise ImageError(f"{name}: its folder does not exist") from None
    except PermissionError:
        raise ImageError(f"{name}: no permission to write there") from None
    except MemoryError as error:
        raise ImageError(f"{name}: needs more memory than there is") from error
    except (OSError, RuntimeError) as error:
        is_full = isinstance(error, OSError) and error.errno in _DISK_FULL
        reason = "disk full" if is_full else "cannot be written"
        raise ImageError(f"{name}: {reason} ({_reason(error)})") from error


def _publish(encoded: memoryview, path: Path, *, force: bool) -> None:
    """Under another name first, onto the disk, then under its own in one step."""
    # Not named after the target, whose name may already be as long as the file system allows.
    draft = path.with_name(f".limner-{secrets.token_hex(8)}.tmp")
    try:
        # Not from `tempfile`, whose files only their owner may read.
        with draft.open("xb") as stream:
            stream.write(encoded)
            stream.flush()
            fsync(stream.fileno())
        if force:
            draft.replace(path)
        else:
            _claim(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _claim(draft: Path, path: Path) -> None:
    """Give the draft its name unless that is taken, also if it was taken a moment ago."""
    try:
        link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # No hard links here (FAT, some network drives): hold the name with an empty file instead.
        path.open("xb").close()
        try:
            draft.replace(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise


# What a user named -----------------------------------------------------------------------------


def expand(inputs: Sequence[str | Path]) -> list[Path]:
    """Turn what a user named into files.

    A folder stands for the pictures right in it, sorted, hidden ones left out. A pattern (`*.jpg`,
    `album/**`) stands for the files it matches, sorted; unless it ends in a plain suffix, only for
    the pictures among them. A name that exists is never a pattern; a name that does not exist and
    is none stays as it is, for `read` to speak about.

    Args:
        inputs: Files, folders and patterns.

    Returns:
        Files in the order named, each once.

    Raises:
        ImageError: A folder that cannot be listed or holds no picture, a pattern that matches none.
    """
    found: dict[Path, Path] = {}
    for given in inputs:
        try:
            paths = _expand_one(given)
        except ImageError:
            raise
        except (OSError, ValueError) as error:
            name = _shown(Path(given))
            raise ImageError(f"{name}: cannot be listed ({_reason(error)})") from error
        for path in paths:
            found.setdefault(path.absolute(), path)
    return list(found.values())


def _expand_one(given: str | Path) -> list[Path]:
    path = Path(given)
    if lexists(path):
        return _in_folder(path) if path.is_dir() else [path]
    return _matching(str(given)) if has_magic(str(given)) else [path]


def _in_folder(folder: Path) -> list[Path]:
    entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    pictures = sorted(entry for entry in entries if _is_picture(entry) and entry.is_file())
    if not pictures:
        raise ImageError(f"{_shown(folder)}: no picture in this folder, expected {_suffixes()}")
    return pictures


def _matching(pattern: str) -> list[Path]:
    # Not Path.glob, which takes hidden files, and for which `**` means folders alone before 3.13.
    matches = [Path(match) for match in glob(pattern, recursive=True)]  # noqa: PTH207
    suffix = Path(pattern).suffix
    is_plain = bool(suffix) and not has_magic(suffix)
    files = sorted(match for match in matches if match.is_file())
    files = [file for file in files if is_plain or _is_picture(file)]
    if not files:
        raise ImageError(f"{_shown(Path(pattern))}: matches no picture, expected {_suffixes()}")
    return files


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES


def _suffixes() -> str:
    return ", ".join(sorted(PICTURE_SUFFIXES))

"""Any picture in, whole or refused; any picture out, whole or not at all."""

from __future__ import annotations

import errno
import io
import logging
import os
import random
import struct
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile

from limner import image
from limner.errors import LimnerError
from limner.image import (
    ImageError,
    Picture,
    converting,
    expand,
    from_pil,
    from_unit,
    guarding,
    read,
    to_unit,
    write,
)

RED, GREEN, BLUE, WHITE, BLACK = (
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 255),
    (0, 0, 0),
)

not_as_root = pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may do anything")


def noise(height: int, width: int, *channels: int, seed: int = 0) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (height, width, *channels), np.uint8)


def smooth(height: int = 24, width: int = 32) -> Picture:
    down, right = np.mgrid[0:height, 0:width]
    planes = (down * 255 / height, right * 255 / width, (down + right) * 2)
    return np.stack(planes, axis=-1).astype(np.uint8)


def encoded(pixels: Picture | Image.Image, kind: str, **options: object) -> bytes:
    drawn = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    stream = io.BytesIO()
    drawn.save(stream, kind, **options)
    return stream.getvalue()


def pixel(path: Path, row: int = 0, column: int = 0) -> tuple[int, ...]:
    return tuple(int(value) for value in read(path)[row, column])


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(size: tuple[int, int], depth: int, colour: int, rows: bytes, *extra: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    parts = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(rows))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def message(error: pytest.ExceptionInfo[ImageError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


# The public names


def test_the_package_offers_its_functions_and_one_error() -> None:
    assert all(hasattr(image, name) for name in image.__all__)
    assert callable(image.read)
    assert callable(image.expand)
    assert issubclass(image.ImageError, LimnerError)


# The value range


@given(st.integers(1, 70), st.integers(1, 70), st.booleans())
@settings(max_examples=40, deadline=None)
def test_from_unit_undoes_to_unit(height: int, width: int, is_grey: bool) -> None:
    picture = noise(height, width) if is_grey else noise(height, width, 3)
    unit = to_unit(picture)
    assert unit.dtype == np.float32
    assert unit.flags["C_CONTIGUOUS"]
    assert unit.shape == (1 if is_grey else 3, height, width)
    assert 0 <= unit.min() <= unit.max() <= 1
    np.testing.assert_array_equal(from_unit(unit), picture)


def test_every_level_survives_the_value_range() -> None:
    levels = np.arange(256, dtype=np.uint8)[None]
    np.testing.assert_array_equal(from_unit(to_unit(levels)), levels)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_from_unit_clips_and_rounds_half_up(dtype: type[np.floating[Any]]) -> None:
    unit = np.array([[-1.0, 0.5, 2.0, np.inf, -np.inf]], dtype)
    np.testing.assert_array_equal(from_unit(unit), [[0, 128, 255, 255, 0]])


@pytest.mark.parametrize("shape", [(3,), (2, 4, 4), (4, 4, 3), (1, 3, 4, 4), (0, 4), (3, 0, 4)])
def test_from_unit_refuses_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match=r"expected \(H, W\)"):
        from_unit(np.zeros(shape, np.float32))


def test_from_unit_refuses_what_is_not_a_number() -> None:
    with pytest.raises(ImageError, match="not numbers"):
        from_unit(np.array([[0.0, np.nan]], np.float32))


@pytest.mark.parametrize(
    "array", [np.zeros((4, 4), np.float32), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4), np.uint8)]
)
def test_only_a_picture_is_a_picture(array: NDArray[Any], tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="expected uint8"):
        to_unit(array)
    with pytest.raises(ImageError, match="expected uint8"):
        write(tmp_path / "a.png", array)


# Modes


Colour = float | tuple[int, ...]

IN_MEMORY: list[tuple[str, Colour, tuple[int, int, int]]] = [
    ("1", 1, WHITE),
    ("L", 77, (77, 77, 77)),
    ("LA", (100, 0), WHITE),
    ("LA", (0, 128), (127, 127, 127)),
    ("La", (0, 0), WHITE),
    ("RGB", (1, 2, 3), (1, 2, 3)),
    ("RGBX", (1, 2, 3, 0), (1, 2, 3)),
    ("RGBA", (255, 0, 0, 255), RED),
    ("RGBA", (255, 0, 0, 51), (255, 204, 204)),
    ("RGBa", (0, 0, 0, 0), WHITE),
    ("CMYK", (0, 255, 255, 0), RED),
    ("YCbCr", (255, 128, 128), WHITE),
    ("LAB", (255, 128, 128), WHITE),
    ("HSV", (0, 255, 255), RED),
    ("I;16", 65535, WHITE),
    ("I;16", 257 * 9, (9, 9, 9)),
    ("I;16", 257 * 9 + 129, (10, 10, 10)),
    ("I;16B", 257 * 9, (9, 9, 9)),
    ("I", 200, (200, 200, 200)),
    ("I", 257 * 200, (200, 200, 200)),
    ("I", 2**31 - 1, WHITE),
    ("I", -5, BLACK),
    ("F", 0.5, (128, 128, 128)),
    ("F", 200.0, (200, 200, 200)),
    ("F", 65535.0, WHITE),
    ("F", 1e30, WHITE),
    ("F", float("inf"), WHITE),
]


@pytest.mark.parametrize(("mode", "colour", "expected"), IN_MEMORY)
def test_from_pil_knows_every_mode(mode: str, colour: Colour, expected: tuple[int, int, int]) -> None:
    picture = from_pil(Image.new(mode, (3, 2), colour))
    assert picture.shape == (2, 3, 3)
    assert picture.dtype == np.uint8
    assert np.abs(picture.astype(int) - expected).max() <= (1 if mode == "LAB" else 0)


@given(st.integers(1, 70), st.integers(1, 70), st.sampled_from([row[0] for row in IN_MEMORY]))
@settings(max_examples=80, deadline=None)
def test_any_size_and_mode_gives_rgb(width: int, height: int, mode: str) -> None:
    picture = from_pil(Image.new(mode, (width, height)))
    assert picture.shape == (height, width, 3)
    assert picture.dtype == np.uint8


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_strips_do_not_show(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Image.fromarray(noise(23, 17, 4)).convert("F" if mode == "I;16" else mode)
    drawn = Image.fromarray(noise(23, 17).astype(np.uint16) * 250) if mode == "I;16" else drawn
    whole = from_pil(drawn)
    monkeypatch.setattr(converting, "_STRIP_PIXELS", 40)
    np.testing.assert_array_equal(from_pil(drawn), whole)


def test_from_pil_leaves_the_image_alone() -> None:
    drawn = Image.new("RGBA", (3, 2), (1, 2, 3, 4))
    from_pil(drawn)
    assert drawn.mode == "RGBA"
    assert drawn.getpixel((0, 0)) == (1, 2, 3, 4)


def test_from_pil_refuses_no_pixels_and_no_numbers() -> None:
    with pytest.raises(ImageError, match="no pixels"):
        from_pil(Image.new("RGB", (0, 5)))
    with pytest.raises(ImageError, match="not numbers"):
        from_pil(Image.fromarray(np.array([[np.nan, 0.5]], np.float32)))


def test_a_palette_with_transparency_lies_on_white(tmp_path: Path) -> None:
    drawn = Image.new("P", (3, 1))
    drawn.putpalette([*RED, *GREEN, *BLUE])
    drawn.putdata([0, 1, 2])
    (tmp_path / "a.png").write_bytes(encoded(drawn, "PNG", transparency=b"\x00\x33\xff"))
    (tmp_path / "b.png").write_bytes(encoded(drawn, "PNG", transparency=1))
    (tmp_path / "c.png").write_bytes(encoded(drawn, "PNG"))
    assert read(tmp_path / "a.png").tolist() == [[list(WHITE), [204, 255, 204], list(BLUE)]]
    assert read(tmp_path / "b.png").tolist() == [[list(RED), list(WHITE), list(BLUE)]]
    assert read(tmp_path / "c.png").tolist() == [[list(RED), list(GREEN), list(BLUE)]]


def test_a_palette_with_its_own_alpha_lies_on_white() -> None:
    drawn = Image.new("P", (2, 1))
    drawn.putpalette([255, 0, 0, 0, 0, 0, 255, 255], "RGBA")
    drawn.putdata([0, 1])
    assert from_pil(drawn).tolist() == [[list(WHITE), list(BLUE)]]
    assert from_pil(drawn.convert("PA")).tolist() == [[list(WHITE), list(BLUE)]]


def test_a_transparent_key_colour_lies_on_white(tmp_path: Path) -> None:
    grey = png((2, 1), 8, 0, b"\x00\x05\x06", chunk(b"tRNS", b"\x00\x05"))
    rgb = png((2, 1), 8, 2, b"\x00\x01\x02\x03\x04\x05\x06", chunk(b"tRNS", b"\0\1\0\2\0\3"))
    deep = png((2, 1), 16, 0, b"\x00\x01\x01\x02\x02", chunk(b"tRNS", b"\x01\x01"))
    for index, data in enumerate((grey, rgb, deep)):
        (tmp_path / f"{index}.png").write_bytes(data)
    assert read(tmp_path / "0.png").tolist() == [[list(WHITE), [6, 6, 6]]]
    assert read(tmp_path / "1.png").tolist() == [[list(WHITE), [4, 5, 6]]]
    assert read(tmp_path / "2.png").tolist() == [[list(WHITE), [2, 2, 2]]]


# Files


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("BMP", {}),
        ("PPM", {}),
    ],
)
def test_lossless_files_read_exactly(kind: str, options: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(encoded(noise(13, 7, 3), kind, **options))
    np.testing.assert_array_equal(read(tmp_path / "a"), noise(13, 7, 3))
    (tmp_path / "b").write_bytes(encoded(smooth(13, 7)[..., 0], kind, **options))
    np.testing.assert_array_equal(read(tmp_path / "b")[..., 1], smooth(13, 7)[..., 0])


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}])
def test_jpeg_files_read_closely(options: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(encoded(smooth(), "JPEG", quality=95, **options))
    assert np.abs(read(tmp_path / "a.jpg").astype(int) - smooth()).mean() < 3


def test_a_cmyk_jpeg_is_not_a_negative(tmp_path: Path) -> None:
    drawn = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    (tmp_path / "a.jpg").write_bytes(encoded(drawn, "JPEG"))
    assert np.abs(np.subtract(pixel(tmp_path / "a.jpg"), RED)).max() <= 3


def test_one_bit_files_read(tmp_path: Path) -> None:
    drawn = Image.new("1", (9, 3), 1)
    drawn.putpixel((0, 0), 0)
    for kind in ("PNG", "TIFF", "BMP", "PPM"):
        (tmp_path / kind).write_bytes(encoded(drawn, kind))
        assert (pixel(tmp_path / kind), pixel(tmp_path / kind, 2, 8)) == (BLACK, WHITE)


def deep(levels: NDArray[np.uint16], kind: str) -> bytes:
    if kind != "PPM":
        return encoded(Image.fromarray(levels), kind)
    height, width = levels.shape
    return b"P5 %d %d 65535\n" % (width, height) + levels.astype(">u2").tobytes()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bit_files_scale_by_257(kind: str, tmp_path: Path) -> None:
    levels = (np.arange(256, dtype=np.uint16) * 257)[None]
    (tmp_path / "a").write_bytes(deep(levels, kind))
    np.testing.assert_array_equal(read(tmp_path / "a")[0, :, 0], np.arange(256))


def test_a_dark_sixteen_bit_file_stays_dark(tmp_path: Path) -> None:
    for kind in ("PNG", "PPM", "TIFF"):
        (tmp_path / kind).write_bytes(deep(np.full((2, 2), 200, np.uint16), kind))
        assert pixel(tmp_path / kind) == (1, 1, 1)


def tiff(dtype: str, values: list[float], bits: int, sample: int, photometric: int = 1) -> bytes:
    data = np.array(values, dtype).tobytes()
    if bits == 12:
        first, second = (int(value) for value in values)
        data = bytes([first >> 4, (first & 15) << 4 | second >> 8, second & 255])
    tags = {
        256: len(values),
        257: 1,
        258: bits,
        259: 1,
        262: photometric,
        273: 8,
        277: 1,
        278: 1,
        279: len(data),
        339: sample,
    }
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    padded = data + bytes(-len(data) % 2)
    header = b"II*\0" + struct.pack("<I", 8 + len(padded))
    return header + padded + struct.pack("<H", len(tags)) + entries + bytes(4)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (tiff("<u2", [0, 65535], 16, 1), [0, 255]),
        (tiff("<u2", [0, 65535], 16, 1, photometric=0), [255, 0]),
        (tiff("<u2", [0, 4095], 12, 1), [0, 255]),
        (tiff("<i2", [-9, 32767], 16, 2), [0, 255]),
        (tiff("<u4", [2**31, 2**32 - 1], 32, 1), [128, 255]),
        (tiff("<i4", [-9, 2**31 - 1], 32, 2), [0, 255]),
        (tiff("<f4", [0.25, 1], 32, 3), [64, 255]),
    ],
)
def test_deep_tiff_scales_by_its_own_depth(file: bytes, expected: list[int], tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(file)
    assert read(tmp_path / "a.tif")[0, :, 0].tolist() == expected


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_is_read(kind: str, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (6, 5), colour) for colour in (RED, GREEN, BLUE)]
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    (tmp_path / "a").write_bytes(data)
    assert read(tmp_path / "a").shape == (5, 6, 3)
    assert pixel(tmp_path / "a") == RED


UPRIGHT = np.arange(6, dtype=np.uint8).reshape(2, 3)
STORED: dict[int, Picture] = {
    1: UPRIGHT,
    2: UPRIGHT[:, ::-1],
    3: UPRIGHT[::-1, ::-1],
    4: UPRIGHT[::-1],
    5: UPRIGHT.T,
    6: np.rot90(UPRIGHT),
    7: UPRIGHT[::-1, ::-1].T,
    8: np.rot90(UPRIGHT, -1),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_undone(orientation: int, kind: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.repeat(np.ascontiguousarray(STORED[orientation])[..., None], 3, axis=2)
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    (tmp_path / "a").write_bytes(encoded(stored, kind, exif=exif, **options))
    np.testing.assert_array_equal(read(tmp_path / "a")[..., 0], UPRIGHT)


@pytest.mark.parametrize("exif", [b"Exif\0\0II*\0", b"Exif\0\0" + b"\xff" * 40, b"Exif\0\0"])
def test_broken_exif_is_no_broken_picture(exif: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(encoded(smooth(), "JPEG", exif=exif))
    assert read(tmp_path / "a.jpg").shape == smooth().shape


def test_an_unknown_orientation_is_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    (tmp_path / "a.png").write_bytes(encoded(smooth(), "PNG", exif=exif))
    np.testing.assert_array_equal(read(tmp_path / "a.png"), smooth())


# Colour profiles


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def linear_profile() -> bytes:
    """The sRGB profile with its tone curve replaced by a straight line."""
    profile = bytearray(srgb_profile())
    for index in range(struct.unpack_from(">I", profile, 128)[0]):
        name, start, length = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            profile[start : start + length] = b"curv".ljust(length, b"\0")
    return bytes(profile)


def test_an_srgb_profile_changes_nothing(tmp_path: Path) -> None:
    data = encoded(noise(20, 20, 3), "PNG", icc_profile=srgb_profile())
    (tmp_path / "a.png").write_bytes(data)
    np.testing.assert_array_equal(read(tmp_path / "a.png"), noise(20, 20, 3))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_a_profile_is_converted_to_srgb(mode: str, tmp_path: Path) -> None:
    drawn = Image.new("RGB", (4, 4), (51, 51, 51)).convert(mode)
    (tmp_path / "a.png").write_bytes(encoded(drawn, "PNG", icc_profile=linear_profile()))
    linear = 51 / 255
    expected = 255 * (1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(read(tmp_path / "a.png") - expected).max() <= 1


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("profile", [b"nonsense", srgb_profile()[:200], b"\0" * 500])
def test_a_broken_profile_is_ignored(mode: str, profile: bytes, tmp_path: Path) -> None:
    drawn = Image.fromarray(smooth()).convert(mode)
    (tmp_path / "a.tif").write_bytes(encoded(drawn, "TIFF", icc_profile=profile))
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), np.asarray(drawn.convert("RGB")))


def test_a_profile_of_another_colour_space_is_ignored(tmp_path: Path) -> None:
    grey = smooth()[..., 0]
    (tmp_path / "a.png").write_bytes(encoded(grey, "PNG", icc_profile=srgb_profile()))
    np.testing.assert_array_equal(read(tmp_path / "a.png")[..., 2], grey)


# What is refused


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"nowhere\.jpg: no such file"):
        read(tmp_path / "nowhere.jpg")
    with pytest.raises(ImageError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(ImageError, match="cannot be opened"):
        read("a\0b")
    with pytest.raises(ImageError) as error:
        read(tmp_path / "two\nlines.jpg")
    assert r"two\nlines.jpg" in message(error)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.png").write_text("P")
    with pytest.raises(ImageError, match=r"empty\.jpg: is empty"):
        read(tmp_path / "empty.jpg")
    with pytest.raises(ImageError, match=r"text\.png: not a picture"):
        read(tmp_path / "text.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this file system")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ImageError, match="not a regular file"):
        read(tmp_path / "pipe.png")


@not_as_root
def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    write(tmp_path / "a.png", smooth())
    (tmp_path / "a.png").chmod(0)
    with pytest.raises(ImageError, match="no permission"):
        read(tmp_path / "a.png")


def test_no_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.png", smooth())

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImageError, match="no permission to read"):
        read(tmp_path / "a.png")
    with pytest.raises(ImageError, match="no permission to write"):
        write(tmp_path / "b.png", smooth())


def test_a_picture_with_a_flipped_pixel_bit_is_refused(tmp_path: Path) -> None:
    data = bytearray(encoded(noise(8, 8, 3), "PNG", compress_level=0))
    data[data.index(b"IDAT") + 30] ^= 1
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(ImageError, match="damaged"):
        read(tmp_path / "a.png")


@pytest.mark.parametrize(
    "error", [OSError, SyntaxError, KeyError, ZeroDivisionError, AttributeError, RecursionError]
)
def test_whatever_pillow_raises_is_an_image_error(
    error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.bmp", smooth())
    monkeypatch.setattr(Image.Image, "load", raiser(error("several\nlines")))
    with pytest.raises(ImageError, match=r"a\.bmp: damaged") as caught:
        read(tmp_path / "a.bmp")
    message(caught)


def raiser(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_memory_and_interrupts_are_not_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.bmp", smooth())
    monkeypatch.setattr(Image.Image, "load", raiser(MemoryError()))
    with pytest.raises(ImageError, match="more memory"):
        read(tmp_path / "a.bmp")
    monkeypatch.setattr(Image.Image, "load", raiser(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        read(tmp_path / "a.bmp")


# Bombs


def test_a_bomb_is_refused_from_its_header(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png((60000, 60000), 8, 2, b""))
    with pytest.raises(ImageError, match="60000 x 60000 is too large, expected at most 100,000,0"):
        read(tmp_path / "a.png")


def test_a_small_file_of_many_pixels_is_refused_at_once(tmp_path: Path) -> None:
    squeezed = zlib.compressobj(9)
    row = bytes(1 + 30000 // 8)
    body = b"".join(squeezed.compress(row * 1000) for _ in range(30)) + squeezed.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30000, 30000, 1, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    assert len(data) < 200_000
    (tmp_path / "a.png").write_bytes(data)
    start = time.perf_counter()
    with pytest.raises(ImageError, match="too large"):
        read(tmp_path / "a.png")
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_the_largest_picture_is_accepted(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(encoded(smooth(10, 20), kind))
    monkeypatch.setattr(guarding, "MAX_PIXELS", 200)
    assert read(tmp_path / "a").shape == (10, 20, 3)
    monkeypatch.setattr(guarding, "MAX_PIXELS", 199)
    with pytest.raises(ImageError, match="20 x 10 is too large"):
        read(tmp_path / "a")
    with pytest.raises(ImageError, match="20 x 10 is too large"):
        from_pil(Image.fromarray(smooth(10, 20)))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("width", "is_refused"), [(10_000, False), (10_001, True)])
def test_a_hundred_megapixels_is_the_limit(
    width: int, is_refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").write_bytes(png((width, 10_000), 8, 2, b""))
    monkeypatch.setattr(Image.Image, "load", raiser(RuntimeError("reached the decoder")))
    monkeypatch.setattr(ImageFile.ImageFile, "load", Image.Image.load)
    with pytest.raises(ImageError) as error:
        read(tmp_path / "a.png")
    assert ("too large" in message(error)) == is_refused
    assert ("reached the decoder" in message(error)) != is_refused


def test_pillows_own_limit_neither_matters_nor_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.png", noise(100, 100))
    monkeypatch.setattr(converting, "_STRIP_PIXELS", 500)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    seen: set[int | None] = set()
    threads = [threading.Thread(target=read, args=(tmp_path / "a.png",)) for _ in range(8)]
    for thread in threads:
        thread.start()
        seen.add(Image.MAX_IMAGE_PIXELS)
    for thread in threads:
        thread.join()
    assert read(tmp_path / "a.png").shape == (100, 100, 3)
    assert seen == {1000}


# Silence


def test_damage_is_reported_once_and_nothing_else_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = encoded(smooth(), "TIFF")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        for cut in range(len(data) - 60, len(data)):
            (tmp_path / "a.tif").write_bytes(data[:cut])
            outcome(tmp_path / "a.tif")
    assert capfd.readouterr() == ("", "")


def test_warnings_and_logs_are_as_before(tmp_path: Path) -> None:
    write(tmp_path / "a.png", smooth())
    before = list(warnings.filters)
    threads = [threading.Thread(target=read, args=(tmp_path / "a.png",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
    assert logging.getLogger("PIL").handlers == []


# Damaged files


def outcome(path: Path) -> Picture | None:
    """The picture, or None where it was refused in one line; anything else fails the test."""
    start = time.perf_counter()
    picture, refusal = None, f"{path}: "
    try:
        picture = read(path)
    except ImageError as error:
        refusal = str(error)
    assert refusal.startswith(f"{path}: ")
    assert "\n" not in refusal
    assert time.perf_counter() - start < 4
    if picture is not None:
        assert (picture.dtype, picture.ndim, picture.shape[2]) == (np.uint8, 3, 3)
    return picture


KINDS: list[tuple[str, dict[str, Any]]] = [
    ("PNG", {}),
    ("JPEG", {}),
    ("JPEG", {"progressive": True}),
    ("GIF", {}),
    ("WEBP", {}),
    ("WEBP", {"lossless": True}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"compression": "tiff_deflate"}),
    ("BMP", {}),
]


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_a_cut_file_is_whole_or_refused(kind: str, options: dict[str, Any], tmp_path: Path) -> None:
    data = encoded(noise(24, 24, 3), kind, **options)
    path = tmp_path / "a"
    path.write_bytes(data)
    whole = read(path)
    step = max(1, len(data) // 80)
    for cut in {*range(0, len(data), step), *range(len(data) - 24, len(data))}:
        path.write_bytes(data[:cut])
        picture = outcome(path)
        assert picture is None or np.array_equal(picture, whole), cut


def test_noise_is_no_picture(tmp_path: Path) -> None:
    rng = random.Random(0)
    starts = (b"", b"P", b"P6", b"P5 2", b"BM", b"II*\0", b"MM\0*", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"(\0\0")
    for start in (*starts, b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x1cftypavif"):
        for length in range(0, 40, 3):
            (tmp_path / "a").write_bytes(start + rng.randbytes(length))
            assert outcome(tmp_path / "a") is None


def damage(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Cut it, flip a few bits, splice another file in, or leave a hole."""
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.randrange(1, 64))
    way = rng.randrange(4)
    if way == 0:
        return data[:start]
    if way == 1:
        flipped = bytearray(data)
        for _ in range(rng.randrange(1, 6)):
            # Half of them in the header, where they do the most.
            reach = 64 if rng.random() < 0.5 else len(data)
            flipped[rng.randrange(min(reach, len(data)))] ^= 1 << rng.randrange(8)
        return bytes(flipped)
    inserted = other[start:end] if way == 2 else b""
    return data[:start] + inserted + data[end:]


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_any_damage_is_read_or_refused(kind: str, options: dict[str, Any], tmp_path: Path) -> None:
    rng = random.Random(kind + str(options))
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(smooth(), kind, exif=exif, icc_profile=srgb_profile(), **options)
    other = encoded(noise(24, 24, 3), rng.choice(KINDS)[0])
    path = tmp_path / "a"
    for _ in range(80):
        path.write_bytes(damage(data, other, rng))
        outcome(path)


# Writing


@given(st.integers(1, 70), st.integers(1, 70), st.booleans())
@settings(max_examples=25, deadline=None)
def test_png_round_trip_is_exact(height: int, width: int, is_grey: bool) -> None:
    picture = noise(height, width) if is_grey else noise(height, width, 3)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "a.png", picture)
        expected = np.repeat(picture[..., None], 3, axis=2) if is_grey else picture
        np.testing.assert_array_equal(read(Path(folder) / "a.png"), expected)


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "webp", "tif", "tiff", "bmp", "PNG"])
@pytest.mark.parametrize("is_grey", [False, True])
def test_every_suffix_writes_its_format(suffix: str, is_grey: bool, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    picture = smooth()[..., 0] if is_grey else smooth()
    write(str(path), picture)
    kinds = {"jpg": "JPEG", "jpeg": "JPEG", "tif": "TIFF"}
    with Image.open(path) as opened:
        assert opened.format == kinds.get(suffix, suffix.upper())
    expected = picture[..., None] if is_grey else picture
    assert np.abs(read(path).astype(int) - expected).mean() < 3


def test_a_view_is_written_as_seen(tmp_path: Path) -> None:
    write(tmp_path / "a.png", smooth()[::-1, ::-2])
    np.testing.assert_array_equal(read(tmp_path / "a.png"), smooth()[::-1, ::-2])


def test_an_unknown_suffix_lists_the_known_ones(tmp_path: Path) -> None:
    for name in ("a.xyz", "a", "a.gif"):
        with pytest.raises(ImageError, match=r"unknown suffix .* expected one of \.png, \.jpg"):
            write(tmp_path / name, smooth())
    assert list(tmp_path.iterdir()) == []


def test_too_large_for_the_format_is_said(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="70000 x 1 cannot be written as JPEG"):
        write(tmp_path / "a.jpg", np.zeros((1, 70_000), np.uint8))
    with pytest.raises(ImageError, match="cannot be written as WEBP"):
        write(tmp_path / "a.webp", np.zeros((1, 20_000, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("mine")
    with pytest.raises(ImageError, match=r"a\.png: exists already, pass --force"):
        write(path, smooth())
    assert path.read_text() == "mine"
    write(path, smooth(), force=True)
    np.testing.assert_array_equal(read(path), smooth())
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_appears_meanwhile_is_kept(
    has_links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    flush = os.fsync

    def slow(descriptor: int) -> None:
        path.write_text("mine")
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", slow)
    if not has_links:
        monkeypatch.setattr(os, "link", raiser(OSError(errno.EPERM, "no links")))
    with pytest.raises(ImageError, match="exists already"):
        write(path, smooth())
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_without_links_is_written_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", raiser(OSError(errno.EPERM, "no links")))
    write(tmp_path / "a.png", smooth())
    np.testing.assert_array_equal(read(tmp_path / "a.png"), smooth())
    monkeypatch.setattr(Path, "replace", raiser(OSError(errno.EIO, "broken disk")))
    with pytest.raises(ImageError, match="broken disk"):
        write(tmp_path / "b.png", smooth())
    assert list(tmp_path.iterdir()) == [tmp_path / "a.png"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(("code", "said"), [(errno.ENOSPC, "disk full"), (errno.EIO, "cannot be")])
def test_a_full_disk_leaves_nothing_behind(
    force: bool, code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", raiser(OSError(code, "the disk says no")))
    with pytest.raises(ImageError, match=rf"a.png: {said}.*the disk says no"):
        write(tmp_path / "a.png", smooth(), force=force)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", raiser(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a.png", smooth())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file size")
def test_a_write_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    program = (
        "import resource, sys, numpy; from limner.image import ImageError, write\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write(sys.argv[1], numpy.zeros((99, 99, 3), numpy.uint8), force=True)\n"
        "except ImageError as error: sys.exit(str(error))\n"
    )
    path = tmp_path / "a.bmp"
    path.write_text("mine")
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "a.bmp: cannot be written (File too large)" in done.stderr
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(ImageError, match="its folder does not exist"):
        write(tmp_path / "nowhere" / "a.png", smooth())
    with pytest.raises(ImageError, match="its folder does not exist"):
        write(tmp_path / "file" / "a.png", smooth())
    with pytest.raises(ImageError, match="is a folder"):
        write(tmp_path / "folder.png", smooth(), force=True)


@not_as_root
def test_a_folder_without_permission_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ImageError, match="no permission to write"):
        write(tmp_path / "a.png", smooth())


@pytest.mark.skipif(sys.platform == "win32", reason="links and permissions of another kind")
def test_links_are_followed_and_permissions_usual(tmp_path: Path) -> None:
    write(tmp_path / "real.png", noise(3, 3))
    (tmp_path / "link.png").symlink_to(tmp_path / "real.png")
    write(tmp_path / "link.png", smooth(), force=True)
    assert (tmp_path / "link.png").is_symlink()
    np.testing.assert_array_equal(read(tmp_path / "real.png"), smooth())
    (tmp_path / "usual").touch()
    assert (tmp_path / "real.png").stat().st_mode == (tmp_path / "usual").stat().st_mode


# What a user named


@pytest.fixture
def album(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.jpg", "a.PNG", ".hidden.jpg", "notes.txt", "deep/c.webp", "deep/d.jp2"):
        (tmp_path / "album" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "album" / name).touch()
    (tmp_path / "album" / "folder.jpg").mkdir()
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return Path("album")


def test_a_folder_stands_for_its_pictures(album: Path) -> None:
    assert expand([album]) == [album / "a.PNG", album / "b.jpg"]


@pytest.mark.usefixtures("album")
def test_a_file_stands_for_itself() -> None:
    named = ["album/notes.txt", "album/.hidden.jpg", "nowhere.jpg"]
    assert expand(named) == [Path(name) for name in named]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("album/*.jpg", ["album/b.jpg"]),
        ("album/*", ["album/a.PNG", "album/b.jpg"]),
        ("album/*.txt", ["album/notes.txt"]),
        ("album/[ab].*", ["album/a.PNG", "album/b.jpg"]),
        ("**/?.webp", ["album/deep/c.webp"]),
        ("album/**", ["album/a.PNG", "album/b.jpg", "album/deep/c.webp"]),
    ],
)
@pytest.mark.usefixtures("album")
def test_a_pattern_stands_for_its_matches(pattern: str, expected: list[str]) -> None:
    assert expand([pattern]) == [Path(name) for name in expected]


def test_a_name_that_exists_is_no_pattern(album: Path) -> None:
    (album / "x1.jpg").touch()
    (album / "x[1].jpg").touch()
    assert expand(["album/x[1].jpg"]) == [album / "x[1].jpg"]
    (album / "x[1].jpg").unlink()
    assert expand(["album/x[1].jpg"]) == [album / "x1.jpg"]


def test_order_is_kept_and_duplicates_are_dropped(album: Path) -> None:
    named = ["album/b.jpg", album, (album / "a.PNG").absolute(), "./album/*.jpg", "album/notes.txt"]
    assert expand(named) == [album / "b.jpg", album / "a.PNG", album / "notes.txt"]
    assert expand([]) == []


@pytest.mark.usefixtures("album")
def test_what_stands_for_nothing_is_an_error() -> None:
    with pytest.raises(ImageError, match="empty: no picture in this folder"):
        expand(["album/b.jpg", "empty"])
    with pytest.raises(ImageError, match=r"\*\.gif: matches no picture"):
        expand(["album/*.gif"])
    with pytest.raises(ImageError, match=r"matches no picture|cannot be listed"):
        expand(["a\0/*"])


@not_as_root
def test_a_folder_that_cannot_be_listed_is_an_error(album: Path) -> None:
    album.chmod(0)
    with pytest.raises(ImageError, match="cannot be listed"):
        expand([album])
    album.chmod(0o700)

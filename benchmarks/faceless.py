"""Pictures of no face, cut out of free packages: what the finder's false faces are counted on.

    python -m benchmarks.faceless --share ROOT/usr/share --out FACELESS

ROOT holds the unpacked Debian packages gnome-backgrounds, mate-backgrounds, lomiri-wallpapers-16.04,
lomiri-wallpapers-20.04, plasma-workspace-wallpapers, ukui-wallpapers, sway-backgrounds and
tuxpaint-stamps-default. Of the stamps, kinds that show people, statues, masks or letters are left out. One
picture in four, by order, goes to OUT/choose, where a threshold may be chosen; the others to OUT/pictures.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, UnidentifiedImageError

LEFT_OUT = (
    *("money", "monuments", "seasonal", "alphabets", "math", "faces", "sports", "cartoon", "chess"),
    *("music", "hobbies", "shapes", "flags", "clothes", "military", "hanukkah"),
)
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
LONGEST, SHORTEST = 1600, 80


def sources(share: Path) -> Iterator[Path]:
    """One file of each backdrop, and the stamps of kinds without people."""
    seen: set[str] = set()
    for path in sorted(share.rglob("*")):
        name = str(path.relative_to(share))
        stamp = "tuxpaint" in name
        if path.suffix.lower() not in SUFFIXES or (stamp and any(kind in name for kind in LEFT_OUT)):
            continue
        if any(word in name for word in ("screenshot", "icons", "doc/")):
            continue
        # A theme's folder holds one backdrop in many sizes.
        key = str(path.parent) if "contents" in name else name
        if key not in seen:
            seen.add(key)
            yield path


def on_white(path: Path) -> Image.Image | None:
    """A picture on white, at most `LONGEST` pixels; None if it is tiny or none."""
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError):
        return None
    if min(picture.size) < SHORTEST:
        return None
    picture.thumbnail((LONGEST, LONGEST))
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def main() -> None:
    """Writes the pictures and says how many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--share", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    made = 0
    for path in sources(args.share):
        picture = on_white(path)
        if picture:
            folder = args.out / ("pictures" if made % 4 else "choose")
            folder.mkdir(parents=True, exist_ok=True)
            picture.save(folder / f"{made:03d}_{path.stem[:20]}.jpg", quality=92)
            made += 1
    print(f"{made} pictures in {args.out}")


if __name__ == "__main__":
    main()

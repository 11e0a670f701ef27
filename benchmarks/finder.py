"""How well the finder finds: portraits of people that no training saw, drawings, face-free pictures.

    python -m benchmarks.finder --portraits PORTRAITS --teacher YUNET.onnx --labels labels.json \
        [--drawings NAME=FOLDER ...] [--people london_info.csv] [--faceless FOLDER] \
        [--time PICTURE] [--every N] [--train] [--conditions [NAME ...]] [--json OUT]

Truth is the teacher's, the median of 18 looks (`limner.methods.finder.label`), of drawings too in which its
first look sees a face; the teacher's own single look stands beside ours under the same conditions. A face
counts as found when the middle between the eyes is off by less than half the eye distance; eye error is the
mean distance of both eyes over the eye distance.
"""

import argparse
import csv
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from cv2.data import haarcascades
from numpy.typing import NDArray

from benchmarks.record import Table, show
from limner import image
from limner.data.portraits import identity, portraits, watched
from limner.faces import find
from limner.faces.align import move, warp
from limner.methods.finder.label import LOOKS, STEADIER, Labelled, Teacher, labelled

Picture = NDArray[np.uint8]
Row = NDArray[np.float64]
Scores = dict[tuple[str, str], dict[str, float]]
Condition = Callable[[Picture, Row], tuple[Picture, Row]]


@dataclass(frozen=True)
class Result:
    """How one picture went: the eye error (NaN where the face was not found) and how many other faces."""

    error: float
    others: int


def ours(picture: Picture, near: bool = True) -> list[Row]:
    """The eyes that our finder sees, each (4,); by its first net alone where not `near`."""
    return [np.array(face.eyes).ravel() for face in find(picture, near=near)]


def judge(eyes: Sequence[Row], truth: Row) -> Result:
    """Compares the eyes that were found with the true ones (4,)."""
    apart = np.hypot(*(truth[2:] - truth[:2]))
    offs = [np.hypot(*((e[:2] + e[2:] - truth[:2] - truth[2:]) / 2)) / apart for e in eyes]
    near = [i for i, off in enumerate(offs) if off < 0.5]
    if not near:
        return Result(float("nan"), len(eyes))
    best = eyes[min(near, key=lambda i: offs[i])]
    error = np.hypot(*(best - truth).reshape(2, 2).T).mean() / apart
    return Result(float(error), len(eyes) - 1)


def as_is(picture: Picture, row: Row) -> tuple[Picture, Row]:
    """The picture itself; a condition takes and gives a picture and its face's (15,)."""
    return picture, row[4:8]


def turned(degrees: float) -> Condition:
    """The picture turned about its middle."""

    def turn(picture: Picture, row: Row) -> tuple[Picture, Row]:
        height, width = picture.shape[:2]
        middle = (width - 1) / 2, (height - 1) / 2
        matrix = np.asarray(cv2.getRotationMatrix2D(middle, degrees, 1), np.float64)
        moved = warp(picture, matrix, (width, height))
        return moved, move(row[4:8].reshape(2, 2), matrix).ravel()

    return turn


def sized(pixels: float) -> Condition:
    """The picture at a size at which the face's box, as a square, has that side."""

    def size(picture: Picture, row: Row) -> tuple[Picture, Row]:
        k = pixels / np.sqrt((row[2] - row[0]) * (row[3] - row[1]))
        to = max(8, round(picture.shape[1] * k)), max(8, round(picture.shape[0] * k))
        matrix = np.array([[k, 0, (k - 1) / 2], [0, k, (k - 1) / 2]])
        return warp(picture, matrix, to), move(row[4:8].reshape(2, 2), matrix).ravel()

    return size


def grey(picture: Picture, row: Row) -> tuple[Picture, Row]:
    """Without colour."""
    single = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.repeat(np.asarray(single, np.uint8)[..., None], 3, axis=2), row[4:8]


def dark(picture: Picture, row: Row) -> tuple[Picture, Row]:
    """At 30 % of its brightness."""
    return np.round(picture * 0.3).astype(np.uint8), row[4:8]


CONDITIONS: dict[str, Condition] = {
    "as is": as_is,
    "turned +30": turned(30),
    "turned -30": turned(-30),
    "face 32 px": sized(32),
    "face 64 px": sized(64),
    "face 128 px": sized(128),
    "grey": grey,
    "30 % brightness": dark,
}


def theirs(teacher: Teacher, picture: Picture) -> list[Row]:
    """The eyes that the teacher's single look sees, each (4,)."""
    return list(teacher.look(picture)[:, 4:8])


def told(results: Sequence[Result]) -> dict[str, float]:
    """Recall, mean and median eye error in percent, other faces a hundred pictures."""
    errors = np.array([r.error for r in results])
    found = errors[np.isfinite(errors)]
    return {
        "n": len(results),
        "recall": len(found) / len(results),
        "mean": 100 * float(found.mean()) if len(found) else float("nan"),
        "median": 100 * float(np.median(found)) if len(found) else float("nan"),
        "others": 100 * sum(r.others for r in results) / len(results),
    }


HEAD = ("condition", "finder", "n", "recall", "mean %", "median %", "other faces / 100")


def row(name: str, who: str, t: Mapping[str, float]) -> tuple[str, ...]:
    """A line of the table; what was not measured stays empty."""
    columns = {"n": ".0f", "recall": ".4f", "mean": ".2f", "median": ".2f", "others": ".1f"}
    cells = [format(t[column], how) if column in t else "" for column, how in columns.items()]
    return name, who, *cells


def lightness(picture: Picture, points: Row) -> float:
    """CIE L* of the cheeks of a face: between each eye's corner of the mouth and the eye."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    eyes, mouth = points[4:8].reshape(2, 2), points[10:14].reshape(2, 2)
    apart = np.hypot(*(eyes[1] - eyes[0]))
    values = [
        lab[max(0, int(y - r)) : int(y + r) + 1, max(0, int(x - r)) : int(x + r) + 1, 0]
        for (x, y) in 0.45 * eyes + 0.55 * mouth
        for r in [0.12 * apart]
    ]
    return float(np.median(np.concatenate([v.ravel() for v in values])) / 2.55)


def timed(path: Path, teacher: Teacher) -> Table:
    """Our finder, the teacher and OpenCV's frontal cascade on one picture at three sizes, in turn."""
    cascade = cv2.CascadeClassifier(haarcascades + "haarcascade_frontalface_alt2.xml")

    def by_cascade(picture: Picture) -> object:
        return cascade.detectMultiScale(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 1.1, 3)

    rivals: dict[str, Callable[[Picture], object]] = {
        "limner": find,
        "YuNet": teacher.look,
        "cascade": by_cascade,
    }
    whole = image.read(path)
    rows: list[tuple[str, ...]] = []
    for side in (320, 640, 1280):
        k = side / max(whole.shape[:2])
        size = round(whole.shape[1] * k), round(whole.shape[0] * k)
        picture = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
        seconds: dict[str, list[float]] = {name: [] for name in rivals}
        for _ in range(9):
            for name, look in rivals.items():
                start = time.perf_counter()
                look(picture)
                seconds[name].append(time.perf_counter() - start)
        middle = {name: float(np.median(s)) for name, s in seconds.items()}
        cells = [f"{1000 * s:.0f} ms ({s / middle['YuNet']:.1f}x YuNet)" for s in middle.values()]
        rows.append((f"{size[0]} x {size[1]}", *cells))
    return Table("time", ("size", *rivals), tuple(rows))


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--portraits", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--steadier", action="store_true", help="truth by 90 looks, with labels of their own")
    parser.add_argument("--drawings", nargs="*", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--people", type=Path)
    parser.add_argument("--faceless", type=Path)
    parser.add_argument("--time", type=Path)
    parser.add_argument(
        "--every", type=int, default=1, help="take every n-th portrait only, of --train every n-th person"
    )
    parser.add_argument("--train", action="store_true", help="training portraits, to choose on")
    parser.add_argument("--conditions", nargs="*", choices=CONDITIONS, default=list(CONDITIONS))
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()

    looks = STEADIER if args.steadier else LOOKS
    teacher = Teacher(args.teacher, looks)
    paths = portraits(args.portraits, test=not args.train)
    if args.train:
        # Those whom `--hold-out N` of the training leaves out.
        kept_apart = watched(map(identity, paths), args.every)
        paths = [path for path in paths if identity(path) in kept_apart]
    else:
        paths = paths[:: args.every]
    entries = labelled(args.portraits, paths, args.teacher, args.labels, looks)
    kept = [entry for entry in entries if len(entry.faces) == 1]
    scores = on_portraits(kept, teacher, args.conditions) | on_drawings(args.drawings, args.every, teacher)
    if args.faceless:
        scores |= on_nothing(args.faceless, teacher)
    found = tuple(row(name, who, t) for (name, who), t in scores.items())
    tables = [Table("finder", HEAD, found), Table("sets", HEAD, by_set(kept))]
    if args.people:
        london = [e for e in kept if e.path.parent.name == "london"]
        tables.append(
            Table("groups", ("London group", "n", "recall", "mean %"), by_group(args.people, london))
        )
    if args.time:
        tables.append(timed(args.time, teacher))
    show(args.json, *tables)


def on_portraits(kept: Sequence[Labelled], teacher: Teacher, names: Sequence[str]) -> Scores:
    """Both finders under every condition that is named."""
    scores: Scores = {}
    for name in names:
        condition = CONDITIONS[name]
        results: dict[str, list[Result]] = {"limner": [], "YuNet": []}
        for entry in kept:
            picture, truth = condition(image.read(entry.path), entry.faces[0])
            results["limner"].append(judge(ours(picture), truth))
            results["YuNet"].append(judge(theirs(teacher, picture), truth))
        scores |= {(name, who): told(scored) for who, scored in results.items()}
    return scores


def on_drawings(given: Sequence[str], every: int, teacher: Teacher) -> Scores:
    """Ours, and its first net alone, on folders of drawings, where the teacher's single look sees a face."""
    scores: Scores = {}
    for word in given:
        name, folder = word.split("=", 1)
        scored: dict[bool, list[Result]] = {True: [], False: []}
        for path in drawings(Path(folder))[::every]:
            picture = image.read(path)
            truth = drawn_face(picture, teacher)
            if truth is not None:
                for near, results in scored.items():
                    results.append(judge(ours(picture, near), truth))
        scores[f"drawings: {name}", "limner"] = told(scored[True])
        scores[f"drawings: {name}", "limner, first net"] = told(scored[False])
    return scores


def drawn_face(picture: Picture, teacher: Teacher) -> Row | None:
    """A drawing's eyes (4,), by all the teacher's looks; by the first where too few see a face."""
    seen = teacher.look(picture)
    if not len(seen):
        return None
    steady = teacher.faces(picture)
    best = steady if len(steady) else seen
    return best[best[:, 14].argmax(), 4:8]


def drawings(folder: Path) -> list[Path]:
    """The drawings of a folder; of FS2K in its official layout, those of its test list."""
    listed = folder / "anno_test.json"
    if not listed.exists():
        return sorted(folder.rglob("*.jpg"))
    names = [entry["image_name"] for entry in json.loads(listed.read_text(encoding="utf-8"))]
    stems = (folder / "sketch" / n.replace("photo", "sketch").replace("image", "sketch") for n in names)
    return sorted(path for stem in stems for path in stem.parent.glob(f"{stem.name}.*"))


def on_nothing(folder: Path, teacher: Teacher) -> Scores:
    """Faces that both finders see in pictures of none."""
    counts: dict[str, list[int]] = {"limner": [], "YuNet": []}
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".jpg", ".png")):
        picture = image.read(path)
        counts["limner"].append(len(ours(picture)))
        counts["YuNet"].append(len(theirs(teacher, picture)))
    return {
        ("no face", who): {"n": len(seen), "others": 100 * float(np.mean(seen))}
        for who, seen in counts.items()
    }


def by_set(entries: Sequence[Labelled]) -> tuple[tuple[str, ...], ...]:
    """Ours on the pictures as they are, by the folder they lie in, with how far apart the eyes are there."""
    folders: dict[str, list[Result]] = defaultdict(list)
    apart: dict[str, list[float]] = defaultdict(list)
    for entry in entries:
        name, eyes = entry.path.parent.name, entry.faces[0][4:8]
        folders[name].append(judge(ours(image.read(entry.path)), eyes))
        apart[name].append(float(np.hypot(*(eyes[2:] - eyes[:2]))))
    return tuple(
        row(f"as is, {name}, eyes {np.median(apart[name]):.0f} px apart", "limner", told(results))
        for name, results in sorted(folders.items())
    )


def by_group(table: Path, entries: Sequence[Labelled]) -> tuple[tuple[str, ...], ...]:
    """Recall and error by sex, ethnicity and thirds of skin lightness."""
    with table.open(encoding="utf-8") as file:
        known = {r["face_id"]: r for r in csv.DictReader(file)}
    pictures = [image.read(entry.path) for entry in entries]
    lights = [lightness(p, entry.faces[0]) for p, entry in zip(pictures, entries, strict=True)]
    thirds = np.searchsorted(np.quantile(lights, [1 / 3, 2 / 3]), lights)
    groups: dict[str, list[Result]] = defaultdict(list)
    for picture, entry, third in zip(pictures, entries, thirds, strict=True):
        result = judge(ours(picture), entry.faces[0][4:8])
        person = known[identity(entry.path)]
        skin = ("dark", "middle", "light")[int(third)] + " third of skins"
        for name in (person["face_gender"], person["face_eth"], skin):
            groups[name].append(result)
    scored = {name: told(results) for name, results in sorted(groups.items())}
    return tuple((name, f"{t['n']}", f"{t['recall']:.4f}", f"{t['mean']:.2f}") for name, t in scored.items())


if __name__ == "__main__":
    main()

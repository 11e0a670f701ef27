"""Where the eyes are in each photo of a training, looked for once and kept beside the run."""

import json
from pathlib import Path

from limner.faces import find
from limner.files import replacing
from limner.frame import Point
from limner.image import Picture

Eyes = tuple[Point, Point]


class Seen:
    """The eyes of the largest face of each photo that was looked at.

    A photo counts as known by its path, its size in bytes and the time of its last change.

    Args:
        path: The JSON file that keeps them; read if it is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self._known: dict[str, list[list[float]] | None] = told

    def eyes(self, photo: Path, picture: Picture) -> Eyes | None:
        """The eyes (x, y) of the largest face, in pixels, the image's left one first; None if there is none.

        Args:
            photo: Where the picture lies.
            picture: (H, W, 3) uint8.
        """
        stat = photo.stat()
        key = f"{photo.resolve()} {stat.st_size} {stat.st_mtime_ns}"
        if key not in self._known:
            faces = find(picture)
            self._known[key] = [list(eye) for eye in faces[0].eyes] if faces else None
        known = self._known[key]
        return None if known is None else ((known[0][0], known[0][1]), (known[1][0], known[1][1]))

    def keep(self) -> None:
        """Writes the file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self._path) as new:
            new.write_text(json.dumps(self._known), encoding="utf-8")

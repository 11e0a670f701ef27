"""A sheet of pictures with a line of text under each group of them."""

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from limner.image import Picture

LINE, GAP = 14, 4


def grid(groups: Sequence[Sequence[Picture]], told: Sequence[str], across: int, width: int = 128) -> Picture:
    """Groups of pictures, in reading order.

    Args:
        groups: Each of as many pictures (H, W, 3) uint8, all of one shape; a group stands side by side.
        told: A line under each group, cut where it is too long.
        across: Groups in a row.
        width: Of a picture on the sheet, in pixels.

    Returns:
        (H, W, 3) uint8, on white.
    """
    cells = [_cell(group, line, width) for group, line in zip(groups, told, strict=True)]
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % across)
    rows = [np.concatenate(cells[i : i + across], axis=1) for i in range(0, len(cells), across)]
    return np.concatenate(rows)


def _cell(group: Sequence[Picture], line: str, width: int) -> Picture:
    height = round(width * group[0].shape[0] / group[0].shape[1])
    small = [cv2.resize(each, (width, height), interpolation=cv2.INTER_AREA) for each in group]
    made = Image.new("RGB", (width * len(small) + GAP, height + LINE + GAP), "white")
    made.paste(Image.fromarray(np.concatenate(small, axis=1)), (0, 0))
    ImageDraw.Draw(made).text((2, height), line, fill="black", font=ImageFont.load_default())
    return np.asarray(made)

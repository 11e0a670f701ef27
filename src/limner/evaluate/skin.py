"""How light the skin on a photo is, so that faces of all skins can be scored apart.

The skin is that of both cheeks: the triangles of eye, nose and corner of the mouth, at half their size around
their middles, which leaves out lids, nostrils and lips. Its lightness is the median CIE L* there.
"""

import cv2
import numpy as np

from limner.faces import Face
from limner.image import Picture

_CHEEKS = (0, 2, 3), (1, 2, 4)
_SHRUNK = 0.5


def lightness(photo: Picture, face: Face) -> float | None:
    """Median CIE L* of the cheeks.

    Chosen: L* alone, and not the individual typology angle (Chardon et al., 1991), which divides by b*: that
    takes warm light for dark skin, and of a grey photo it says nothing. L* knows no light meter either: it
    tells how dark a face is on the photo, which is what a style sees, not what skin somebody has.

    Args:
        photo: (H, W, 3) uint8.
        face: On it.

    Returns:
        From 0, black, to 100, white (D65); None if no pixel of the cheeks is in the photo.
    """
    points, cheeks = np.array(face.points), np.zeros(photo.shape[:2], np.uint8)
    for corners in _CHEEKS:
        triangle = points[list(corners)]
        middle = triangle.mean(axis=0)
        inner = middle + _SHRUNK * (triangle - middle)
        cv2.fillConvexPoly(cheeks, np.rint(inner).astype(np.int32), (1,))
    skin = photo[cheeks > 0].astype(np.float32) / 255
    if not len(skin):
        return None
    return float(np.median(cv2.cvtColor(skin[None], cv2.COLOR_RGB2Lab)[..., 0]))

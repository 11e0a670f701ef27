"""Structure: is the drawn face where the photographed one is?

With p_i and q_i the five points of the face (both eyes, nose, both corners of the mouth) in the photo and in
the made picture, and p_1, p_2 the eyes,

    structure = (1 / 5) sum_i |p_i - q_i| / |p_1 - p_2|

It needs no artist's sketch, so it judges drawings of any photo. A made picture in which no face is found has
no score: that share is told beside the mean, by whoever looks for the faces.
"""

import numpy as np

from limner.metrics.check import MetricError, Numbers, check_rows


def structure(photo: Numbers, made: Numbers) -> float:
    """Mean distance of five points to those of the photo, over the distance of its eyes; 0 for equal ones.

    Args:
        photo: Points p of the photo's face, (5, 2), in pixels; the eyes come first.
        made: Points q of the made picture's face, as `photo`, in pixels of the same frame.

    Returns:
        The score from 0 up, in distances of the eyes; lower is more alike. Not symmetric: the photo's eyes
        are the measure.

    Raises:
        TypeError: If either is not an array of numbers.
        MetricError: If either is not (5, 2) or not finite, or the photo's eyes lie in one place.

    Source: The normalised mean error of face alignment, as in Sagonas et al., "300 faces in-the-wild
        challenge", ICCV Workshops 2013.
    Chosen: Over the distance of the eyes' centres, which the finder gives; that challenge takes the outer
        corners.
    """
    check_rows("photo", photo, (5, 2))
    check_rows("made", made, (5, 2))
    apart = float(np.linalg.norm(photo[0] - photo[1]))
    if apart == 0:
        raise MetricError(f"photo: expected two eyes apart, got both at {photo[0].tolist()}")
    return float(np.linalg.norm(photo - made, axis=1).mean()) / apart

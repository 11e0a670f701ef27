"""What a student takes over from a teacher, or from another student: features that agree.

Source: Zhu, Wang, Gao, Li, Li, Face photo-sketch synthesis via knowledge transfer (IJCAI 2019), by its
abstract: students mimic and transform two kinds of knowledge, and transfer theirs mutually.
Chosen: the terms' form; see docs/transfer.md.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def knowledge_loss(learned: Sequence[Tensor], known: Sequence[Tensor]) -> Tensor:
    """`1/L sum_l E (r^l - phi^l)^2`, a scalar: the mimic and the transform terms.

    Args:
        learned: The student's features r^l, as an adapter brings them to the teacher's widths.
        known: The teacher's phi^l, the same shapes, of mean square about 1; no gradient goes there.
    """
    levels = zip(learned, known, strict=True)
    return torch.stack([F.mse_loss(r, phi.detach()) for r, phi in levels]).mean()


def mutual_loss(decoded: Sequence[Tensor], encoded: Sequence[Tensor]) -> Tensor:
    """`1/L sum_l E |n(D^l) - n(E^l)|^2`, a scalar: one student's decoder against its peer's encoder.

    Chosen: n makes the vector at each place one of length 1, so that nothing is gained by letting both fade.

    Args:
        decoded: Features D^l of the student that draws a domain, each (N, C, H, W).
        encoded: Features E^l of the peer that sees that domain, the same shapes; no gradient goes there.
    """
    levels = zip(decoded, encoded, strict=True)
    apart = [(F.normalize(d) - F.normalize(e.detach())).square().sum(1).mean() for d, e in levels]
    return torch.stack(apart).mean()

"""The finder's losses, one equation each."""

import torch
import torch.nn.functional as F
from torch import Tensor

from limner.faces.find import CELL, PLACE_UNIT, SHIFT_UNIT


def focal_loss(logits: Tensor, bump: Tensor, counts: Tensor) -> Tensor:
    """Is a face centred in this cell?

    With p the probability, b the bump (1 at a centre, falling off around it), n the number of centres:

        L = -1/n sum [b = 1] (1 - p)^2 log p + [b < 1] (1 - b)^4 p^2 log(1 - p)

    Source: Law and Deng, CornerNet (ECCV 2018), equation 1; used for centres by Zhou et al., Objects as
    points (2019).

    Args:
        logits: (N, H, W) before the sigmoid.
        bump: (N, H, W) in [0, 1].
        counts: (N, H, W), 0 where a cell is left out.
    """
    p = torch.sigmoid(logits)
    hit = (bump == 1).float()
    at = hit * (1 - p).square() * F.logsigmoid(logits)
    beside = (1 - hit) * (1 - bump).pow(4) * p.square() * F.logsigmoid(-logits)
    return -(counts * (at + beside)).sum() / hit.sum().clamp(min=1)


def place_loss(made: Tensor, geometry: Tensor, holds: Tensor) -> Tensor:
    """Mean absolute distance of box and points, where a cell holds a face.

    Args:
        made: (N, 14, H, W) in units of `PLACE_UNIT` pixels.
        geometry: (N, 14, H, W) in pixels.
        holds: (N, H, W), 1 where a face is near.
    """
    apart = (made - geometry / PLACE_UNIT).abs().mean(1)
    return (holds * apart).sum() / holds.sum().clamp(min=1)


def voted(votes: Tensor, shifts: Tensor, cell: int = CELL, unit: float = SHIFT_UNIT) -> Tensor:
    """The points on which the cells of a view agree.

        p_k = sum_c w_k(c) (c + s_k(c)),    w_k = softmax over cells of the votes

    Args:
        votes: (N, 5, H, W) logits.
        shifts: (N, 10, H, W): x and y of each point from the cell's centre, in units.
        cell: Side of a cell, in pixels.
        unit: How many pixels a unit of `shifts` is.

    Returns:
        (N, 5, 2) in pixels of the view.
    """
    n, _, height, width = votes.shape
    w = votes.flatten(2).softmax(2)
    places = _centres(votes, cell) + unit * shifts.view(n, 5, 2, height, width)
    return (w[:, :, None] * places.flatten(3)).sum(3)


def vote_loss(votes: Tensor, points: Tensor, face: Tensor, cell: int = CELL) -> Tensor:
    """Cross-entropy of the votes with a bump of one cell's width around each point, where there is a face.

        L = -1/5n sum_k sum_c q_k(c) log w_k(c),    q_k(c) ~ exp(-|c - p_k|^2 / 2 cell^2)

    Through the voted points alone, the votes would hardly learn: while all cells count alike, none gains.

    Args:
        votes: (N, 5, H, W) logits.
        points: (N, 5, 2) in pixels of the view.
        face: (N, 1), 1 where there is a face.
        cell: Side of a cell, in pixels.
    """
    far = (_centres(votes, cell)[None, None] - points[..., None, None]).square().sum(2)
    q = (-far / (2 * cell**2)).flatten(2).softmax(2)
    entropy = -(q * votes.flatten(2).log_softmax(2)).sum(2).mean(1)
    return (face[:, 0] * entropy).sum() / face.sum().clamp(min=1)


def _centres(cells: Tensor, cell: int) -> Tensor:
    """Places (x, y) of the centres of the cells of a map (..., H, W), in pixels: (2, H, W)."""
    height, width = cells.shape[-2:]
    y = (torch.arange(height, device=cells.device) + 0.5) * cell - 0.5
    x = (torch.arange(width, device=cells.device) + 0.5) * cell - 0.5
    return torch.stack(torch.meshgrid(x, y, indexing="xy"))


def points_loss(made: Tensor, points: Tensor, face: Tensor, eyes: float = 1.0) -> Tensor:
    """Mean distance of the points over the distance of the eyes, where a view shows a face.

        L = sum_k w_k |p_k - p'_k| / (|p_1 - p_2| sum_k w_k),    w_k = e for both eyes, 1 for the others

    Chosen: the weight of the eyes, by which everything else is placed.

    Args:
        made: p', (N, 5, 2) in pixels.
        points: p, (N, 5, 2) in pixels.
        face: (N, 1), 1 where there is a face.
        eyes: e, how many times an eye counts.
    """
    distance = torch.linalg.vector_norm(points[:, 1] - points[:, 0], dim=1).clamp(min=1)
    weight = torch.tensor([eyes, eyes, 1.0, 1.0, 1.0], device=points.device) / (2 * eyes + 3)
    apart = (torch.linalg.vector_norm(made - points, dim=2) * weight).sum(1) / distance
    return (face[:, 0] * apart).sum() / face.sum().clamp(min=1)


def sure_loss(logits: Tensor, face: Tensor) -> Tensor:
    """Cross-entropy of what the four middle cells of a view say of it.

    Args:
        logits: (N, H, W) before the sigmoid; H and W even.
        face: (N, 1), 1 where there is a face.
    """
    y, x = logits.shape[1] // 2, logits.shape[2] // 2
    said = logits[:, y - 1 : y + 1, x - 1 : x + 1].flatten(1)
    return F.binary_cross_entropy_with_logits(said, face.expand_as(said))

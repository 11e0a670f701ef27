"""Do grey levels lie beside each other as they do in the artist's drawing, part by part?

How often level i has level j for a neighbour tells flat paper from hatching and soft hatching from hard,
and asks of no stroke where it lies. With soft memberships m_k(p) of pixel p in K grey levels, W a window, d
one of four directions, and p + d the neighbour:

    P_W(i, j) = mean_d mean_(p in W) m_i(p) m_j(p + d)
    contrast_W = sum_ij (i - j)^2 P_W(i, j)        energy_W = sum_ij P_W(i, j)^2
    L_co = E_W |contrast_W(y) - contrast_W(G(x))| + E_W |energy_W(y) - energy_W(G(x))|

Source: the co-occurrence matrix and both features: Haralick, Shanmugam, Dinstein, Textural features for image
classification (1973); levels, directions and the choice of features: Fan et al., Scoot (ICCV 2019).
Chosen: soft levels, half-overlapping windows, half the size of the drawing. **A net trained with this is
trained on what Scoot measures**, and its Scoot must be read so.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

LEVELS = 6
"""K."""
SOFT = 0.03
"""How soft the border between two levels is, of white minus black."""
WINDOW = 48
"""Side of W at half the drawing's size: about a part of Scoot's, of a frame of 400 x 500."""
LEAST = 2 * WINDOW
"""Side of the smallest drawing that holds a window."""
_DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1))


def cooccurrence_loss(real: Tensor, made: Tensor) -> Tensor:
    """L_co, a scalar.

    Args:
        real: The artist's drawing y, (N, 1, H, W) in [0, 1], H and W at least `LEAST`.
        made: The made one, as `real`.
    """
    contrast, energy = _features(real)
    of_contrast, of_energy = _features(made)
    return (contrast - of_contrast).abs().mean() + (energy - of_energy).abs().mean()


def _features(picture: Tensor) -> tuple[Tensor, Tensor]:
    """The contrast and the energy of each window, each (N, h, w)."""
    y = F.avg_pool2d(picture, 2)
    edges = torch.arange(1, LEVELS, device=y.device, dtype=y.dtype) / LEVELS
    above = torch.sigmoid((y - edges[None, :, None, None]) / SOFT)
    member = F.pad(above, (0, 0, 0, 0, 1, 0), value=1.0) - F.pad(above, (0, 0, 0, 0, 0, 1))
    p = torch.stack([_beside(member, *d) for d in _DIRECTIONS]).mean(0)
    level = torch.arange(LEVELS, device=y.device, dtype=y.dtype)
    apart = (level[:, None] - level).square().flatten()[None, :, None, None]
    return (p * apart).sum(1), p.square().sum(1)


def _beside(member: Tensor, down: int, right: int) -> Tensor:
    """P_W of one direction, (N, K^2, h, w): over the pixels whose neighbour lies in the picture."""
    height, width = member.shape[2] - down, member.shape[3] - abs(right)
    here = member[..., :height, max(0, -right) :][..., :width]
    there = member[..., down:, max(0, right) :][..., :width]
    both = (here[:, :, None] * there[:, None]).flatten(1, 2)
    # The last row or column has no neighbours: with a window of one pixel less, every direction has as many.
    return F.avg_pool2d(both, WINDOW - 1, WINDOW // 2)

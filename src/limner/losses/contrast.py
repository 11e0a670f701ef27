"""Contrast: a picture and its own sentence lie nearer to each other than to any other of the batch.

With u_i and v_i the directions of picture i and of sentence i, s what sharpens the contrast, and N(i) all j
whose sentence is another than that of i, and i itself:

    L = 1/2 E_i [ -log e^(s u_i.v_i) / sum_(j in N(i)) e^(s u_i.v_j)
                  -log e^(s u_i.v_i) / sum_(j in N(i)) e^(s u_j.v_i) ]

Source: Radford et al., Learning transferable visual models from natural language supervision (ICML 2021),
figure 3. Differs: of two pictures with one sentence neither is wrong for it, so each is left out of the
other's sum.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def contrast_loss(pictures: Tensor, sentences: Tensor, words: Tensor, sharpness: Tensor) -> Tensor:
    """L, a scalar.

    Args:
        pictures: u, (N, C) of length one.
        sentences: v, (N, C) of length one.
        words: What sentences are compared by: (N, T), equal rows for equal sentences.
        sharpness: s, a scalar: the inverse of the temperature.
    """
    with torch.autocast(pictures.device.type, enabled=False):
        likeness = sharpness.float() * pictures.float() @ sentences.float().T
        same = (words[:, None] == words[None]).all(-1)
        itself = torch.eye(len(words), dtype=torch.bool, device=words.device)
        likeness = likeness.masked_fill(same & ~itself, -torch.inf)
        right = torch.arange(len(words), device=words.device)
        return (F.cross_entropy(likeness, right) + F.cross_entropy(likeness.T, right)) / 2

"""Neural style transfer: a picture changed until a network sees the photo's content, the sketch's style.

With F_l the maps (N_l channels at M_l places) that a frozen network sees in the picture x, P_l those of the
photo, A_l those of the sketch,

    G_l(F) = F_l F_l^T / M_l                                     the Gram matrix
    L_content = 1/2 mean |F_c - P_c|^2,    c = 3, the map at 1/8 of the size
    L_style = 1/4 mean_l |G_l(F) - G_l(A)|^2 / N_l^2
    x' = arg min_x L_content + beta L_style,    x begun at the grey photo

Source: Gatys, Ecker, Bethge, Image style transfer using convolutional neural networks (CVPR 2016), equations
    1, 3, 4, 5 and 7; colour left out as in Gatys et al., Preserving color in neural artistic style transfer
    (2016).
Differs: the network is a teacher (`limner.pretrained.perceptual`), whose maps have one mean square at every
    place, so that means stand where the paper has sums; Adam for L-BFGS, which takes few steps alike for all.
Chosen: beta, by eye on two training pairs of CUHK; the rate, the steps, the square on paper that is drawn.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim import Adam

from limner.evaluate import Hand, Lesson
from limner.frame import head
from limner.image import GREY, to_unit
from limner.learners.lesson import hand, in_frame
from limner.learners.settings import Settings
from limner.pretrained.perceptual import Teacher, load_teacher

CONTENT = 2
"""Of the four maps, that at 1/8 of the size."""
BETA, RATE = 10.0, 0.02


def learn(lesson: Lesson, settings: Settings) -> Hand:
    """What draws any photo by the style of the one sketch; each picture takes all its steps.

    Raises:
        limner.faces.FaceError: No face is found in the photo.
        limner.hub.StyleError: There is no such teacher.
        limner.hub.FetchError: It was not fetched.
        limner.image.ImageError: A picture cannot be read.
    """
    frame, teacher = head(settings.gatys_side), load_teacher(settings.teacher)
    _, sketch = in_frame(lesson, frame)
    style = grams(teacher(torch.from_numpy(to_unit(sketch))[None]))

    def draw(photo: NDArray[np.float32]) -> NDArray[np.float32]:
        return transferred(teacher, torch.from_numpy(photo), style, settings.gatys_steps).numpy()

    return hand(draw, frame, stride=frame.width, radius=None)


def grams(maps: list[Tensor]) -> list[Tensor]:
    """G_l of maps (1, N, h, w): (N, N) each."""
    flat = (layer[0].flatten(1) for layer in maps)
    return [layer @ layer.T / layer.shape[1] for layer in flat]


def style_loss(maps: list[Tensor], style: list[Tensor]) -> Tensor:
    """L_style of a picture's maps and a sketch's Gram matrices, a scalar."""
    apart = [(g - a).square().mean() for g, a in zip(grams(maps), style, strict=True)]
    return torch.stack(apart).mean() / 4


def transferred(teacher: Teacher, photo: Tensor, style: list[Tensor], steps: int) -> Tensor:
    """x', (1, 1, H, W) in [0, 1].

    Args:
        teacher: Sees.
        photo: (1, 3, H, W) in [0, 1], sides multiples of 16.
        style: As `grams` gives it.
        steps: Of Adam.
    """
    with torch.enable_grad():
        made = (photo * photo.new_tensor(GREY).view(3, 1, 1)).sum(1, keepdim=True).requires_grad_()
        content = teacher(made)[CONTENT].detach()
        optimizer = Adam([made], RATE)
        for _ in range(steps):
            maps = teacher(made)
            loss = (maps[CONTENT] - content).square().mean() / 2 + BETA * style_loss(maps, style)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            made.data.clamp_(0, 1)
    return made.detach()

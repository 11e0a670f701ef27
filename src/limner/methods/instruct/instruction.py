"""The variable of the `instruct` method: an instruction as the text encoder's states, and which is kept.

    c = h(s) in R^(T x width),    only c_1 ... c_(e - 1) move

with s the initial sentence and e the place of its first end token. Token 0 and everything from e on stay
those of h(s).
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from limner.data.edits import FAMILIES
from limner.errors import LimnerError
from limner.pretrained.clip import Clip
from limner.pretrained.prior import Prior

TRIED = 56
"""Sentences whose loss is looked at, at most, where learning is to start from the best. Chosen."""
SAYINGS = 12
"""How often each family of edits is asked for a sentence. Chosen."""


class Instruction(nn.Module):
    """An instruction that can be learned.

    Args:
        prior: Whose text encoder reads the sentence.
        sentence: The initial instruction.

    Attributes:
        states: c, (1, T, width).

    Raises:
        LimnerError: The sentence has no words.
    """

    states: nn.Parameter
    initial: Tensor
    still: Tensor

    def __init__(self, prior: Prior, sentence: str) -> None:
        super().__init__()
        tokens = prior.tokens(sentence)
        end = int((tokens == prior.tokens("")[1]).nonzero()[0])
        if end < 2:
            raise LimnerError(
                f"the instruction {sentence!r} has no words to learn; a sentence such as 'turn it into a "
                "pencil sketch' is expected"
            )
        initial = prior.embed([sentence])
        places = torch.arange(len(tokens), device=tokens.device)
        self.states = nn.Parameter(initial.clone())
        self.register_buffer("initial", initial.clone())
        self.register_buffer("still", ((places < 1) | (places >= end))[None, :, None])

    @torch.no_grad()
    def put_back(self) -> None:
        """Gives all but the words their initial states again, bit by bit."""
        self.states.copy_(torch.where(self.still, self.initial, self.states))


class Kept(nn.Module):
    """The best instruction so far: that with the lowest loss over the fixed set.

    Args:
        instruction: Where learning starts.

    Attributes:
        states: Its c, (1, T, width).
        loss: Its loss; infinite before the first look.
    """

    states: Tensor
    loss: Tensor

    def __init__(self, instruction: Instruction) -> None:
        super().__init__()
        self.register_buffer("states", instruction.states.detach().clone())
        self.register_buffer("loss", torch.tensor(math.inf))

    def look(self, states: Tensor, loss: Tensor) -> None:
        """Keeps these states if their loss is lower; one that is no number is not."""
        if loss < self.loss:
            self.states.copy_(states.detach())
            self.loss.copy_(loss)


def spaced(sentences: Sequence[str]) -> list[str]:
    """At most `TRIED` of them, evenly spaced."""
    return list(sentences[:: -(-len(sentences) // TRIED)])


def known_sentences() -> list[str]:
    """Sentences that ask for the drawings of `limner.data.edits`, sorted."""
    rng = np.random.default_rng(0)
    drawings = [family for family in FAMILIES.values() if family.kind == "drawing"]
    said = [each.say(each.draw_parameters(rng), rng) for each in drawings for _ in range(SAYINGS)]
    return sorted(set(said))


@torch.no_grad()
def nearest(clip: Clip, direction: Tensor, sentences: Sequence[str]) -> str:
    """The sentence of the greatest cosine to a direction.

    Args:
        clip: Reads the sentences.
        direction: From photo to sketch, (N, width of CLIP); of several pairs the mean counts.
        sentences: At least one.
    """
    read = torch.cat([clip.sentence([each]) for each in sentences])
    return sentences[int((read @ direction.mean(0)).argmax())]

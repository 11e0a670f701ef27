"""A tokenizer of one's own, in CLIP's format: words that sentences hold often become one token each.

Source: Sennrich, Haddow, Birch, Neural machine translation of rare words with subword units (ACL 2016), on
    bytes, as CLIP's. Every sentence can be written: what was never seen is spelled byte by byte.
"""

import json
from collections.abc import Iterable
from typing import Any, cast

from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer
from transformers import CLIPTokenizer

START, END = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"


def train_tokenizer(sentences: Iterable[str], merges: int, length: int) -> CLIPTokenizer:
    """A tokenizer of some sentences.

    Args:
        sentences: What it is to write shortly; the same sentences in any order make the same tokenizer.
        merges: How many pairs of tokens become one, at most.
        length: Tokens of a sentence, start and end included.

    Returns:
        As `transformers.CLIPTokenizer` reads it. The end has the highest number, as in CLIP's own.
    """
    letters = sorted(ByteLevel.alphabet())
    spelled = [*letters, *(letter + WORD_END for letter in letters)]
    backend = cast(Any, CLIPTokenizer()).backend_tokenizer
    trainer = BpeTrainer(
        vocab_size=len(spelled) + merges,
        initial_alphabet=letters,
        # Numbered before any word is read: of two pairs that are met equally often, the lower goes first.
        special_tokens=cast(Any, [letter + WORD_END for letter in letters]),
        end_of_word_suffix=WORD_END,
        show_progress=False,
    )
    backend.train_from_iterator(sorted(sentences), trainer)
    pairs = [tuple(pair) for pair in json.loads(backend.to_str())["model"]["merges"]][:merges]
    names = dict.fromkeys([*spelled, *(left + right for left, right in pairs), START, END])
    vocabulary = {name: number for number, name in enumerate(names)}
    return CLIPTokenizer(vocab=vocabulary, merges=cast(Any, pairs), model_max_length=length)

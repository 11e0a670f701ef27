"""A tokenizer of one's own: short for what it knows, able to write all else, the same each time."""

from typing import cast

from tests.priors import SENTENCES

from limner.pretrained.words import train_tokenizer


def test_known_words_are_one_token_each() -> None:
    tokenizer = train_tokenizer(SENTENCES, 200, 16)
    assert len(cast(list[int], tokenizer("a pencil sketch")["input_ids"])) == 5
    assert len(cast(list[int], tokenizer("")["input_ids"])) == 2


def test_the_order_of_sentences_does_not_matter() -> None:
    one, same = (train_tokenizer(each, 30, 16).get_vocab() for each in (SENTENCES, SENTENCES[::-1]))
    assert one == same
    assert len(one) == 512 + 30 + 2


def test_what_is_met_equally_often_is_joined_in_one_order_always() -> None:
    letters = "abcdefghij"
    sentences = [f"{one}{other}" for one in letters for other in letters]
    known = [train_tokenizer(sentences, 40, 8).get_vocab() for _ in range(4)]
    assert all(each == known[0] for each in known)


def test_start_and_end_have_the_highest_numbers() -> None:
    tokenizer = train_tokenizer(SENTENCES, 30, 16)
    ids = cast(list[int], tokenizer("a")["input_ids"])
    assert (ids[0], ids[-1]) == (len(tokenizer) - 2, len(tokenizer) - 1)

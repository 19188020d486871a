"""Tokens: texts to numbers and back, for any text; what is unknown stays unknown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.tokens import (
    BEGIN,
    END,
    PADDING,
    SPECIAL,
    UNKNOWN,
    filled_up,
    fit_tokens,
    numbers_of,
    size_of,
    text_of,
    tokens_of,
)

TEXTS = st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=40), min_size=1)


def fitted(texts, way, *, most=10_000, min_count=1, lower=False):
    state = fit_tokens(texts, way, most=most, min_count=min_count, lower=lower)
    return json.loads(json.dumps(state))


@given(texts=TEXTS)
def test_characters_find_their_way_back(texts):
    state = fitted(texts, "characters")
    assert [text_of(row, state) for row in numbers_of(texts, state)] == texts


@given(texts=TEXTS, other=st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_pieces_find_their_way_back_even_for_texts_never_seen(texts, other):
    pytest.importorskip("tokenizers")
    state = fitted(texts, "bpe", most=300)
    assert text_of(numbers_of([other], state)[0], state) == other


@given(texts=TEXTS, most=st.integers(5, 60), min_count=st.integers(1, 3))
def test_numbers_stay_below_the_size_and_the_size_below_the_most(texts, most, min_count):
    state = fitted(texts, "words", most=most, min_count=min_count)
    assert size_of(state) == len(tokens_of(state)) <= most
    assert all(UNKNOWN <= n < size_of(state) for row in numbers_of(texts, state) for n in row)


@given(words=st.lists(st.sampled_from(["now", "don't", "l'eau", "é", "12", ",", "!"]), max_size=9))
def test_words_of_a_sentence_stay_the_same_when_written_and_read_again(words):
    state = fitted([" ".join(words), "x"], "words")
    once = numbers_of([" ".join(words)], state)
    assert numbers_of([text_of(once[0], state)], state) == once


def test_a_sentence_is_written_as_people_write_it():
    text = "she said (twice): don't go, l'eau, s'il vous plait!"
    state = fitted([text], "words")
    assert text_of(numbers_of([text], state)[0], state) == text


def test_frequent_tokens_come_first_and_rare_ones_are_unknown():
    state = fitted(["b b b a a c"], "words", min_count=2)
    assert tokens_of(state) == (*SPECIAL, "b", "a")
    assert numbers_of(["a c b d"], state) == [[5, UNKNOWN, 4, UNKNOWN]]


def test_capital_letters_count_as_small_ones_where_asked():
    assert numbers_of(["WORD"], fitted(["word"], "words", lower=True)) == [[4]]
    assert numbers_of(["WORD"], fitted(["word"], "words")) == [[UNKNOWN]]


def test_a_text_ends_where_its_end_stands():
    state = fitted(["ab"], "characters")
    assert text_of([BEGIN, 4, 5, END, 4, PADDING], state) == "ab"
    assert text_of([4, UNKNOWN, PADDING, 4], state) == "a\ufffd"


@given(rows=st.lists(st.lists(st.integers(1, 9), max_size=8), max_size=5), length=st.integers(1, 6))
def test_rows_are_cut_or_filled_up(rows, length):
    found = filled_up(rows, length)
    assert found.shape == (len(rows), length)
    for row, numbers in zip(rows, found.tolist(), strict=True):
        kept = row[:length]
        assert numbers == kept + [PADDING] * (length - len(kept))

"""The column kind `text`: tokens and lengths as inputs, the next token as a target."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnspec.shapes import Shape
from trainers.columns.text import Text
from trainers.texts import Texts
from trainers.tokens import PADDING

TEXTS = st.lists(st.text("abc de", max_size=12), min_size=2, max_size=8)


def fitted(made, texts):
    return json.loads(json.dumps(made.fit(Texts.of(texts))))


def test_a_text_becomes_tokens_and_a_length():
    made, texts = Text(), ["Go now!", "stop", None]
    state = fitted(made, texts)
    assert made.shape(state) == Shape((3,), "int")
    assert made.further(state, target=False) == {"length": Shape((), "int")}
    encoded = made.encode(Texts.of(texts), state)
    assert [made.text(row, state) for row in encoded] == ["go now!", "stop", ""]
    assert (encoded != 0).sum(1).tolist() == [3, 1, 0]
    lengths = made.encode_further(Texts.of(texts), state, target=False)["length"]
    assert lengths.tolist() == [3, 1, 1]


@given(texts=TEXTS, begin=st.booleans(), end=st.sampled_from([True, False, "auto"]))
def test_before_and_target_are_one_text_shifted_by_one(texts, begin, end):
    made = Text(tokens="characters", begin=begin, end=end)
    state = fitted(made, texts)
    before = made.encode_further(Texts.of(texts), state, target=True)["before"]
    targets = made.targets(Texts.of(texts), state)
    positions, tokens = made.answer(state).sizes
    assert before.shape == targets.shape == (len(texts), positions)
    assert targets.max(initial=-1) < tokens == len(made.labels(state))
    real = before[:, 1:] != PADDING
    assert (before[:, 1:][real] == targets[:, :-1][real]).all()
    assert (targets[before == PADDING] == -1).all()


def test_a_target_ends_with_the_end_and_begins_after_the_begin():
    made = Text(tokens="characters")
    state = fitted(made, ["ab", "a"])
    assert made.targets(Texts.of(["ab", "a"]), state).tolist() == [[4, 5, 3], [4, 3, -1]]
    before = made.encode_further(Texts.of(["ab", "a"]), state, target=True)["before"]
    assert before.tolist() == [[2, 4, 5], [2, 4, 0]]


def test_without_begin_every_window_gives_one_target_less_than_it_has_tokens():
    made = Text(tokens="characters", begin=False)
    state = fitted(made, ["abcd", "bcda"])
    assert made.targets(Texts.of(["abcd"]), state).tolist() == [[5, 6, 7]]
    assert made.encode_further(Texts.of(["abcd"]), state, target=True)["before"].tolist() == [
        [4, 5, 6]
    ]


def test_unknown_tokens_count_nowhere_in_a_target():
    made = Text(tokens="characters", length=3)
    state = fitted(made, ["ab"])
    assert made.targets(Texts.of(["axb"]), state).tolist() == [[4, -1, 5, 3]]


def test_a_text_that_is_cut_has_no_end():
    made = Text(tokens="characters", length=2)
    state = fitted(made, ["abc"])
    assert made.targets(Texts.of(["abc", "ab"]), state).tolist() == [[4, 5, -1], [4, 5, 3]]


def test_the_length_covers_most_texts_but_not_the_longest():
    texts = ["a b c"] * 99 + ["a " * 900]
    assert Text().fit(Texts.of(texts))["length"] == 3
    assert Text(length=7).fit(Texts.of(texts))["length"] == 7


def test_only_training_texts_are_learned():
    made = Text()
    state = fitted(made, ["one two"])
    assert made.encode(Texts.of(["two three"]), state).tolist() == [[5, 1]]


def test_a_look_at_many_texts_takes_the_first():
    many = Texts.of([f"word{n}" for n in range(20_500)])
    assert len(Text(vocabulary=30_000).look(many)["known"]) == 20_000


@pytest.mark.parametrize("tokens", ["words", "characters", "bpe"])
def test_a_state_is_json_and_encodes_the_same_again(tokens):
    if tokens == "bpe":
        pytest.importorskip("tokenizers")
    made, cells = Text(tokens=tokens), Texts.of(["to be or not", "to be"])
    state = made.fit(cells)
    again = json.loads(json.dumps(state))
    assert np.array_equal(made.encode(cells, state), made.encode(cells, again))
    assert made.missing_library == ""

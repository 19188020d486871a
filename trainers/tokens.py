"""Cuts texts into tokens and puts them together again.

Numbers of tokens: 0 fills up short texts, 1 is an unknown token, 2 stands before a text and 3 after
it; what was learned from the training rows begins at 4. A state is plain JSON data.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from trainers.texts import Array

Way: TypeAlias = Literal["words", "characters", "bpe"]
State: TypeAlias = dict[str, Any]

PADDING: Final = 0
UNKNOWN: Final = 1
BEGIN: Final = 2
END: Final = 3
SPECIAL: Final = ("<padding>", "<unknown>", "<begin>", "<end>")
BYTES: Final = 256
"""Tokens that byte-pair encoding always has: every text is a row of bytes."""

_WORD = re.compile(r"\w+['’](?=\w)|\w+|[^\w\s]")
_CLOSING = frozenset(".,;:!?)]}…%’'\"»")
_OPENING = frozenset("([{«'’")


def fit_tokens(texts: Iterable[str], way: Way, *, most: int, min_count: int, lower: bool) -> State:
    """Learn which tokens there are.

    Args:
        texts: the training texts.
        way: words, characters, or pieces of words learned by byte-pair encoding (Sennrich et al.
            2016), over bytes, so that no text holds an unknown one.
        most: how many numbers of tokens there are at most, the four special ones included.
        min_count: how often a token has to occur.
        lower: whether capital letters count as small ones.

    Raises:
        ImportError: byte-pair encoding is asked for and the library `tokenizers` is absent.
    """
    if way == "bpe":
        pieces = _learn_pairs(texts, most, min_count, lower=lower)
        return {"way": way, "lower": lower, "pieces": pieces}
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_cut(text, way, lower=lower))
    frequent = sorted(
        (token for token, count in counts.items() if count >= min_count),
        key=lambda token: (-counts[token], token),
    )
    known = frequent[: max(0, most - len(SPECIAL))]
    return {"way": way, "lower": lower, "known": sorted(known) if way == "characters" else known}


def numbers_of(texts: Iterable[str], state: State) -> list[list[int]]:
    """Turn each text into the numbers of its tokens."""
    way, lower = state["way"], state["lower"]
    if way == "bpe":
        pieces = _pieces(state["pieces"])
        whole = [text.lower() if lower else text for text in texts]
        return [found.ids for found in pieces.encode_batch(whole, add_special_tokens=False)]
    number: Callable[[str], int | None] = {
        token: index for index, token in enumerate(state["known"], len(SPECIAL))
    }.get
    return [
        [UNKNOWN if (found := number(token)) is None else found for token in tokens]
        for tokens in (_cut(text, way, lower=lower) for text in texts)
    ]


def text_of(numbers: Sequence[int], state: State) -> str:
    """Put tokens together to a text; it ends where the end token or padding stands."""
    kept: list[int] = []
    for number in map(int, numbers):
        if number in (PADDING, END):
            break
        if number != BEGIN:
            kept.append(number)
    if state["way"] == "bpe":
        return str(_pieces(state["pieces"]).decode(kept, skip_special_tokens=True))
    names = tokens_of(state)
    known = [names[number] if number != UNKNOWN else "\ufffd" for number in kept]
    return "".join(known) if state["way"] == "characters" else _sentence(known)


def tokens_of(state: State) -> tuple[str, ...]:
    """The tokens in the order of their numbers, the special ones first."""
    if state["way"] != "bpe":
        return (*SPECIAL, *state["known"])
    pieces = _pieces(state["pieces"])
    return tuple(pieces.id_to_token(number) for number in range(pieces.get_vocab_size()))


def size_of(state: State) -> int:
    """How many numbers of tokens there are."""
    if state["way"] != "bpe":
        return len(SPECIAL) + len(state["known"])
    return int(_pieces(state["pieces"]).get_vocab_size())


def filled_up(rows: Sequence[Sequence[int]], length: int) -> Array:
    """Put rows of numbers below each other, cut or filled up to `length`: int32, rows x length."""
    import numpy as np

    found = np.full((len(rows), length), PADDING, dtype=np.int32)
    for index, row in enumerate(rows):
        kept = row[:length]
        found[index, : len(kept)] = kept
    return found


def _cut(text: str, way: Way, *, lower: bool) -> Sequence[str]:
    text = text.lower() if lower else text
    return text if way == "characters" else _WORD.findall(text)


def _sentence(words: Sequence[str]) -> str:
    parts: list[str] = []
    glued = True
    for word in words:
        parts.append(word if glued or word in _CLOSING else f" {word}")
        glued = word in _OPENING or (len(word) > 1 and word[-1] in "'’")
    return "".join(parts)


def _learn_pairs(texts: Iterable[str], most: int, min_count: int, *, lower: bool) -> str:
    library = importlib.import_module("tokenizers")
    pieces = library.Tokenizer(library.models.BPE())
    pieces.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = library.decoders.ByteLevel()
    trainer = library.trainers.BpeTrainer(
        vocab_size=max(most, len(SPECIAL) + BYTES),
        min_frequency=min_count,
        special_tokens=list(SPECIAL),
        initial_alphabet=library.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    pieces.train_from_iterator((text.lower() if lower else text for text in texts), trainer)
    return str(pieces.to_str())


@lru_cache(maxsize=8)
def _pieces(written: str) -> Any:
    return importlib.import_module("tokenizers").Tokenizer.from_str(written)

"""A column of texts, cut into tokens.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.shapes import Shape
from trainers.tokens import (
    BEGIN,
    END,
    UNKNOWN,
    filled_up,
    fit_tokens,
    numbers_of,
    size_of,
    text_of,
    tokens_of,
)

_LONGEST = 1024
_COVERED = 0.98
_MOST_LOOKED_AT = 20_000


@kind("Text")
@dataclass(frozen=True, slots=True)
class Text:
    """A text, read as a row of tokens: words, characters or pieces of words.

    As an input it is a row of whole numbers for an embedding, filled up with 0, and beside it
    `NAME_length`, how many of them are real. As a target the network answers for each position
    which token stands there; the input `NAME_before` is what stands before each position. Tokens
    are learned from the training rows; others are unknown and count nowhere in a target.
    """

    fault: ClassVar[str] = ""
    reads: ClassVar[str] = "texts"
    extra: ClassVar[str] = "text"

    tokens: Literal["words", "characters", "bpe"] = param(
        "words",
        help="words: and punctuation marks. characters: each on its own. bpe: frequent pieces of "
        "words, learned by byte-pair encoding.",
    )
    vocabulary: int = param(
        10_000,
        low=5,
        high=1_000_000,
        help="How many different tokens there are at most, the most frequent first; 4 of them are "
        "padding, unknown, begin and end. An embedding needs as many.",
    )
    min_count: int = param(
        1, low=1, help="How often a token has to occur in the training rows to be known."
    )
    length: int | Literal["auto"] = param(
        "auto",
        low=1,
        high=100_000,
        help="How many tokens are read; longer texts are cut. auto: enough for 98 of 100 texts.",
    )
    lower: bool | Literal["auto"] = param(
        "auto", help="Whether capital letters count as small ones. auto: where tokens are words."
    )
    begin: bool = param(
        True, help="As a target, whether the first token is predicted too, from a begin token."
    )
    end: bool | Literal["auto"] = param(
        "auto", help="As a target, whether an end token follows the text. auto: as begin."
    )

    @property
    def missing_library(self) -> str:
        """The library that these settings need and that is not installed, or ""."""
        absent = self.tokens == "bpe" and importlib.util.find_spec("tokenizers") is None
        return "tokenizers" if absent else ""

    @property
    def ends(self) -> bool:
        """Whether an end token follows a text that is predicted."""
        return self.begin if self.end == "auto" else self.end

    def look(self, values: Any) -> dict[str, Any]:
        """Return the state of the first rows: of many texts it is much the same."""
        import numpy as np

        many = len(values) > _MOST_LOOKED_AT
        return self.fit(values.take(np.arange(_MOST_LOOKED_AT)) if many else values)

    def fit(self, values: Any) -> dict[str, Any]:
        """Learn the tokens of the training texts and how long these are."""
        import numpy as np

        texts = values.plain()
        lower = self.tokens == "words" if self.lower == "auto" else self.lower
        state = fit_tokens(
            texts, self.tokens, most=self.vocabulary, min_count=self.min_count, lower=lower
        )
        if self.length != "auto":
            return {**state, "length": self.length}
        counts = [len(row) for row in numbers_of(texts, state)] or [1]
        covering = int(np.quantile(counts, _COVERED, method="higher"))
        return {**state, "length": max(1, min(_LONGEST, covering))}

    def faults(self, values: Any) -> Sequence[tuple[int, str]]:  # noqa: ARG002
        """Every text can be cut into tokens."""
        return ()

    def encode(self, values: Any, state: dict[str, Any]) -> Any:
        """Return the numbers of the tokens as int32, rows x length, filled up with 0."""
        return filled_up(numbers_of(values.plain(), state), state["length"])

    def further(self, state: dict[str, Any], *, target: bool) -> Mapping[str, Shape]:
        """What else the network is offered: `length`, or of a target `before`."""
        if target:
            return {"before": Shape((self._positions(state),), "int", size_of(state))}
        return {"length": Shape((), "int")}

    def encode_further(
        self, values: Any, state: dict[str, Any], *, target: bool
    ) -> Mapping[str, Any]:
        """Return the arrays of `further`: int64 rows, or int32 rows x positions."""
        import numpy as np

        rows = numbers_of(values.plain(), state)
        if target:
            return {
                "before": filled_up(
                    [row[:-1] for row in self._whole(rows, state)], self._positions(state)
                )
            }
        # An empty text counts as one token of padding: a mean over no positions is no number.
        return {"length": np.clip([len(row) for row in rows], 1, state["length"]).astype(np.int64)}

    def targets(self, values: Any, state: dict[str, Any]) -> Any:
        """Return the token at each position as int64, rows x positions, -1 where none is known."""
        import numpy as np

        rows = numbers_of(values.plain(), state)
        found = filled_up([row[1:] for row in self._whole(rows, state)], self._positions(state))
        return np.where(found <= UNKNOWN, -1, found).astype(np.int64)

    def restore(self, outputs: Any, state: dict[str, Any]) -> Any:  # noqa: ARG002
        """Return token numbers as they are."""
        return outputs

    def text(self, numbers: Sequence[int], state: dict[str, Any]) -> str:
        """Put tokens together to a text."""
        return text_of(numbers, state)

    def shape(self, state: dict[str, Any]) -> Shape:
        """One whole number a position."""
        return Shape((state["length"],), "int", size_of(state))

    def answer(self, state: dict[str, Any]) -> Shape:
        """One number a token at each position."""
        return Shape((self._positions(state), size_of(state)))

    def labels(self, state: dict[str, Any]) -> tuple[str, ...]:
        """The tokens."""
        return tokens_of(state)

    def _positions(self, state: dict[str, Any]) -> int:
        return max(1, state["length"] - (not self.begin) + self.ends)

    def _whole(self, rows: Sequence[Sequence[int]], state: dict[str, Any]) -> list[list[int]]:
        """Texts with what stands before and after them; one that is cut has no end."""
        before, most = [BEGIN] if self.begin else [], state["length"]
        return [
            [*before, *row[:most], *([END] if self.ends and len(row) <= most else [])]
            for row in rows
        ]

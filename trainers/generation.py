"""Lets a network write: a text is continued, or answered, token by token.

At each step the network sees what is written so far as `NAME_before` and says what comes next. A
text that depends on other inputs (a translation) is written from its beginning to its end token;
without other inputs (a language model) each given text is continued.
"""

# pyright: reportUnknownMemberType=false
# (torch's stubs leave some members without types.)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from trainers.columns.text import Text
from trainers.fitted import Part
from trainers.fitted_columns import FittedColumn
from trainers.tokens import BEGIN, END, filled_up, numbers_of
from trainers.trained import Trained

NUMBERS_AT_ONCE: Final = 16 << 20
"""Numbers of an answer that are held at once: rows x positions x tokens."""


COLDEST = 1e-4
"""Below it the numbers that a temperature divides would overflow."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How texts are to be written.

    Attributes:
        length: how many tokens a text is continued by; an answer ends by itself.
        temperature: 0 takes the likeliest token; 1 draws as the network believes; None is 0.8 for
            a text that is continued and 0 for an answer.
        seed: of the drawing.
    """

    length: int = 200
    temperature: float | None = None
    seed: int = 0


def text_target(trained: Trained) -> FittedColumn | None:
    """The target that is a text, or None."""
    return next((each for each in trained.fitted.targets if isinstance(each.type, Text)), None)


def continues(trained: Trained) -> bool:
    """Whether the network knows nothing but the text itself, and so can only continue it."""
    return not trained.fitted.columns


def continued(
    trained: Trained, column: FittedColumn, texts: Sequence[str], wish: Wish
) -> list[str]:
    """Continue each text; returns what was added to it."""
    made: Text = column.type  # type: ignore[assignment]
    begun = [BEGIN] if made.begin else []
    rows = [[*begun, *numbers] for numbers in numbers_of(texts, column.state)]
    heat = 0.8 if wish.temperature is None else wish.temperature
    writer = _Writer(trained.network, column, trained.device, heat, wish.seed)
    size = writer.rows_at_once
    found: list[str] = []
    for start in range(0, len(rows), size):
        some = [row or [BEGIN] for row in rows[start : start + size]]
        added = writer.write({}, some, wish.length)
        found += [made.text(row, column.state) for row in added]
    return found


def answered(trained: Trained, column: FittedColumn, part: Part, wish: Wish) -> list[str]:
    """Write the text that belongs to each row of encoded inputs."""
    made: Text = column.type  # type: ignore[assignment]
    positions = int(made.answer(column.state).sizes[0])
    writer = _Writer(trained.network, column, trained.device, wish.temperature or 0.0, wish.seed)
    found: list[str] = []
    for inputs in trained.rows(part).in_order(writer.rows_at_once):
        count = len(next(iter(inputs.values())))
        added = writer.write(inputs, [[BEGIN] for _ in range(count)], positions)
        found += [made.text(row, column.state) for row in added]
    return found


class _Writer:
    """A network that writes one target."""

    def __init__(
        self,
        network: nn.Module,
        column: FittedColumn,
        device: str,
        temperature: float,
        seed: int,
    ) -> None:
        self._network, self._name, self._device = network, column.name, device
        positions, self._tokens = map(int, column.type.answer(column.state).sizes)
        self._positions, self._temperature = positions, temperature
        self._ends = bool(getattr(column.type, "ends", False))
        self._drawing = torch.Generator().manual_seed(seed)

    @property
    def rows_at_once(self) -> int:
        """How many rows are written together."""
        return max(1, min(1024, NUMBERS_AT_ONCE // (self._positions * self._tokens)))

    def write(
        self, inputs: Mapping[str, Tensor], begun: Sequence[Sequence[int]], steps: int
    ) -> list[list[int]]:
        """Return the tokens added to each row; all go on until the last one has ended."""
        rows = [list(row) for row in begun]
        ended = [False] * len(rows)
        with torch.inference_mode():
            for _ in range(steps):
                for index, token in enumerate(self._next(inputs, rows)):
                    rows[index].append(token)
                    ended[index] = ended[index] or token == END
                if all(ended):
                    break
        return [row[len(start) :] for row, start in zip(rows, begun, strict=True)]

    def _next(self, inputs: Mapping[str, Tensor], rows: Sequence[Sequence[int]]) -> list[int]:
        seen = [row[-self._positions :] for row in rows]
        before = torch.from_numpy(filled_up(seen, self._positions)).to(self._device)
        answers = self._network({**inputs, f"{self._name}_before": before})[self._name]
        last = torch.tensor([len(row) - 1 for row in seen], device=self._device)
        scores = answers[torch.arange(len(seen), device=self._device), last].float().cpu()
        scores[:, : END if self._ends else END + 1] = -torch.inf  # padding, unknown and begin
        if not self._temperature:
            chosen = scores.argmax(1)
        else:
            # As softmax knows no bounds but floats do: next to 0 the likeliest token is sure.
            shares = torch.softmax(scores / max(self._temperature, COLDEST), dim=1)
            chosen = torch.multinomial(shares, 1, generator=self._drawing)[:, 0]
        return [int(token) for token in chosen.numpy()]

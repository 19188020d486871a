"""Batches by index: a part's arrays lie on the device once, and batches are gathered from them.

The order of an epoch depends on seed and epoch alone, so a run that stopped in the middle of an
epoch knows at once which rows are next. Rows are gathered for several batches at a time and then
cut, which is what makes small batches cheap.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from trainers.fitted import PixelScale
from trainers.texts import Array

GATHERED: Final = 8 << 20
"""Bytes gathered at once: about what stays in the cache of a processor."""


@dataclass(frozen=True, slots=True)
class Scaler:
    """Turns stored bytes into the numbers a network takes, on the device."""

    mean: Tensor
    factor: Tensor

    @classmethod
    def of(cls, scale: PixelScale, device: str) -> Scaler:
        """Make the tensors of `scale`, shaped to fit rows x channels x height x width."""
        mean = torch.tensor(scale.mean, dtype=torch.float32, device=device)
        deviation = torch.tensor(scale.deviation, dtype=torch.float32, device=device)
        return cls(mean[:, None, None], (1 / deviation)[:, None, None])

    def __call__(self, stored: Tensor) -> Tensor:
        """Scale a batch."""
        return stored.to(torch.float32).sub_(self.mean).mul_(self.factor)


@dataclass(frozen=True, slots=True)
class Batch:
    """What a step looks at.

    Attributes:
        inputs, targets: by name, the batch first.
        rows: how many rows it judges.
        chosen: where all rows of the data are one batch: which of them are judged.
    """

    inputs: dict[str, Tensor]
    targets: Mapping[str, Tensor]
    rows: int
    chosen: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """One part, ready to be gathered from.

    Attributes:
        inputs, targets: whole arrays, on the device, or in memory where the device is too small.
        scalers: for inputs stored as bytes.
        device: where batches are wanted.
        channels_last: whether pictures are wanted in the layout convolutions are quickest with.
        chosen: where `inputs` hold all rows of the data, which are always one batch: those of the
            part.
    """

    inputs: Mapping[str, Tensor]
    targets: Mapping[str, Tensor]
    scalers: Mapping[str, Scaler]
    device: str
    channels_last: bool = False
    chosen: Tensor | None = None

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())) if self.chosen is None else self.chosen)

    def judged(self, size: int) -> Iterator[Batch]:
        """All rows with their targets as they stand, `size` rows at a time."""
        if self.chosen is not None:
            size = len(self)
        for number, inputs in enumerate(self.in_order(size)):
            start = number * size
            targets = {
                name: y[start : start + size].to(self.device) for name, y in self.targets.items()
            }
            rows = min(size, len(self) - start)
            yield Batch(inputs, targets, rows, self.chosen)

    def in_order(self, size: int) -> Iterator[dict[str, Tensor]]:
        """Inputs of all rows as they stand, `size` rows at a time."""
        if self.chosen is not None:
            yield self.ready(dict(self.inputs))
            return
        for start in range(0, len(self), size):
            yield self.ready({n: x[start : start + size] for n, x in self.inputs.items()})

    def batches(
        self, order: Tensor, sizes: Sequence[int], start: int = 0
    ) -> Iterator[tuple[dict[str, Tensor], dict[str, Tensor]]]:
        """Yield (inputs, targets) of batch `start` and all after it, rows taken in `order`."""
        if self.chosen is not None:
            for _ in sizes[start:]:
                targets = {name: y.to(self.device) for name, y in self.targets.items()}
                yield self.ready(dict(self.inputs)), targets
            return
        together = max(1, GATHERED // (max(sizes) * self._row_bytes()))
        at = sum(sizes[:start])
        for first in range(start, len(sizes), together):
            block = list(sizes[first : first + together])
            rows = order[at : at + sum(block)]
            at += len(rows)
            targets = {n: _cut(self._gather(y, rows), block) for n, y in self.targets.items()}
            cut = {n: _cut(self._gather(x, rows), block) for n, x in self.inputs.items()}
            for index in range(len(block)):
                yield (
                    self.ready({name: parts[index] for name, parts in cut.items()}),
                    {name: parts[index] for name, parts in targets.items()},
                )

    def ready(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Bring gathered inputs to the device, as the network wants them."""
        for name, x in inputs.items():
            there = x.to(self.device, non_blocking=True)
            if self.channels_last and there.dim() == 4:
                there = there.contiguous(memory_format=torch.channels_last)
            inputs[name] = self.scalers[name](there) if name in self.scalers else there
        return inputs

    def _gather(self, whole: Tensor, rows: Tensor) -> Tensor:
        return whole.index_select(0, rows).to(self.device, non_blocking=True)

    def _row_bytes(self) -> int:
        return sum(x[0].numel() * x.element_size() for x in self.inputs.values()) or 1


def on_device(
    inputs: Mapping[str, Array],
    targets: Mapping[str, Array],
    pixel_scales: Mapping[str, PixelScale],
    device: str,
    *,
    room: int,
    channels_last: bool = False,
    chosen: Array | None = None,
) -> Rows:
    """Make `Rows` of arrays; they move to the device when they take less than half of `room`.

    `chosen` are the rows of the part where the inputs hold all rows of the data.
    """
    size = sum(array.nbytes for array in inputs.values())
    place = device if size < room // 2 else "cpu"
    return Rows(
        {name: _tensor(array).to(place) for name, array in inputs.items()},
        {name: _tensor(array).to(place) for name, array in targets.items()},
        {name: Scaler.of(facts, device) for name, facts in pixel_scales.items()},
        device,
        channels_last,
        None if chosen is None else _tensor(chosen).to(device),
    )


def _cut(gathered: Tensor, sizes: list[int]) -> tuple[Tensor, ...]:
    return torch.split(gathered, sizes)


def _tensor(array: Array) -> Tensor:
    with warnings.catch_warnings():
        # Mapped arrays are read-only, and nothing here writes into them.
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.as_tensor(np.ascontiguousarray(array))


def batch_sizes(rows: int, batch_size: int, *, merge_single: bool) -> list[int]:
    """Cut `rows` into batches; the last may be smaller.

    With `merge_single` a last batch of one row joins the one before it: batch normalisation cannot
    take the deviation of a single row.
    """
    whole, left = divmod(rows, batch_size)
    sizes = [batch_size] * whole + ([left] if left else [])
    if merge_single and len(sizes) > 1 and sizes[-1] == 1:
        sizes[-2:] = [sizes[-2] + 1]
    return sizes


def order_of(seed: int, epoch: int, rows: int, device: torch.device) -> Tensor:
    """The order of the rows in an epoch (counted from 0): the same for the same seed, always."""
    mixed = int(np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0])
    generator = torch.Generator().manual_seed(mixed % 2**63)
    return torch.randperm(rows, generator=generator).to(device)

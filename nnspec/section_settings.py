"""The plain settings of the sections `data:` and `train:`: their defaults, bounds and help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnspec.params import param


@dataclass(frozen=True, slots=True)
class Split:
    """How rows are divided. A number below 1 is a share of all rows, from 1 on a count of rows.

    A source with a test part of its own keeps it; rows in the order of time are divided in it.
    """

    validation: float = param(
        0.1, low=0, help="Rows that judge each epoch: a share below 1, or a number of rows."
    )
    test: float = param(
        0.2,
        low=0,
        help="Rows kept for the final judgement: a share below 1, or a number of rows.",
    )
    stratify: str | None = param(None, help="Column whose classes keep their shares in every part.")
    seed: int = param(0, low=0, high=2**31 - 1, help="Decides which rows go where.")


@dataclass(frozen=True, slots=True)
class EarlyStopping:
    """Stops when the judged number no longer gets better."""

    monitor: str = param(
        "val_loss", help="The number to watch: val_loss or val_ and a metric's name."
    )
    patience: int = param(5, low=1, help="How many epochs without progress are allowed.")
    min_delta: float = param(
        0.0, low=0, help="The least change that counts as progress.", advanced=True
    )


@dataclass(frozen=True, slots=True)
class Training:
    """The plain settings of `train:`; kinds (optimizer …) stand beside it in `Train`."""

    epochs: int = param(
        10, low=1, high=1_000_000, help="How often the training rows are gone through."
    )
    batch_size: int = param(128, low=1, high=1_000_000, help="How many rows one step looks at.")
    seed: int | None = param(
        None,
        low=0,
        high=2**63 - 1,
        help="Fixes every random choice; null draws one and records it.",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = param("auto", help="Where to compute.")
    threads: int | Literal["auto"] = param(
        "auto", low=1, high=1024, help="How many CPU threads to compute with.", advanced=True
    )
    clip_gradient_norm: float | None = param(
        None, above=0, help="Scales gradients down to this norm; null leaves them.", advanced=True
    )
    checkpoint_seconds: float = param(
        30.0, above=0, help="At most this much work is lost when the machine fails.", advanced=True
    )


@dataclass(frozen=True, slots=True)
class When:
    """How often and in which epochs a step is taken."""

    times: int = param(1, low=1, high=1000, help="How often it is taken for one batch.")
    every: int = param(1, low=1, help="Taken for every so many batches only.")
    first_epoch: int = param(1, low=1, help="The first epoch in which it is taken.")
    last_epoch: int | None = param(
        None, low=1, help="The last epoch in which it is taken; null: to the end."
    )
    clip_weights: float | None = param(
        None, above=0, help="Keeps every weight it updates within this distance of 0."
    )

"""What a training will take of this machine: memory at its height, and seconds an epoch.

Torch-free: what has to be done is read off the network (`nnspec.forecast`), how fast that goes is
what earlier trainings left behind (`trainers.speed`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nnspec.catalog import Catalog
from nnspec.forecast import Memory, Rows, Work, forward_work, training_memory
from nnspec.graph import Graph
from nnspec.passes import passes
from nnspec.rules import volume
from nnspec.spec import Train
from trainers.check import Checked
from trainers.defaults import resolve_train
from trainers.devices import choose_threads
from trainers.speed import Speed, kept_speed, known_speed

JUDGED_ROWS: Final = 4096
JUDGED_NUMBERS: Final = 1 << 20
GATHERED: Final = 8 << 20
"""As `trainers.judging` and `trainers.batches` have them, which import torch."""

WAY_BACK: Final = 3
"""Learning takes this many times the work of judging."""

CALLS_A_STEP: Final = 40
"""What a step takes beside its layers: batch, loss, optimiser, bookkeeping; in small operations."""

EPOCH: Final = 0.004
"""Seconds that judging and saving take beside the network's work, once an epoch."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What one epoch asks for.

    Attributes:
        work: of layers, forward and back; judging counts by its share.
        steps: updates.
        updates: parameters updated, over all steps.
    """

    work: Work
    steps: float
    updates: float

    def seconds(self, speed: Speed) -> dict[str, float]:
        """Seconds by the kind of work, without corrections."""
        return {
            "macs": self.work.macs / speed.macs,
            "convolution": self.work.convolution / speed.convolution,
            "numbers": self.work.numbers / speed.numbers,
            "calls": self.work.calls * speed.call,
            "updates": self.updates * speed.update,
            "steps": self.steps * CALLS_A_STEP * speed.call + EPOCH,
        }


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a training will take.

    Attributes:
        memory: in bytes, by what it is for.
        demand: what an epoch asks for.
        epochs: how many there will be at most.
        seconds_per_epoch: on this machine, when nothing disturbs it.
    """

    memory: Memory
    demand: Demand
    epochs: int
    seconds_per_epoch: float


def forecast(
    graph: Graph, train: Train, rows: Mapping[str, int], *, device: str, threads: int
) -> Forecast | None:
    """Forecast a training; None while the network or its data is not known well enough.

    Args:
        graph: the whole network.
        train: with every kind chosen.
        rows: how many each part has.
        device: where it will be computed.
        threads: with how many.
    """
    if not graph.nodes or not rows.get("train") or any(n.shape is None for n in graph.nodes):
        return None
    demand = demand_of(graph, train, rows)
    parts = demand.seconds(speed := known_speed(threads, device))
    most = max(parts, key=lambda part: parts[part])
    seconds = sum(parts.values()) * speed.corrections.get(most, 1.0)
    memory = memory_of(graph, train, rows)
    return Forecast(memory, demand, train.settings.epochs, seconds)


def forecast_of(checked: Checked, catalog: Catalog) -> Forecast | None:
    """Forecast the training of a sound spec on this machine, without looking for its devices."""
    found, analysis = checked.profile, checked.analysis
    if found is None or not checked.sound:
        return None
    train = resolve_train(analysis.spec.train, found, catalog)
    settings, macs = train.settings, sum(node.macs for node in analysis.graph.nodes)
    device = settings.device if settings.device != "auto" else _likely()
    threads = choose_threads(settings.threads, macs, settings.batch_size, device)
    return forecast(analysis.graph, train, found.rows, device=device, threads=threads)


def demand_of(graph: Graph, train: Train, rows: Mapping[str, int]) -> Demand:
    """What one epoch asks for."""
    looked = _rows(graph, train, rows)
    learned = sum(rows.values()) if _is_whole(graph) else rows["train"]
    judged = sum(rows.values()) if _is_whole(graph) else rows.get("validation", 0)
    judged = judged if rows.get("validation") else 0
    steps = math.ceil(learned / looked.batch)
    parameters = sum(node.parameters for node in graph.nodes)
    work, taken, updates = Work(), 0.0, 0.0
    for one in passes(graph, train):
        forward = forward_work(graph, one.models)
        work += forward.times(learned * one.often, steps * one.often)
        pieces = math.ceil(judged / max(looked.judged, 1))
        work += forward.times(judged / WAY_BACK, pieces / WAY_BACK)
        taken += steps * one.often
        updates += steps * one.often * parameters / max(len(train.steps), 1)
    return Demand(work, taken, updates)


def memory_of(graph: Graph, train: Train, rows: Mapping[str, int]) -> Memory:
    """Bytes that the training takes at its height."""
    chosen = [train.optimizer, *(step.optimizer for step in train.steps)]
    remembered = max((choice.made.remembered for choice in chosen if choice), default=2)
    looked = _rows(graph, train, rows)
    return training_memory(graph, passes(graph, train), looked, remembered=remembered)


def forecast_words(found: Forecast) -> str:
    """One line for people."""
    one, all_ = found.seconds_per_epoch, found.seconds_per_epoch * found.epochs
    epochs = f"{found.epochs:,} epoch{'' if found.epochs == 1 else 's'}"
    memory = _memory_words(found.memory.total)
    return f"about {memory} of memory, {_time_words(one)} an epoch ({epochs}: {_time_words(all_)})"


def _rows(graph: Graph, train: Train, rows: Mapping[str, int]) -> Rows:
    held = sum(rows.values())
    if _is_whole(graph):
        return Rows(held, held, held)
    numbers = sum(volume(shape.sizes) for shape in graph.inputs.values()) or 1
    at_once = max(1, min(JUDGED_ROWS, JUDGED_NUMBERS // numbers))
    batch = min(train.settings.batch_size, max(rows.get("train", 0), 1))
    largest = max((rows.get(part, 0) for part in ("validation", "test")), default=0)
    return Rows(held, batch, min(at_once, largest), GATHERED)


def _is_whole(graph: Graph) -> bool:
    """Whether every step sees all rows: those of one graph, which its edges hold together."""
    return "edges" in graph.inputs


def _likely() -> str:
    """The device that `auto` will be: the one trained on before."""
    return next((each for each in ("cuda", "mps") if kept_speed(1, each)), "cpu")


def _memory_words(size: float) -> str:
    for power, unit in ((3, "GB"), (2, "MB")):
        if size >= 1024**power:
            amount = size / 1024**power
            return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"
    return "1 MB"


def _time_words(seconds: float) -> str:
    if seconds < 10:
        return f"{max(seconds, 0.1):.1f} s"
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"

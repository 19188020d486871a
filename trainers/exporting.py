"""A network written for use elsewhere: written, loaded again, compared with the live one.

What an export is worth is known only when another process has read the file and computed with it,
so every export ends with that: the same random inputs go through both, and the largest difference
is told.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
import torch

from nnspec.build import Network, build
from nnspec.graph import Graph
from nnspec.problems import Problem
from nnspec.python_source import UnwritableError
from nnspec.shapes import Shape
from trainers.exits import refusal, trouble

if TYPE_CHECKING:
    from trainers.check import Checked
    from trainers.texts import Array
    from trainers.trained import Trained

TOLERANCE = 1e-6
"""The largest difference that an export may have, relative to the numbers compared."""

_ROWS = 4
_LENGTH = 7


@dataclass(frozen=True, slots=True)
class Exportable:
    """A network with all that a file may tell of it.

    Attributes:
        graph: of `network`, which is on the CPU and in evaluation mode.
        title: what the network is called.
        trained: the run it comes from; None for the first weights of a spec.
    """

    graph: Graph
    network: Network
    title: str
    trained: Trained | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and the largest difference found (absolute, and as share of the numbers).

    Attributes:
        files: the file named first, then those beside it.
    """

    files: tuple[Path, ...]
    difference: float
    relative: float

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        files = [str(file) for file in self.files]
        return {"files": files, "difference": self.difference, "relative": self.relative}


class Format(Protocol):
    """What a kind of the family `export` offers. `suffix` ends the name of its file."""

    suffix: ClassVar[str]

    def write(self, network: Exportable, path: Path) -> tuple[Path, ...]:
        """Write the network to `path` (and further files beside it); return all files.

        Raises:
            OSError: the disk refuses. UnwritableError: a layer has no form in this format.
        """
        ...

    def answers(self, path: Path, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Load what `write` wrote and compute; called in a process of its own."""
        ...


def of_run(trained: Trained) -> Exportable | Problem:
    """Return the best network of a run, or why it cannot be exported."""
    graph = trained.analysis.graph
    if graph.models:
        return _several(graph)
    network = build(graph)
    network.load_state_dict({n: value.cpu() for n, value in trained.network.state_dict().items()})
    return Exportable(graph, network.eval(), trained.analysis.spec.name or "Network", trained)


def of_spec(checked: Checked, *, seed: int = 0) -> Exportable | Problem:
    """Return the network of a sound spec as it is before training, or why it cannot be exported."""
    analysis = checked.analysis
    if analysis.graph.models:
        return _several(analysis.graph)
    seed = analysis.spec.train.settings.seed or seed
    torch.default_generator.manual_seed(seed)
    return Exportable(analysis.graph, build(analysis.graph).eval(), analysis.spec.name or "Network")


def _several(graph: Graph) -> Problem:
    names = ", ".join(graph.models)
    return trouble("export.several", f"a file holds one network, and there are several: {names}")


def export(network: Exportable, made: Format, path: Path) -> Exported | Problem:
    """Write, load in a fresh process, compare; return what was found or what went wrong."""
    try:
        files = made.write(network, path)
    except OSError as error:
        return refusal(error, path)
    except UnwritableError as error:
        return trouble("export.unwritable", f"this network cannot be written: {error}")
    inputs = random_inputs(network.graph, network.network.inputs)
    with torch.no_grad():
        live = network.network({name: torch.as_tensor(each) for name, each in inputs.items()})
    # A process that knows nothing of this one: what it computes, it computes from the file alone.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        answers = pool.apply(_answers, (made, path, inputs, torch.get_num_threads()))
    outputs = network.graph.outputs or network.graph.named
    expected = {name: live[name].numpy() for name in outputs}
    absolute, relative = difference(expected, answers)
    if relative <= TOLERANCE:
        return Exported(files, absolute, relative)
    return trouble(
        "export.differs",
        f"what was written to {path} computes other numbers: they differ by {absolute:g}",
        hint="keep the run and report this: the file is not to be relied on",
        file=path,
    )


def random_inputs(graph: Graph, names: tuple[str, ...], *, seed: int = 0) -> dict[str, Array]:
    """Return a batch of random rows for each input; whole numbers are small enough for any."""
    random = np.random.default_rng(seed)
    return {name: _random(graph.inputs[name], random) for name in names}


def _random(x: Shape, random: np.random.Generator) -> Array:
    sizes = (_ROWS, *(size if isinstance(size, int) else _LENGTH for size in x.sizes))
    if x.dtype == "int":
        return random.integers(1, 3, sizes)
    return random.standard_normal(sizes).astype(np.float32)


def _answers(
    made: Format, path: Path, inputs: Mapping[str, Array], threads: int
) -> dict[str, Array]:
    torch.set_num_threads(threads)
    return made.answers(path, inputs)


def difference(expected: Mapping[str, Array], answers: Mapping[str, Array]) -> tuple[float, float]:
    """Return the largest difference, absolute and as share of the largest number expected."""
    if set(expected) != set(answers):
        return float("inf"), float("inf")
    absolute, scale = 0.0, 1.0
    for name, value in expected.items():
        answer = answers[name]
        if answer.shape != value.shape or not np.array_equal(np.isnan(value), np.isnan(answer)):
            return float("inf"), float("inf")
        if value.size:
            gaps = np.nan_to_num(np.abs(value - answer), nan=0.0)
            absolute = max(absolute, float(gaps.max()))
            scale = max(scale, float(np.nanmax(np.abs(value), initial=0.0)))
    return absolute, absolute / scale

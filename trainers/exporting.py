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

from nnspec.build import Network, Networks, build, build_models
from nnspec.emit import emit
from nnspec.graph import Graph
from nnspec.problems import Problem
from nnspec.python_expressions import UnwritableError
from nnspec.shapes import Shape
from trainers.exits import refusal, trouble
from trainers.filled_objective import filled_objective

if TYPE_CHECKING:
    from nnspec.document import Analysis
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
        objective: what it learns, as the spec writes it; "" where targets have their losses.
    """

    graph: Graph
    network: Network | Networks
    title: str
    trained: Trained | None = None
    objective: str = ""


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
    """What a kind of the family `export` offers.

    `suffix` ends the name of its file; `several` says whether a file can hold several networks.
    """

    suffix: ClassVar[str]
    several: ClassVar[bool]

    def files(self, path: Path) -> tuple[Path, ...]:
        """All files that `write` makes for `path`, that one first."""
        ...

    def write(self, network: Exportable, path: Path) -> tuple[Path, ...]:
        """Write the network to `path` (and further files beside it); return all files.

        Raises:
            OSError: the disk refuses. UnwritableError: a layer has no form in this format.
        """
        ...

    def answers(self, path: Path, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Load what `write` wrote and compute; called in a process of its own."""
        ...


def of_run(trained: Trained) -> Exportable:
    """Return the best network of a run."""
    analysis = trained.analysis
    network = _built(analysis.graph)
    network.load_state_dict({n: value.cpu() for n, value in trained.network.state_dict().items()})
    title = analysis.spec.name or "Network"
    return Exportable(analysis.graph, network.eval(), title, trained, _objective(analysis))


def of_spec(checked: Checked, *, seed: int = 0) -> Exportable:
    """Return the network of a sound spec as it is before training."""
    analysis = checked.analysis
    seed = analysis.spec.train.settings.seed or seed
    torch.default_generator.manual_seed(seed)
    network, title = _built(analysis.graph).eval(), analysis.spec.name or "Network"
    return Exportable(analysis.graph, network, title, objective=_objective(analysis))


def _built(graph: Graph) -> Network | Networks:
    return build_models(graph) if graph.models else build(graph)


def _objective(analysis: Analysis) -> str:
    """The `losses:` or `steps:` of a spec with the names for formulas, as text."""
    written = filled_objective(analysis.spec.train, analysis.tree)
    return emit(written) if analysis.spec.train.steps else ""


def _several(graph: Graph) -> Problem:
    names = ", ".join(graph.models)
    return trouble("export.several", f"a file holds one network, and there are several: {names}")


def export(network: Exportable, made: Format, path: Path) -> Exported | Problem:
    """Write, load in a fresh process, compare; return what was found or what went wrong."""
    if network.graph.models and not made.several:
        return _several(network.graph)
    try:
        files = made.write(network, path)
    except OSError as error:
        return refusal(error, path)
    except UnwritableError as error:
        return trouble("export.unwritable", f"this network cannot be written: {error}")
    inputs, expected = computed(network)
    # A process that knows nothing of this one: what it computes, it computes from the file alone.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        answers = pool.apply(_answers, (made, path, inputs, torch.get_num_threads()))
    absolute, relative = difference(expected, answers)
    if relative <= TOLERANCE:
        return Exported(files, absolute, relative)
    return trouble(
        "export.differs",
        f"what was written to {path} computes other numbers: they differ by {absolute:g}",
        hint="keep the run and report this: the file is not to be relied on",
        file=path,
    )


def computed(network: Exportable) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return random inputs and what the live network makes of them.

    Inputs of several networks are named `network/input`, their results as they are.
    """
    graph, live = network.graph, network.network
    if isinstance(live, Network):
        inputs = random_inputs(graph, live.inputs)
        with torch.no_grad():
            found = live({name: torch.as_tensor(each) for name, each in inputs.items()})
        return inputs, {name: found[name].numpy() for name in graph.outputs or graph.named}
    roles = {name: [f"{name}/{role}" for role in one.inputs] for name, one in graph.models.items()}
    inputs = random_inputs(graph, tuple(each for names in roles.values() for each in names))
    expected: dict[str, Array] = {}
    with torch.no_grad():
        for name, names in roles.items():
            given = (torch.as_tensor(inputs[each]) for each in names)
            expected[name] = live[name](*given)["output"].numpy()
    return inputs, expected


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

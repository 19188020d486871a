"""A checked graph to a PyTorch module: the steps of the forward pass, precomputed.

The network is a list of steps over numbered slots: no names are looked up while it runs, and a
result is let go after its last use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from torch import Tensor, nn

from nnspec.graph import Graph, Node

_Step: TypeAlias = tuple[nn.Module, tuple[int, ...], int, tuple[int, ...]]
"""One call: the module, the slots it reads, the one it writes, those whose value is done with."""


class _Layers(nn.Module):
    """Layers that lead from inputs to results, run in one go.

    Attributes:
        inputs: names of the inputs it reads.
        child_names: the child module of each node, by id; nodes that share weights share it.
    """

    def __init__(self, graph: Graph, results: Mapping[str, str]) -> None:
        super().__init__()
        nodes = _needed(graph, results)
        slots = _Slots(graph, nodes, results)
        calls = [slots.step(node) for node in nodes]
        self.inputs = tuple(slots.entries)
        self._entries = tuple(slots.entries.items())
        self._exits = tuple((name, slots.of[id]) for name, id in results.items())
        self._slots = slots.count
        self.child_names: dict[str, str] = {}
        # Modules come last: a layer may have the name of an attribute, which is then taken.
        self._steps: tuple[_Step, ...] = ()
        modules = self._add_modules(graph, nodes)
        self._steps = tuple(
            (modules[node.id], *call) for node, call in zip(nodes, calls, strict=True)
        )

    def _run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        values: list[Tensor] = [_NOTHING] * self._slots
        for name, slot in self._entries:
            values[slot] = inputs[name]
        for module, sources, target, done in self._steps:
            values[target] = module(*[values[slot] for slot in sources])
            for slot in done:
                values[slot] = _NOTHING
        return {name: values[slot] for name, slot in self._exits}

    def _add_modules(self, graph: Graph, nodes: tuple[Node, ...]) -> dict[str, nn.Module]:
        shapes = {**graph.inputs, **{node.id: node.shape for node in graph.nodes}}
        modules: dict[str, nn.Module] = {}
        for node in nodes:
            inputs = [shapes[source] for source in node.inputs]
            owner = node.shares or node.id
            if owner not in modules:
                modules[owner] = node.layer.build(*inputs)
                self.child_names[owner] = _free_name(self, owner)
                self.add_module(self.child_names[owner], modules[owner])
            modules[node.id] = modules[owner]
            self.child_names[node.id] = self.child_names[owner]
        return modules


def _free_name(module: nn.Module, id: str) -> str:
    """A name for a child that no module and no attribute of `module` has."""
    name = id.replace("/", "_").replace(".", "_")
    while hasattr(module, name):
        name += "_"
    return name


_NOTHING = Tensor()


class Network(_Layers):
    """The only model of a spec. State-dict names are node ids with `/` and `.` turned to `_`.

    Attributes:
        inputs: names of the inputs it reads.
        outputs: names of the targets it answers for.
        child_names: the child module of each node, by id; nodes that share weights share it.
    """

    outputs: tuple[str, ...] = ()

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph, {**graph.named, **graph.outputs})
        self.outputs = tuple(graph.outputs)

    def forward(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Compute all results.

        Args:
            inputs: a batch for each name in `self.inputs`; the batch is the first axis.

        Returns:
            The answer by target, and the result of each item that formulas mention.
        """
        return self._run(inputs)


class CalledNetwork(_Layers):
    """One of several models, called with its inputs in the order in which they are declared."""

    _roles: tuple[str, ...] = ()

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph, graph.outputs)
        self._roles = tuple(graph.inputs)

    def forward(self, *inputs: Tensor) -> dict[str, Tensor]:
        """Return `output`, and the result of each item that formulas mention by its name."""
        return self._run(dict(zip(self._roles, inputs, strict=True)))


class Networks(nn.Module):
    """Several models. State-dict names begin with the model's name.

    Attributes:
        outputs: names of the targets that one of them answers for.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.outputs = tuple(graph.outputs)
        owners = {model.result: name for name, model in graph.models.items()}
        self._answers = {target: owners[id] for target, id in graph.outputs.items()}
        self._roles = {name: tuple(model.inputs) for name, model in graph.models.items()}
        self._models: dict[str, CalledNetwork] = {}
        for name in graph.models:
            self._models[name] = CalledNetwork(part(graph, name))
            self.add_module(_free_name(self, name), self._models[name])

    def __getitem__(self, name: str) -> CalledNetwork:
        """The model of that name."""
        return self._models[name]

    def forward(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the answer to each target, from the inputs of the data by their names."""
        answers: dict[str, Tensor] = {}
        for target, name in self._answers.items():
            given = (inputs[role] for role in self._roles[name])
            answers[target] = self._models[name](*given)["output"]
        return answers


def build(graph: Graph) -> Network:
    """Build the network of a graph that was inferred without errors.

    Weights are drawn in the order of the nodes, so that a network is the same for the same
    `torch.manual_seed`. Layers whose result reaches no output are left out.

    Raises:
        ValueError: the graph has problems, so that there is nothing to build.
    """
    results = {**graph.named, **graph.outputs}
    if not results:
        raise ValueError("the graph has no outputs")
    _check(graph, results)
    return Network(graph)


def build_models(graph: Graph) -> Networks:
    """Build the several models of a graph that was inferred without errors, in order.

    Raises:
        ValueError: the graph has problems, so that there is nothing to build.
    """
    if not graph.models:
        raise ValueError("the graph has no models")
    _check(graph, {name: model.result for name, model in graph.models.items()})
    return Networks(graph)


def _check(graph: Graph, results: Mapping[str, str]) -> None:
    known = {node.id: node for node in graph.nodes}
    for name, id in results.items():
        if id not in known or known[id].shape is None:
            raise ValueError(f"the graph has problems; nothing computes '{name}'")


def part(graph: Graph, name: str) -> Graph:
    """One of several models as a graph of its own, without its name before every id."""
    model, prefix = graph.models[name], f"{name}/"
    nodes = tuple(
        replace(
            node,
            id=node.id.removeprefix(prefix),
            inputs=tuple(source.removeprefix(prefix) for source in node.inputs),
            shares=node.shares and node.shares.removeprefix(prefix),
        )
        for node in graph.nodes
        if node.id.startswith(prefix)
    )
    inputs = {role: shape for role, shape in model.inputs.items() if shape is not None}
    results = {"output": model.result, **model.names}
    return Graph(inputs, nodes, {key: id.removeprefix(prefix) for key, id in results.items()})


def _needed(graph: Graph, results: Mapping[str, str]) -> tuple[Node, ...]:
    """The nodes that a result depends on, in the order of the graph."""
    needed = set(results.values())
    for node in reversed(graph.nodes):
        if node.id in needed:
            needed.update(node.inputs)
    return tuple(node for node in graph.nodes if node.id in needed)


class _Slots:
    """Deals out slots so that each is used again once its value has had its last reader."""

    def __init__(self, graph: Graph, nodes: tuple[Node, ...], results: Mapping[str, str]) -> None:
        self.of: dict[str, int] = {}
        self.count = 0
        self._free: list[int] = []
        self._last = {source: node.id for node in nodes for source in node.inputs}
        self._kept = set(results.values())
        used = (source for node in nodes for source in node.inputs)
        self.entries = {
            name: self._take(name) for name in dict.fromkeys(used) if name in graph.inputs
        }

    def step(self, node: Node) -> tuple[tuple[int, ...], int, tuple[int, ...]]:
        """Return the slots `node` reads, the one it writes, and those that are done with."""
        sources = tuple(self.of[source] for source in node.inputs)
        done = {
            self.of[source]
            for source in node.inputs
            if self._last.get(source) == node.id and source not in self._kept
        }
        self._free += sorted(done)
        target = self._take(node.id)
        return sources, target, tuple(sorted(done - {target}))

    def _take(self, id: str) -> int:
        if self._free:
            self.of[id] = self._free.pop()
        else:
            self.of[id] = self.count
            self.count += 1
        return self.of[id]

"""A checked graph to a PyTorch module: the steps of the forward pass, precomputed.

The network is a list of steps over numbered slots: no names are looked up while it runs, and a
result is let go after its last use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from torch import Tensor, nn

from nnspec.graph import Graph, Node

_Step: TypeAlias = tuple[nn.Module, tuple[int, ...], int, tuple[int, ...]]
"""One call: the module, the slots it reads, the one it writes, those whose value is done with."""


class Network(nn.Module):
    """The layers of a graph. State-dict names are node ids with `/` and `.` turned to `_`.

    Attributes:
        inputs: names of the inputs it reads.
        outputs: names of the targets it answers for.
        child_names: the child module of each node, by id; nodes that share weights share it.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        nodes = _needed(graph)
        slots = _Slots(graph, nodes)
        calls = [slots.step(node) for node in nodes]
        self.inputs = tuple(slots.entries)
        self.outputs = tuple(graph.outputs)
        self._entries = tuple(slots.entries.items())
        self._exits = tuple((name, slots.of[id]) for name, id in graph.outputs.items())
        self._slots = slots.count
        self.child_names: dict[str, str] = {}
        # Modules come last: a layer may have the name of an attribute, which is then taken.
        self._steps: tuple[_Step, ...] = ()
        modules = self._add_modules(graph, nodes)
        self._steps = tuple(
            (modules[node.id], *call) for node, call in zip(nodes, calls, strict=True)
        )

    def forward(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Compute all outputs.

        Args:
            inputs: a batch for each name in `self.inputs`; the batch is the first axis.

        Returns:
            The result by target, each `batch x numbers`.
        """
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
                self.child_names[owner] = self._free_name(owner)
                self.add_module(self.child_names[owner], modules[owner])
            modules[node.id] = modules[owner]
            self.child_names[node.id] = self.child_names[owner]
        return modules

    def _free_name(self, id: str) -> str:
        """A name that no module and no attribute of `nn.Module` has."""
        name = id.replace("/", "_").replace(".", "_")
        while hasattr(self, name):
            name += "_"
        return name


_NOTHING = Tensor()


def build(graph: Graph) -> Network:
    """Build the network of a graph that was inferred without errors.

    Weights are drawn in the order of the nodes, so that a network is the same for the same
    `torch.manual_seed`. Layers whose result reaches no output are left out.

    Raises:
        ValueError: the graph has problems, so that there is nothing to build.
    """
    known = {node.id: node for node in graph.nodes}
    for name, id in graph.outputs.items():
        if id not in known or known[id].shape is None:
            raise ValueError(f"the graph has problems; nothing computes '{name}'")
    if not graph.outputs:
        raise ValueError("the graph has no outputs")
    return Network(graph)


def _needed(graph: Graph) -> tuple[Node, ...]:
    """The nodes that an output depends on, in the order of the graph."""
    needed = set(graph.outputs.values())
    for node in reversed(graph.nodes):
        if node.id in needed:
            needed.update(node.inputs)
    return tuple(node for node in graph.nodes if node.id in needed)


class _Slots:
    """Deals out slots so that each is used again once its value has had its last reader."""

    def __init__(self, graph: Graph, nodes: tuple[Node, ...]) -> None:
        self.of: dict[str, int] = {}
        self.count = 0
        self._free: list[int] = []
        self._last = {source: node.id for node in nodes for source in node.inputs}
        self._kept = set(graph.outputs.values())
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

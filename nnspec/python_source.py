"""A checked graph to readable PyTorch source that needs torch alone.

The network is built once while every construction is recorded, so that no layer kind has to know
how it is written: what its `build` makes is what stands in the source. Classes of Netwright's own
are copied with all they refer to.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nnspec.graph import Graph, Node
from nnspec.python_blocks import FoldingError, Layer, Step, fold
from nnspec.python_classes import camel_case, classes
from nnspec.python_expressions import Expressions, UnwritableError
from nnspec.python_forward import block_class, network_class
from nnspec.recording import recording

if TYPE_CHECKING:
    from nnspec.build import CalledNetwork, Network


@dataclass(frozen=True, slots=True)
class NetworkSource:
    """The source of a network.

    Attributes:
        imports: import lines besides torch's. definitions: classes it needs, the network's last.
        name: the network's class.
        inputs: the argument of `forward` for each input, in its order.
        outputs: targets; one is returned as a tensor, several as a dict.
        paths: where each child module of the live network is in the written one.
    """

    imports: tuple[str, ...]
    definitions: tuple[str, ...]
    name: str
    inputs: Mapping[str, str]
    outputs: tuple[str, ...]
    paths: Mapping[str, str]

    def state_name(self, name: str) -> str:
        """Return the name in the written network of an entry of the live one's state dict.

        Empty where the layer is not written, because no output depends on it.
        """
        child, _, rest = name.partition(".")
        return f"{self.paths[child]}.{rest}" if child in self.paths else ""


@dataclass(frozen=True, slots=True)
class ModelsSource:
    """The source of several networks: one class each, and what they share.

    Attributes:
        imports, definitions: of all, the networks' classes included.
        models: the source of each by its name.
    """

    imports: tuple[str, ...]
    definitions: tuple[str, ...]
    models: Mapping[str, NetworkSource]


def network_source(graph: Graph, title: str | None = None) -> NetworkSource:
    """Write the network of a graph that was inferred without errors.

    Args:
        graph: what to write.
        title: what the network is called; names its class.

    Raises:
        UnwritableError: a layer cannot be written, or there are several models.
        OSError: the program's own source is not at hand.
    """
    from nnspec.build import Network, build

    if graph.models:
        raise UnwritableError("it has several models, and this is for one")
    # Results that only losses look at are no part of what is used afterwards.
    outputs = graph.outputs or graph.named
    graph = replace(graph, outputs=outputs, named={})
    with recording(but=Network) as record:
        network = build(graph)
    writer = Expressions(record)
    taken = {"Tensor", "Path"}
    pieces, source = _source(graph, network, writer, network.inputs, title, taken)
    shared = tuple(writer.definitions.pieces)
    imports = tuple(sorted(writer.definitions.imports))
    return replace(source, imports=imports, definitions=(*shared, *pieces))


def models_source(graph: Graph) -> ModelsSource:
    """Write each of several models as a class of its own, named after it.

    Raises:
        UnwritableError: a layer cannot be written.
        OSError: the program's own source is not at hand.
    """
    from nnspec.build import CalledNetwork, part

    graphs = {name: part(graph, name) for name in graph.models}
    graphs = {
        name: replace(each, outputs={"output": each.outputs["output"]})
        for name, each in graphs.items()
    }
    with recording(but=CalledNetwork) as record:
        networks = {name: CalledNetwork(each) for name, each in graphs.items()}
    writer, taken = Expressions(record), {"Tensor", "Path"}
    for network in networks.values():  # all classes they share have their names first
        for child in network.child_names.values():
            writer.layer(network, child)
    written = {
        name: _source(each, networks[name], writer, tuple(each.inputs), name, taken)
        for name, each in graphs.items()
    }
    pieces = (piece for own, _ in written.values() for piece in own)
    return ModelsSource(
        tuple(sorted(writer.definitions.imports)),
        (*writer.definitions.pieces, *pieces),
        {name: source for name, (_, source) in written.items()},
    )


def _source(
    graph: Graph,
    network: Network | CalledNetwork,
    writer: Expressions,
    roles: tuple[str, ...],
    title: str | None,
    taken: set[str],
) -> tuple[tuple[str, ...], NetworkSource]:
    """Write one network's classes; `taken` are the names that others have."""
    layers = {id: writer.layer(network, child) for id, child in network.child_names.items()}
    nodes = [node for node in graph.nodes if node.id in layers]
    taken |= set(writer.definitions.names.values())
    name = camel_case(title or "Network", taken)
    steps, blocks = classes(_folded(nodes, layers, graph), taken)
    inputs = _arguments(roles)
    text = network_class(name, _words(title, graph), steps, inputs, graph.outputs)
    paths = {child: path for step in steps for child, path in step.paths()}
    pieces = (*(block_class(block) for block in blocks), text)
    return pieces, NetworkSource((), (), name, inputs, tuple(graph.outputs), paths)


def _folded(nodes: list[Node], layers: Mapping[str, Layer], graph: Graph) -> tuple[Step, ...]:
    from torch import nn

    reserved, outputs = frozenset(dir(nn.Module())), tuple(graph.outputs.values())
    try:
        return fold(nodes, layers, outputs, reserved, flat=False)
    except FoldingError:
        return fold(nodes, layers, outputs, reserved, flat=True)


def _words(title: str | None, graph: Graph) -> str:
    inputs = ", ".join(f"{name} ({shape})" for name, shape in graph.inputs.items())
    quiet = " ".join((title or "A network").replace("\\", " ").replace('"', "'").split())
    targets = ", ".join(graph.outputs)
    return f"{quiet}: {inputs} to {targets}."


def _arguments(inputs: tuple[str, ...]) -> dict[str, str]:
    """Return the argument of `forward` for each input: its name, made one that Python takes."""
    taken: dict[str, str] = {}
    for name in inputs:
        letters = "".join(c if c.isalnum() or c == "_" else "_" for c in name)
        base = letters if letters.isidentifier() else f"input_{letters}"
        while base in taken.values() or keyword.iskeyword(base) or base == "self":
            base += "_"
        taken[name] = base
    return taken

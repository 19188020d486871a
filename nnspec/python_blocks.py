"""The expanded network folded up again: uses of blocks as classes, repetitions as sequences.

A `Step` is one line of `forward`; it calls a layer, a use of a block (a list of steps of its own)
or a repetition.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from nnspec.graph import Node
from nnspec.python_calls import Argument, Call, Expression
from nnspec.shapes import Shape


@dataclass(frozen=True, slots=True)
class Setting:
    """An attribute set after making, as in `self.lstm.last = True`."""

    path: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as it is made. `child` is the name its module has in the live network."""

    child: str
    made: Expression
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One call in `forward`.

    Attributes:
        name: what the spec calls it.
        attribute: where it is in `self`; another step's where weights are shared.
        sources, result: ids of what it takes and of what leaves it.
        layer: the layer it calls; or `steps`: those of a block's use; or `parts`: a repetition.
        block: name of the block used.
        again: whether the module is that of an earlier step.
        call: the call of the class of a block, once there is one.
    """

    name: str
    attribute: str
    sources: tuple[str, ...]
    result: str
    shape: Shape | None
    layer: Layer | None = None
    steps: tuple[Step, ...] = ()
    parts: tuple[Step, ...] = ()
    block: str = ""
    again: bool = False
    call: Expression | None = None

    @property
    def children(self) -> tuple[str, ...]:
        """Names of all modules below, as the live network has them."""
        if self.layer:
            return (self.layer.child,)
        return tuple(child for step in (*self.steps, *self.parts) for child in step.children)

    @property
    def results(self) -> frozenset[str]:
        """Ids of everything computed in this step."""
        below = (step.results for step in (*self.steps, *self.parts))
        return frozenset((self.result,)).union(*below)

    @property
    def made(self) -> Expression:
        """The expression that makes its module."""
        if self.layer:
            return self.layer.made
        if self.call:
            return self.call
        parts = tuple(Argument("layer", part.made, bare=True) for part in self.parts)
        return Call("nn.Sequential", parts)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What is set on its module after making."""
        if self.layer:
            return self.layer.settings
        return tuple(
            replace(setting, path=f"[{place}]{setting.path}")
            for place, part in enumerate(self.parts)
            for setting in part.settings
        )

    def paths(self) -> Iterator[tuple[str, str]]:
        """Yield (live name, path in the written module) of all layers made below this step."""
        if self.again:
            return
        if self.layer:
            yield self.layer.child, self.attribute
        for step in self.steps:
            yield from ((child, f"{self.attribute}.{path}") for child, path in step.paths())
        for place, part in enumerate(self.parts):
            for child, path in part.paths():
                inner = path.removeprefix(part.attribute)
                yield child, f"{self.attribute}.{place}{inner}"


class FoldingError(Exception):
    """Weights are shared across blocks, so that no class can hold them."""


def fold(
    nodes: Sequence[Node],
    layers: Mapping[str, Layer],
    outputs: Iterable[str],
    reserved: frozenset[str],
    *,
    flat: bool,
) -> tuple[Step, ...]:
    """Return the steps of a network.

    Args:
        nodes: its layers in order.
        layers: how each is made, by node id.
        outputs: ids of the results that leave the network.
        reserved: names that no attribute can have.
        flat: keep every layer at the top, as the live network has it.

    Raises:
        FoldingError: it can only be written flat.
    """
    readers = {id: {""} for id in outputs}
    for node in nodes:
        for source in node.inputs:
            readers.setdefault(source, set()).add(node.id)
    folding = _Folding(layers, readers, reserved)
    return folding.flat(nodes) if flat else folding.steps(list(nodes), 0)


class _Folding:
    """One pass over the nodes; knows which modules were made already, and by which step."""

    def __init__(
        self,
        layers: Mapping[str, Layer],
        readers: Mapping[str, set[str]],
        reserved: frozenset[str],
    ) -> None:
        self._layers = layers
        self._readers = readers
        self._reserved = reserved
        self._makers: dict[tuple[str, ...], tuple[int, str]] = {}
        self._made: set[str] = set()
        self._place = 0

    def steps(self, nodes: list[Node], depth: int) -> tuple[Step, ...]:
        """Fold the nodes whose ids share their first `depth` parts."""
        self._place += 1
        place, found, taken = self._place, list[Step](), set(self._reserved)
        for part, members in groupby(nodes, key=lambda node: node.id.split("/")[depth]):
            group = list(members)
            made = set(self._made)
            step = self._group(part, group, depth, attribute(part, taken))
            found.append(self._shared(step, made, place))
        return tuple(_repetitions(found, self._readers, self._reserved))

    def flat(self, nodes: Sequence[Node]) -> tuple[Step, ...]:
        """Return a step for each layer."""
        taken = set(self._reserved)
        return tuple(
            self._shared(self._leaf(node, attribute(node.id, taken)), set(self._made), 0)
            for node in nodes
        )

    def _leaf(self, node: Node, attribute: str) -> Step:
        layer = self._layers[node.id]
        return Step(node.name, attribute, node.inputs, node.id, node.shape, layer)

    def _shared(self, step: Step, made: set[str], place: int) -> Step:
        """Let a step whose modules exist already call those."""
        key = step.children
        self._made.update(key)
        if not made.intersection(key):
            self._makers.setdefault(key, (place, step.attribute))
            return step
        where, attribute = self._makers.get(key, (-1, ""))
        if where != place:
            raise FoldingError
        return replace(step, attribute=attribute, again=True)

    def _group(self, part: str, nodes: list[Node], depth: int, attribute: str) -> Step:
        if nodes[0].id.count("/") == depth:
            return self._leaf(nodes[0], attribute)
        own = {node.id for node in nodes}
        entries = dict.fromkeys(s for node in nodes for s in node.inputs if s not in own)
        exits = [node for node in nodes if self._readers.get(node.id, set()) - own]
        if len(entries) != 1 or len(exits) != 1:
            raise FoldingError
        return Step(
            part,
            attribute,
            tuple(entries),
            exits[0].id,
            exits[0].shape,
            steps=self._inner(nodes, depth + 1),
            block=_block(nodes, depth + 1) or part.partition(".")[0],
        )

    def _inner(self, nodes: list[Node], depth: int) -> tuple[Step, ...]:
        """Fold the inside of a block; modules of other places may not be used there."""
        before, self._made = self._made, set()
        makers, self._makers = self._makers, {}
        steps = self.steps(nodes, depth)
        self._made, self._makers = before, makers
        return steps


def _block(nodes: Iterable[Node], depth: int) -> str:
    for node in nodes:
        if node.id.count("/") == depth and node.path[0] == "blocks":
            return str(node.path[1])
    return ""


def attribute(id: str, taken: set[str]) -> str:
    """Return a name for an attribute, not among `taken`, and add it there."""
    free = id.replace("/", "_").replace(".", "_turn_")
    while free in taken or keyword.iskeyword(free):
        free += "_"
    taken.add(free)
    return free


def _repetitions(
    steps: list[Step], readers: Mapping[str, set[str]], reserved: frozenset[str]
) -> Iterator[Step]:
    """Join the turns of a repetition where each takes the one before and nobody else does."""
    shared = {step.attribute for step in steps if step.again}
    place = 0
    while place < len(steps):
        run = _run(steps[place:], readers, shared)
        if len(run) > 1:
            first, last, name = run[0], run[-1], run[0].name.rpartition(".")[0]
            free = attribute(name, set(reserved))
            yield Step(name, free, first.sources, last.result, last.shape, parts=tuple(run))
        else:
            yield steps[place]
        place += max(1, len(run))


def _run(steps: list[Step], readers: Mapping[str, set[str]], shared: set[str]) -> list[Step]:
    base, _, turn = steps[0].name.rpartition(".")
    if turn != "1" or len(steps[0].sources) != 1:
        return steps[:1]
    run: list[Step] = []
    for number, step in enumerate(steps, 1):
        alone = step.attribute not in shared
        if step.name != f"{base}.{number}" or not alone:
            break
        if run and step.sources != (run[-1].result,):
            return steps[:1]
        if run and not readers[run[-1].result] <= step.results:
            return steps[:1]
        run.append(step)
    return run

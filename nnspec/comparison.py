"""What two networks differ in, in meaning: not in bytes, order of keys or defaults written out.

Layers are compared as they are once blocks, repetitions and parameters are expanded. Those that
belong together are found by the longest common run, first of equal layers, then of equal kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, TypeAlias, cast

from nnspec.catalog import Kind
from nnspec.emit import inline
from nnspec.graph import Graph, Node
from nnspec.params import settings_of
from nnspec.splices import same
from nnspec.tree import Plain

Change: TypeAlias = Literal["added", "removed", "moved", "changed"]

_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Side:
    """One of two specs: its expanded network, and its other sections with all defaults."""

    graph: Graph
    sections: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Attributes:
        section: "model", "data", "train" …
        change: what happened from the first to the second.
        what: a layer's id or a setting's address; `also` are further layers of which it is true.
        setting: the setting of the layer, or "".
        before, after: the two values; None where there is none.
    """

    section: str
    change: Change
    what: str
    setting: str = ""
    before: Plain = None
    after: Plain = None
    also: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The difference in words."""
        names = ", ".join((self.what, *self.also[: _MOST_NAMES - 1]))
        more = len(self.also) - _MOST_NAMES + 1
        where = f"{names} and {more} more" if more > 0 else names
        if self.change == "changed":
            setting = f", {self.setting}" if self.setting else ""
            return f"{where}{setting}: {_value(self.before)} -> {_value(self.after)}"
        told = self.after if self.change == "added" else self.before
        return f"{where} {self.change}" + (f": {_value(told)}" if told is not None else "")


def compare(one: Side, other: Side) -> tuple[Difference, ...]:
    """Return everything in which `other` differs from `one`, grouped where it is the same."""
    found = list(_layers(one.graph, other.graph))
    for section in dict.fromkeys((*one.sections, *other.sections)):
        before, after = one.sections.get(section), other.sections.get(section)
        found += _values(section, "", before, after)
    return tuple(_grouped(found))


def _value(value: Plain) -> str:
    return "nothing" if value is None else inline(value) if value != "" else "''"


def _values(section: str, path: str, before: Plain, after: Plain) -> Iterator[Difference]:
    """Compare two pieces of data, down to the smallest parts that differ."""
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict) and not _other_kind(before, after):
        for key in dict.fromkeys((*before, *after)):
            below = f"{path}.{key}" if path else key
            yield from _values(section, below, before.get(key), after.get(key))
        return
    change: Change = "added" if before is None else "removed" if after is None else "changed"
    # A setting that is null says something: nothing of the kind is wanted.
    yield Difference(section, change if path else "changed", path or section, "", before, after)


def _other_kind(before: dict[str, Plain], after: dict[str, Plain]) -> bool:
    """Whether both are one kind with its settings, and not the same kind."""
    return len(before) == len(after) == 1 and list(before) != list(after)


def _layers(one: Graph, other: Graph) -> Iterator[Difference]:
    before, after = one.nodes, other.nodes
    pairs = _pairs(before, after)
    partner = {before[a].id: after[b].id for a, b in pairs}
    kept_a, kept_b = {a for a, _ in pairs}, {b for _, b in pairs}
    removed = [node for place, node in enumerate(before) if place not in kept_a]
    added = [node for place, node in enumerate(after) if place not in kept_b]
    for node in list(removed):
        twin = next((each for each in added if _exact(each) == _exact(node)), None)
        if twin is not None:
            removed.remove(node)
            added.remove(twin)
            partner[node.id] = twin.id
            yield Difference("model", "moved", node.id, before=node.kind.name)
    yield from (Difference("model", "removed", node.id, before=_told(node)) for node in removed)
    yield from (Difference("model", "added", node.id, after=_told(node)) for node in added)
    for a, b in pairs:
        yield from _settings(before[a], after[b])
    yield from _wiring(one, other, pairs, partner)


def _pairs(before: Sequence[Node], after: Sequence[Node]) -> list[tuple[int, int]]:
    """Match layers, by place: equal ones, then in the gaps those of one name, of one kind."""
    pairs: list[tuple[int, int]] = []
    gaps = [(0, len(before), 0, len(after))]
    for key in (_exact, _named, _kind):
        still: list[tuple[int, int, int, int]] = []
        for gap in gaps:
            still += _matched(before, after, gap, key, pairs)
        gaps = still
    return sorted(pairs)


def _matched(
    before: Sequence[Node],
    after: Sequence[Node],
    gap: tuple[int, int, int, int],
    key: Callable[[Node], object],
    pairs: list[tuple[int, int]],
) -> list[tuple[int, int, int, int]]:
    """Add the pairs within one gap that are equal by `key`; return the gaps that are left."""
    first, last, start, end = gap
    keys = [repr(key(node)) for node in before[first:last]]
    others = [repr(key(node)) for node in after[start:end]]
    left: list[tuple[int, int, int, int]] = []
    for tag, a, to_a, b, to_b in SequenceMatcher(None, keys, others, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs += ((first + a + n, start + b + n) for n in range(to_a - a))
        elif tag == "replace":
            left.append((first + a, first + to_a, start + b, start + to_b))
    return left


def _exact(node: Node) -> object:
    return (*_named(node), _plain_settings(node), node.shares is None)


def _named(node: Node) -> tuple[str, str]:
    """Kind, and the name where it is not made from the kind."""
    own = re.fullmatch(rf"{re.escape(node.kind.name)}(_\d+)?(\.\d+)?", node.name)
    return _kind(node), "" if own else node.name


def _kind(node: Node) -> str:
    """The kind, and that of the layer it wraps."""
    return f"{node.kind.name} {node.kind.inner.name}" if node.kind.inner else node.kind.name


def _plain_settings(node: Node) -> dict[str, Plain]:
    """The settings of a layer; those of one inside another begin with its name."""
    if node.layer is None or node.kind.inner is None:
        return settings_of(node.layer) if node.layer is not None else {}
    name, inner = node.kind.inner.name, settings_of(node.layer.inner)
    return {f"{name}.{key}": value for key, value in inner.items()}


def _told(node: Node) -> Plain:
    """A layer as it would be written, without the settings at their defaults."""
    return _written(node.kind, node.layer)


def _written(kind: Kind, layer: Any) -> Plain:
    if kind.inner is not None:
        return {kind.name: _written(kind.inner, layer and layer.inner)}
    settings = settings_of(layer) if layer is not None else {}
    given = {
        setting.name: value
        for setting in kind.params
        if (value := settings.get(setting.name)) != _plain_default(setting.default)
    }
    told: dict[str, Plain] = {kind.name: given}
    return told if given else kind.name


def _plain_default(default: Any) -> Any:
    return list(cast("tuple[Any, ...]", default)) if isinstance(default, tuple) else default


def _settings(one: Node, other: Node) -> Iterator[Difference]:
    before, after = _plain_settings(one), _plain_settings(other)
    for name in dict.fromkeys((*before, *after)):
        if not same(before.get(name), after.get(name)):
            yield Difference("model", "changed", other.id, name, before.get(name), after.get(name))
    if (one.shares is None) != (other.shares is None):
        yield Difference("model", "changed", other.id, "share", one.shares, other.shares)


def _wiring(
    one: Graph, other: Graph, pairs: list[tuple[int, int]], partner: Mapping[str, str]
) -> Iterator[Difference]:
    """Tell of layers that take something else, where the flow of the list does not explain it."""
    for a, b in pairs:
        before = _sources(one, a)
        after = _sources(other, b)
        if [partner.get(name, name) for name in before] != after:
            old, new = list[Plain](one.nodes[a].inputs), list[Plain](other.nodes[b].inputs)
            yield Difference("model", "changed", other.nodes[b].id, "from", old, new)
    ends = [(graph.nodes[-1].id if graph.nodes else "") for graph in (one, other)]
    for target in {**one.outputs, **other.outputs}:
        old, new = one.outputs.get(target), other.outputs.get(target)
        known = old is not None and new is not None and (old, new) != tuple(ends)
        if known and partner.get(str(old)) != new:
            yield Difference("model", "changed", f"answer to {target}", "", old, new)


def _sources(graph: Graph, place: int) -> list[str]:
    """What a layer takes; `previous` stands for the layer above it, as in the text."""
    above = graph.nodes[place - 1].id if place else next(iter(graph.inputs), "input")
    return ["previous" if name == above else name for name in graph.nodes[place].inputs]


def _grouped(found: Sequence[Difference]) -> Iterator[Difference]:
    """Tell once what is true of several layers."""
    groups: dict[str, list[Difference]] = {}
    for each in found:
        value = (each.section, each.change, each.setting, repr(each.before), repr(each.after))
        lone = each.what if each.section != "model" or each.setting == "from" else ""
        groups.setdefault(repr((value, lone)), []).append(each)
    for first, *more in groups.values():
        yield Difference(
            first.section,
            first.change,
            first.what,
            first.setting,
            first.before,
            first.after,
            tuple(each.what for each in more),
        )

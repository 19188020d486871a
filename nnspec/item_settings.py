"""What an item of the model is given: a layer's settings, a block's parameters, its repetitions.

Items keep these as tree nodes, because inside a block they depend on the parameters the block is
used with. Here they are bound in their scope and read; what does not fit is reported at its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from nnspec.catalog import Kind
from nnspec.expressions import Scope, bind, node_of
from nnspec.mends import renamed, set_all, set_at, without_settings
from nnspec.params import complete, params_of
from nnspec.problems import Fix, Problems, suggestion
from nnspec.reading import address
from nnspec.settings import Place, read_settings, read_value
from nnspec.spec import Block, Item
from nnspec.tree import Entry, Node, Plain, Scalar, plain, unread
from nnspec.tree import Mapping as MappingNode

MOST_REPETITIONS = 1000


def read_layer(item: Item, kind: Kind, scope: Scope, problems: Problems) -> Any | None:
    """Make the layer of `item`; None when a setting is missing or does not fit."""
    if kind.inner is not None:
        made = read_layer(inside(item), kind.inner, scope, problems)
        return None if made is None else kind.make(made)
    place = Place(address((*item.path, item.kind)), f"'{item.kind}'")
    before = problems.reported
    node = item.settings and bind(item.settings, scope, place.path, problems)
    if node is None or isinstance(node, MappingNode):
        entries = node.entries if node else ()
        add = partial(_add, item, problems)
        values = read_settings(kind.make, entries, place, problems, span=item.kind_span, add=add)
    elif kind.main is None:
        problems.add(
            "settings.none",
            node.span,
            f"{place.owner} has no settings",
            path=place.path,
            hint=f"write just: {item.kind}",
            fix=without_settings(problems, item),
        )
        return None
    else:
        value = read_value(node, kind.main, place.below(kind.main.name), problems)
        values = {kind.main.name: value}
    if problems.reported > before or (node is not None and unread(node)):
        return None
    return kind.make(**values) if complete(kind.make, values) else None


def _add(item: Item, problems: Problems, values: dict[str, Plain], words: str) -> Fix | None:
    """Write settings that a layer needs; a single one as its value where nothing is written yet."""
    path = (*item.path, item.kind)
    if item.settings is None and len(values) == 1:
        return set_at(problems, path, next(iter(values.values())), words)
    return set_all(problems, (((*path, name), value) for name, value in values.items()), words)


def inside(item: Item) -> Item:
    """Return the layer that a wrapping one holds, as an item; another item as it is.

    It has the name and the sources of the whole, and the place of its own settings.
    """
    node = item.settings
    if isinstance(node, Scalar):
        return replace(
            item,
            kind=node.text,
            kind_span=node.span,
            settings=None,
            path=(*item.path, item.kind),
        )
    named = layer_entries(node)
    if len(named) != 1:
        return item
    (entry,) = named
    settings = None if plain(entry.value) is None else entry.value
    return replace(
        item,
        kind=entry.key,
        kind_span=entry.key_span,
        settings=settings,
        path=(*item.path, item.kind),
    )


def layer_entries(node: Node | None) -> tuple[Entry, ...]:
    """Return the entries of a wrapping layer's settings that name a layer: one, where it fits."""
    entries = node.entries if isinstance(node, MappingNode) else ()
    return tuple(entry for entry in entries if not entry.key.startswith("x-"))


@cache
def auto_settings(make: type) -> tuple[str, ...]:
    """Names of the settings of a layer's class that can be `auto`."""
    return tuple(setting.name for setting in params_of(make) if "auto" in setting.types)


def read_repeat(item: Item, scope: Scope, problems: Problems) -> int | None:
    """Return how often `item` stands one behind the other; None when that cannot be read."""
    if item.repeat is None:
        return 1
    path = address((*item.path, "repeat"))
    node = bind(item.repeat, scope, path, problems)
    if unread(node):
        return None
    value = node.value if isinstance(node, Scalar) and not node.quoted else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_REPETITIONS:
        return value
    problems.add(
        "repeat.value",
        node.span,
        f"repeat takes a whole number from 1 to {MOST_REPETITIONS}",
        path=path,
        hint="write, for example, repeat: 3",
    )
    return None


def block_scope(
    item: Item, block: Block, scope: Scope, document: Scope, problems: Problems
) -> Scope:
    """Return what the layers of `block` see when `item` uses it: its parameters, nothing else.

    Args:
        item: the use of the block; its settings are the block's parameters.
        block: the block's definition; its defaults may name parameters of the document.
        scope: what the item itself sees.
        document: the parameters of the document.
        problems: collects what does not fit.
    """
    place = Place(address((*item.path, item.kind)), f"block '{block.name}'")
    given = _arguments(item, block, scope, place, problems)
    values: dict[str, Plain] = {}
    unknown: set[str] = set()
    for name, default in block.params.items():
        node = given.get(name)
        if node is None:
            node = bind(node_of(default, block.span), document, address(block.path), problems)
        if not unread(node) and plain(node) is not None:
            values[name] = plain(node)
            continue
        unknown.add(name)
        if not unread(node):
            problems.add(
                "value.missing",
                item.kind_span,
                f"{place.owner} needs '{name}'",
                path=place.below(name).path,
                hint=f"write: {item.kind}: {{{name}: …}}",
                fix=_add(item, problems, {name: 16}, f"Add {name}: 16"),
            )
    return Scope(values, frozenset(unknown), frozenset(document.values))


def _arguments(
    item: Item, block: Block, scope: Scope, place: Place, problems: Problems
) -> Mapping[str, Node]:
    node = item.settings and bind(item.settings, scope, place.path, problems)
    if node is None:
        return {}
    if not isinstance(node, MappingNode):
        if block.params:
            return {next(iter(block.params)): node}
        problems.add(
            "settings.none",
            node.span,
            f"{place.owner} has no parameters",
            path=place.path,
            hint=f"write just: {item.kind}",
        )
        return {}
    for entry in node.entries:
        if entry.key not in block.params and not entry.key.startswith("x-"):
            problems.add(
                "key.unknown",
                entry.key_span,
                f"{place.owner} has no parameter '{entry.key}'",
                path=place.below(entry.key).path,
                hint=suggestion(entry.key, block.params, kinds="parameters"),
                fix=renamed(problems, entry, block.params),
            )
    return {entry.key: entry.value for entry in node.entries}

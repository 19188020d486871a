"""What is wrong with blocks and parameters as such, before any of them is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from nnspec.expressions import names_in, node_of
from nnspec.problems import Problems, Span
from nnspec.reading import address
from nnspec.spec import Block, Item, Path, Spec
from nnspec.syntax import read
from nnspec.tree import Mapping as MappingNode
from nnspec.tree import Node


def check_definitions(spec: Spec, problems: Problems) -> frozenset[str]:
    """Report blocks that use themselves or are empty, and unused blocks and parameters.

    Returns:
        Blocks that must not be expanded; without them no block leads back to itself.
    """
    for block in spec.blocks.values():
        if not block.items:
            problems.add(
                "block.layers",
                block.span,
                f"block '{block.name}' has no layers",
                path=address(block.path),
                hint="add layers: and a list of layers",
            )
    _report_unused_blocks(spec, problems)
    _report_unused_params(spec, problems)
    return _recursive(spec.blocks, problems)


def _recursive(blocks: Mapping[str, Block], problems: Problems) -> frozenset[str]:
    found: set[str] = set()
    done: set[str] = set()
    for start in blocks:
        way: dict[str, Iterable[Item]] = {}
        if start not in done:
            way[start] = iter(blocks[start].items)
        while way:
            name, items = next(reversed(way.items()))
            item = next((item for item in items if item.kind in blocks), None)
            if item is None:
                done.add(name)
                del way[name]
            elif item.kind in way:
                found.add(item.kind)
                _report_recursive(item, name, problems)
            elif item.kind not in done:
                way[item.kind] = iter(blocks[item.kind].items)
    return frozenset(found)


def _report_recursive(item: Item, within: str, problems: Problems) -> None:
    itself = "itself" if item.kind == within else f"'{item.kind}', which leads back to '{within}'"
    problems.add(
        "block.recursive",
        item.kind_span,
        f"block '{within}' uses {itself}",
        path=address(item.path),
        hint="a block is made of layers and of other blocks; use repeat: to stack it",
    )


def _report_unused_blocks(spec: Spec, problems: Problems) -> None:
    used = {item.kind for items in spec.lists.values() for item in items}
    for block in spec.blocks.values():
        used.update(item.kind for item in block.items if item.kind != block.name)
    for block in spec.blocks.values():
        if block.name not in used and spec.lists:
            problems.add(
                "block.unused",
                block.span,
                f"block '{block.name}' is not used",
                path=address(block.path),
                hint=f"use it in the model: - {block.name}, or remove it",
                severity="warning",
            )


def _names(items: Iterable[Item]) -> set[str]:
    found: set[str] = set()
    for item in items:
        found |= names_in(item.settings) | names_in(item.repeat)
    return found


def _report_unused_params(spec: Spec, problems: Problems) -> None:
    used = _names(chain(*spec.lists.values())) | spec.used_params
    for block in spec.blocks.values():
        for default in block.params.values():
            used |= names_in(node_of(default, block.span))
    unused: list[Path] = [("params", name) for name in spec.params if name not in used]
    for block in spec.blocks.values():
        inside = _names(block.items)
        unused += [(*block.path, "params", name) for name in block.params if name not in inside]
    if not unused:
        return
    root = read(problems.text, Problems(problems.text))
    for path in unused:
        owner = f"block '{path[1]}'" if path[0] == "blocks" else "the spec"
        problems.add(
            "param.unused",
            _key_span(root, path),
            f"{owner} does not use its parameter '{path[-1]}'",
            path=address(path),
            hint=f"write ${path[-1]} where it counts, or remove it",
            severity="warning",
        )


def _key_span(root: Node | None, path: Path) -> Span | None:
    node, span = root, None
    for key in path:
        entry = node.entry(str(key)) if isinstance(node, MappingNode) else None
        if entry is None:
            return span
        node, span = entry.value, entry.key_span
    return span

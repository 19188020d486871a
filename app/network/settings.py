"""Where the settings of an item or a kind stand in the text, and the edits that change one."""

from __future__ import annotations

from collections.abc import Mapping

from nnspec.catalog import Kind
from nnspec.edits import EditRefused, delete, find, set_value
from nnspec.params import REQUIRED, Param
from nnspec.problems import Edit
from nnspec.spec import Block, Path
from nnspec.tree import Mapping as MappingNode
from nnspec.tree import Node, Plain, Scalar, plain


def values_at(root: Node | None, path: Path, main: str) -> dict[str, Plain]:
    """The settings written at `path`, a kind's key; a single value is that of `main`."""
    node = find(root, path)
    if isinstance(node, MappingNode):
        return {entry.key: plain(entry.value) for entry in node.entries}
    value = plain(node)
    return {} if value is None or not main else {main: value}


def change(
    text: str, root: Node | None, path: Path, setting: str, value: Plain, main: str
) -> Edit | EditRefused:
    """Write one setting of the kind whose key stands at `path`."""
    holder, kind = path[:-1], str(path[-1])
    node = find(root, holder)
    if isinstance(node, Scalar) and holder and isinstance(holder[-1], str):
        return set_value(text, root, holder, {kind: {setting: value}})  # optimizer: adamw
    return set_value(text, root, (*path, setting), value, expand=main)


def reset(text: str, root: Node | None, path: Path, setting: str) -> Edit | EditRefused:
    """Take one setting out, so that the default holds; a kind without settings is a bare word."""
    holder, kind = path[:-1], str(path[-1])
    node, owner = find(root, path), find(root, holder)
    alone = not isinstance(node, MappingNode) or len(node.entries) == 1
    if alone and isinstance(owner, MappingNode) and len(owner.entries) == 1:
        bare = set_value(text, root, holder, kind)
        if isinstance(bare, Edit):
            return bare
    if isinstance(node, MappingNode):
        return delete(text, root, (*path, setting))
    return set_value(text, root, path, {})


def params_of_block(block: Block) -> tuple[Param, ...]:
    """A block's parameters as settings of a form."""
    return tuple(_block_param(name, default) for name, default in block.params.items())


def _block_param(name: str, default: Plain) -> Param:
    kinds = ("int", "float", "str", "bool", "list")
    given = (
        REQUIRED if default is None else tuple(default) if isinstance(default, list) else default
    )
    return Param(name, "A parameter of this block.", given, kinds, item="str")


def main_of(kind: Kind | None, settings: tuple[Param, ...]) -> str:
    """The setting that a single value stands for; merging layers list their inputs there."""
    if kind is not None and kind.many:
        return ""
    return settings[0].name if settings else ""


def choice(name: str, help: str, kinds: Mapping[str, Kind]) -> Param:
    """A setting that picks a kind."""
    return Param(name, help, "chosen for you", ("str",), choices=tuple(kinds))

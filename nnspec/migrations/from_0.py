"""From format 0, the drafts before the first release, to format 1.

The drafts called the list of layers `layers:` at the top as in blocks, named the data's file
`path:` and took the step size as a setting of the training, where it is the optimizer's.
"""

from __future__ import annotations

from nnspec.edits import EditRefused, combine, delete, find, rename_key, set_value
from nnspec.problems import Edit
from nnspec.tree import Mapping, Node, Plain, plain

_RATE = ("train", "learning_rate")
_OPTIMIZER = ("train", "optimizer")


def layers_to_model(text: str, root: Node) -> Edit | EditRefused | None:
    """`layers:` at the top is `model:` now."""
    if find(root, ("layers",)) is None or find(root, ("model",)) is not None:
        return None
    return rename_key(text, root, ("layers",), "model")


def path_to_source(text: str, root: Node) -> Edit | EditRefused | None:
    """`data: {path: …}` is `data: {source: …}` now."""
    if find(root, ("data", "path")) is None or find(root, ("data", "source")) is not None:
        return None
    return rename_key(text, root, ("data", "path"), "source")


def rate_to_optimizer(text: str, root: Node) -> Edit | EditRefused | None:
    """`train: {learning_rate: …}` is the setting `lr` of the optimizer now; AdamW where none is."""
    rate, optimizer = find(root, _RATE), find(root, _OPTIMIZER)
    if rate is None:
        return None
    if optimizer is None:
        renamed = rename_key(text, root, _RATE, "optimizer")
        return renamed if isinstance(renamed, EditRefused) else _as_settings(text, root, renamed)
    name = plain(optimizer)
    if isinstance(optimizer, Mapping) and len(optimizer.entries) == 1:
        name = optimizer.keys()[0]
    if not isinstance(name, str):
        return None
    if find(root, (*_OPTIMIZER, name, "lr")) is not None:
        return delete(text, root, _RATE)
    setting: dict[str, Plain] = {"lr": plain(rate)}
    moved = (
        set_value(text, root, (*_OPTIMIZER, name, "lr"), setting["lr"])
        if isinstance(optimizer, Mapping)
        else set_value(text, root, _OPTIMIZER, {name: setting})
    )
    return combine(text, (moved, delete(text, root, _RATE)))


def _as_settings(text: str, root: Node, renamed: Edit) -> Edit | EditRefused:
    """Rename `learning_rate` and write its value as the setting of AdamW."""
    value = find(root, _RATE)
    if value is None:
        return renamed
    written = text[value.span.start : value.span.end]
    wrapped = Edit(value.span.start, value.span.end, f"{{adamw: {{lr: {written}}}}}")
    return combine(text, (renamed, wrapped))


REWRITES = (layers_to_model, path_to_source, rate_to_optimizer)

"""The `train:` section: plain settings, and the kinds that train."""

from __future__ import annotations

from functools import partial
from typing import Any

from nnspec.catalog import Catalog, Family
from nnspec.edits import Edit, EditRefused, delete, set_value
from nnspec.expressions import Scope
from nnspec.mends import tree_of
from nnspec.problems import Fix, Problems
from nnspec.read_objectives import OBJECTIVE_KEYS, read_preview, read_steps
from nnspec.reading import Reading
from nnspec.section_settings import EarlyStopping, Training
from nnspec.settings import Place, read_settings
from nnspec.spec import Choice, Train
from nnspec.splices import minimal
from nnspec.syntax import Entry, Mapping, Node, Plain, Scalar, Sequence, plain, read

TRAIN_KINDS = ("optimizer", "schedule", "loss", "metrics", "early_stopping", *OBJECTIVE_KEYS)


def read_train(reading: Reading, entry: Entry, scope: Scope) -> Train:
    """Read `train:`; what cannot be read stays at its default. Formulas may use `scope`."""
    node = entry.value
    if plain(node) is None:
        return Train()
    if not isinstance(node, Mapping):
        reading.wrong(node, ("train",), "train is a mapping", "write: train: {epochs: 10}")
        return Train()
    values = read_settings(
        Training,
        node.entries,
        Place("train", "train"),
        reading.problems,
        span=node.span,
        extra=TRAIN_KINDS,
        elsewhere=partial(_elsewhere, reading.catalog),
        move=partial(_moved, reading, node),
    )
    return Train(
        settings=Training(**values),
        optimizer=_optional(reading, node, "optimizer", "optimizer"),
        schedule=_optional(reading, node, "schedule", "schedule"),
        **_losses(reading, node),
        metrics=_metrics(reading, node.get("metrics")),
        early_stopping=_early_stopping(reading, node.get("early_stopping")),
        steps=read_steps(reading, node, scope),
        preview=read_preview(reading, node.get("preview"), scope),
    )


def _elsewhere(catalog: Catalog) -> dict[str, str]:
    """Where settings live that people look for directly under `train:`, such as `lr`."""
    return {
        word: f"'{setting.name}' is a setting of the {family}; write {family}: "
        f"{{{kind.name}: {{{setting.name}: …}}}}"
        for family in ("loss", "schedule", "optimizer")
        for kind in reversed(tuple(catalog.of(family)))
        for setting in kind.params
        for word in (setting.name, *setting.also)
    }


def _moved(reading: Reading, train: Mapping, entry: Entry, word: str) -> Fix | None:
    """Bring a setting of the optimiser, such as `lr`, from `train:` to where it belongs."""
    written = train.get("optimizer")
    only = written.entries[0] if isinstance(written, Mapping) and written.entries else None
    name = only.key if only else written.text if isinstance(written, Scalar) else ""
    kind = reading.catalog.get("optimizer", name or "adamw")
    setting = (
        next((each for each in kind.params if word in (each.name, *each.also)), None)
        if kind
        else None
    )
    if kind is None or setting is None:
        return None
    settings = plain(only.value) if only else None
    inner: dict[str, Plain] = settings if isinstance(settings, dict) else {}
    value: Plain = {kind.name: {**inner, setting.name: plain(entry.value)}}
    text = reading.problems.text
    if not reading.problems.affordable():
        return None
    freed = delete(text, tree_of(text), ("train", entry.key))
    if isinstance(freed, EditRefused):
        return None
    after = freed.apply(text)
    put = set_value(after, read(after, Problems(after)), ("train", "optimizer"), value)
    words = f"Move it to the optimizer: {setting.name}"
    return Fix(words, minimal(text, put.apply(after))) if isinstance(put, Edit) else None


def _optional(reading: Reading, node: Mapping, key: str, family: Family) -> Choice | None:
    written = node.get(key)
    if written is None or plain(written) is None:
        return None
    return reading.choice(written, family, ("train", key), f"the {family}")


def _losses(reading: Reading, node: Mapping) -> dict[str, Any]:
    """Read `loss:`: one kind for every target, or a mapping from targets to kinds."""
    written = node.get("loss")
    several = isinstance(written, Mapping) and len(written.entries) > 1
    only = written.entries[0] if isinstance(written, Mapping) and written.entries else None
    known = only is not None and reading.catalog.get("loss", only.key) is not None
    if not isinstance(written, Mapping) or (not several and (known or not _is_kind(reading, only))):
        return {"loss": _optional(reading, node, "loss", "loss")}
    read = {
        part.key: reading.choice(part.value, "loss", ("train", "loss", part.key), "the loss")
        for part in written.entries
    }
    return {"target_losses": {name: choice for name, choice in read.items() if choice}}


def _is_kind(reading: Reading, entry: Entry | None) -> bool:
    """Whether what stands after a key names a loss, so that the key is a target."""
    value = entry.value if entry else None
    if isinstance(value, Mapping) and len(value.entries) == 1:
        return reading.catalog.get("loss", value.entries[0].key) is not None
    return isinstance(value, Scalar) and reading.catalog.get("loss", value.text) is not None


def _metrics(reading: Reading, node: Node | None) -> tuple[Choice, ...] | None:
    if node is None or plain(node) is None:
        return None
    nodes = node.items if isinstance(node, Sequence) else (node,)
    read = (
        reading.choice(item, "metric", ("train", "metrics", index), "a metric")
        for index, item in enumerate(nodes)
    )
    return tuple(choice for choice in read if choice)


def _early_stopping(reading: Reading, node: Node | None) -> EarlyStopping | None:
    if node is None or plain(node) in (None, False):
        return None
    if plain(node) is True:
        return EarlyStopping()
    if not isinstance(node, Mapping):
        reading.wrong(
            node,
            ("train", "early_stopping"),
            "early_stopping is a mapping, true or false",
            "write: early_stopping: {monitor: val_loss, patience: 5}",
        )
        return None
    values = read_settings(
        EarlyStopping,
        node.entries,
        Place("train.early_stopping", "early_stopping"),
        reading.problems,
        span=node.span,
    )
    return EarlyStopping(**values)

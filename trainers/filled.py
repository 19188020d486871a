"""A sound spec with every default written out, as `netwright show` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from nnspec.catalog import Catalog
from nnspec.emit import emit
from nnspec.item_settings import inside
from nnspec.params import params_of, settings_of
from nnspec.spec import Choice, Data, Item, Spec, Train
from nnspec.syntax import Mapping as MappingNode
from nnspec.syntax import Plain, plain
from trainers.check import Checked
from trainers.defaults import resolve_train
from trainers.filled_objective import filled_objective, inputs_of
from trainers.profile import ColumnProfile


def filled(checked: Checked, catalog: Catalog) -> str:
    """Return the spec with all defaults, the suggested network and training included."""
    spec = checked.analysis.spec
    data: dict[str, Plain] = {"netwright": 1}
    if spec.name:
        data["name"] = spec.name
    if spec.params:
        data["params"] = dict(spec.params)
    if spec.data:
        data["data"] = _data(spec.data, checked, catalog)
    if spec.blocks:
        data["blocks"] = {
            name: _block(block.params, block.items, catalog) for name, block in spec.blocks.items()
        }
    if spec.models:
        data["models"] = {
            name: {
                "input": inputs_of(name, checked.analysis.tree),
                "layers": [_item(item, catalog) for item in model.items],
            }
            for name, model in spec.models.items()
        }
    else:
        data["model"] = [_item(item, catalog) for item in spec.model or ()]
    if spec.outputs:
        data["outputs"] = {target: reference.name for target, reference in spec.outputs.items()}
    data["train"] = _train(spec, checked, catalog)
    return emit(data) + "\n"


def _choice(choice: Choice) -> Plain:
    settings = settings_of(choice.made)
    return {choice.kind.name: settings} if settings else choice.kind.name


def _detected(column: ColumnProfile, catalog: Catalog) -> Plain:
    kind = catalog.get("column", column.type)
    if kind is None:
        return column.type
    given = {name: _listed(value) for name, value in column.settings.items()}
    settings = settings_of(kind.make(**given))
    return {kind.name: settings} if settings else kind.name


def _listed(value: Any) -> Any:
    """A list of JSON as the tuple that settings hold."""
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value


def _data(data: Data, checked: Checked, catalog: Catalog) -> dict[str, Plain]:
    types: dict[str, Plain] = {
        name: _choice(column.type) for name, column in data.columns.items() if column.type
    }
    if checked.profile:
        for column in checked.profile.columns:
            types.setdefault(column.name, _detected(column, catalog))
    filled_in: dict[str, Plain] = {"source": _choice(data.source)}
    written = {target.name: target.type for target in data.targets}
    names = [t.name for t in checked.profile.targets] if checked.profile else list(written)
    targets: dict[str, Plain] = {}
    for name in names:
        detected, kind = types.pop(name, None), written.get(name)
        targets[name] = _choice(kind) if kind else detected
    if targets:
        filled_in["target"] = targets
    filled_in["columns"] = types
    filled_in["split"] = settings_of(data.split)
    return filled_in


def _block(params: Mapping[str, Plain], items: Iterable[Item], catalog: Catalog) -> Plain:
    layers: Plain = [_item(item, catalog) for item in items]
    return {"params": dict(params), "layers": layers} if params else {"layers": layers}


def _item(item: Item, catalog: Catalog) -> Plain:
    settings, siblings = _settings(item, catalog), _siblings(item)
    nothing = settings is None or settings == {}
    if nothing and not siblings:
        return item.kind
    written: dict[str, Plain] = {item.kind: None if nothing else settings}
    return written | siblings


def _settings(item: Item, catalog: Catalog) -> Plain:
    kind = catalog.get("layer", item.kind)
    written = plain(item.settings)
    if item.share and item.settings is None:
        return None  # they come with the weights
    if kind is None:
        return written  # of a block: its parameters, or one value for the first of them
    if kind.wraps:
        inner = inside(item)
        return {inner.kind: _settings(inner, catalog)}
    if kind.main and item.settings is not None and not isinstance(item.settings, MappingNode):
        written = {kind.main.name: written}
    given = written if isinstance(written, dict) else {}
    return {
        setting.name: given.get(setting.name, _default(setting.default))
        for setting in params_of(kind.make)
    }


def _siblings(item: Item) -> dict[str, Plain]:
    siblings: dict[str, Plain] = {}
    if item.name:
        siblings["name"] = item.name.name
    if item.sources is not None:
        names: list[Plain] = [source.name for source in item.sources]
        siblings["from"] = names[0] if len(names) == 1 else names
    if item.repeat is not None:
        siblings["repeat"] = plain(item.repeat)
    if item.share:
        siblings["share"] = item.share.name
    return siblings


def _default(value: object) -> Plain:
    return list(value) if isinstance(value, tuple) else value  # type: ignore[return-value]


def _train(spec: Spec, checked: Checked, catalog: Catalog) -> dict[str, Plain]:
    train: Train = (
        spec.train
        if checked.profile is None
        else resolve_train(spec.train, checked.profile, catalog)
    )
    data = dict(settings_of(train.settings))
    objective = filled_objective(spec.train, checked.analysis.tree)
    for name in ("optimizer", "schedule") if train.steps else ("optimizer", "schedule", "loss"):
        choice: Choice | None = getattr(train, name)
        if choice:
            data[name] = _choice(choice)
    data |= objective
    if len(train.target_losses) > 1 and not train.steps:
        data["loss"] = {name: _choice(loss) for name, loss in train.target_losses.items()}
    if train.metrics:
        data["metrics"] = [_choice(metric) for metric in train.metrics]
    data["early_stopping"] = settings_of(train.early_stopping) if train.early_stopping else False
    return data

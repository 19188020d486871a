"""The language as JSON Schema (draft 2020-12), made from the catalog and closed at every level.

An editor that knows the schema completes names and flags typos. Names beginning `x-` are free
notes. A document without `blocks:` may name layers of the catalog only; one with blocks may name
those too, and JSON Schema cannot look them up. So there is also the schema of one spec, which knows
its blocks and its parameters by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from nnspec.catalog import Catalog, Family, Kind
from nnspec.functions import FUNCTIONS
from nnspec.params import Param, params_of
from nnspec.read_objectives import takes_of
from nnspec.spec import EarlyStopping, Spec, Split, Training, When
from nnspec.syntax import Plain

Schema = dict[str, Any]

REFERENCE: Schema = {
    "type": "string",
    "pattern": r"^(\$[A-Za-z_]\w*|\$\{.+\})$",
    "description": "A parameter or an expression of parameters.",
}
_NOTES: Schema = {"^x-": {}}
_TYPES = {"int": "integer", "float": "number", "bool": "boolean", "str": "string", "none": "null"}


_FORMULA: Schema = {
    "type": ["string", "number"],
    "description": "Names, numbers, + - * / **, and calls of models and functions: "
    + ", ".join(FUNCTIONS),
}
_LETS: Schema = {
    "type": "object",
    "additionalProperties": _FORMULA,
    "description": "Names for formulas.",
}
_SIZES: Schema = {
    "type": "array",
    "items": {"anyOf": [{"type": "integer", "minimum": 1}, REFERENCE]},
}
_INPUT: Schema = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}},
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "anyOf": [
                    {"type": ["string", "null"]},
                    _SIZES,
                    {
                        "type": "object",
                        "properties": {"sizes": _SIZES, "int": {"type": "boolean"}},
                        "required": ["sizes"],
                        "additionalProperties": False,
                    },
                ]
            },
        },
    ],
    "description": "Inputs of the data by name, or names with sizes: {z: [64]}.",
}


def schema(catalog: Catalog) -> Schema:
    """Return the whole schema of a spec."""
    return _document(catalog) | {
        "if": {"not": {"required": ["blocks"]}},
        "then": {"properties": {"model": {"$ref": "#/$defs/layers"}}},
    }


def schema_of(catalog: Catalog, spec: Spec) -> Schema:
    """Return the schema of one spec: with exactly its blocks, and with its parameters by name."""
    made = _document(catalog)
    blocks = {name: _use(block.params) for name, block in spec.blocks.items()}
    reserved = made["$defs"]["layer"]["properties"]
    made["$defs"]["item"] = {
        "anyOf": [
            {"enum": [*_bare(catalog), *_usable_bare(spec)]},
            _object(reserved | blocks),
        ]
    }
    names = {*spec.params, *(name for block in spec.blocks.values() for name in block.params)}
    return cast("Schema", _closed(made, _reference(sorted(names))))


def _document(catalog: Catalog) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Netwright network",
        **_object(
            {
                "netwright": {"const": 1, "description": "The format number."},
                "name": {"type": "string", "description": "What the network is called."},
                "params": {"type": "object", "description": "Values used as $name."},
                "data": _data(catalog),
                "blocks": {"type": "object", "additionalProperties": {"$ref": "#/$defs/block"}},
                "model": {"$ref": "#/$defs/items"},
                "models": {
                    "type": "object",
                    "additionalProperties": {"$ref": "#/$defs/model"},
                    "description": "Several networks, called by name in train: losses and steps.",
                },
                "outputs": {"type": "object", "additionalProperties": {"type": "string"}},
                "train": _train(catalog),
            },
            required=("netwright",),
        ),
        "$defs": {
            "items": {"type": "array", "items": {"$ref": "#/$defs/item"}},
            "item": _item(catalog),
            "layers": {"type": "array", "items": {"anyOf": [{"enum": _bare(catalog)}, _LAYER]}},
            "layer": _layer(catalog),
            "wrapped": _wrapped(catalog),
            "model": _object(
                {"input": _INPUT, "layers": {"$ref": "#/$defs/items"}},
                required=("input", "layers"),
            ),
            "block": _object(
                {"params": {"type": "object"}, "layers": {"$ref": "#/$defs/items"}},
                required=("layers",),
            ),
        },
    }


def _object(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    made: Schema = {
        "type": "object",
        "properties": properties,
        "patternProperties": _NOTES,
        "additionalProperties": False,
    }
    return made | ({"required": list(required)} if required else {})


def _setting(setting: Param) -> Schema:
    kinds = [_one(setting, kind) for kind in setting.types]
    made: Schema = {"anyOf": [*kinds, REFERENCE], "description": setting.help}
    return made if setting.required else made | {"default": _json(setting.default)}


def _one(setting: Param, kind: str) -> Schema:
    match kind:
        case "auto":
            return {"const": "auto"}
        case "str" if setting.choices:
            return {"enum": list(setting.choices)}
        case "list":
            made: Schema = {"type": "array", "items": _bounded(setting, setting.item or "str")}
            if setting.length:
                made |= {"minItems": min(setting.length), "maxItems": max(setting.length)}
            return made
        case "mapping":
            return {"type": "object"}
        case _:
            return _bounded(setting, kind)


def _bounded(setting: Param, kind: str) -> Schema:
    made: Schema = {"type": _TYPES[kind]} if kind in _TYPES else {}
    if kind not in ("int", "float"):
        return made
    bounds = {
        "minimum": setting.low,
        "maximum": setting.high,
        "exclusiveMinimum": setting.above,
        "exclusiveMaximum": setting.below,
    }
    return made | {name: bound for name, bound in bounds.items() if bound is not None}


def _json(value: Any) -> Plain:
    return list(cast("tuple[Plain, ...]", value)) if isinstance(value, tuple) else value


def _settings(made: type) -> Schema:
    settings = params_of(made)
    return _object(
        {setting.name: _setting(setting) for setting in settings},
        required=tuple(setting.name for setting in settings if setting.required),
    )


def _kind_value(kind: Kind) -> Schema:
    """What may stand after a kind's name: its settings, its main value, or nothing."""
    if kind.wraps:
        return {"$ref": "#/$defs/wrapped", "description": kind.summary}
    forms: list[Schema] = [_settings(kind.make)]
    if kind.main:
        forms += _setting(kind.main)["anyOf"]
    if not kind.needs_settings:
        forms.append({"type": "null"})
    if kind.joins:
        forms.append({"type": "array", "items": {"type": "string"}})
    return {"anyOf": forms, "description": kind.summary}


def _family(catalog: Catalog, family: Family) -> Schema:
    bare = [kind.name for kind in catalog.of(family) if not kind.needs_settings]
    mapped = {
        **_object({kind.name: _kind_value(kind) for kind in catalog.of(family)}),
        "minProperties": 1,
    }
    return {"anyOf": [{"enum": bare}, mapped]}


_RESERVED: Schema = {
    "name": {"type": "string"},
    "from": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    "repeat": {"anyOf": [{"type": "integer", "minimum": 1}, REFERENCE]},
    "share": {"type": "string"},
}
_LAYER: Schema = {"$ref": "#/$defs/layer"}


def _layer(catalog: Catalog) -> Schema:
    return _object({kind.name: _kind_value(kind) for kind in catalog.of("layer")} | _RESERVED)


def _wrapped(catalog: Catalog) -> Schema:
    """What stands after a layer that wraps another: that one; nothing where weights are shared."""
    inner = [kind for kind in catalog.of("layer") if kind.can_be_wrapped]
    named = _object({kind.name: _kind_value(kind) for kind in inner}) | {"minProperties": 1}
    bare = [kind.name for kind in inner if not kind.needs_settings]
    return {"anyOf": [named, {"enum": bare}, {"type": "null"}]}


def _bare(catalog: Catalog) -> list[str]:
    """The layers that may stand as a bare word."""
    kinds = catalog.of("layer")
    return [kind.name for kind in kinds if not kind.needs_settings]


def _item(catalog: Catalog) -> Schema:
    """A layer, or a block used by name (any other name, since blocks are the user's)."""
    block: Schema = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1 + len(_RESERVED),
        "properties": _RESERVED,
        "patternProperties": _NOTES,
        "propertyNames": {"not": {"enum": list(catalog.names("layer"))}},
        "additionalProperties": {"type": ["object", "null", "string", "number", "boolean"]},
        "description": "A block defined in blocks:.",
    }
    return {"anyOf": [{"type": "string"}, _LAYER, block]}


def _use(params: Mapping[str, Plain]) -> Schema:
    """What may stand after a block's name: its parameters, or one value for the first of them."""
    required = tuple(name for name, value in params.items() if value is None)
    forms: list[Schema] = [_object({name: {} for name in params}, required)]
    if params:
        forms.append({"type": ["string", "number", "boolean"]})
    if not required:
        forms.append({"type": "null"})
    return {"anyOf": forms, "description": "A block of this document."}


def _usable_bare(spec: Spec) -> list[str]:
    return [name for name, block in spec.blocks.items() if None not in block.params.values()]


def _reference(names: list[str]) -> Schema:
    """References to parameters that exist; what an expression names is left to the reader."""
    known = "|".join(names)
    pattern = rf"^(\$({known})|\$\{{.+\}})$" if names else "^$"
    return {"type": "string", "pattern": pattern, "description": REFERENCE["description"]}


def _closed(part: object, reference: Schema) -> object:
    """Put `reference` wherever any parameter was allowed."""
    if part == REFERENCE:
        return reference
    if isinstance(part, dict):
        entries = cast("Schema", part)
        return {name: _closed(value, reference) for name, value in entries.items()}
    if isinstance(part, list):
        return [_closed(value, reference) for value in cast("list[object]", part)]
    return part


def _data(catalog: Catalog) -> Schema:
    column: Schema = {"anyOf": [_family(catalog, "column"), {"type": "null"}]}
    return _object(
        {
            "source": {"anyOf": [{"type": "string"}, _family(catalog, "source")]},
            "target": {
                "anyOf": [
                    {"type": "string"},
                    {"type": "object", "additionalProperties": column},
                    {"type": "array", "items": {"type": ["string", "object"]}},
                ]
            },
            "columns": {"type": "object", "additionalProperties": column},
            "split": _settings(Split),
        },
        required=("source",),
    )


def _terms(catalog: Catalog) -> Schema:
    """A list of losses, each with its formulas, its weight and its settings."""
    return {
        "type": "array",
        "items": {
            **_object({kind.name: _term(kind) for kind in catalog.of("loss")}),
            "minProperties": 1,
        },
    }


def _term(kind: Kind) -> Schema:
    takes = takes_of(kind)
    settings = _settings(kind.make)
    roles: Schema = dict.fromkeys((*takes, "weight"), _FORMULA)
    whole = _object(
        settings["properties"] | roles, required=(*settings.get("required", ()), *takes)
    )
    return {"anyOf": [whole, *([_FORMULA] if len(takes) == 1 else [])], "description": kind.summary}


def _steps(catalog: Catalog) -> Schema:
    names: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    own: Schema = {
        "update": names,
        "optimizer": _family(catalog, "optimizer"),
        "schedule": _family(catalog, "schedule"),
        "let": _LETS,
        "losses": _terms(catalog),
    }
    step = _object(own | _settings(When)["properties"])
    return {"type": "array", "minItems": 1, "items": step}


def _train(catalog: Catalog) -> Schema:
    settings: Schema = _settings(Training)["properties"]
    preview = _object({"of": _FORMULA, "count": {"type": "integer", "minimum": 1}}, ("of",))
    return _object(
        settings
        | {
            "let": _LETS,
            "losses": _terms(catalog),
            "steps": _steps(catalog),
            "preview": {"anyOf": [_FORMULA, preview]},
            "optimizer": _family(catalog, "optimizer"),
            "schedule": _family(catalog, "schedule"),
            "loss": _family(catalog, "loss"),
            "metrics": {
                "anyOf": [
                    _family(catalog, "metric"),
                    {"type": "array", "items": _family(catalog, "metric")},
                ]
            },
            "early_stopping": {"anyOf": [{"type": ["boolean", "null"]}, _settings(EarlyStopping)]},
        }
    )

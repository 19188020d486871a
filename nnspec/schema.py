"""The language as JSON Schema (draft 2020-12), made from the catalog and closed at every level.

An editor that knows the schema completes names and flags typos. Names beginning `x-` are free
notes. A document without `blocks:` may name layers of the catalog only; one with blocks may name
those too, and JSON Schema cannot look them up. So there is also the schema of one spec, which knows
its blocks and its parameters by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from nnspec.catalog import Catalog, Kind
from nnspec.functions import FUNCTIONS
from nnspec.read_terms import takes_of
from nnspec.schema_kinds import (
    NOTES,
    REFERENCE,
    Schema,
    family_schema,
    kind_schema,
    object_schema,
    settings_schema,
)
from nnspec.section_settings import EarlyStopping, Split, Training, When
from nnspec.spec import Spec
from nnspec.syntax import Plain

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
            object_schema(reserved | blocks),
        ]
    }
    names = {*spec.params, *(name for block in spec.blocks.values() for name in block.params)}
    return cast("Schema", _narrowed(made, _reference(sorted(names))))


def _document(catalog: Catalog) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Netwright network",
        **object_schema(
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
            "model": object_schema(
                {"input": _INPUT, "layers": {"$ref": "#/$defs/items"}},
                required=("input", "layers"),
            ),
            "block": object_schema(
                {"params": {"type": "object"}, "layers": {"$ref": "#/$defs/items"}},
                required=("layers",),
            ),
        },
    }


_RESERVED: Schema = {
    "name": {"type": "string"},
    "from": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    "repeat": {"anyOf": [{"type": "integer", "minimum": 1}, REFERENCE]},
    "share": {"type": "string"},
}
_LAYER: Schema = {"$ref": "#/$defs/layer"}


def _layer(catalog: Catalog) -> Schema:
    return object_schema({kind.name: kind_schema(kind) for kind in catalog.of("layer")} | _RESERVED)


def _wrapped(catalog: Catalog) -> Schema:
    """What stands after a layer that wraps another: that one; nothing where weights are shared."""
    inner = [kind for kind in catalog.of("layer") if kind.can_be_wrapped]
    named = object_schema({kind.name: kind_schema(kind) for kind in inner}) | {"minProperties": 1}
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
        "patternProperties": NOTES,
        "propertyNames": {"not": {"enum": list(catalog.names("layer"))}},
        "additionalProperties": {"type": ["object", "null", "string", "number", "boolean"]},
        "description": "A block defined in blocks:.",
    }
    return {"anyOf": [{"type": "string"}, _LAYER, block]}


def _use(params: Mapping[str, Plain]) -> Schema:
    """What may stand after a block's name: its parameters, or one value for the first of them."""
    required = tuple(name for name, value in params.items() if value is None)
    forms: list[Schema] = [object_schema({name: {} for name in params}, required)]
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


def _narrowed(part: object, reference: Schema) -> object:
    """Put `reference` wherever any parameter was allowed."""
    if part == REFERENCE:
        return reference
    if isinstance(part, dict):
        entries = cast("Schema", part)
        return {name: _narrowed(value, reference) for name, value in entries.items()}
    if isinstance(part, list):
        return [_narrowed(value, reference) for value in cast("list[object]", part)]
    return part


def _data(catalog: Catalog) -> Schema:
    column: Schema = {"anyOf": [family_schema(catalog, "column"), {"type": "null"}]}
    return object_schema(
        {
            "source": {"anyOf": [{"type": "string"}, family_schema(catalog, "source")]},
            "target": {
                "anyOf": [
                    {"type": "string"},
                    {"type": "object", "additionalProperties": column},
                    {"type": "array", "items": {"type": ["string", "object"]}},
                ]
            },
            "columns": {"type": "object", "additionalProperties": column},
            "split": settings_schema(Split),
        },
        required=("source",),
    )


def _terms(catalog: Catalog) -> Schema:
    """A list of losses, each with its formulas, its weight and its settings."""
    return {
        "type": "array",
        "items": {
            **object_schema({kind.name: _term(kind) for kind in catalog.of("loss")}),
            "minProperties": 1,
        },
    }


def _term(kind: Kind) -> Schema:
    takes = takes_of(kind)
    settings = settings_schema(kind.make)
    roles: Schema = dict.fromkeys((*takes, "weight"), _FORMULA)
    whole = object_schema(
        settings["properties"] | roles, required=(*settings.get("required", ()), *takes)
    )
    return {"anyOf": [whole, *([_FORMULA] if len(takes) == 1 else [])], "description": kind.summary}


def _steps(catalog: Catalog) -> Schema:
    names: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    own: Schema = {
        "update": names,
        "optimizer": family_schema(catalog, "optimizer"),
        "schedule": family_schema(catalog, "schedule"),
        "let": _LETS,
        "losses": _terms(catalog),
    }
    step = object_schema(own | settings_schema(When)["properties"])
    return {"type": "array", "minItems": 1, "items": step}


def _train(catalog: Catalog) -> Schema:
    settings: Schema = settings_schema(Training)["properties"]
    preview = object_schema({"of": _FORMULA, "count": {"type": "integer", "minimum": 1}}, ("of",))
    return object_schema(
        settings
        | {
            "let": _LETS,
            "losses": _terms(catalog),
            "steps": _steps(catalog),
            "preview": {"anyOf": [_FORMULA, preview]},
            "optimizer": family_schema(catalog, "optimizer"),
            "schedule": family_schema(catalog, "schedule"),
            "loss": family_schema(catalog, "loss"),
            "metrics": {
                "anyOf": [
                    family_schema(catalog, "metric"),
                    {"type": "array", "items": family_schema(catalog, "metric")},
                ]
            },
            "early_stopping": {
                "anyOf": [{"type": ["boolean", "null"]}, settings_schema(EarlyStopping)]
            },
        }
    )

"""Kinds and their settings as JSON Schema: what may stand after a name of the catalog."""

from __future__ import annotations

from typing import Any, cast

from nnspec.catalog import Catalog, Family, Kind
from nnspec.params import Param, params_of
from nnspec.syntax import Plain

Schema = dict[str, Any]

REFERENCE: Schema = {
    "type": "string",
    "pattern": r"^(\$[A-Za-z_]\w*|\$\{.+\})$",
    "description": "A parameter or an expression of parameters.",
}
NOTES: Schema = {"^x-": {}}
_TYPES = {"int": "integer", "float": "number", "bool": "boolean", "str": "string", "none": "null"}


def object_schema(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """An object of these properties and free notes, and nothing else."""
    made: Schema = {
        "type": "object",
        "properties": properties,
        "patternProperties": NOTES,
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
            item: Schema = {"anyOf": [_bounded(setting, setting.item or "str"), REFERENCE]}
            made: Schema = {"type": "array", "items": item}
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


def settings_schema(made: type) -> Schema:
    """The settings of a dataclass as an object."""
    settings = params_of(made)
    return object_schema(
        {setting.name: _setting(setting) for setting in settings},
        required=tuple(setting.name for setting in settings if setting.required),
    )


def kind_schema(kind: Kind) -> Schema:
    """What may stand after a kind's name: its settings, its main value, or nothing."""
    if kind.wraps:
        return {"$ref": "#/$defs/wrapped", "description": kind.summary}
    forms: list[Schema] = [settings_schema(kind.make)]
    if kind.main:
        forms += _setting(kind.main)["anyOf"]
    if not kind.needs_settings:
        forms.append({"type": "null"})
    if kind.joins:
        forms.append({"type": "array", "items": {"type": "string"}})
    return {"anyOf": forms, "description": kind.summary}


def family_schema(catalog: Catalog, family: Family) -> Schema:
    """A kind of a family: its bare name, or its name with what may stand after it."""
    bare = [kind.name for kind in catalog.of(family) if not kind.needs_settings]
    mapped = {
        **object_schema({kind.name: kind_schema(kind) for kind in catalog.of(family)}),
        "minProperties": 1,
    }
    return {"anyOf": [{"enum": bare}, mapped]}

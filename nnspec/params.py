"""The settings of a kind, declared once: type, default, bounds, choices and one sentence of help.

A kind (layer, loss, optimiser, data source …) is a frozen dataclass whose fields are made by
`param()`. From that single declaration follow the reading and checking of a spec, the form in the
window, completion, the JSON Schema and the help pages. The first field is the kind's *main*
setting: `linear: 64` means `linear: {out_features: 64}`.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from nnspec.syntax import Plain

REQUIRED: Any = dataclasses.MISSING


@dataclass(frozen=True, slots=True)
class Param:
    """One setting as forms, schema and help see it.

    Attributes:
        types: what it takes, of `int float bool str none list mapping auto`; in the order written.
        item: the type of the items of a list, or None.
        length: how many items a list may have, or None for any number.
        low, high: inclusive bounds for numbers and for the items of a list of numbers.
        above, below: exclusive bounds.
        choices: the closed set of texts it takes, or ().
        advanced: shown only when the form is opened out.
        also: what other programs call it; only used to suggest the right name.
    """

    name: str
    help: str
    default: Any
    types: tuple[str, ...]
    item: str | None = None
    length: tuple[int, ...] = ()
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    advanced: bool = False
    also: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether the user has to write it."""
        return self.default is REQUIRED


def param(  # noqa: PLR0913 (one keyword for each fact of a setting)
    default: Any = REQUIRED,
    *,
    help: str,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
    length: tuple[int, ...] = (),
    advanced: bool = False,
    also: tuple[str, ...] = (),
) -> Any:
    """Declare one setting of a kind; use as the default of a dataclass field.

    The field's annotation gives the type: `int`, `float`, `bool`, `str`, `Literal["a", "b"]`
    (choices; the word "auto" in a union is the automatic value), `tuple[int, ...]` / `tuple[str,
    ...]` (a list), `Mapping[str, float]` (a mapping) and unions of these with `| None`.
    """
    metadata = {
        "param": {
            "help": help,
            "low": low,
            "high": high,
            "above": above,
            "below": below,
            "length": length,
            "advanced": advanced,
            "also": also,
        }
    }
    if default is REQUIRED:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


_NAMES = {int: "int", float: "float", bool: "bool", str: "str", type(None): "none"}


def _union(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return tuple(part for arg in typing.get_args(annotation) for part in _union(arg))
    return (annotation,)


def _describe(name: str, annotation: Any, default: Any, facts: Mapping[str, Any]) -> Param:
    kinds: list[str] = []
    choices: list[str] = []
    item: str | None = None
    for part in _union(annotation):
        origin = typing.get_origin(part)
        if origin is Literal:
            words = [word for word in typing.get_args(part) if word != "auto"]
            choices.extend(words)
            kinds.extend(["auto"] * ("auto" in typing.get_args(part)) + ["str"] * bool(words))
        elif origin is tuple:
            kinds.append("list")
            item = _NAMES[typing.get_args(part)[0]]
        elif origin is not None:
            kinds.append("mapping")
            item = _NAMES.get(typing.get_args(part)[1], "any")
        else:
            kinds.append(_NAMES[part])
    return Param(
        name=name,
        default=default,
        types=tuple(dict.fromkeys(kinds)),
        item=item,
        choices=tuple(choices),
        **facts,
    )


@cache
def params_of(kind: type) -> tuple[Param, ...]:
    """Return the settings of a kind's dataclass in the order written."""
    hints = typing.get_type_hints(kind)
    return tuple(
        _describe(field.name, hints[field.name], field.default, field.metadata["param"])
        for field in dataclasses.fields(kind)
        if "param" in field.metadata
    )


def as_written(value: float) -> str:
    """Write a bound or a value shortly."""
    return f"{value:g}"


def _bounds(setting: Param) -> str:
    if setting.low is not None and setting.high is not None:
        return f"from {as_written(setting.low)} to {as_written(setting.high)}"
    parts = [
        words.format(as_written(bound))
        for words, bound in (
            ("{} or more", setting.low),
            ("{} or less", setting.high),
            ("above {}", setting.above),
            ("below {}", setting.below),
        )
        if bound is not None
    ]
    return " and ".join(parts)


_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "a text",
    "none": "null",
    "auto": "auto",
    "mapping": "a mapping",
}


def wanted(setting: Param) -> str:
    """Say in words what a setting takes, for example `a whole number, 1 or more`."""
    words = [
        f"a list of {_WORDS[setting.item or 'str'].removeprefix('a ')}s"
        if kind == "list"
        else _WORDS[kind]
        for kind in setting.types
        if not (kind == "str" and setting.choices)
    ]
    if "float" in setting.types and "int" in setting.types:
        words.remove(_WORDS["int"])
    words += [f"'{choice}'" for choice in setting.choices]
    bounds = _bounds(setting)
    return " or ".join(words) + (f", {bounds}" if bounds else "")


def complete(kind: type, values: Mapping[str, Any]) -> bool:
    """Whether `values` hold every required setting, so that the kind can be made."""
    return all(setting.name in values for setting in params_of(kind) if setting.required)


def settings_of(made: Any) -> dict[str, Plain]:
    """Return all settings of a made kind as plain data, defaults included (what `show` prints)."""
    return {setting.name: _plain(getattr(made, setting.name)) for setting in params_of(_type(made))}


def _type(made: object) -> type:
    return type(made)


def _plain(value: Any) -> Plain:
    if isinstance(value, tuple):
        return [_plain(item) for item in typing.cast("tuple[Any, ...]", value)]
    if isinstance(value, Mapping):
        return {
            str(key): _plain(item) for key, item in typing.cast("Mapping[Any, Any]", value).items()
        }
    return value

"""The settings of a kind, declared once: type, default, bounds, choices and one sentence of help.

A kind (layer, loss, optimiser, data source …) is a frozen dataclass whose fields are made by
`param()`. From that single declaration follow the reading and checking of a spec, the form in the
window, completion, the JSON Schema and the help pages. The first field is the kind's *main*
setting: `linear: 64` means `linear: {out_features: 64}`.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from nnspec.problems import Edit, Fix, Problems, Span, nearest, suggestion
from nnspec.tree import Entry, Node, Plain, Scalar, Sequence, plain, unread
from nnspec.tree import Mapping as MappingNode

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


def _number(value: float) -> str:
    return f"{value:g}"


def _bounds(setting: Param) -> str:
    if setting.low is not None and setting.high is not None:
        return f"from {_number(setting.low)} to {_number(setting.high)}"
    parts = [
        words.format(_number(bound))
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


def _outside(setting: Param, value: float) -> bool:
    return (
        not math.isfinite(value)
        or (setting.low is not None and value < setting.low)
        or (setting.high is not None and value > setting.high)
        or (setting.above is not None and value <= setting.above)
        or (setting.below is not None and value >= setting.below)
    )


_NOTHING: Any = object()


def _scalar(value: Any, kinds: tuple[str, ...], raw: str) -> Any:
    """Convert a plain value to the first of `kinds` it fits, else `_NOTHING`."""
    if value is None:
        return None if "none" in kinds else _NOTHING
    if isinstance(value, bool):
        return value if "bool" in kinds else _text(raw, kinds)
    if value == "auto" and "auto" in kinds:
        return "auto"
    if isinstance(value, int):
        return value if "int" in kinds else float(value) if "float" in kinds else _text(raw, kinds)
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 2**53
        return (
            value
            if "float" in kinds
            else int(value)
            if "int" in kinds and whole
            else _text(raw, kinds)
        )
    return _text(raw, kinds)


def _text(raw: str, kinds: tuple[str, ...]) -> Any:
    return raw if "str" in kinds else _NOTHING


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its address for messages and whose setting it is."""

    path: str
    owner: str

    def below(self, name: str | int) -> Place:
        """The place of a part."""
        step = f"[{name}]" if isinstance(name, int) else f".{name}" if self.path else str(name)
        return Place(self.path + step, self.owner)


def read_value(node: Node, setting: Param, place: Place, problems: Problems) -> Any:
    """Read one setting from its node; report what does not fit and return `REQUIRED` then."""
    if unread(node):
        return REQUIRED
    value = _fitting(node, setting)
    if value is _NOTHING:
        _report_type(node, setting, place, problems)
        return REQUIRED
    for number in _listed(value):
        if (
            isinstance(number, int | float)
            and not isinstance(number, bool)
            and _outside(setting, number)
        ):
            problems.add(
                "value.range",
                node.span,
                f"{place.owner}: {setting.name} is {_number(number)}; it takes {wanted(setting)}",
                path=place.path,
                hint=f"write {wanted(setting)}",
            )
            return REQUIRED
    if (
        isinstance(value, str)
        and setting.choices
        and value != "auto"
        and value not in setting.choices
    ):
        problems.add(
            "value.choice",
            node.span,
            f"{place.owner}: {setting.name} cannot be '{value}'",
            path=place.path,
            hint=suggestion(value, setting.choices, kinds="choices"),
        )
        return REQUIRED
    return value


def _listed(value: Any) -> tuple[Any, ...]:
    return typing.cast("tuple[Any, ...]", value) if isinstance(value, tuple) else (value,)


def _fitting(node: Node, setting: Param) -> Any:
    if isinstance(node, Scalar):
        return _scalar(node.text if node.quoted else node.value, setting.types, node.text)
    if isinstance(node, Sequence) and "list" in setting.types:
        return _items(node, setting)
    if isinstance(node, MappingNode) and "mapping" in setting.types:
        kinds = (setting.item or "str",)
        read = {
            entry.key: _scalar(entry.value.value, kinds, entry.value.text)
            if isinstance(entry.value, Scalar) and setting.item != "any"
            else plain(entry.value)
            if setting.item == "any"
            else _NOTHING
            for entry in node.entries
        }
        return _NOTHING if any(value is _NOTHING for value in read.values()) else read
    return _NOTHING


def _items(node: Sequence, setting: Param) -> Any:
    kinds = (setting.item or "str",)
    values = tuple(
        _scalar(item.text if item.quoted else item.value, kinds, item.text)
        if isinstance(item, Scalar)
        else _NOTHING
        for item in node.items
    )
    if any(value is _NOTHING for value in values):
        return _NOTHING
    return _NOTHING if setting.length and len(values) not in setting.length else values


def _report_type(node: Node, setting: Param, place: Place, problems: Problems) -> None:
    shown = (
        f"'{node.text}'"
        if isinstance(node, Scalar)
        else ("a list" if isinstance(node, Sequence) else "a mapping")
    )
    problems.add(
        "value.type",
        node.span,
        f"{place.owner}: {setting.name} is {shown}; it takes {wanted(setting)}",
        path=place.path,
        hint=f"write {wanted(setting)}",
    )


def read_settings(
    kind: type,
    entries: tuple[Entry, ...],
    place: Place,
    problems: Problems,
    *,
    span: Span,
    extra: tuple[str, ...] = (),
    elsewhere: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Read the settings of `kind` from the entries of a mapping and return those that fit.

    Unknown names (but for `extra` and those beginning `x-`), wrong types, values out of range and
    missing required settings are all reported. `elsewhere` says of names that belong to another
    place where that is.
    """
    settings = {setting.name: setting for setting in params_of(kind)}
    values: dict[str, Any] = {}
    named: set[str] = set()
    for entry in entries:
        named.add(entry.key)
        if entry.key.startswith("x-") or entry.key in extra:
            continue
        if entry.key not in settings:
            _report_unknown(entry, (*settings.values(),), extra, elsewhere or {}, place, problems)
            continue
        value = read_value(entry.value, settings[entry.key], place.below(entry.key), problems)
        if value is not REQUIRED:
            values[entry.key] = value
    for setting in settings.values():
        if setting.required and setting.name not in named:
            problems.add(
                "value.missing",
                span,
                f"{place.owner} needs '{setting.name}'",
                path=place.path,
                hint=f"add {setting.name}: {wanted(setting)}",
            )
    return values


def _report_unknown(
    entry: Entry,
    settings: tuple[Param, ...],
    extra: tuple[str, ...],
    elsewhere: Mapping[str, str],
    place: Place,
    problems: Problems,
) -> None:
    names = (*(setting.name for setting in settings), *extra)
    called = {word: setting.name for setting in settings for word in setting.also}
    near = nearest(entry.key, names) or called.get(nearest(entry.key, called) or "")
    away = None if near else nearest(entry.key, elsewhere)
    hint = elsewhere[away] if away else suggestion(near or entry.key, names, kinds="settings")
    span = entry.key_span
    problems.add(
        "key.unknown",
        span,
        f"{place.owner} has no setting '{entry.key}'",
        path=place.below(entry.key).path,
        hint=hint,
        fix=Fix(f"Change it to '{near}'", Edit(span.start, span.end, near)) if near else None,
    )


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

"""Reading the settings of a kind from the tree, with every mistake reported at its place."""

from __future__ import annotations

import math
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from nnspec.expressions import node_of
from nnspec.mends import removed_at, replaced
from nnspec.params import REQUIRED, Param, as_written, params_of, wanted
from nnspec.problems import Edit, Fix, Problems, Span, nearest, suggestion
from nnspec.sensible import instead, usual
from nnspec.tree import Entry, Node, Plain, Scalar, Sequence, plain, unread
from nnspec.tree import Mapping as MappingNode


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


Adds: TypeAlias = "Callable[[dict[str, Plain], str], Fix | None]"
"""Makes the fix that writes settings that are missing, with these words."""

Moves: TypeAlias = "Callable[[Entry, str], Fix | None]"
"""Makes the fix that brings an entry to where a setting of this name belongs."""


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
                f"{place.owner}: {setting.name} is {as_written(number)}; "
                f"it takes {wanted(setting)}",
                path=place.path,
                hint=f"write {wanted(setting)}",
                fix=_instead(node, setting, problems),
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
            fix=_instead(node, setting, problems),
        )
        return REQUIRED
    return value


def fits(value: Plain, setting: Param) -> bool:
    """Whether a setting takes `value`."""
    read = _NOTHING if isinstance(value, dict) else _fitting(node_of(value, Span(0, 0)), setting)
    chosen = not setting.choices or not isinstance(read, str) or read in setting.choices
    if read is _NOTHING or not chosen:
        return False
    numbers = (part for part in _listed(read) if isinstance(part, int | float))
    return not any(_outside(setting, part) for part in numbers if not isinstance(part, bool))


def _instead(node: Node, setting: Param, problems: Problems) -> Fix | None:
    """Offer the value that was probably meant, where one is written on one line."""
    written = problems.text[node.span.start : node.span.end]
    on_one_line = isinstance(node, Scalar) or (isinstance(node, Sequence) and node.flow)
    if not written or "\n" in written or not on_one_line:
        return None
    value = instead(node, setting, lambda value: fits(value, setting))
    return None if value is None else replaced(node.span, value, f"Set {setting.name} to {value}")


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
        fix=_instead(node, setting, problems),
    )


def read_settings(  # noqa: PLR0913 (what is read, and what may be said of what is not)
    kind: type,
    entries: tuple[Entry, ...],
    place: Place,
    problems: Problems,
    *,
    span: Span,
    extra: tuple[str, ...] = (),
    elsewhere: Callable[[], Mapping[str, str]] = dict[str, str],
    add: Adds | None = None,
    move: Moves | None = None,
) -> dict[str, Any]:
    """Read the settings of `kind` from the entries of a mapping and return those that fit.

    Unknown names (but for `extra` and those beginning `x-`), wrong types, values out of range and
    missing required settings are all reported. Where there is an unknown name, `elsewhere` is asked
    for the names that belong to other places, and where that is; `move` makes the fix for one of
    them, `add` the fix for settings that are missing.
    """
    settings = {setting.name: setting for setting in params_of(kind)}
    values: dict[str, Any] = {}
    named: set[str] = set()
    for entry in entries:
        named.add(entry.key)
        if entry.key.startswith("x-") or entry.key in extra:
            continue
        if entry.key not in settings:
            unknown = _Unknown(entry, (*settings.values(),), extra, {each.key for each in entries})
            meant = unknown.report(elsewhere, place, problems, move)
            named |= {meant} if meant else set()  # so that one mistake is one problem
            continue
        value = read_value(entry.value, settings[entry.key], place.below(entry.key), problems)
        if value is not REQUIRED:
            values[entry.key] = value
    missing = [each for each in settings.values() if each.required and each.name not in named]
    if missing:
        problems.add(
            "value.missing",
            span,
            f"{place.owner} needs {listed(tuple(each.name for each in missing))}",
            path=place.path,
            hint=f"add {'; '.join(f'{each.name}: {wanted(each)}' for each in missing)}",
            fix=add and _added(missing, add),
        )
    return values


def _added(missing: list[Param], add: Adds) -> Fix | None:
    values = {each.name: usual(each, lambda value, of=each: fits(value, of)) for each in missing}
    words = ", ".join(f"{name}: {value}" for name, value in values.items())
    return None if None in values.values() else add(values, f"Add {words}")


def listed(names: tuple[str, ...]) -> str:
    """Names in a sentence: `'a', 'b' and 'c'`."""
    *before, last = (f"'{name}'" for name in names)
    return f"{', '.join(before)} and {last}" if before else last


@dataclass(frozen=True, slots=True)
class _Unknown:
    """An entry whose name is no setting; `taken` are the names that stand beside it."""

    entry: Entry
    settings: tuple[Param, ...]
    extra: tuple[str, ...]
    taken: set[str]

    def report(
        self,
        elsewhere: Callable[[], Mapping[str, str]],
        place: Place,
        problems: Problems,
        move: Moves | None,
    ) -> str | None:
        """Report it; return the setting that was meant, or None."""
        key, span = self.entry.key, self.entry.key_span
        names = (*(setting.name for setting in self.settings), *self.extra)
        called = {word: setting.name for setting in self.settings for word in setting.also}
        near = nearest(key, names) or called.get(nearest(key, called) or "")
        others: Mapping[str, str] = {} if near else elsewhere()
        away = nearest(key, others)
        if near and near not in self.taken:
            fix = Fix(f"Change it to '{near}'", Edit(span.start, span.end, near))
        else:
            fix = move(self.entry, away) if move and away else None
            fix = fix or removed_at(problems, span, f"Remove '{key}'")
        problems.add(
            "key.unknown",
            span,
            f"{place.owner} has no setting '{key}'",
            path=place.below(key).path,
            hint=others[away] if away else suggestion(near or key, names, kinds="settings"),
            fix=fix,
        )
        return near

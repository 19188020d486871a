"""The item that the palette adds for a kind: a bare word, or what it cannot do without."""

from __future__ import annotations

from nnspec.catalog import Kind
from nnspec.params import Param
from nnspec.tree import Plain


def starter(kind: Kind) -> Plain:
    """The item that the palette adds: a bare word, or the kind with what it cannot do without."""
    if kind.wraps:
        return {kind.name: {"linear": "auto"}}
    needed = {setting.name: _guess(setting) for setting in kind.params if setting.required}
    if not needed:
        return kind.name
    main = kind.main.name if kind.main else ""
    return {kind.name: needed[main] if list(needed) == [main] else needed}


def _guess(setting: Param) -> Plain:
    if "auto" in setting.types:
        return "auto"
    if setting.choices:
        return setting.choices[0]
    if "list" in setting.types and not {"int", "float"} & set(setting.types):
        return [_number(setting)] * (setting.length[0] if setting.length else 1)
    if "bool" in setting.types:
        return False
    return _number(setting) if {"int", "float"} & set(setting.types) else setting.name


def _number(setting: Param) -> Plain:
    wanted = 0.5 if "int" not in setting.types and setting.item != "int" else 32
    low = setting.low if setting.low is not None else setting.above
    value = max(wanted, low) if low is not None else wanted
    high = setting.high if setting.high is not None else setting.below
    value = min(value, high) if high is not None else value
    return int(value) if isinstance(wanted, int) else value

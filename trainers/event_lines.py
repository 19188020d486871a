"""Events as lines of JSON, and back.

Every line ends with a `crc` of what stands before it, so a torn or damaged line is known as such.
`sequence` counts from 0 within a run and orders events whatever the clock does. Numbers that are
not finite are written as the texts "nan", "inf" and "-inf": JSON has no such numbers, and a null
would not say which it was.
"""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, TypeAlias, cast

from trainers.events import (
    CheckpointSaved,
    Continued,
    EpochEnded,
    Event,
    MachineSampled,
    Noticed,
    Paused,
    Previewed,
    Progress,
    RunEnded,
    RunStarted,
)

EVENT_KINDS: Mapping[str, type[Event]] = types.MappingProxyType(
    {
        "run_started": RunStarted,
        "progress": Progress,
        "epoch_ended": EpochEnded,
        "previewed": Previewed,
        "checkpoint_saved": CheckpointSaved,
        "machine_sampled": MachineSampled,
        "noticed": Noticed,
        "paused": Paused,
        "continued": Continued,
        "run_ended": RunEnded,
    }
)
_NAMES = {made: name for name, made in EVENT_KINDS.items()}
_CRC = ',"crc":"'


def to_dict(event: Event) -> dict[str, Any]:
    """Return the event as plain data with its `kind` first."""
    named = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
    return {"kind": _NAMES[type(event)], **named}


def to_line(event: Event, sequence: int) -> str:
    """Return the event as one line of JSON, without a line break, closed by its checksum."""
    kind, *rest = to_dict(event).items()
    data = dict([kind, ("sequence", sequence), *rest])
    try:
        text = json.dumps(data, separators=(",", ":"), allow_nan=False, default=_plain)
    except ValueError:
        text = json.dumps(_finite(data), separators=(",", ":"), allow_nan=False, default=_plain)
    body = text[:-1]
    return f'{body}{_CRC}{zlib.crc32(body.encode()):08x}"}}'


def from_line(line: str) -> tuple[int, Event] | None:
    """Return (sequence, event), or None for a line that is torn, damaged or of an unknown kind.

    Fields this version does not know are left out, so that runs of a later version are readable as
    far as they say the same things.
    """
    body, mark, seal = line.rstrip("\r\n").rpartition(_CRC)
    if not mark or seal != f'{zlib.crc32(body.encode("utf-8", "replace")):08x}"}}':
        return None
    try:
        data: dict[str, Any] = json.loads(body + "}")
        made = EVENT_KINDS[data["kind"]]
        known = {name: read(data[name]) for name, read in _readers(made) if name in data}
        return _int(data["sequence"]), made(**known)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    if isinstance(value, Sequence):
        return list(cast("Sequence[Any]", value))
    raise TypeError(f"an event cannot hold {type(value).__name__}")


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _finite(held) for key, held in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_finite(held) for held in cast("Sequence[Any]", value)]
    return value


# Reading: one reader per field, made once from the dataclass's own annotations. A run folder may
# come from anywhere, so a value of the wrong type makes the whole line unreadable.

_Reader: TypeAlias = Callable[[Any], Any]


@cache
def _readers(made: type[Event]) -> tuple[tuple[str, _Reader], ...]:
    return tuple((name, _reader(hint)) for name, hint in typing.get_type_hints(made).items())


def _reader(hint: Any) -> _Reader:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return lambda value: _one_of(value, inner)
    if origin in (types.UnionType, typing.Union):
        read = _reader(next(part for part in inner if part is not types.NoneType))
        return lambda value: None if value is None else read(value)
    if origin is Mapping:
        held = _reader(inner[1])
        return lambda value: {_text(key): held(item) for key, item in value.items()}
    if origin is Sequence:
        item = _reader(inner[0])
        return lambda value: tuple(item(one) for one in _list(value))
    return {int: _int, float: _float, str: _text, bool: _bool}[hint]


def _one_of(value: object, choices: tuple[object, ...]) -> object:
    if value not in choices:
        raise ValueError
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return cast("list[Any]", value)


def _int(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _float(value: object) -> float:
    if type(value) is float or type(value) is int or value in ("nan", "inf", "-inf"):
        return float(cast("float | str", value))
    raise TypeError


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value

"""The text of a first spec: the data as found, the suggested network, a comment on each."""

from __future__ import annotations

import textwrap
from collections.abc import Container, Iterator
from typing import Any, cast

from nnspec.emit import emit_key, inline
from trainers.advisor import advise
from trainers.profile import ColumnProfile, Profile
from trainers.source_kinds import source_kind

_WIDEST_NAME = 32
_FORMS = {
    "image": "pictures of one size; smaller and larger ones are resized",
    "mask": "a class for each pixel",
    "audio": "sounds, as pictures of pitch over time",
    "series": "steps in the order of time, brought to one scale",
    "array": "numbers side by side, as they are",
}


def spec_text(
    profile: Profile, source: str, settings: dict[str, Any], name: str, own: Container[str] = ()
) -> str:
    """Return a complete spec with comments.

    Args:
        profile: what was found in the data.
        source: the source kind.
        settings: its settings as the spec is to state them, `path` first.
        name: the name of the spec.
        own: the parts that the source itself marks; the split leaves their shares out.
    """
    advice = advise(profile)
    lines = [
        "netwright: 1",
        f"name: {inline(name)}",
        "",
        *_data(profile, source, settings, own),
        "",
        *_comment(advice.why[0]),
        *advice.network_lines,
        "",
        *_comment(advice.why[1]),
        *advice.training_lines,
    ]
    return "\n".join(lines) + "\n"


def _comment(words: str) -> list[str]:
    return textwrap.wrap(words, 98, initial_indent="# ", subsequent_indent="# ")


def _data(
    profile: Profile, source: str, settings: dict[str, Any], own: Container[str]
) -> Iterator[str]:
    yield from _comment(profile.summary)
    yield "data:"
    yield from _source(source, settings)
    names = [_bound(target.name, flow=True) for target in profile.targets]
    listed = _bound(profile.target) if len(names) == 1 else f"[{', '.join(names)}]"
    yield f"  target: {listed}"
    yield "  columns:              # the type of each column; 'ignore' leaves one out"
    width = min(_WIDEST_NAME, max(len(_column(column)) for column in profile.columns))
    for column in profile.columns:
        yield f"    {_column(column):<{width}}  # {_about(column, profile)}"
    yield _split(profile, own)


def _source(source: str, settings: dict[str, Any]) -> Iterator[str]:
    path = settings["path"]
    ending = "." + path.rsplit(".", 1)[-1].lower() if "." in path.rsplit("/", 1)[-1] else ""
    if len(settings) == 1 and ending in source_kind(source).make.endings:  # type: ignore[attr-defined]
        yield f"  source: {_bound(path)}"
        return
    yield "  source:"
    yield f"    {source}:"
    for name, value in settings.items():
        if isinstance(value, tuple):
            yield from _list(name, cast("tuple[str, ...]", value))
        else:
            yield f"      {name}: {_bound(value)}"


def _list(name: str, values: tuple[str, ...]) -> Iterator[str]:
    words = ", ".join(_bound(value, flow=True) for value in values)
    yield from textwrap.wrap(
        f"{name}: [{words}]",
        98,
        initial_indent="      ",
        subsequent_indent="        ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _bound(value: Any, *, flow: bool = False) -> str:
    """Write a value of a section where `$name` means a parameter: a dollar sign is doubled."""
    doubled = f"${value}" if isinstance(value, str) and value.startswith("$") else value
    return inline(doubled, flow=flow)


def _column(column: ColumnProfile) -> str:
    settings: Any = dict(column.settings)
    kind = f"{{{column.type}: {inline(settings, flow=True)}}}" if settings else column.type
    return f"{emit_key(column.name)}: {kind}"


def _about(column: ColumnProfile, profile: Profile) -> str:
    words = _values(column)
    if column.name in profile.tasks:
        words = f"{'the' if len(profile.tasks) == 1 else 'a'} target: {words}"
    if column.type == "ignore":
        words = f"{column.note}: {words}" if column.note else words
    if column.missing:
        words += f"; {column.missing:,} missing"
    return "".join(character if character.isprintable() else " " for character in words)


def _values(column: ColumnProfile) -> str:
    if column.type in _FORMS:
        return _FORMS[column.type]
    if column.low is not None and column.high is not None:
        return f"{column.low:g} to {column.high:g}, mean {column.mean:.4g}"
    shown = ", ".join(name[:24] for name in column.examples[:3])
    more = ", …" if column.distinct > 3 else ""
    return f"{column.distinct:,} values: {shown}{more}"


def _split(profile: Profile, own: Container[str]) -> str:
    shares = {"validation": "0.1", "test": "0.2"}
    settings = [f"{part}: {share}" for part, share in shares.items() if part not in own]
    classes = [target.name for target in profile.targets if target.counts]
    if classes:
        settings.append(f"stratify: {_bound(classes[0], flow=True)}")
    kept = " and ".join(part for part in shares if part in own)
    whose = f"; {kept} as the data has it" if kept else ""
    rows = ", ".join(f"{count:,} {part}" for part, count in profile.rows.items())
    return f"  split: {{{', '.join([*settings, 'seed: 0'])}}}  # rows: {rows}{whose}"

"""Writes the spec that a data set starts with: complete, commented, and ready to train.

Everything that was found out by looking (how the file is written, the type of each column, the
target) is written down, so that the user sees each guess and changes it by typing.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnspec.problems import Problem, Problems, Span, nearest
from nnspec.section_settings import Split
from nnspec.spec import Choice, Column, Data
from trainers.candidates import SUPPORTED, Candidate, choose
from trainers.column_names import names_beside
from trainers.detection import column_kind, guess_input
from trainers.dialect import Dialect, sniff
from trainers.findings import Findings, report
from trainers.profile import Profile
from trainers.quick_look import profile
from trainers.source_kinds import source_kind
from trainers.spec_text import spec_text
from trainers.table import missing_column

_LIKELY_TARGETS = (
    "target",
    "label",
    "class",
    "y",
    "income",
    "outcome",
    "output",
    "price",
    "species",
    "diagnosis",
    "survived",
    "quality",
    "result",
    "category",
)
_CHARACTERS = 256
"""More than the different characters of most texts."""

_NOWHERE = Span(0, 0)
_PART_COLUMNS = ("split", "part", "subset")
FORMS = ("graph", "masks", "audio", "series")
"""Source kinds that know themselves what is an input and what is predicted."""


@dataclass(slots=True)
class _Draft:
    """What becomes the `data:` section.

    Attributes:
        own_targets: what the source itself means to be predicted.
        texts: columns of free text.
        named: whether columns have names of their own, not `column_1`, `column_2` ...
        last_named: whether the last column has one too; else `--target` may name it.
    """

    source: str
    settings: dict[str, Any]
    columns: tuple[str, ...]
    named: bool
    last_named: bool
    notes: list[str] = field(default_factory=list[str])
    targets: tuple[str, ...] = ()
    own_targets: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


def start(
    data_path: Path, targets: Sequence[str] | None, spec_path: Path
) -> tuple[str | None, list[str], tuple[Problem, ...]]:
    """Look at data and write a spec that trains with no edit.

    Args:
        data_path: a table, a folder or zip of pictures, or a folder that holds one of these.
        targets: the columns to predict: names, `last`, or numbers from 1 (negative from the end).
        spec_path: where the spec is to lie; paths in it are relative to its folder.

    Returns:
        The text (None when there are errors), sentences about what was decided, and problems.
    """
    findings, notes, problems = Findings(str(data_path)), list[str](), Problems("")
    chosen = choose(data_path, notes, findings)
    draft = _draft(chosen, spec_path, notes, findings) if chosen else None
    if draft:
        _choose_target(draft, list(targets or ()), findings)
    if draft is None or findings.failed:
        report(findings, _data("csv", {"path": str(data_path)}, ()), problems)
        return None, notes, tuple(problems)
    folder = spec_path.absolute().parent
    data = _data(draft.source, draft.settings, draft.targets)
    found = profile(data, folder, problems)
    if found is None:
        return None, notes, tuple(problems)
    _note_columns(found, notes)
    own = _own_parts(data, folder)
    text = spec_text(found, draft.source, draft.settings, spec_path.stem, own)
    return text, notes, ()


def _own_parts(data: Data, folder: Path) -> frozenset[str]:
    """The parts that the source itself marks, such as a folder `test` with pictures."""
    if data.source.kind.name == "csv":  # a table marks none, and reading one takes a while
        return frozenset()
    table = data.source.made.open(folder, Findings())
    return frozenset() if table is None or table.part is None else frozenset(table.part.tolist())


def _data(source: str, settings: dict[str, Any], targets: Sequence[str]) -> Data:
    kind = source_kind(source)
    choice = Choice(kind, kind.make(**settings), ("data", "source"), _NOWHERE)
    columns = {}
    if source == "text":  # a window begins anywhere, so nothing is said of its first character
        text, path = column_kind("text"), ("data", "columns", "text")
        made = text.make(tokens="characters", vocabulary=_CHARACTERS, begin=False)
        columns = {"text": Column("text", Choice(text, made, path, _NOWHERE), _NOWHERE)}
    return Data(choice, tuple(Column(each, None, _NOWHERE) for each in targets), columns, Split())


_CLASSED: Mapping[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "pictures": ({}, ("image", "label")),
    "text_folder": ({"skip_header": True}, ("text", "label")),
    "text": ({"context": 128}, ("text",)),
}
"""Settings and columns of the source kinds whose columns are known without a look."""


def _draft(
    chosen: Candidate, spec_path: Path, notes: list[str], findings: Findings
) -> _Draft | None:
    path = _written(chosen.path, spec_path.absolute().parent)
    if chosen.kind in _CLASSED:
        more, columns = _CLASSED[chosen.kind]
        settings = {"path": path, **more}
        return _Draft(chosen.kind, settings, columns, named=True, last_named=True, notes=notes)
    folder = spec_path.absolute().parent
    if chosen.kind in FORMS:
        return _formed(chosen.kind, path, folder, notes, findings)
    return _tabular(chosen.path, path, folder, notes, findings)


def _formed(
    kind: str, path: str, folder: Path, notes: list[str], findings: Findings
) -> _Draft | None:
    """The draft for a source that says itself what is seen and what is predicted."""
    settings: dict[str, Any] = {"path": path}
    table = source_kind(kind).make(**settings).open(folder, findings)
    own_part = next((name for name in table.columns if name in _PART_COLUMNS), "") if table else ""
    if kind == "audio" and own_part:
        settings["part"] = own_part
        table = source_kind(kind).make(**settings).open(folder, findings)
    if table is None:
        return None
    draft = _Draft(kind, settings, table.columns, named=True, last_named=True, notes=notes)
    draft.own_targets = table.targets
    return draft


def _tabular(
    file: Path, path: str, folder: Path, notes: list[str], findings: Findings
) -> _Draft | None:
    dialect = sniff(file, findings)
    if dialect is None:
        return None
    if len(dialect.first) < 2:
        findings.add(
            "data.unsupported",
            f"'{file.name}' is not a table of several columns",
            hint=f"supported: {SUPPORTED}",
        )
        return None
    settings: dict[str, Any] = {"path": path, **_explicit(dialect)}
    known = None if dialect.header else names_beside(file, len(dialect.first))
    names, last_named = known or ((), dialect.header)
    if names:
        notes.append(f"the names of the columns come from {file.stem}.names")
        settings["names"] = names
    table = source_kind("csv").make(**settings).open(folder, findings)
    if table is None:
        return None
    named = dialect.header or bool(names)
    draft = _Draft("csv", settings, table.columns, named, last_named, notes)
    draft.texts = tuple(n for n in table.columns if guess_input(table.values(n)).kind == "text")
    return draft


def _written(path: Path, folder: Path) -> str:
    """The path as the spec writes it: relative when both lie on one drive, with forward slashes."""
    try:
        return Path(os.path.relpath(path.absolute(), folder)).as_posix()
    except ValueError:
        return path.absolute().as_posix()


def _explicit(dialect: Dialect) -> dict[str, Any]:
    """The reading settings that differ from those of an ordinary CSV file."""
    ordinary = Dialect()
    delimiter = "tab" if dialect.delimiter == "\t" else dialect.delimiter
    found = {
        "delimiter": delimiter,
        "header": dialect.header,
        "encoding": dialect.encoding,
        "decimal": dialect.decimal,
        "quoting": dialect.quoting,
    }
    return {name: value for name, value in found.items() if value != getattr(ordinary, name)}


def _choose_target(draft: _Draft, wanted: list[str], findings: Findings) -> None:
    if not wanted and draft.own_targets:
        draft.targets = draft.own_targets
    elif not wanted:
        draft.targets = (_likely(draft.columns, draft.texts),)
        draft.notes.append(
            f"the target is '{draft.targets[0]}'; give --target to predict another column"
        )
    for name in wanted:
        _add_target(draft, name, findings)
    draft.targets = tuple(dict.fromkeys(draft.targets))


def _add_target(draft: _Draft, wanted: str, findings: Findings) -> None:
    found = _named(wanted, draft.columns)
    if found:
        draft.targets += (found,)
    elif _number(wanted) is not None:
        _no_such_number(wanted, len(draft.columns), findings)
    elif draft.last_named or (draft.named and nearest(wanted, draft.columns)):
        missing_column(wanted, draft.columns, "target", findings)
    else:
        _name_last(draft, wanted)


def _no_such_number(wanted: str, columns: int, findings: Findings) -> None:
    findings.add(
        "data.unknown_column",
        f"there is no column number {wanted}: the data has {columns} columns",
        hint=f"give --target a name, 'last', or a number from 1 to {columns}",
        anchor="target",
    )


def _name_last(draft: _Draft, name: str) -> None:
    """Give the last column of a file without a header the name that was asked for."""
    draft.columns = (*draft.columns[:-1], name)
    draft.settings["names"] = draft.columns
    draft.targets += (name,)
    draft.notes.append(f"the file has no header; its last column is called '{name}'")


def _named(wanted: str, columns: Sequence[str]) -> str | None:
    folded = {name.casefold(): name for name in reversed(columns)}
    if wanted in columns:
        return wanted
    if wanted.casefold() in folded:
        return folded[wanted.casefold()]
    if wanted.casefold() == "last":
        return columns[-1]
    number = _number(wanted)
    if not number:
        return None
    index = number - 1 if number > 0 else len(columns) + number
    return columns[index] if 0 <= index < len(columns) else None


def _number(wanted: str) -> int | None:
    try:
        return int(wanted)
    except ValueError:
        return None


def _likely(columns: Sequence[str], texts: Collection[str]) -> str:
    """The column most likely to be predicted: by its name, else the last that is no free text."""
    folded = {name.casefold(): name for name in columns}
    others = [name for name in columns if name not in texts]
    usual = (others or columns)[-1]
    return next((folded[name] for name in _LIKELY_TARGETS if name in folded), usual)


def _note_columns(found: Profile, notes: list[str]) -> None:
    notes.extend(
        f"column '{column.name}' is left out: it {column.note}"
        for column in found.columns
        if column.type == "ignore"
    )

"""A quick look at data: types, parts, odd columns and what the network will be offered.

Free of torch, and after the first look free of NumPy and Arrow too: the result is kept as JSON in
the cache folder under the `data:` section and the files' sizes and times, so that a check of a text
is instant.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnspec.params import settings_of
from nnspec.problems import Problems
from nnspec.spec import Data
from trainers.findings import Findings, report
from trainers.places import cache_folder
from trainers.profile import ColumnProfile, Profile, TargetProfile

if TYPE_CHECKING:
    from trainers.column_checks import Typed
    from trainers.fitted_columns import FittedColumn
    from trainers.preparation import Arranged
    from trainers.table import Table
    from trainers.texts import Array


FORMAT = 8
"""Part of every key: raised when a look at the same data would give something else."""

_MOST_EXAMPLES = 5


def profile(data: Data, folder: Path, problems: Problems) -> Profile | None:
    """Look at the data; None when `problems` got an error.

    Args:
        data: the checked `data:` section.
        folder: where relative paths start: the spec's folder.
        problems: takes what is wrong, at the places of the spec.
    """
    path = _cache_path(data, folder)
    kept = _kept(path) if path else None
    findings, found = kept or _look(data, folder)
    if path and found and not kept:
        _keep(path, findings, found)
    report(findings, data, problems)
    return None if findings.failed else found


def _cache_path(data: Data, folder: Path) -> Path | None:
    try:
        identity = data.source.made.identity(folder)
    except (OSError, ValueError):
        return None
    columns = {name: _type(column) for name, column in data.columns.items()}
    targets = [[target.name, _type(target)] for target in data.targets]
    source = [data.source.kind.name, settings_of(data.source.made)]
    place = str((folder / data.source.made.path).absolute())
    section = [FORMAT, place, identity, source, columns, targets, data.supervised]
    section.append(settings_of(data.split))
    key = hashlib.sha256(json.dumps(section).encode()).hexdigest()[:32]
    try:
        return cache_folder("profiles") / f"{key}.json"
    except OSError:  # nowhere to keep anything: the look is taken anew each time
        return None


def _type(column: Any) -> Any:
    return column.type and [column.type.kind.name, settings_of(column.type.made)]


def _kept(path: Path) -> tuple[Findings, Profile] | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Findings.from_json(kept["findings"]), Profile.from_json(kept["profile"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # absent, torn or of another version: look again


def _keep(path: Path, findings: Findings, found: Profile) -> None:
    half = path.with_name(f"{path.stem}.{os.getpid()}.part")
    text = json.dumps({"findings": findings.to_json(), "profile": found.to_json()})
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    except OSError:  # a full disk costs the cache, not the look
        half.unlink(missing_ok=True)


def _look(data: Data, folder: Path) -> tuple[Findings, Profile | None]:
    from trainers.fitted import report_unreadable
    from trainers.picture_files import UnreadableFilesError
    from trainers.preparation import arrange

    findings = Findings()
    arranged = arrange(data, folder, findings)
    if arranged is None or findings.failed:
        return findings, None
    try:
        return findings, _profile(arranged)
    except UnreadableFilesError as error:
        report_unreadable(error, findings)
        return findings, None


def _profile(arranged: Arranged) -> Profile:
    from trainers.fitted_columns import FittedColumn, interface_of
    from trainers.preparation import whole_shapes

    table, rows = arranged.table, arranged.parts["train"]

    def looked(column: Typed) -> FittedColumn:
        state = column.type.look(table.values(column.name).take(rows))
        return FittedColumn(column.name, column.kind.name, column.type, state)

    targets = tuple(map(looked, arranged.targets))
    typed = {column.name: column for column in (*arranged.columns, *arranged.targets)}
    inputs = tuple(map(looked, arranged.inputs))
    return Profile(
        rows={name: len(part) for name, part in arranged.parts.items()},
        columns=tuple(_column(typed[name], arranged) for name in table.columns),
        targets=tuple(_looked_at(target, table, rows) for target in targets),
        interface=interface_of(inputs, targets, whole_shapes(table)),
        summary=table.summary,
    )


def _looked_at(target: FittedColumn, table: Table, rows: Array) -> TargetProfile:
    texts = table.texts(target.name)
    if texts is None or len(target.type.answer(target.state)) > 1:
        return TargetProfile(target.name, target.task, target.labels)
    counts = texts.take(rows).counts()
    found = tuple(counts.get(label, 0) for label in target.labels)
    return TargetProfile(target.name, target.task, target.labels, found)


def _column(column: Typed, arranged: Arranged) -> ColumnProfile:
    from trainers.texts import mean_and_deviation

    texts = arranged.table.texts(column.name)
    note = column.guess.note if column.guess else ""
    settings = _settings(column, arranged)
    about = ColumnProfile(
        column.name, column.kind.name, column.guess is not None, note, 0, 0, (), settings=settings
    )
    if texts is None:
        return about
    counts = texts.counts()
    about = dataclasses.replace(
        about,
        missing=int(texts.missing().sum()),
        distinct=len(counts),
        examples=tuple(name[:80] for name in list(counts)[:_MOST_EXAMPLES]),
    )
    if column.kind.name != "number":
        return dataclasses.replace(about, top=tuple(counts.items())[:20])
    numbers = texts.numbers().values
    known = numbers[numbers == numbers]
    if not len(known):
        return about
    low, high = float(known.min()), float(known.max())
    mean, _ = mean_and_deviation(known)
    return dataclasses.replace(about, low=low, high=high, mean=mean)


def _settings(column: Typed, arranged: Arranged) -> dict[str, Any]:
    if column.kind.name == "text":  # the network depends on them
        defaults = settings_of(column.kind.make())
        return {n: v for n, v in settings_of(column.made).items() if v != defaults[n]}
    if column.kind.name != "image":
        return dict(column.guess.settings) if column.guess else {}
    state = column.type.look(arranged.table.values(column.name))
    color = "gray" if state["channels"] == 1 else "rgb"
    return {"size": [state["height"], state["width"]], "color": color}

"""Tree and catalog to a `Spec`, collecting every mistake on the way.

Only the structure of model items is read here; their settings are read where blocks are expanded
(`nnspec.graph`), because inside a block they depend on the block's parameters.
"""

from __future__ import annotations

from dataclasses import replace

from nnspec.catalog import Catalog
from nnspec.expressions import Scope, bind
from nnspec.migrations import STEPS, format_of, migration, shown
from nnspec.problems import Edit, Fix, Problems, Span
from nnspec.read_data import read_data
from nnspec.read_model import read_blocks, read_items, read_outputs, read_params
from nnspec.read_models import read_models
from nnspec.read_train import read_train
from nnspec.reading import Reading
from nnspec.spec import Data, Spec, Train
from nnspec.tree import Entry, Mapping, Node, Plain, Scalar, plain, unread

FORMAT = 1
SECTIONS = ("netwright", "name", "params", "data", "blocks", "model", "models", "outputs", "train")


def read_spec(root: Node | None, catalog: Catalog, problems: Problems) -> Spec:
    """Read a whole document. What cannot be read is reported and left at its default."""
    return _spec(Reading(catalog, problems), root)


def _spec(reading: Reading, root: Node | None) -> Spec:
    sections = _sections(reading, root)
    scope = _params(reading, sections.get("params"))
    data = _bound(reading, sections.get("data"), scope)
    train = _bound(reading, sections.get("train"), scope)
    model, models = sections.get("model"), sections.get("models")
    if model is not None and models is not None:
        _report_both(reading, model)
    blocks = read_blocks(reading, sections.get("blocks"))
    return Spec(
        name=_name(reading, sections.get("name")),
        params=scope.values,
        data=_data(reading, data, train) if data else _no_data(reading, root),
        blocks=blocks,
        model=read_items(reading, model.value, ("model",)) if model and not models else None,
        models=read_models(reading, models, scope) if models else {},
        train=read_train(reading, train, scope) if train else Train(),
        used_params=frozenset(scope.used),
        unread_params=scope.unknown,
        outputs=read_outputs(reading, sections.get("outputs")),
    )


def _report_both(reading: Reading, model: Entry) -> None:
    reading.problems.add(
        "model.both",
        model.key_span,
        "'model' and 'models' stand side by side",
        path="model",
        hint="move its layers into an entry of 'models': {NAME: {input: …, layers: […]}}",
    )


def _data(reading: Reading, entry: Entry, train: Entry | None) -> Data | None:
    """Read `data:`; with losses of its own a spec need not have a target."""
    data = read_data(reading, entry)
    node = train.value if train else None
    own = isinstance(node, Mapping) and {"losses", "steps"} & {*node.keys()}
    return replace(data, supervised=False) if data and own and not data.targets else data


def _params(reading: Reading, entry: Entry | None) -> Scope:
    """Read the document's parameters; each may be worked out from those above it."""
    values: dict[str, Plain] = {}
    scope = Scope(values)
    if entry is not None and read_params(reading, entry) and isinstance(entry.value, Mapping):
        for param in entry.value.entries:
            node = bind(param.value, scope, f"params.{param.key}", reading.problems)
            if unread(node):
                scope.unknown |= {param.key}
            else:
                values[param.key] = plain(node)
    return scope


def _sections(reading: Reading, root: Node | None) -> dict[str, Entry]:
    if root is None and any(problem.code.startswith("yaml.") for problem in reading.problems):
        return {}
    if not isinstance(root, Mapping):
        reading.problems.add(
            "spec.empty" if root is None else "spec.shape",
            Span(0, 0),
            "a spec is a mapping that begins with 'netwright: 1'",
            hint="start with: netwright: 1",
        )
        return {}
    sections = {entry.key: entry for entry in root.entries}
    if format_of(root) in STEPS:
        _old(reading, root, sections["netwright"])
        return {}
    for entry in root.entries:
        if entry.key not in SECTIONS and not entry.key.startswith("x-"):
            reading.unknown(
                entry, SECTIONS, "", "section.unknown", f"there is no section '{entry.key}'"
            )
    _format(reading, root, sections.get("netwright"))
    return sections


def _old(reading: Reading, root: Node, entry: Entry) -> None:
    """Say that the format is an older one; what else is wrong is told once it is brought up."""
    edit = migration(reading.problems.text, root)
    reading.problems.add(
        "format.old",
        entry.value.span,
        f"format {plain(entry.value)} is older than what this program reads",
        path="netwright",
        hint="bring the text up to date with: netwright check SPEC --fix",
        details=shown(reading.problems.text, edit) if edit else (),
        fix=Fix(f"Bring it to format {FORMAT}", edit) if edit else None,
    )


def _format(reading: Reading, root: Mapping, entry: Entry | None) -> None:
    if entry is None:
        start = root.span.start + 1 if root.flow else root.span.start
        words = "netwright: 1, " if root.flow and root.entries else "netwright: 1\n"
        first = root.flow or reading.problems.lines.position(start)[1] == 1
        reading.problems.add(
            "format.missing",
            Span(0, 0),
            "the format number is missing",
            path="netwright",
            hint="add the line: netwright: 1",
            fix=Fix("Add 'netwright: 1'", Edit(start, start, words)) if first else None,
        )
        return
    number = plain(entry.value)
    if number == FORMAT and not isinstance(number, bool):
        return
    shown = f"'{str(number)[:40]}'" if isinstance(entry.value, Scalar) else "not a number"
    newer = isinstance(number, int) and number > FORMAT
    reading.problems.add(
        "format.newer" if newer else "format.unknown",
        entry.value.span,
        f"format {number} is newer than this program reads"
        if newer
        else f"the format number is {shown}; this program reads {FORMAT}",
        path="netwright",
        hint="update Netwright" if newer else f"write: netwright: {FORMAT}",
    )


def _no_data(reading: Reading, root: Node | None) -> None:
    if isinstance(root, Mapping) and root.get("data") is None and format_of(root) not in STEPS:
        reading.problems.add(
            "data.missing",
            Span(root.span.end, root.span.end),
            "the section 'data' is missing",
            path="data",
            hint="add: data: {source: FILE, target: COLUMN}",
        )


def _bound(reading: Reading, entry: Entry | None, scope: Scope) -> Entry | None:
    if entry is None:
        return None
    return Entry(entry.key, entry.key_span, bind(entry.value, scope, entry.key, reading.problems))


def _name(reading: Reading, entry: Entry | None) -> str | None:
    if entry is None or plain(entry.value) is None:
        return None
    if not isinstance(entry.value, Scalar):
        reading.wrong(
            entry.value, ("name",), "the name is one line of text", "write: name: My network"
        )
        return None
    return entry.value.text

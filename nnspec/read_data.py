"""The `data:` section: source, target, column types and split."""

from __future__ import annotations

from nnspec.catalog import Catalog, Kind
from nnspec.mends import set_all
from nnspec.reading import Reading
from nnspec.section_settings import Split
from nnspec.settings import Place, read_settings
from nnspec.spec import Choice, Column, Data, Path
from nnspec.syntax import Entry, Mapping, Node, Scalar, Sequence, plain


def read_data(reading: Reading, entry: Entry) -> Data | None:
    """Read `data:`; None when there is no usable source."""
    node, path = entry.value, ("data",)
    if not isinstance(node, Mapping):
        reading.wrong(
            node, path, "data is a mapping", "write: data: {source: FILE, target: COLUMN}"
        )
        return None
    known = ("source", "target", "columns", "split")
    for part in node.entries:
        if part.key not in known and not part.key.startswith("x-"):
            reading.unknown(part, known, "data", "key.unknown", f"data has no setting '{part.key}'")
    source = _source(reading, node)
    targets = _targets(reading, node.get("target"))
    columns = _columns(reading, node.get("columns"))
    split = _split(reading, node.get("split"))
    return Data(source, targets, columns, split) if source else None


def _source(reading: Reading, node: Mapping) -> Choice | None:
    written = node.get("source")
    path: Path = ("data", "source")
    if written is None or plain(written) is None:
        reading.problems.add(
            "data.source",
            (written or node).span,
            "data needs a source",
            path="data",
            hint="add source: and the path of a file or folder",
        )
        return None
    if isinstance(written, Mapping):
        return reading.choice(written, "source", path, "the source")
    if not isinstance(written, Scalar):
        reading.wrong(written, path, "the source is one path", "write: source: adult.csv")
        return None
    kind = _source_kind(written.text, reading.catalog)
    if kind is None:
        return None
    return reading.made(
        kind, Scalar(written.span, written.text, written.text, quoted=True), written.span, path
    )


def _targets(reading: Reading, node: Node | None) -> tuple[Column, ...]:
    """Read one target or several: a name, a mapping of names to types, or a list of either."""
    path: Path = ("data", "target")
    match node:
        case None | Scalar(value=None):
            return ()
        case Scalar():
            return (Column(node.text, None, node.span),)
        case Mapping(entries=entries):
            return tuple(
                Column(part.key, _type(reading, part.value, (*path, part.key)), part.key_span)
                for part in entries
            )
        case Sequence(items=items) if not any(isinstance(part, Sequence) for part in items):
            return _distinct(
                reading, [found for part in items for found in _targets(reading, part)]
            )
        case _:
            reading.wrong(node, path, "the target is a column", "write: target: NAME")
            return ()


def _distinct(reading: Reading, columns: list[Column]) -> tuple[Column, ...]:
    named: dict[str, Column] = {}
    for column in columns:
        if column.name in named:
            reading.problems.add(
                "data.target_twice",
                column.span,
                f"'{column.name}' is listed as a target twice",
                path="data.target",
                hint="remove one of the two",
            )
        named.setdefault(column.name, column)
    return tuple(named.values())


def _type(reading: Reading, node: Node, path: Path) -> Choice | None:
    if plain(node) is None:
        return None
    return reading.choice(node, "column", path, "a column's type")


def _columns(reading: Reading, node: Node | None) -> dict[str, Column]:
    if node is None or plain(node) is None:
        return {}
    if not isinstance(node, Mapping):
        reading.wrong(
            node,
            ("data", "columns"),
            "columns is a mapping of column names to types",
            "write: columns: {age: number}",
        )
        return {}
    return {
        entry.key: Column(
            entry.key, _type(reading, entry.value, ("data", "columns", entry.key)), entry.key_span
        )
        for entry in node.entries
    }


def _split(reading: Reading, node: Node | None) -> Split:
    if node is None or plain(node) is None:
        return Split()
    if not isinstance(node, Mapping):
        reading.wrong(
            node,
            ("data", "split"),
            "split is a mapping",
            "write: split: {validation: 0.1, test: 0.2}",
        )
        return Split()
    values = read_settings(
        Split, node.entries, Place("data.split", "split"), reading.problems, span=node.span
    )
    split = Split(**values)
    written = (split.validation, split.test)
    halved = [count for count in written if count > 1 and count != int(count)]
    if halved:
        reading.problems.add(
            "split.count",
            node.span,
            f"{halved[0]:g} is neither a share of the rows nor a number of rows",
            path="data.split",
            hint="write a share below 1, or a whole number of rows",
        )
        return Split()
    if sum(count for count in written if count < 1) >= 1:
        reading.problems.add(
            "split.shares",
            node.span,
            f"validation {split.validation:g} and test {split.test:g} leave no rows to train on",
            path="data.split",
            hint="their sum has to stay below 1",
            fix=set_all(
                reading.problems,
                ((("data", "split", "validation"), 0.1), (("data", "split", "test"), 0.2)),
                "Set validation to 0.1 and test to 0.2",
            ),
        )
        return Split()
    return split


def _source_kind(text: str, catalog: Catalog) -> Kind | None:
    """The source kind whose endings match the path; the one that claims "" takes the rest."""
    lowered = text.lower().rstrip("/")
    ending = "." + lowered.rsplit(".", 1)[-1] if "." in lowered.rsplit("/", 1)[-1] else ""
    table = catalog.get("source", "csv")
    if table and ending in table.make.endings:  # type: ignore[attr-defined]
        return table
    for kind in catalog.of("source"):
        if ending in kind.make.endings:  # type: ignore[attr-defined]
            return kind
    return table

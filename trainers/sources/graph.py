"""A graph as tables: its nodes are the rows, its edges belong to all of them.

NumPy is imported where it is used: the catalog loads this module for every check of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from trainers.class_folders import PARTS
from trainers.files import fingerprint, locate, size_and_time
from trainers.findings import Findings

if TYPE_CHECKING:
    from trainers.table import Table
    from trainers.texts import Array

MOST_NODES_WITHOUT_FEATURES = 20_000


@kind("Graphs")
@dataclass(frozen=True, slots=True)
class Graph:
    """A folder with `nodes.csv` and `edges.csv`: each node is a row.

    The first column of `nodes.csv` names the node, a column `split` its part (train, validation,
    test; anything else is no part), the others are columns. The first two columns of `edges.csv`
    name the nodes an edge joins; edges go both ways. A file of features, dense or as
    node,feature,value, gives the column `features`; without one each node gets a slot of its own.
    """

    endings: ClassVar[tuple[str, ...]] = ()

    path: str = param(help="The folder, relative to the spec or absolute.")
    features: str | None = param(
        None,
        help="The CSV file of features inside the folder, plain or .gz; null finds features.csv "
        "or features_sparse.csv.",
    )
    part: str | None = param(
        "split", help="The column of nodes.csv that says which part a node is in; null: none does."
    )
    directed: bool = param(False, help="Whether an edge leads from source to target only.")

    def identity(self, folder: Path) -> Any:
        """Return what changes when a file does, without reading it."""
        root = folder / self.path
        names = ("nodes.csv", "edges.csv", self._features(root))
        return [size_and_time(root / name) for name in names if name]

    def like(self, path: str, folder: Path, absent: Sequence[str] = ()) -> Graph:  # noqa: ARG002
        """Return this reading for another folder."""
        return replace(self, path=path)

    def open(self, folder: Path, findings: Findings) -> Table | None:
        """Read nodes, edges and features; None when there are errors."""
        root = locate(self.path, folder, findings)
        if root is None:
            return None
        if not root.is_dir():
            findings.add(
                "data.path",
                f"'{self.path}' is a file; graph reads a folder with nodes and edges",
                hint="put nodes.csv and edges.csv into one folder and name that folder",
            )
            return None
        nodes = _read("nodes.csv", root, findings)
        edges = _read("edges.csv", root, findings)
        if nodes is None or edges is None:
            return None
        found = self._edges(nodes, edges, findings)
        features = self._read_features(root, nodes, findings)
        if found is None or features is None or findings.failed:
            return None
        return self._table(root, nodes, found, features)

    def _features(self, root: Path) -> str | None:
        likely = (f"{stem}.csv{end}" for stem in ("features", "features_sparse") for end in _ENDS)
        return self.features or next((name for name in likely if (root / name).is_file()), None)

    def _edges(self, nodes: Table, edges: Table, findings: Findings) -> Array | None:
        """Return int64, edges x 2, both directions unless directed, none of them twice."""
        import numpy as np

        if len(edges.columns) < 2:
            findings.add(
                "data.edges",
                "edges.csv has one column; it needs two: the nodes that an edge joins",
                hint=_REMEDIES["edges.csv"],
                file="edges.csv",
            )
            return None
        pairs = [_numbers(nodes, edges, name, findings) for name in edges.columns[:2]]
        if findings.failed:
            return None
        found = np.stack(pairs, axis=1)
        if not self.directed:
            found = np.concatenate([found, found[:, ::-1]])
        return np.unique(found[found[:, 0] != found[:, 1]], axis=0)

    def _read_features(self, root: Path, nodes: Table, findings: Findings) -> Array | None:
        """Return float32, nodes x features."""
        import numpy as np

        from trainers.node_features import read_features

        name = self._features(root)
        if name is not None:
            return read_features(root / name, _node_names(nodes), findings)
        if nodes.rows > MOST_NODES_WITHOUT_FEATURES:
            findings.add(
                "data.too_wide",
                f"{nodes.rows:,} nodes have no features; a slot for each is given to at most "
                f"{MOST_NODES_WITHOUT_FEATURES:,}",
                hint="add a file features.csv with a row for each node",
            )
            return None
        return np.eye(nodes.rows, dtype=np.float32)

    def _table(self, root: Path, nodes: Table, edges: Array, features: Array) -> Table:
        import numpy as np

        from trainers.table import Arrays, Table

        given = self.part if self.part in nodes.columns else None
        others = [name for name in nodes.columns[1:] if name not in (given, "features")]
        part = None
        if given is not None:
            written = [(cell or "").strip().lower() for cell in _cells(nodes, given)]
            part = np.array([PARTS.get(word, "") for word in written])
        about = {name: fingerprint(root / f"{name}.csv") for name in ("nodes", "edges")}
        content = {name: one.get("sha256", one["bytes"]) for name, one in about.items()}
        return Table(
            ("features", *others),
            nodes.rows,
            {"features": Arrays(features), **{name: nodes.cells[name] for name in others}},
            part,
            {"path": str(root), **content},
            f"{root.name}: {nodes.rows:,} nodes, {len(edges):,} edges (each direction counts), "
            f"{features.shape[1]:,} features",
            {"features": "array"},
            tuple(others[:1]),
            {"edges": edges},
        )


_ENDS = ("", ".gz")
_REMEDIES = {
    "nodes.csv": "nodes.csv needs a header and a row for each node: its name, then its columns",
    "edges.csv": "edges.csv needs a header and a row for each edge: the names of the two nodes",
}


def _read(name: str, root: Path, findings: Findings) -> Table | None:
    """Read one of the two files; what is wrong names the file and what it has to hold."""
    from trainers.source_kinds import open_table

    if not (root / name).is_file():
        findings.add(
            "data.missing_file", f"the folder '{root.name}' has no '{name}'", hint=_REMEDIES[name]
        )
        return None
    own = Findings(name)
    table = open_table(name, root, own)
    findings.found.extend(replace(one, hint=one.hint or _REMEDIES[name]) for one in own)
    return table


def _cells(table: Table, name: str) -> list[str]:
    texts: Any = table.values(name)
    plain: list[str] = texts.plain()
    return plain


def _node_names(nodes: Table) -> list[str]:
    return _cells(nodes, nodes.columns[0])


def _numbers(nodes: Table, edges: Table, column: str, findings: Findings) -> Array:
    """The rows of the nodes that a column of the edges names."""
    import numpy as np

    texts: Any = edges.values(column)
    found: Array = texts.codes(_node_names(nodes))
    unknown = np.flatnonzero(found < 0)
    if len(unknown):
        row = int(unknown[0])
        findings.add(
            "data.unknown_node",
            f"edges.csv names the node '{texts[row]}' in row {row + 1}, which nodes.csv lacks"
            + (f", and {len(unknown) - 1:,} others" if len(unknown) > 1 else ""),
            row=row + 1,
            hint="add the node to nodes.csv, remove its edges, or write its name as it stands "
            f"in the first column of nodes.csv, '{nodes.columns[0]}'",
            file="edges.csv",
        )
    return found

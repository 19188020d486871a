"""What can be added to a network, as rows: every layer of the catalog and every block of the spec.

One list model serves the palette, which has headings, and the search box, which ranks. Nothing is
listed by hand: a new kind file is a new row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtWidgets import (
    QWidget,
)

from app.network.canvas.view import KIND_MIME
from nnspec.catalog import Catalog

ENTRY = Qt.ItemDataRole.UserRole


Index = QModelIndex | QPersistentModelIndex


GROUPS = (
    "Block",
    "Linear",
    "Convolution",
    "Pooling",
    "Activation",
    "Normalization",
    "Regularization",
    "Dropout",
    "Merge",
    "Shape",
    "Sequence",
    "Recurrent",
    "Attention",
    "Embedding",
    "Upsampling",
    "Graph",
    "Dynamics",
    "Mixture",
)
"""The order of the headings; groups not named here follow by name."""

USUAL = (
    "linear",
    "conv2d",
    "max_pool2d",
    "relu",
    "batch_norm",
    "dropout",
    "flatten",
    "embedding",
    "lstm",
    "transformer_encoder_layer",
    "add",
    "concat",
)
"""What most networks are made of; shown first, and again in its group."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a heading (no summary), or a layer or block with one sentence about it."""

    name: str
    group: str
    summary: str = ""
    heading: bool = False
    also: tuple[str, ...] = ()


def entries(catalog: Catalog, blocks: Iterable[tuple[str, int]] = ()) -> tuple[Entry, ...]:
    """All that can be added: the spec's blocks (name, number of layers), then every layer."""
    own = [Entry(name, "Block", f"Block of {count} layers, yours.") for name, count in blocks]
    kinds = [
        Entry(kind.name, kind.group, kind.summary, also=kind.also) for kind in catalog.of("layer")
    ]
    order = {group: index for index, group in enumerate(GROUPS)}
    return tuple(
        sorted([*own, *kinds], key=lambda e: (order.get(e.group, len(order)), e.group, e.name))
    )


def grouped(found: Sequence[Entry]) -> list[Entry]:
    """Put a heading before each group."""
    rows: list[Entry] = []
    for entry in found:
        if not rows or rows[-1].group != entry.group:
            rows.append(Entry(entry.group, entry.group, heading=True))
        rows.append(entry)
    return rows


def usual(known: Sequence[Entry]) -> list[Entry]:
    """What most networks are made of, under a heading of its own."""
    named = {entry.name: entry for entry in known}
    found = [named[name] for name in USUAL if name in named]
    return [Entry("Most used", "", heading=True), *found] if found else []


def matching(known: Sequence[Entry], typed: str) -> list[Entry]:
    """The entries that `typed` may mean, the likeliest first; all of them when nothing is typed."""
    wanted = typed.strip().lower().replace(" ", "_")
    ranked = [(_rank(entry, wanted), entry) for entry in known]
    ranked = [pair for pair in ranked if pair[0] is not None]
    ranked.sort(key=lambda pair: pair[0] or 0)
    return [entry for _, entry in ranked]


def _rank(entry: Entry, wanted: str) -> int | None:
    name = entry.name.lower()
    if not wanted or name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if any(part.startswith(wanted) for part in name.split("_")):
        return 2
    if wanted in name:
        return 3
    if any(other.lower().startswith(wanted) for other in entry.also):
        return 1
    if entry.group.lower().startswith(wanted):
        return 4
    letters = iter(name)
    if all(letter in letters for letter in wanted):
        return 5
    words = wanted.replace("_", " ")
    return 6 if len(wanted) > 2 and words in entry.summary.lower() else None


class KindModel(QAbstractListModel):
    """The rows to choose from; `headings` says whether groups are headed."""

    def __init__(self, *, headings: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._headings = headings
        self._known: tuple[Entry, ...] = ()
        self._typed = ""
        self._rows: list[Entry] = []

    def set_known(self, known: tuple[Entry, ...]) -> None:
        """Offer these from now on."""
        if known != self._known:
            self._known = known
            self._refill()

    def set_typed(self, typed: str) -> None:
        """Show only what this may mean."""
        if typed != self._typed:
            self._typed = typed
            self._refill()

    def _refill(self) -> None:
        self.beginResetModel()
        found = matching(self._known, self._typed)
        if self._headings:
            order = {entry: index for index, entry in enumerate(self._known)}
            found = grouped(sorted(found, key=lambda entry: order[entry]))
            if not self._typed.strip():
                found = [*usual(self._known), *found]
        self._rows = found
        self.endResetModel()

    def entry(self, index: Index) -> Entry | None:
        """The kind of a row; None for a heading."""
        if not index.isValid() or self._rows[index.row()].heading:
            return None
        return self._rows[index.row()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """How many rows there are."""
        """What a row shows."""
        if not index.isValid():
            return None
        entry = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.ToolTipRole and not entry.heading:
            return f"{entry.name}\n{entry.summary}"
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return entry.summary
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings can neither be chosen nor dragged."""
        if self.entry(index) is None:
            return Qt.ItemFlag.NoItemFlags
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """What a drag carries."""
        return [KIND_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Carry the name of the kind."""
        carried = QMimeData()
        entry = self.entry(indexes[0]) if indexes else None
        if entry:
            carried.setData(KIND_MIME, QByteArray(entry.name.encode()))
        return carried

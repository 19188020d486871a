"""The scene is a projection: it shows the newest picture and redraws only what differs.

Items are kept by the key of what they show. Nothing of the network is stored here; a gesture that
wants to change something changes the text, and the next picture brings it back.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt
from PySide6.QtWidgets import QGraphicsScene, QGraphicsSceneHelpEvent, QToolTip

from app.network.canvas.ink import Ink
from app.network.canvas.items import NodeItem
from app.network.canvas.layout import NODE_HEIGHT, NODE_WIDTH, Layout, arrange
from app.network.canvas.picture import Picture
from app.network.canvas.wires import MarkItem, WireItem
from app.style import Style

_BY_BOX = Qt.ItemSelectionMode.IntersectsItemBoundingRect


def _apart(picture: Picture) -> list[tuple[str, str]]:
    """An empty network: what shall come out stands below what goes in, not beside it."""
    outputs = [card.key for card in picture.cards if card.role == "output"]
    return [(picture.cards[0].key, key) for key in outputs]


class CanvasScene(QGraphicsScene):
    """Shows pictures. `nodes` and `wires` are the items by key."""

    def __init__(self, style: Style, parent=None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        self.picture = Picture()
        self.layout = Layout({}, {})
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[tuple[str, str, int], WireItem] = {}
        self._style = style
        self.ink = Ink(style)
        self.mark = MarkItem(self.ink)
        self.addItem(self.mark)
        self.setBackgroundBrush(self.ink.canvas)
        style.changed.connect(self._repaint)

    def show_picture(self, picture: Picture) -> int:
        """Show `picture`; return how many items were made, dropped or drawn anew."""
        keys = tuple(card.key for card in picture.cards)
        joints = [(wire.source, wire.target) for wire in picture.wires]
        before = ([c.key for c in self.picture.cards], [w.key for w in self.picture.wires])
        other = before != (list(keys), [wire.key for wire in picture.wires])
        if other:
            self.layout = arrange(keys, joints or _apart(picture))
        self.picture = picture
        with QSignalBlocker(self):  # a selected node that goes must not be asked about half-way
            touched = self._show_nodes() + self._show_wires(lay=other)
        if touched:
            self.setSceneRect(self.network_rect().adjusted(-400, -300, 400, 300))
        return touched

    def _show_nodes(self) -> int:
        touched = 0
        cards = {card.key: card for card in self.picture.cards}
        for key in [key for key in self.nodes if key not in cards]:
            self.removeItem(self.nodes.pop(key))
            touched += 1
        for key, card in cards.items():
            node = self.nodes.get(key)
            if node is None:
                node = self.nodes[key] = NodeItem(card, self.ink)
                self.addItem(node)
                touched += 1
            else:
                touched += node.show_card(card)
            place = self.layout.places[key]
            if node.pos() != QPointF(place.x, place.y):
                node.setPos(place.x, place.y)
                touched += 1
        return touched

    def _show_wires(self, *, lay: bool) -> int:
        touched = 0
        wanted = {wire.key: wire for wire in self.picture.wires}
        for key in [key for key in self.wires if key not in wanted]:
            self.removeItem(self.wires.pop(key))
            touched += 1
        for key, wire in wanted.items():
            item = self.wires.get(key)
            if item is None:
                item = self.wires[key] = WireItem(wire, self.ink)
                self.addItem(item)
                touched += 1
            elif item.wire != wire:
                item.show_wire(wire)
                item.update()
                touched += 1
            if lay:
                self.lay(item)
        return touched

    def lay(self, item: WireItem) -> None:
        """Lay one wire between its two nodes."""
        wire = item.wire
        joint = (wire.source, wire.target)
        start = self.nodes[wire.source].port_point("out")
        end = self.nodes[wire.target].port_point("in", wire.slot, wire.slots)
        outside = joint in self.layout.outside
        item.route(start, end, self.layout.tracks.get(joint), outside=outside)

    def lay_around(self, key: str) -> None:
        """Lay the wires of one node that is being dragged."""
        for item in self.wires.values():
            if key in (item.wire.source, item.wire.target):
                self.lay(item)

    def network_rect(self) -> QRectF:
        """The box around all nodes and tracks."""
        places = self.layout.places.values()
        if not places:
            return QRectF(0, 0, NODE_WIDTH, NODE_HEIGHT)
        left = min([p.x for p in places] + list(self.layout.tracks.values()))
        left -= 84 if self.layout.outside else 0  # the words beside the outermost tracks
        right = max(p.x for p in places) + NODE_WIDTH
        return QRectF(
            left,
            min(p.y for p in places),
            max(right, max(self.layout.tracks.values(), default=right)) - left,
            max(p.y for p in places) + NODE_HEIGHT - min(p.y for p in places),
        )

    # ---- what is selected, what lies where ---------------------------------------------------

    def selected_keys(self) -> tuple[str, ...]:
        """The keys of the selected nodes in the order of the list."""
        return tuple(c.key for c in self.picture.cards if self.nodes[c.key].isSelected())

    def select(self, keys: tuple[str, ...]) -> None:
        """Select exactly these nodes; one signal, and none when they are selected already."""
        if keys == self.selected_keys():
            return
        self.show_selected(keys)
        self.selectionChanged.emit()

    def show_selected(self, keys: tuple[str, ...]) -> None:
        """Draw these nodes as selected without telling anybody: a gesture is under way."""
        with QSignalBlocker(self):
            for key, node in self.nodes.items():
                if node.isSelected() != (key in keys):
                    node.setSelected(key in keys)
                    node.update()

    def node_at(self, point: QPointF) -> NodeItem | None:
        """The node under a scene point, its ports included."""
        found = (item for item in self.items(point) if isinstance(item, NodeItem))
        return next(found, None)

    def helpEvent(self, event: QGraphicsSceneHelpEvent) -> None:
        """Tell what a port takes, else what its node is."""
        node = self.node_at(event.scenePos())
        words = node.port_words(event.scenePos()) if node else ""
        if words:
            QToolTip.showText(event.screenPos(), words, event.widget())
        else:
            super().helpEvent(event)

    def wire_at(self, point: QPointF, reach: float = 22.0) -> WireItem | None:
        """The wire that passes near a scene point."""
        around = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        boxes = self.items(around, mode=_BY_BOX)
        return next((w for w in boxes if isinstance(w, WireItem) and w.near(point, reach)), None)

    def _repaint(self) -> None:
        self.ink = Ink(self._style)
        for item in (*self.nodes.values(), *self.wires.values(), self.mark):
            item.ink = self.ink
        self.setBackgroundBrush(self.ink.canvas)
        self.update()

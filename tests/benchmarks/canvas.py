"""How smooth the canvas is with many nodes: `python tests/benchmarks/canvas.py [nodes …]`.

A real room on a generated network, offscreen; every figure is a median in milliseconds of a whole
frame: event, scene, paint. Trust ratios more than figures, the machine may be shared.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication

from app.network.canvas.layout import arrange
from app.network.canvas.picture import draw
from app.network.canvas.tools import MoveNode
from app.network.canvas.view import CanvasView
from app.style import apply
from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.shapes import Interface, Shape


def text_of(nodes: int) -> str:
    """A chain with a skip connection over every fourth layer."""
    lines = ["netwright: 1", "model:"]
    for number in range(nodes // 4):
        lines += [
            f"  - linear: 64\n    name: in{number}",
            "  - relu",
            f"  - linear: 64\n    name: out{number}",
        ]
        lines += [f"  - add: [in{number}, out{number}]"]
    return "\n".join(lines) + "\n"


def median_ms(work: Callable[[int], None], rounds: int = 40) -> float:
    """The median time of a call, the first two left out."""
    times: list[float] = []
    for turn in range(rounds + 2):
        begun = time.perf_counter()
        work(turn)
        QApplication.processEvents()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[2:])


def measure(nodes: int, application: QApplication) -> None:
    """Print one row."""
    catalog = Catalog.discover()
    begun = time.perf_counter()
    interface = Interface({"features": Shape((64,))}, {"y": Shape((64,))}, "features")
    analysis = analyse(text_of(nodes), catalog, interface)
    analysed = (time.perf_counter() - begun) * 1000
    picture = draw(analysis, catalog)
    view = CanvasView(apply(application, "light"))
    view.resize(900, 800)
    view.show()
    begun = time.perf_counter()
    view.canvas.show_picture(picture)
    built = (time.perf_counter() - begun) * 1000
    wires = [(wire.source, wire.target) for wire in picture.wires]
    keys = [card.key for card in picture.cards]
    layout = median_ms(lambda _: arrange(keys, wires) and None, 5)
    view.set_zoom(1.0)
    node = view.canvas.nodes[keys[8]]
    view.centerOn(node)
    pan = median_ms(lambda turn: view.scroll_by(0, 7 if turn % 2 else -7))
    gesture = MoveNode(view, node, view.mapFromScene(node.box().center()))
    drag = median_ms(lambda turn: gesture.move(QPoint(400 + turn, 300 + turn)))
    gesture.cancel()
    hit = median_ms(lambda _: view.canvas.node_at(QPointF(100, 3000)) and None)
    same = median_ms(lambda _: view.canvas.show_picture(picture) and None, 10)
    view.fit()
    whole = median_ms(lambda _: view.viewport().update(), 10)
    print(
        f"{nodes:>6} nodes  analyse {analysed:7.1f}  layout {layout:6.1f}  build {built:7.1f}  "
        f"same picture {same:6.1f}  pan {pan:5.2f}  drag {drag:5.2f}  hit {hit:5.2f}  "
        f"whole in view {whole:6.1f}"
    )
    view.close()
    view.deleteLater()


def main() -> None:
    """Measure each size asked for."""
    application = QApplication([])
    for nodes in [int(word) for word in sys.argv[1:]] or [300, 1000, 4000]:
        measure(nodes, application)


if __name__ == "__main__":
    main()

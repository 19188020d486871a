"""The form pane: what is selected on the canvas, or the network and its training when nothing is.

Every change is a splice of one value, named as the user sees it ("Set kernel_size").
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.network import settings
from app.network.canvas.ink import icon_name, look
from app.network.canvas.picture import Card, Picture
from app.network.facts import Facts, ProblemNote, apply, label, sums
from app.network.forms import LABEL_WIDTH, Form
from app.network.network_page import NetworkPage
from app.project import Project
from app.style import Style
from nnspec.problems import Problem
from nnspec.spec import Path
from nnspec.tree import Plain


class Inspector(QScrollArea):
    """Shows one card, several, or the network.

    Signals:
        rename_wanted: carries a key and its new name. help_wanted: the user asks what this is.
    """

    rename_wanted = Signal(str, str)
    open_wanted = Signal(str)
    fix_wanted = Signal(object)
    help_wanted = Signal()

    def __init__(self, project: Project, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Settings")
        self.layer = LayerPage(project, style)
        self.network = NetworkPage(project, style)
        self.layer.rename_wanted.connect(self.rename_wanted)
        self.layer.open_wanted.connect(self.open_wanted)
        self.layer.fix_wanted.connect(self.fix_wanted)
        self.layer.help.clicked.connect(self.help_wanted)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 14, 12, 12)
        column.addWidget(self.layer)
        column.addWidget(self.network)
        column.addStretch(1)
        self.setWidget(page)
        self.layer.hide()

    def show_selection(self, picture: Picture, keys: tuple[str, ...]) -> None:
        """Show what is selected in the picture."""
        cards = [card for key in keys if (card := picture.card(key))]
        layers = [card for card in cards if card.index >= 0]
        self.layer.setVisible(bool(layers))
        self.network.setVisible(not layers)
        if layers:
            self.layer.show_cards(layers, picture)
        else:
            self.network.show_network(picture)

    def edit_name(self) -> None:
        """Put the keyboard on the name of the layer that is shown."""
        self.layer.name.setFocus()
        self.layer.name.selectAll()

    def edit_first(self) -> None:
        """Put the keyboard on the first setting."""
        (self.layer.form if self.layer.isVisible() else self.network.training).edit_first()


class LayerPage(QWidget):
    """Header, name, facts and settings of one layer or block."""

    rename_wanted = Signal(str, str)
    open_wanted = Signal(str)
    fix_wanted = Signal(object)

    def __init__(self, project: Project, style: Style) -> None:
        super().__init__()
        self._project, self._style = project, style
        self._card: Card | None = None
        self._path: Path = ()
        self._main = ""
        self._tile = QLabel()
        self._title = label("heading")
        self._group = label("small")
        self._help = label("muted", wrap=True)
        self.name = QLineEdit()
        self.name.setPlaceholderText("no name yet")
        self.name.setAccessibleName("Name of this layer")
        self.name.setToolTip("How other layers refer to this one in from: and add:")
        self.name.editingFinished.connect(self._rename)
        self._facts = Facts()
        self.form = Form(style)
        self.form.changed.connect(self._change)
        self.form.reset.connect(self._reset)
        self._open = QPushButton("Open block")
        self._open.setToolTip("Show the layers inside (Return or double-click)")
        self._open.clicked.connect(self._open_block)
        self.help = QToolButton()
        style.set_icon(self.help, "help")
        self.help.setToolTip("What this layer does (F1)")
        self.help.setAccessibleName("Help on this layer")
        self._problems = QVBoxLayout()
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._title)
        words.addWidget(self._group)
        head.addWidget(self._tile)
        head.addLayout(words, 1)
        head.addWidget(self._open)
        head.addWidget(self.help)
        named = QGridLayout()
        named.setHorizontalSpacing(8)
        label = QLabel("name")
        label.setFixedWidth(LABEL_WIDTH)
        named.addWidget(label, 0, 0)
        named.addWidget(self.name, 0, 1)
        named.setColumnMinimumWidth(2, 33)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self._help)
        column.addWidget(self._facts)
        column.addLayout(self._problems)
        column.addLayout(named)
        column.addWidget(self.form)

    def show_cards(self, cards: list[Card], picture: Picture) -> None:
        """Show one card with its form, or what several have together."""
        several = len(cards) > 1
        for part in (self.name, self.form, self._help, self._group):
            part.setVisible(not several)
        self.help.setVisible(not several and cards[0].role == "layer")
        self._open.setVisible(not several and cards[0].role == "block")
        self._show_problems([] if several else self._own_problems(cards[0]))
        if several:
            self._card = None
            self._title.setText(f"{len(cards)} layers")
            self._facts.show_facts(sums(cards))
        else:
            self._show_card(cards[0], picture)

    def _show_card(self, card: Card, picture: Picture) -> None:
        catalog, analysis = self._project.catalog, self._project.analysis
        kind, block = catalog.get("layer", card.kind), analysis.spec.blocks.get(card.kind)
        params = kind.params if kind else settings.params_of_block(block) if block else ()
        self._card, self._path = card, (*card.path, card.kind)
        self._main = settings.main_of(kind, params)
        self._title.setText(card.kind)
        self._group.setText(card.group or "Unknown layer")
        self._help.setText(kind.summary if kind else _about(card))
        tint = self._style.tokens.family(look(card.group))
        self._tile.setPixmap(self._style.pixmap(icon_name(card.group), 24, tint, 2.0))
        item = picture.items[card.index]
        if not self.name.hasFocus() or not self.name.isModified():
            self.name.setText(item.name.name if item.name else "")
        inputs = [(each.title, each.source or "—") for each in card.inputs]
        self._facts.show_facts([*inputs, *sums([card], shape=card.shape)])
        values = settings.values_at(analysis.tree, self._path, self._main)
        self.form.show_settings(params, values)

    def _own_problems(self, card: Card) -> list[Problem]:
        span = card.span
        if span is None:
            return []
        found = self._project.analysis.problems
        return [p for p in found if p.span and not p.file and span.start <= p.span.start < span.end]

    def _show_problems(self, problems: list[Problem]) -> None:
        while taken := self._problems.takeAt(0):
            widget = taken.widget()
            if widget:
                widget.hide()
                widget.deleteLater()
        for problem in problems[:4]:
            note = ProblemNote(problem)
            note.fix_wanted.connect(self.fix_wanted)
            self._problems.addWidget(note)

    def _rename(self) -> None:
        card, new = self._card, self.name.text().strip()
        self.name.setModified(False)
        if card and new != ("" if card.title == card.kind and not self._named() else card.title):
            self.rename_wanted.emit(card.key, new)

    def _named(self) -> bool:
        card = self._card
        return bool(card and card.key == card.title and card.title != card.kind)

    def _open_block(self) -> None:
        if self._card:
            self.open_wanted.emit(self._card.key)

    def _change(self, setting: str, value: Plain) -> None:
        project = self._project
        edit = settings.change(
            project.text, project.analysis.tree, self._path, setting, value, self._main
        )
        apply(project, edit, f"Set {setting}")

    def _reset(self, setting: str) -> None:
        project = self._project
        edit = settings.reset(project.text, project.analysis.tree, self._path, setting)
        apply(project, edit, f"Reset {setting}")


def _about(card: Card) -> str:
    if card.role == "block":
        return f"A block of {card.layers} layers that this network defines."
    return "No layer of this name is known."

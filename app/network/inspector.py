"""The form pane: what is selected on the canvas, or the network and its training when nothing is.

Every change is a splice of one value, named as the user sees it ("Set kernel_size").
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.network import settings
from app.network.canvas.ink import icon_name, look
from app.network.canvas.picture import Card, Picture
from app.network.forms import LABEL_WIDTH, Form
from app.project import Project
from app.style import Style, set_role
from nnspec.catalog import Family
from nnspec.edits import EditRefused
from nnspec.params import params_of
from nnspec.problems import Edit, Problem
from nnspec.spec import Path, Training
from nnspec.tree import Plain

KINDS: tuple[tuple[Family, str], ...] = (
    ("optimizer", "How steps are made from gradients."),
    ("schedule", "How the learning rate changes while training."),
    ("loss", "What training makes small."),
)


class Inspector(QScrollArea):
    """Shows one card, several, or the network. `rename_wanted` carries a key and its new name."""

    rename_wanted = Signal(str, str)
    open_wanted = Signal(str)
    fix_wanted = Signal(object)

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
        self._title = _label("heading")
        self._group = _label("small")
        self._help = _label("muted", wrap=True)
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
        self._open.setVisible(not several and cards[0].role == "block")
        self._show_problems([] if several else self._own_problems(cards[0]))
        if several:
            self._card = None
            self._title.setText(f"{len(cards)} layers")
            self._facts.show_facts(_sums(cards))
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
        self._facts.show_facts(_sums([card], shape=card.shape))
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


class NetworkPage(QWidget):
    """The network as a whole, and how it is trained."""

    def __init__(self, project: Project, style: Style) -> None:
        super().__init__()
        self._project = project
        self._title = _label("heading", wrap=True)
        self._facts = Facts()
        self.training = Form(style)
        self.training.changed.connect(self._set_training)
        self.training.reset.connect(self._reset_training)
        self._kinds: dict[Family, _KindForm] = {
            family: _KindForm(project, style, family, help) for family, help in KINDS
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._facts)
        heading = _label("heading")
        heading.setText("Training")
        column.addSpacing(8)
        column.addWidget(heading)
        column.addWidget(self.training)
        for form in self._kinds.values():
            column.addWidget(form)

    def kind_form(self, family: Family) -> Form:
        """The form of the optimiser, schedule or loss."""
        return self._kinds[family].form

    def show_network(self, picture: Picture) -> None:
        """Show what the picture and the spec say."""
        analysis = self._project.analysis
        self._title.setText(picture.scope or analysis.spec.name or "Network")
        layers = [card for card in picture.cards if card.index >= 0]
        count = len(layers) if picture.scope else len(analysis.graph.nodes) or len(layers)
        facts = [("layers", f"{count:,}"), *_sums(layers)]
        for role in ("input", "output"):
            cards = [card for card in picture.cards if card.role == role]
            if not picture.scope:
                words = ", ".join(
                    " · ".join(filter(None, (c.title, c.shape or c.note))) for c in cards
                )
                facts.append((role if role == "input" else "target", words))
        self._facts.show_facts(facts)
        values = settings.values_at(analysis.tree, ("train",), "")
        self.training.show_settings(params_of(Training), values)
        for form in self._kinds.values():
            form.follow()

    def _set_training(self, setting: str, value: Plain) -> None:
        project = self._project
        edit = settings.set_value(project.text, project.analysis.tree, ("train", setting), value)
        apply(project, edit, f"Set {setting}")

    def _reset_training(self, setting: str) -> None:
        project = self._project
        edit = settings.delete(project.text, project.analysis.tree, ("train", setting))
        apply(project, edit, f"Reset {setting}")


class _KindForm(QWidget):
    """Which optimiser (schedule, loss) is used, and its settings."""

    def __init__(self, project: Project, style: Style, family: Family, help: str) -> None:
        super().__init__()
        self._project, self._help = project, help
        self._family: Family = family
        self.form = Form(style)
        self.form.changed.connect(self._change)
        self.form.reset.connect(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)

    def follow(self) -> None:
        """Show what is written."""
        spec, catalog = self._project.analysis.spec, self._project.catalog
        picked = getattr(spec.train, self._family)
        names = {kind.name: kind for kind in catalog.of(self._family)}
        rows = [settings.choice(self._family, self._help, names)]
        values = {}
        if picked:
            rows += [s for s in picked.kind.params if s.name != self._family]
            main = settings.main_of(picked.kind, picked.kind.params)
            path = ("train", self._family, picked.kind.name)
            values = settings.values_at(self._project.analysis.tree, path, main)
            values[self._family] = picked.kind.name
        self.form.show_settings(rows, values)

    def _picked(self) -> str:
        picked = getattr(self._project.analysis.spec.train, self._family)
        return picked.kind.name if picked else ""

    def _change(self, setting: str, value: Plain) -> None:
        project, tree = self._project, self._project.analysis.tree
        path: Path = ("train", self._family)
        if setting == self._family:
            edit = settings.set_value(project.text, tree, path, value)
        else:
            kind = project.catalog.get(self._family, self._picked())
            main = settings.main_of(kind, kind.params if kind else ())
            path = (*path, self._picked())
            edit = settings.change(project.text, tree, path, setting, value, main)
        apply(project, edit, f"Set {setting}")

    def _reset(self, setting: str) -> None:
        project, tree = self._project, self._project.analysis.tree
        path: Path = ("train", self._family)
        if setting == self._family:
            edit = settings.delete(project.text, tree, path)
        else:
            edit = settings.reset(project.text, tree, (*path, self._picked()), setting)
        apply(project, edit, f"Reset {setting}")


class Facts(QWidget):
    """Names and figures, two columns."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: list[tuple[str, str]]) -> None:
        """Show these; rows are made once and used again."""
        while len(self._rows) < len(facts):
            name, value = _label("muted"), QLabel()
            name.setFixedWidth(LABEL_WIDTH)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(name, len(self._rows), 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, len(self._rows), 1)
            self._rows.append((name, value))
        for index, (name, value) in enumerate(self._rows):
            shown = index < len(facts)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                name.setText(facts[index][0])
                value.setText(facts[index][1])


class ProblemNote(QFrame):
    """One problem in words, with its mend where there is one."""

    fix_wanted = Signal(object)

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self._problem = problem
        set_role(self, "notice-error" if problem.severity == "error" else "notice-warning")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        for line in _lines(problem):
            label = QLabel(line)
            label.setWordWrap(True)
            column.addWidget(label)
        if problem.fix:
            button = QPushButton(problem.fix.words)
            button.clicked.connect(self._fix)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _fix(self) -> None:
        self.fix_wanted.emit(self._problem)


def _lines(problem: Problem) -> Iterator[str]:
    yield problem.message
    yield from problem.details
    if problem.hint:
        yield problem.hint


def apply(project: Project, edit: Edit | EditRefused, words: str) -> None:
    """Do a form's edit, or say why it cannot be done."""
    if isinstance(edit, EditRefused):
        project.noticed.emit("warning", f"{words}: {edit.message}.")
    else:
        project.apply((edit,), words, "form")


def _about(card: Card) -> str:
    if card.role == "block":
        return f"A block of {card.layers} layers that this network defines."
    return "No layer of this name is known."


def _sums(cards: list[Card], shape: str = "") -> list[tuple[str, str]]:
    facts = [("output", shape)] if shape else []
    facts.append(("parameters", f"{sum(card.parameters for card in cards):,}"))
    macs = sum(card.macs for card in cards)
    return [*facts, ("multiply-adds", f"{macs:,} a sample")] if macs else facts


def _label(role: str, *, wrap: bool = False) -> QLabel:
    label = QLabel()
    set_role(label, role)
    label.setWordWrap(wrap)
    return label

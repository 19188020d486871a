"""The form shown while nothing is selected: the network as a whole, and how it is trained."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from app.network import settings
from app.network.canvas.picture import Picture
from app.network.canvas.scopes import is_block, title
from app.network.facts import Facts, apply, label, sums
from app.network.forms import Form
from app.project import Project
from app.style import Style
from nnspec.catalog import Family
from nnspec.params import params_of
from nnspec.section_settings import Training
from nnspec.spec import Path
from nnspec.tree import Plain

KINDS: tuple[tuple[Family, str], ...] = (
    ("optimizer", "How steps are made from gradients."),
    ("schedule", "How the learning rate changes while training."),
    ("loss", "What training makes small."),
)


class NetworkPage(QWidget):
    """The network as a whole, and how it is trained."""

    def __init__(self, project: Project, style: Style) -> None:
        super().__init__()
        self._project = project
        self._title = label("heading", wrap=True)
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
        heading = label("heading")
        heading.setText("Training")
        column.addSpacing(8)
        column.addWidget(heading)
        column.addWidget(self.training)
        for form in self._kinds.values():
            column.addWidget(form)

    def kind_form(self, family: Family) -> Form:
        """The form of the optimiser, schedule or loss."""
        return self._kinds[family].form

    def family_at(self, widget: QWidget | None) -> Family | None:
        """The family whose form holds this widget, the keyboard's for example."""
        for family, form in self._kinds.items():
            if widget and form.isAncestorOf(widget):
                return family
        return None

    def show_network(self, picture: Picture) -> None:
        """Show what the picture and the spec say."""
        analysis = self._project.analysis
        self._title.setText(title(picture.scope) or analysis.spec.name or "Network")
        layers = [card for card in picture.cards if card.index >= 0]
        block = is_block(picture.scope)
        own = [node for node in analysis.graph.nodes if node.id.startswith(picture.scope)]
        count = len(layers) if block else len(own) or len(layers)
        facts = [("layers", f"{count:,}"), *sums(layers)]
        for role in ("input", "output"):
            cards = [card for card in picture.cards if card.role == role]
            if not block:
                words = ", ".join(
                    " · ".join(filter(None, (c.title, c.shape or c.note))) for c in cards
                )
                target = bool(cards) and cards[0].kind == "target"
                facts.append(("target" if target else role, words))
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

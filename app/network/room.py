"""The Network room: palette, canvas, text and form, kept on one selection.

Every pane shows the project and asks for changes; the room tells them of each other: what is
selected on the canvas is marked in the text and shown in the form, and the cursor in the text
selects on the canvas.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QWidget

from app.network.canvas.picture import Picture, draw
from app.network.canvas.scopes import home, is_block, items_of, scope_of, scopes
from app.network.editing import Editing
from app.network.editor import Editor
from app.network.inspector import Inspector
from app.network.kinds import entries
from app.network.palette import Palette
from app.network.panel import CanvasPanel
from app.network.problems import ProblemPane
from app.network.staying import staying
from app.network.topics import page_of, topic_at, topic_of
from app.project import Project
from app.style import Style
from nnspec.document import Analysis
from nnspec.problems import Problem, Span
from nnspec.reference import path_of
from nnspec.spec import Item, Path


class NetworkRoom(QWidget):
    """The room; it holds no truth but which list is open and what shall be selected next.

    `help_wanted` carries the path of a help page.
    """

    help_wanted = Signal(str)

    def __init__(self, project: Project, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._scope = self._home = ""
        self._wanted: tuple[Path, ...] = ()
        self._known: tuple[object, ...] = ()
        self._drawn = ""
        self.palette_pane = Palette(style)
        self.canvas = CanvasPanel(style)
        self.editor = Editor(project, style)
        self.inspector = Inspector(project, style)
        self.problems = ProblemPane(style)
        self.editing = Editing(project, self)
        self._lay_out()
        self._connect()
        self._make_actions()
        self._follow()

    def _lay_out(self) -> None:
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.inspector)
        right.addWidget(self.editor)
        right.addWidget(self.problems)
        right.setCollapsible(2, False)  # noqa: FBT003
        right.setSizes([380, 460, 40])
        right.setStretchFactor(1, 1)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.addWidget(self.palette_pane)
        panes.addWidget(self.canvas)
        panes.addWidget(right)
        panes.setCollapsible(1, False)  # noqa: FBT003
        panes.setStretchFactor(1, 1)
        panes.setSizes([232, 660, 460])
        self.splitters = (panes, right)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(panes)

    def _connect(self) -> None:
        view, project = self.canvas.view, self._project
        project.analysis_changed.connect(self._follow)
        project.text_changed.connect(self._follow_text)
        view.canvas.selectionChanged.connect(self._follow_selection)
        view.wished.connect(self.editing.grant)
        view.opened.connect(self._open)
        self.canvas.scope_wanted.connect(self.show_scope)
        models = self.canvas.models
        models.added.connect(self._add_model)
        models.removed.connect(self.editing.remove_model)
        models.renamed.connect(self._rename_model)
        self.canvas.search.picked.connect(self._add)
        self.palette_pane.picked.connect(self._add)
        self.editing.selection_wanted.connect(self._want)
        self.editor.moved.connect(self._follow_cursor)
        self.inspector.rename_wanted.connect(self.editing.rename)
        self.inspector.open_wanted.connect(self._open)
        self.inspector.fix_wanted.connect(self._fix)
        self.inspector.help_wanted.connect(self._help)
        for kinds in (self.palette_pane.list, self.canvas.search.list):
            kinds.help_wanted.connect(self._help_on)
        self.problems.chosen.connect(self.go_to_problem)
        self.problems.fix_wanted.connect(self._fix)

    def _make_actions(self) -> None:
        view, standard = self.canvas.view, QKeySequence.StandardKey
        for words, keys, slot in (
            ("Delete", [QKeySequence(standard.Delete), QKeySequence("Backspace")], self._delete),
            ("Rename", [QKeySequence("F2")], self._rename),
            ("Duplicate", [QKeySequence("Ctrl+D")], self._duplicate),
            ("Copy", [QKeySequence(standard.Copy)], self._copy),
            ("Cut", [QKeySequence(standard.Cut)], self._cut),
            ("Paste", [QKeySequence(standard.Paste)], self._paste),
            ("Select All", [QKeySequence(standard.SelectAll)], self._select_all),
            ("Move Up", [QKeySequence("Alt+Up")], self._move_up),
            ("Move Down", [QKeySequence("Alt+Down")], self._move_down),
            ("Zoom In", [QKeySequence(standard.ZoomIn), QKeySequence("Ctrl+=")], view.zoom_in),
            ("Zoom Out", [QKeySequence(standard.ZoomOut)], view.zoom_out),
            ("Next Model", [QKeySequence("Ctrl+PgDown")], self.canvas.models.go_on),
            ("Previous Model", [QKeySequence("Ctrl+PgUp")], self.canvas.models.go_back),
            ("100 %", [QKeySequence("Ctrl+0")], view.zoom_to_life_size),
            ("Help", [], self._help),
        ):
            action = QAction(words, view)
            action.setShortcuts(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            view.addAction(action)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    # ---- what is shown -----------------------------------------------------------------------

    @property
    def picture(self) -> Picture:
        """What the canvas shows."""
        return self.canvas.view.canvas.picture

    def show_scope(self, scope: str) -> None:
        """Show the layers of a block or a model; for "" the model that was shown before."""
        self._enter(scope or self._home)
        self._show_selection(reveal=False)

    def _enter(self, scope: str) -> None:
        if scope != self._scope:
            self._scope = scope
            self._draw(self._project.analysis)

    def _follow_text(self, origin: str) -> None:
        if origin == "open":
            self._scope, self._home, self._wanted = "", "", ()
            self.canvas.view.canvas.select(())
            self.canvas.start_anew()
        elif origin != "canvas":
            self._wanted = ()

    def _follow(self) -> None:
        """Show the newest analysis everywhere."""
        analysis = self._project.analysis
        self.problems.show_problems(analysis.problems)
        unreadable = _unreadable(analysis)
        for pane in (self.inspector, self.palette_pane):  # nothing is written into such a text
            pane.setEnabled(not unreadable)
        if unreadable:
            self.canvas.show_unreadable(unreadable)
            return
        before, said = self.picture, self._said()
        keys = self.canvas.view.canvas.selected_keys()
        picture = self._draw(analysis)
        wanted, self._wanted = self._wanted, ()
        if wanted:
            keys = tuple(card.key for card in picture.cards if card.path in wanted)
        else:
            keys = self._still_there(keys, before, said)
        self.canvas.view.canvas.select(keys)
        self._show_selection(reveal=bool(wanted))
        if self.editor.hasFocus() and not wanted:
            self._follow_cursor(self.editor.cursor_index)

    def _said(self) -> tuple[str, ...]:
        """What the items of the picture say in the text it was drawn from."""
        spans = (item.span for item in self.picture.items)
        return tuple(self._drawn[span.start : span.end].strip() for span in spans)

    def _still_there(
        self, keys: tuple[str, ...], before: Picture, said: tuple[str, ...]
    ) -> tuple[str, ...]:
        """The keys in the new picture of what was selected and is still there."""
        picture = self.picture
        if picture.scope != before.scope:
            return ()
        places = staying(said, self._said())
        cards = [card for key in keys if (card := before.card(key))]
        data = {card.key for card in cards if card.index < 0}
        kept = {places.get(card.index) for card in cards if card.index >= 0}
        return tuple(
            card.key
            for card in picture.cards
            if (card.index in kept if card.index >= 0 else card.key in data)
        )

    def _draw(self, analysis: Analysis) -> Picture:
        known = scopes(analysis.spec)
        if self._home not in known:
            self._home = home(analysis.spec)
        if self._scope not in known:
            self._scope = self._home
        if not is_block(self._scope):
            self._home = self._scope
        self.canvas.show_models(tuple(map(scope_of, analysis.spec.models)), self._home)
        self._offer(analysis)
        profile = self._project.profile
        targets = profile.targets if profile else ()
        classes = {target.name: len(target.labels) for target in targets if target.labels}
        picture = draw(analysis, self._project.catalog, self._scope, classes)
        self.editing.picture, self._drawn = picture, analysis.text
        self.canvas.show_picture(picture, _empty_words(analysis, picture))
        return picture

    def _offer(self, analysis: Analysis) -> None:
        others = {n: b for n, b in analysis.spec.blocks.items() if n != self._scope}
        blocks = tuple((name, len(block.items)) for name, block in others.items())
        known = entries(self._project.catalog, blocks)
        if known != self._known:
            self._known = known
            self.palette_pane.set_known(known)
            self.canvas.set_known(known)

    # ---- one selection for all panes ---------------------------------------------------------

    def _want(self, paths: tuple[Path, ...]) -> None:
        self._wanted = paths

    def _follow_selection(self) -> None:
        self._show_selection(reveal=False)

    def _show_selection(self, *, reveal: bool) -> None:
        keys = self.canvas.view.canvas.selected_keys()
        cards = [card for key in keys if (card := self.picture.card(key)) and card.span]
        self.editor.show_item(cards[0].span if cards else None)
        self.inspector.show_selection(self.picture, keys)
        if reveal:
            self.canvas.view.reveal_selected()

    def _follow_cursor(self, index: int) -> None:
        """Select on the canvas what the cursor stands in, opening its block where need be."""
        analysis = self._project.analysis
        if self.canvas.view.locked or analysis.text != self._project.text:
            return
        for scope in (self._scope, *scopes(analysis.spec)):
            found = _item_at(items_of(analysis.spec, scope), index)
            if found:
                self._enter(scope)
                keys = tuple(c.key for c in self.picture.cards if c.path == found.path)
                self.canvas.view.canvas.select(keys)
                self.canvas.view.reveal_selected()
                return
        self.canvas.view.canvas.select(())

    def go_to_problem(self, problem: Problem) -> None:
        """Go to a problem in the text, and with it on the canvas."""
        if problem.span and not problem.file:
            self.editor.go_to(problem.span)

    def _fix(self, problem: Problem) -> None:
        """Do a problem's mend and go to it: its button goes, the keyboard must not go astray."""
        self.editing.fix(problem)
        if problem.fix:
            end = problem.fix.edit.start + len(problem.fix.edit.text)
            self.editor.go_to(Span(end, end))

    # ---- help --------------------------------------------------------------------------------

    def topic(self) -> str:
        """The path of the help page about what the user is at; "" where there is none."""
        spec, catalog = self._project.analysis.spec, self._project.catalog
        focus = QApplication.focusWidget()
        for pane in (self.palette_pane, self.canvas.search):
            if focus and pane.isAncestorOf(focus):
                return page_of("layer", pane.list.chosen, catalog)
        if self.editor.hasFocus():
            found = topic_at(self._project.text, self.editor.cursor_index, catalog)
            if found:
                return found
        keys = self.canvas.view.canvas.selected_keys()
        card = self.picture.card(keys[0]) if keys else None
        if card:
            return topic_of(card, spec, catalog)
        family = self.inspector.network.family_at(focus)
        picked = getattr(spec.train, family) if family else None
        return path_of(family, picked.kind.name if picked else "index") if family else ""

    def _help(self) -> None:
        self.help_wanted.emit(self.topic())

    def _help_on(self, kind: str) -> None:
        self.help_wanted.emit(page_of("layer", kind, self._project.catalog))

    # ---- what the keys and menus do ----------------------------------------------------------

    @property
    def selected(self) -> tuple[str, ...]:
        """The keys of what is selected on the canvas; none while it cannot be edited."""
        view = self.canvas.view
        if self._drawn != self._project.text:
            self._follow()  # a key came before the picture of the newest text
        return () if view.locked else view.canvas.selected_keys()

    def _open(self, key: str) -> None:
        card = self.picture.card(key)
        if card and card.role == "block":
            self.show_scope(card.kind)
            self.canvas.view.setFocus()
        else:
            self.inspector.edit_first()

    def _add(self, kind: str) -> None:
        if not self.canvas.view.locked:
            self.editing.add_after(kind, self.selected)
            self.canvas.view.setFocus()

    def _rename(self) -> None:
        if len(self.selected) == 1:
            self.inspector.edit_name()

    def _add_model(self) -> None:
        if name := self.editing.add_model():
            self._scope = self._home = scope_of(name)  # drawn with the analysis that is coming

    def _rename_model(self, old: str, new: str) -> None:
        if self.editing.rename_model(old, new):
            self._scope = self._home = scope_of(new)

    def _delete(self) -> None:
        self.editing.delete(self.selected)

    def _duplicate(self) -> None:
        self.editing.duplicate(self.selected)

    def _copy(self) -> None:
        text = self.editing.copied(self.selected)
        if text:
            QGuiApplication.clipboard().setText(text)

    def _cut(self) -> None:
        self._copy()
        self._delete()

    def _paste(self) -> None:
        text = QGuiApplication.clipboard().text()
        if text.strip() and not self.canvas.view.locked:
            self.editing.paste(text, self.selected)

    def _select_all(self) -> None:
        keys = tuple(card.key for card in self.picture.cards if card.index >= 0)
        self.canvas.view.canvas.select(keys)

    def _move_up(self) -> None:
        self.editing.step(self.selected, -1)

    def _move_down(self) -> None:
        self.editing.step(self.selected, 1)


def _item_at(items: tuple[Item, ...], index: int) -> Item | None:
    spans = ((item, item.span) for item in items)
    return next((item for item, span in spans if span.start <= index <= span.end), None)


def _unreadable(analysis: Analysis) -> str:
    """Why the text is no YAML, as `line 12: …`; "" when it can be read."""
    if analysis.readable:
        return ""
    found = next((p for p in analysis.problems if p.code.startswith("yaml.")), None)
    return f"line {found.line}: {found.message}" if found else ""


def _empty_words(analysis: Analysis, picture: Picture) -> str:
    if picture.written or analysis.spec.data is None:
        return ""
    return "Until you do, Netwright chooses a network for this data."

"""From a wish of the canvas to a step of undo: computes the change, does it, or says why not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.network import changes, models
from app.network.canvas.cards import INPUT, OUTPUT, Picture
from app.network.canvas.scopes import list_path
from app.network.canvas.tools import AddLayer, Connect, MoveLayer, Wish
from app.network.drafts import Change, Layers
from app.network.starters import starter
from app.project import Project
from nnspec.edits import EditRefused
from nnspec.problems import Problem
from nnspec.spec import Path
from nnspec.tree import Plain


class Editing(QObject):
    """Edits the list of layers that `picture` shows.

    `selection_wanted` carries the paths of the items a change made or moved, to be selected when
    the new picture is there.
    """

    selection_wanted = Signal(object)

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.picture = Picture()

    def layers(self) -> Layers:
        """The list as it stands."""
        picture = self.picture
        inputs = tuple(c.title for c in picture.cards if c.role == "input")
        return Layers(
            self._project.text,
            list_path(picture.scope),
            picture.items,
            tuple(card.key for card in picture.cards if card.index >= 0),
            self._project.catalog,
            ("input", *inputs),
            self._project.analysis.spec,
        )

    def indices(self, keys: Sequence[str]) -> list[int]:
        """The places in the list of those keys that are items."""
        cards = (self.picture.card(key) for key in keys)
        return sorted(card.index for card in cards if card and card.index >= 0)

    def grant(self, wish: Wish) -> None:
        """Do what a gesture asks for."""
        match wish:
            case AddLayer(kind, index, None):
                self._do(changes.add(self.layers(), self._starter(kind), index))
            case AddLayer(kind, index, (begin, _)):
                source = _name(begin)
                self._do(changes.insert_on_wire(self.layers(), self._starter(kind), source, index))
            case MoveLayer(key, index):
                self._do(changes.move(self.layers(), self.indices([key])[0], index))
            case Connect(source, target):
                self._connect(source, target)

    def _connect(self, source: str, target: str) -> None:
        indices = self.indices([target])
        if indices:
            self._do(changes.connect(self.layers(), _name(source), indices[0]))
        elif self._chooses() and source in self.layers().keys:
            self._do(changes.answer(self.layers(), source, target.removeprefix(OUTPUT)))
        else:
            self._project.noticed.emit("note", "The target takes what the last layer gives.")

    def _chooses(self) -> bool:
        """Whether `outputs:` says which layer answers: for several targets of the only model."""
        spec = self._project.analysis.spec
        ends = sum(card.role == "output" for card in self.picture.cards)
        return not self.picture.scope and (ends > 1 or bool(spec.outputs))

    def _starter(self, kind: str) -> Plain:
        found = self._project.catalog.get("layer", kind)
        if found:
            return starter(found)
        block = self._project.analysis.spec.blocks.get(kind)
        needed = [name for name, value in block.params.items() if value is None] if block else []
        return {kind: dict.fromkeys(needed, 32)} if needed else kind

    def add_after(self, kind: str, keys: Sequence[str]) -> None:
        """Add below the selection, or at the end; a merging layer takes in all that is selected."""
        chosen = self.indices(keys)
        found = self._project.catalog.get("layer", kind)
        if found and found.many and len(chosen) > 1:
            self._do(changes.merge(self.layers(), kind, chosen))
            return
        index = chosen[-1] + 1 if chosen else len(self.picture.items)
        if keys and keys[-1].startswith(INPUT):
            index = 0
        self._do(changes.add(self.layers(), self._starter(kind), index))

    def delete(self, keys: Sequence[str]) -> None:
        """Delete what is selected."""
        if indices := self.indices(keys):
            self._do(changes.remove(self.layers(), indices))

    def duplicate(self, keys: Sequence[str]) -> None:
        """Repeat what is selected."""
        if indices := self.indices(keys):
            self._do(changes.duplicate(self.layers(), indices))

    def copied(self, keys: Sequence[str]) -> str:
        """What is selected, as YAML."""
        return changes.copied(self.layers(), self.indices(keys))

    def paste(self, text: str, keys: Sequence[str]) -> None:
        """Insert copied layers below the selection, or at the end."""
        chosen = self.indices(keys)
        index = chosen[-1] + 1 if chosen else len(self.picture.items)
        self._do(changes.paste(self.layers(), text, index))

    def step(self, keys: Sequence[str], by: int) -> None:
        """Move one item up or down the list."""
        chosen = self.indices(keys)
        if len(chosen) == 1 and 0 <= chosen[0] + by < len(self.picture.items):
            self._do(changes.move(self.layers(), chosen[0], chosen[0] + by))

    def rename(self, key: str, new: str) -> None:
        """Name an item; references to it follow."""
        if indices := self.indices([key]):
            self._do(changes.rename(self.layers(), indices[0], new))

    def add_model(self) -> str:
        """Add a model beside the others; its name, or "" where it cannot be."""
        name, change = models.added(self._project.analysis)
        return name if self._do(change) else ""

    def remove_model(self, model: str) -> None:
        """Take one of several models out."""
        self._do(models.removed(self._project.analysis, model))

    def rename_model(self, old: str, new: str) -> bool:
        """Name a model anew; its calls, `update:` and `outputs:` follow. Whether it was done."""
        return old != new and self._do(models.renamed(self._project.analysis, old, new))

    def fix(self, problem: Problem) -> None:
        """Do the mend of a problem."""
        if problem.fix:
            self._project.apply((problem.fix.edit,), problem.fix.words, "fix")

    def _do(self, change: Change | EditRefused) -> bool:
        if isinstance(change, EditRefused):
            message = change.message[:1].upper() + change.message[1:]
            self._project.noticed.emit("warning", f"{message}.")
            return False
        paths: tuple[Path, ...] = change.select
        self.selection_wanted.emit(paths)
        done = self._project.apply((change.edit,), change.words, "canvas")
        if not done:
            self.selection_wanted.emit(())
        return done


def _name(key: str) -> str:
    """How `from:` names what a key stands for."""
    if key == INPUT + "input":
        return "input"
    return key.removeprefix(INPUT)

"""The look at the data a spec names, in a process of its own: reading a file stalls no window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

from app.program import once_more
from nnspec.document import Analysis
from nnspec.edits import find
from nnspec.problems import LineIndex, Problem
from trainers.check import from_json
from trainers.profile import Profile


class DataLook(QObject):
    """Looks at one data section at a time; a newer look ends the one before.

    Signals:
        done: the look is over; `profile` and `problems` hold what was found.
        failed: nothing could be found out.
    """

    done = Signal()
    failed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.profile: Profile | None = None
        self.problems: tuple[Problem, ...] = ()
        self._process: QProcess | None = None
        self._text = ""

    def begin(self, text: str, folder: Path) -> None:
        """Look at the data that `text` names, relative to `folder`."""
        self.end()
        self._text = text
        process = once_more(["--look", str(folder)], self)
        process.started.connect(self._send)
        process.finished.connect(self._take)
        self._process = process
        process.start()

    def forget(self) -> None:
        """End the look and know nothing any more."""
        self.end()
        self.profile, self.problems = None, ()

    def end(self) -> None:
        """End the look that is going on, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._take)
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()

    def _send(self) -> None:
        if self._process is not None:
            self._process.write(self._text.encode("utf-8"))
            self._process.closeWriteChannel()

    def _take(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        output = bytes(process.readAllStandardOutput().data()).decode("utf-8", "replace")
        process.deleteLater()
        try:
            self.profile, self.problems = from_json(output)
        except (ValueError, KeyError):
            self.failed.emit()
            return
        self.done.emit()


def anchored(problems: Sequence[Problem], analysis: Analysis) -> list[Problem]:
    """Move problems of the data to where the lines they speak of stand now."""
    lines = LineIndex(analysis.text)
    moved: list[Problem] = []
    for problem in problems:
        path = tuple(problem.path.split("."))
        node = find(analysis.tree, path) or find(analysis.tree, ("data", "source"))
        line, column = lines.position(node.span.start) if node else (0, 0)
        span = node.span if node else None
        moved.append(replace(problem, span=span, line=line, column=column, fix=None))
    return moved

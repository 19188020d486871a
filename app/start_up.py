"""Puts the window together: application, theme, catalog, project, and what to open first."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app import style
from app.project import Project
from app.settings import Settings
from app.start.samples import samples
from app.style import Theme
from app.window import Window
from nnspec.catalog import Catalog
from trainers.places import home


def open_window(arguments: Sequence[str]) -> int:
    """Show the window and stay until it is closed.

    Args:
        arguments: nothing, `--sample`, or the path of a spec or of data.
    """
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Netwright")
    application.setDesktopFileName("netwright")
    settings = Settings()
    look = style.apply(application, _theme(settings))
    window = Window(Project(Catalog.discover()), look, settings)
    sys.excepthook = _Reporter(window)
    window.show()
    QTimer.singleShot(0, window, lambda: _open_first(window, arguments))
    return application.exec()


def _theme(settings: Settings) -> Theme:
    kept = settings.text("theme", "system")
    return kept if kept in ("light", "dark") else "system"


def _open_first(window: Window, arguments: Sequence[str]) -> None:
    if not arguments:
        return
    if arguments[0] == "--sample":
        window.opening.open_sample(samples()[0])
    else:
        window.opening.open_any(Path(arguments[0]).resolve())


class _Reporter:
    """What a mistake of ours becomes: a report on disk and a sentence, not a vanished window."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def __call__(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        report = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(report)
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        path = home() / "crash-report.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report, encoding="utf-8")
        self._window.notices.post(
            "error", f"Something went wrong inside Netwright. A report lies at {path}."
        )

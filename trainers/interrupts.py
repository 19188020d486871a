"""Signals that ask a worker to leave: noted, obeyed at the next step boundary, exact to resume.

A second Ctrl-C means it: the process ends at once, and the newest checkpoint is what remains.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import Any, Self

from trainers.exits import INTERRUPTED, TERMINATED

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_SHOW_CURSOR = "\x1b[?25h"


class Interrupted(BaseException):
    """Raised in the middle of preparing data, when there is no training to leave in order."""


class Interrupts:
    """Catches the signals while it is open. Only the main thread may; elsewhere it does nothing."""

    def __init__(self) -> None:
        self.received: int | None = None
        self.preparing = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in _SIGNALS:
                number = getattr(signal, name, None)
                # Ignored on purpose (nohup ignores SIGHUP): stays ignored.
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        if self.received is None:  # else the process is leaving, and more signals change nothing
            for number, handler in self._before.items():
                signal.signal(number, handler)

    @property
    def exit_code(self) -> int:
        """The code to leave with: 130 after Ctrl-C, 143 after any other request to end."""
        return INTERRUPTED if self.received == signal.SIGINT else TERMINATED

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.received is not None and number == signal.SIGINT:
            if sys.stderr.isatty():
                os.write(2, _SHOW_CURSOR.encode())
            os._exit(INTERRUPTED)
        self.received = number
        if self.preparing:
            self.preparing = False
            raise Interrupted

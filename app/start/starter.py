"""From data to a spec: runs `netwright new` in a process of its own and says what came of it.

Reading a stranger's CSV may take seconds and memory, so the window only waits. The spec is written
beside the data, or in the user's Netwright folder where the data's own folder cannot be written,
and never over a file that exists.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

from app.program import once_more
from app.settings import projects


@dataclass(frozen=True, slots=True)
class Started:
    """A spec was written.

    Attributes:
        data: what it was made from. spec: the file. text: what it says.
        target: the column that was asked for, or None for the program's own choice.
    """

    data: Path
    spec: Path
    text: str
    target: str | None


class Starter(QObject):
    """Makes one spec at a time.

    Signals:
        started: the data of that name is being looked at.
        made: a new spec lies at `Started.spec`.
        retargeted: the text of a spec for another target (nothing was written).
        failed: no spec came of it; the sentences say why.
    """

    started = Signal(str)
    made = Signal(Started)
    retargeted = Signal(Started)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._data = Path()
        self._place = Path()
        self._target: str | None = None
        self._output = Path()
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    @property
    def busy(self) -> bool:
        """Whether data is being looked at now."""
        return self._process is not None

    def make(self, data: Path) -> None:
        """Write a new spec for `data`."""
        self._begin(data, free_spec_path(data), None)

    def retarget(self, data: Path, spec: Path, target: str) -> None:
        """Find out what a spec at the place of `spec` would say for another target."""
        self._begin(data, spec, target)

    def cancel(self) -> None:
        """Forget the look at the data that is going on."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finish)
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()
        self._clear()

    def _begin(self, data: Path, place: Path, target: str | None) -> None:
        self.cancel()
        self._data, self._place, self._target = data, place, target
        self._output = self._output_path()
        arguments = ["new", str(data), "-o", str(self._output), "--json"]
        if target is not None:
            arguments += ["--target", target]
        process = once_more(arguments, self)
        process.finished.connect(self._finish)
        process.errorOccurred.connect(self._refuse)
        self._process = process
        self.started.emit(data.name)
        process.start()

    def _output_path(self) -> Path:
        if self._target is None:
            self._place.parent.mkdir(parents=True, exist_ok=True)
            return self._place
        # The text depends on the folder it is written to, because it names the data relative to it.
        self._scratch = tempfile.TemporaryDirectory(prefix=".netwright-", dir=self._place.parent)
        return Path(self._scratch.name).parent / f"{Path(self._scratch.name).name}.yaml"

    def _finish(self, code: int, status: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        said = bytes(process.readAllStandardError().data()).decode("utf-8", "replace")
        process.deleteLater()
        if code != 0 or status != QProcess.ExitStatus.NormalExit:
            self._clear()
            self.failed.emit(refusal_words(said, self._data.name))
            return
        text = self._output.read_text(encoding="utf-8")
        # The spec is named after its file, which was a scratch file if it is for another target.
        text = text.replace(self._output.stem, self._place.stem)
        result = Started(self._data, self._place, text, self._target)
        self._clear()
        (self.made if self._target is None else self.retargeted).emit(result)

    def _refuse(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._process = None
            self._clear()
            self.failed.emit("The program could not be started a second time to look at the data.")

    def _clear(self) -> None:
        if self._scratch is not None:
            self._output.unlink(missing_ok=True)
            self._scratch.cleanup()
            self._scratch = None


def free_spec_path(data: Path) -> Path:
    """Where the spec for `data` goes: beside it, else in the Netwright folder; a name not taken."""
    beside = data.absolute().parent
    folder = beside if os.access(beside, os.W_OK) else projects()
    stem = data.stem if data.is_file() else data.name
    path, number = folder / f"{stem}.yaml", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.yaml"
    return path


def refusal_words(said: str, name: str) -> str:
    """What the command wrote to say no, one JSON object a line, as sentences."""
    sentences: list[str] = []
    for line in said.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            found = {"message": line.strip()}
        if isinstance(found, dict) and found.get("message"):
            hint = f" ({found['hint']})" if found.get("hint") else ""
            sentences.append(f"{found['message']}{hint}")
    return "; ".join(sentences[:3]) or f"{name} could not be understood as data."

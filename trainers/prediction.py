"""What a trained network says of new rows: a row out for every row in, in the same order.

A prediction is a line of text cells and numbers. Text that a spreadsheet would take for a formula
gets an apostrophe before it; numbers stay as they are.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO, TypeAlias

from nnspec.problems import Problem, Problems, has_errors
from trainers.durable import atomic_write
from trainers.evaluation import answers, probabilities
from trainers.exits import refusal, trouble
from trainers.findings import Findings, report
from trainers.pictures import Pictures
from trainers.preparation import open_other
from trainers.table import Table
from trainers.texts import Array
from trainers.trained import Trained

Cell: TypeAlias = str | int | float
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What makes a spreadsheet take a text for a formula, when it stands first."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """Answers for all rows of a file.

    Attributes:
        target: the column predicted.
        rows: how many rows the file has.
        predicted: a class's number, or a number in the target's unit, for each row.
        probabilities: rows x classes; None for a number.
        files: the file of each row, for pictures.
        notices: what the user should know of the file.
    """

    target: str
    labels: tuple[str, ...]
    predicted: Array
    probabilities: Array | None
    files: tuple[str, ...] | None = None
    notices: tuple[Problem, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.predicted)

    def header(self) -> list[str]:
        """The names of the columns of `lines`."""
        files = ["file"] if self.files is not None else []
        shares = [f"probability_{label}" for label in self.labels]
        return ["row", *files, self.target, *shares]

    def lines(self) -> Iterator[list[Cell]]:
        """A line for each row: its number from 1, its file, the prediction, the probabilities."""
        for index in range(self.rows):
            files = [] if self.files is None else [self.files[index]]
            yield [index + 1, *files, self._answer(index), *self._shares(index)]

    def _answer(self, index: int) -> Cell:
        value = self.predicted[index]
        return self.labels[int(value)] if self.labels else float(value)

    def _shares(self, index: int) -> list[float]:
        if self.probabilities is None:
            return []
        # The shortest text that gives the same 32-bit number again.
        return [float(str(share)) for share in self.probabilities[index]]


def predict(trained: Trained, path: Path) -> Predictions | tuple[Problem, ...]:
    """Let a trained network answer for every row of a file or a folder of pictures.

    Columns that training did not know are ignored; one that the file lacks is a problem.
    """
    problems = Problems(trained.run.text())
    table = open_other(trained.data, path, problems, target=trained.target.name)
    if table is None or has_errors(problems):
        return problems.sorted()
    findings = Findings(str(path))
    part = trained.fitted.encode(table, findings)
    report(findings, trained.data, problems)
    if part is None or has_errors(problems):
        return problems.sorted()
    target = trained.target
    outputs = answers(trained.network, trained.rows(part), target.name)
    if target.labels:
        predicted, shares = outputs.argmax(1).cpu().numpy(), probabilities(outputs).cpu().numpy()
    else:
        restored = trained.fitted.restore(outputs.cpu().double().numpy())
        predicted, shares = restored.reshape(-1), None
    notices = problems.sorted()
    return Predictions(target.name, target.labels, predicted, shares, _files(table), notices)


def write(predictions: Predictions, stream: TextIO, *, as_json: bool = False) -> None:
    """Write predictions as CSV, or as one JSON object a line."""
    if as_json:
        stream.writelines(
            json.dumps(_told(predictions, line), ensure_ascii=False) + "\n"
            for line in predictions.lines()
        )
        return
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([harmless(name) for name in predictions.header()])
    for line in predictions.lines():
        writer.writerow([harmless(cell) for cell in line])


def output_refused(path: Path, *, keep: Sequence[Path] = ()) -> Problem | None:
    """Say why predictions are not written to `path`; None when they may be.

    Args:
        path: where predictions are to go; only an earlier file of answers is overwritten.
        keep: files and folders that are never overwritten: the data, the parts of the run.
    """
    hint = "name another file with -o"
    try:
        if path.is_symlink():
            words = f"{path} is a link to another file, which is not overwritten"
            return trouble("unsafe.symlink", words, hint=hint, file=path)
        if not path.exists():
            return None
        if not path.is_file():
            what = "a folder" if path.is_dir() else "not a file that can be overwritten"
            words = f"{path} is {what}"
            return trouble("unsafe.not_a_file", words, hint=hint, file=path)
        real = path.resolve()
        if any(real.is_relative_to(kept.resolve()) for kept in keep):
            words = f"{path} is what the predictions are made from"
            return trouble("unsafe.overwrite", words, hint=hint, file=path)
        if not _holds_answers(path):
            words = f"{path} exists already and holds something other than predictions"
            return trouble("output.exists", words, hint=hint, file=path)
    except OSError as error:
        return refusal(error, path)
    return None


def _holds_answers(path: Path) -> bool:
    """Whether a file is empty or begins as `write` begins: predictions made earlier."""
    with path.open("rb") as stream:
        start = stream.read(8)
    return not start or start.startswith((b"row,", b'{"row": '))


def save(predictions: Predictions, path: Path, *, as_json: bool = False) -> Problem | None:
    """Write predictions to a file, whole or not at all; a problem when that is refused."""
    refused = output_refused(path)
    if refused is not None:
        return refused
    text = io.StringIO()
    write(predictions, text, as_json=as_json)
    try:
        atomic_write(path, text.getvalue())
    except OSError as error:
        return refusal(error, path)
    return None


def harmless(cell: Cell) -> Cell:
    """Put an apostrophe before a text that a spreadsheet would run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _told(predictions: Predictions, line: Sequence[Cell]) -> dict[str, Any]:
    count = len(line) - len(predictions.labels)
    told: dict[str, Any] = dict(zip(predictions.header()[:count], line, strict=False))
    if predictions.labels:
        told["probabilities"] = dict(zip(predictions.labels, line[count:], strict=True))
    return told


def _files(table: Table) -> tuple[str, ...] | None:
    for values in table.cells.values():
        if isinstance(values, Pictures):
            return tuple(values.name(index) for index in range(len(values)))
    return None

"""What a trained network says of new rows: a row out for every row in, in the same order.

A prediction is a line of text cells and numbers. Text that a spreadsheet would take for a formula
gets an apostrophe before it; numbers stay as they are.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TextIO, TypeAlias

from torch import Tensor

from nnspec.problems import Problem, Problems, has_errors
from trainers.durable import atomic_write
from trainers.exits import refusal, trouble
from trainers.files import locate
from trainers.findings import Findings, report
from trainers.fitted import FittedColumn, Part
from trainers.generation import Wish, answered, continued, continues, text_target
from trainers.judging import answers, probabilities
from trainers.painted import Painted, painted, save_masks
from trainers.pictures import Pictures
from trainers.preparation import open_other
from trainers.table import Table, missing_column
from trainers.targets import Target
from trainers.texts import Array
from trainers.trained import Trained

Cell: TypeAlias = str | int | float
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What makes a spreadsheet take a text for a formula, when it stands first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one target.

    Attributes:
        predicted: rows: a class's number; or rows x numbers in the target's unit.
        probabilities: rows x classes; None for a number.
    """

    target: str
    labels: tuple[str, ...]
    predicted: Array
    probabilities: Array | None

    def names(self, *, several: bool) -> list[str]:
        """The names of its columns: the prediction, then a probability for each class."""
        if not self.labels:
            width = self.predicted.shape[1]
            numbered = [f"{self.target}_{number + 1}" for number in range(width)]
            return [self.target] if width == 1 else numbered
        of = f"{self.target}_" if several else ""
        return [self.target, *(f"probability_{of}{label}" for label in self.labels)]

    def cells(self, index: int) -> list[Cell]:
        """The cells of a row."""
        value = self.predicted[index]
        if self.probabilities is None:
            return [float(number) for number in value]
        # The shortest text that gives the same 32-bit number again.
        return [self.labels[int(value)], *(float(str(p)) for p in self.probabilities[index])]

    def told(self, index: int) -> dict[str, Any]:
        """The prediction as JSON data; `probabilities` by class where there are some."""
        prediction, *shares = self.cells(index)
        if self.probabilities is None:
            return dict(zip(self.names(several=False), [prediction, *shares], strict=True))
        return {
            self.target: prediction,
            "probabilities": dict(zip(self.labels, shares, strict=True)),
        }


@dataclass(frozen=True, slots=True)
class Written:
    """The texts that a network wrote, one for each row."""

    target: str
    texts: tuple[str, ...]

    def names(self, *, several: bool) -> list[str]:  # noqa: ARG002
        """The name of its column."""
        return [self.target]

    def cells(self, index: int) -> list[Cell]:
        """The text of a row."""
        return [self.texts[index]]

    def told(self, index: int) -> dict[str, Any]:
        """The text as JSON data."""
        return {self.target: self.texts[index]}


@dataclass(frozen=True, slots=True)
class Predictions:
    """Answers for all rows of a file.

    Attributes:
        rows: how many rows the file has.
        answers: one for each target.
        files: the file of each row, for pictures.
        notices: what the user should know of the file.
    """

    rows: int
    answers: tuple[Answer | Written | Painted, ...]
    files: tuple[str, ...] | None = None
    notices: tuple[Problem, ...] = ()

    def header(self) -> list[str]:
        """The names of the columns of `lines`."""
        files = ["file"] if self.files is not None else []
        several = len(self.answers) > 1
        return ["row", *files, *(n for each in self.answers for n in each.names(several=several))]

    def lines(self) -> Iterator[list[Cell]]:
        """A line for each row: its number from 1, its file, the predictions."""
        for index in range(self.rows):
            cells = (cell for each in self.answers for cell in each.cells(index))
            yield [index + 1, *self._file(index), *cells]

    def told(self) -> Iterator[dict[str, Any]]:
        """The same as JSON data; of several targets each has an object of its own."""
        for index in range(self.rows):
            row: dict[str, Any] = dict(
                zip(("row", "file"), [index + 1, *self._file(index)], strict=False)
            )
            several = len(self.answers) > 1
            for each in self.answers:
                row |= {each.target: each.told(index)} if several else each.told(index)
            yield row

    def _file(self, index: int) -> list[str]:
        return [] if self.files is None else [self.files[index]]


def predict(
    trained: Trained, path: Path, wish: Wish | None = None
) -> Predictions | tuple[Problem, ...]:
    """Let a trained network answer for every row of a file or a folder of pictures.

    Columns that training did not know are ignored; one that the file lacks is a problem.

    Args:
        trained: the run's best network.
        path: the file or folder.
        wish: how texts are written, by a network that writes some.
    """
    problems = Problems(trained.run.text())
    column = text_target(trained)
    if column is not None and continues(trained):
        return _continue(trained, column, path, wish or Wish(), problems)
    table = open_other(trained.data, path, problems, targets=trained.names)
    if table is None or has_errors(problems):
        return problems.sorted()
    findings = Findings(str(path))
    part = trained.fitted.encode(table, findings)
    report(findings, trained.data, problems)
    if part is None or has_errors(problems):
        return problems.sorted()
    if column is not None:
        return _answer_texts(trained, column, part, wish or Wish(), problems)
    answering: Any = trained.network.outputs
    asked = [target for target in trained.targets if target.name in answering]
    if not asked:
        return _answer_untaught(trained, part, table, problems)
    outputs = answers(trained.network, trained.rows(part))
    said = tuple(_answer(outputs[target.name], target, trained, table) for target in asked)
    return Predictions(len(part.rows), said, _files(table), problems.sorted())


def _answer_untaught(
    trained: Trained, part: Part, table: Table, problems: Problems
) -> Predictions | tuple[Problem, ...]:
    """What the only model gives where the data has no target: its numbers, side by side."""
    if trained.analysis.graph.models:
        words = "there is nothing to predict: none of the run's models answers for a target"
        hint = "name the model that answers: outputs: {TARGET: MODEL}"
        problems.extend([trouble("predict.no_target", words, hint=hint)])
        return problems.sorted()
    outputs = answers(trained.network, trained.rows(part))["output"].flatten(1)
    said = Answer("output", (), outputs.cpu().double().numpy(), None)
    return Predictions(len(part.rows), (said,), _files(table), problems.sorted())


def _continue(
    trained: Trained, column: FittedColumn, path: Path, wish: Wish, problems: Problems
) -> Predictions | tuple[Problem, ...]:
    """Continue the lines of a text, or the cells of the text column of a table."""
    findings = Findings(str(path))
    source: Any = trained.data.source.made
    texts: list[str] | None = None
    if hasattr(source, "prompts"):
        found = locate(str(path), Path(), findings)
        texts = source.prompts(found, findings) if found else None
    elif table := open_other(trained.data, path, problems, targets=()):
        values = table.texts(column.name) if column.name in table.columns else None
        texts = values.plain() if values is not None else None
        if texts is None:
            missing_column(column.name, table.columns, "target", findings)
    report(findings, trained.data, problems)
    if texts is None or has_errors(problems):
        return problems.sorted()
    added = continued(trained, column, texts, wish)
    return Predictions(len(texts), (Written(column.name, tuple(added)),), None, problems.sorted())


def _answer_texts(
    trained: Trained, column: FittedColumn, part: Part, wish: Wish, problems: Problems
) -> Predictions | tuple[Problem, ...]:
    if len(trained.targets) > 1:
        words = "a run that predicts a text and something else cannot be used to predict yet"
        hint = "train a run for the text alone"
        problems.extend([trouble("predict.targets", words, hint=hint)])
        return problems.sorted()
    texts = answered(trained, column, part, wish)
    return Predictions(len(texts), (Written(column.name, tuple(texts)),), None, problems.sorted())


def _answer(outputs: Tensor, target: Target, trained: Trained, table: Table) -> Answer | Painted:
    seen = _pictures(table)
    if outputs.dim() == _PIXELS and target.labels and seen is not None:
        column = next(one for one in trained.fitted.targets if one.name == target.name)
        classes = outputs.argmax(1).cpu().numpy()
        return painted(target.name, target.labels, classes, column.state["values"], seen)
    if target.labels:
        predicted, shares = outputs.argmax(1).cpu().numpy(), probabilities(outputs).cpu().numpy()
    else:
        restored = trained.fitted.restore(target.name, outputs.cpu().double().numpy())
        predicted, shares = restored.reshape(len(outputs), -1), None
    return Answer(target.name, target.labels, predicted, shares)


def write(predictions: Predictions, stream: TextIO, *, as_json: bool = False) -> None:
    """Write predictions as CSV, or as one JSON object a line."""
    if as_json:
        stream.writelines(
            json.dumps(told, ensure_ascii=False) + "\n" for told in predictions.told()
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
    given: list[Answer | Written | Painted] = []
    for answer in predictions.answers:
        kept = save_masks(answer, path) if isinstance(answer, Painted) else answer
        if isinstance(kept, Problem):
            return kept
        given.append(kept)
    predictions = replace(predictions, answers=tuple(given))
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


def _files(table: Table) -> tuple[str, ...] | None:
    seen = _pictures(table)
    return None if seen is None else tuple(seen.name(index) for index in range(len(seen)))


def _pictures(table: Table) -> Pictures | None:
    found = (values for values in table.cells.values() if isinstance(values, Pictures))
    return next(found, None)


_PIXELS: Final = 4
"""Axes of answers for each pixel: rows, classes, height, width."""

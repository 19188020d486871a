"""What a trained network says of new rows: a row out for every row in, in the same order.

A prediction is a line of text cells and numbers; `trainers.prediction_files` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from torch import Tensor

from nnspec.problems import Problem, Problems, has_errors
from trainers.exits import trouble
from trainers.files import locate
from trainers.findings import Findings, report
from trainers.fitted import Part
from trainers.fitted_columns import FittedColumn
from trainers.generation import Wish, answered, continued, continues, text_target
from trainers.judging import answers, probabilities
from trainers.painted import Painted, painted
from trainers.pictures import Pictures
from trainers.preparation import open_other
from trainers.table import Table, missing_column
from trainers.targets import Target
from trainers.texts import Array
from trainers.trained import Trained

Cell: TypeAlias = str | int | float


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


def _files(table: Table) -> tuple[str, ...] | None:
    seen = _pictures(table)
    return None if seen is None else tuple(seen.name(index) for index in range(len(seen)))


def _pictures(table: Table) -> Pictures | None:
    found = (values for values in table.cells.values() if isinstance(values, Pictures))
    return next(found, None)


_PIXELS: Final = 4
"""Axes of answers for each pixel: rows, classes, height, width."""

"""Predictions written to a stream or a file, as CSV or as JSON lines.

Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay as they
are.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO

from nnspec.problems import Problem
from trainers.durable import atomic_write
from trainers.exits import refusal, trouble
from trainers.painted import Painted, save_masks
from trainers.prediction import Answer, Cell, Predictions, Written

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What makes a spreadsheet take a text for a formula, when it stands first."""


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

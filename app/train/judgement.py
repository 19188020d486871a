"""What a confusion matrix and the end of a run say, in numbers per class and in plain sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.runs.run_model import RunState
from trainers.history import Confusion, History


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How one class is recognised. Shares from 0 to 1; nan where there is nothing to divide by."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """How often rows of one class were taken for another."""

    true: str
    predicted: str
    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, for people: a sentence, what to do, and whether going on makes sense."""

    severity: str
    words: str
    hint: str
    resumable: bool


def class_scores(confusion: Confusion) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of every class from the counts on the validation rows."""
    counts = np.asarray(confusion.counts, dtype=np.float64)
    right = np.diag(counts)
    true, predicted = counts.sum(axis=1), counts.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision, recall = right / predicted, right / true
        f1 = 2 * right / (true + predicted)
    return tuple(
        ClassScore(label, float(p), float(r), float(f), int(n))
        for label, p, r, f, n in zip(confusion.labels, precision, recall, f1, true, strict=True)
    )


def worst_mistakes(confusion: Confusion, most: int = 3) -> tuple[Mistake, ...]:
    """The pairs of classes that are mixed up most often."""
    counts = np.asarray(confusion.counts).copy()
    np.fill_diagonal(counts, 0)
    order = np.argsort(counts, axis=None)[::-1][:most]
    labels = confusion.labels
    return tuple(
        Mistake(labels[true], labels[predicted], int(counts[true, predicted]))
        for true, predicted in zip(*np.unravel_index(order, counts.shape), strict=True)
        if counts[true, predicted]
    )


def share_right(confusion: Confusion) -> float:
    """The share of rows on the diagonal, 0 without rows."""
    counts = np.asarray(confusion.counts)
    return float(np.trace(counts) / max(1, counts.sum()))


def summary_words(confusion: Confusion) -> str:
    """The matrix in a sentence or two, which is also what a screen reader says."""
    words = f"{share_right(confusion) * 100:.1f} % of the validation rows are right."
    mistakes = worst_mistakes(confusion)
    if mistakes:
        pairs = ", ".join(f"{m.true} taken for {m.predicted} ({m.count}×)" for m in mistakes)
        words += f" Most often: {pairs}."
    return words


def outcome(state: RunState, history: History, last_words: str) -> Outcome | None:
    """What is to be said about a run that ended other than well; None when there is nothing."""
    ended = history.ended
    said = (ended.message if ended else None) or last_words
    hint = (ended.hint if ended else None) or ""
    saved = history.checkpoint is not None
    kept = (
        f"Its state after epoch {history.checkpoint.epoch} is saved."
        if history.checkpoint
        else "Nothing had been saved yet."
    )
    if state == "failed":
        reason = said or "the cause is written in worker.log in the run's folder"
        return Outcome("error", f"The training failed: {reason}", hint, saved)
    if state == "crashed":
        reason = f" Its last words: {last_words}" if last_words else ""
        words = f"The training process ended unexpectedly.{reason} {kept}"
        return Outcome("error", words, hint or "Resume goes on from there.", resumable=True)
    if state == "interrupted":
        return Outcome("warning", f"The training was interrupted. {kept}", hint, resumable=True)
    if state == "stopped":
        best = f" The best epoch, {history.best.epoch}, is kept." if history.best else ""
        return Outcome("note", f"The training was stopped.{best}", hint, saved)
    return None

"""What a training shows on a terminal: one moving line, and a line for whatever is worth keeping.

Where the output is no terminal, only the lasting lines are printed, so that a log stays readable.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from trainers.event_lines import to_line
from trainers.events import (
    CheckpointSaved,
    Continued,
    EpochEnded,
    Event,
    Noticed,
    Paused,
    RunEnded,
    RunStarted,
)
from trainers.events import Progress as Progressed
from trainers.reporting import plain_text, report
from trainers.runs import RunFolder


def attend(
    run: RunFolder, catalog: Catalog, *, as_json: bool = False, accept_changed: bool = False
) -> int:
    """Work on a run in this very process and show what happens; return the exit code."""
    from trainers.worker import work

    def complain(problems: Sequence[Problem]) -> int:
        return report(problems, str(run.spec_path), text, as_json=as_json)

    try:
        text = run.text()
    except (OSError, UnicodeDecodeError):
        return report([run.damage("spec.yaml", "cannot be read")], "", "", as_json=as_json)
    run.clear()
    if as_json:
        return work(run, catalog, JsonLines(), complain=complain, accept_changed=accept_changed)
    with Terminal(run.path) as terminal:
        terminal.say(f"run: {run.path}")
        return work(run, catalog, terminal, complain=complain, accept_changed=accept_changed)


class JsonLines:
    """Prints every event as a line of JSON; falls silent when nobody reads any more."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._sequence = 0
        self._open = True

    def __call__(self, event: Event) -> None:
        """Print one event."""
        if not self._open:
            return
        try:
            self._stream.write(to_line(event, self._sequence) + "\n")
            self._stream.flush()
        except BrokenPipeError:
            self._open = False
            # The interpreter flushes at exit and would complain once more.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
        self._sequence += 1


class Terminal:
    """A progress bar with elapsed and remaining time, loss and metrics; used in a `with`."""

    def __init__(self, run: Path, console: Console | None = None) -> None:
        self._run = run
        self._console = console or Console(highlight=False)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[facts]}"),
            console=self._console,
            refresh_per_second=5,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._epochs = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case RunStarted():
                self._start(event)
            case Progressed():
                self._move(event)
            case EpochEnded():
                self.say(epoch_words(event, self._epochs))
            case Noticed():
                self.say(notice_words(event))
            case Paused() | Continued() | CheckpointSaved() | RunEnded():
                self._change(event)
            case _:
                pass

    def _start(self, event: RunStarted) -> None:
        self._epochs = event.epochs
        rows = ", ".join(f"{count:,} {part}" for part, count in event.rows.items())
        again = f", from step {event.step:,}" if event.step else ""
        self.say(
            f"{event.parameters:,} parameters on {event.device}, "
            f"{event.threads} thread{'s' * (event.threads != 1)}; rows: {rows}{again}"
        )
        total = event.steps_per_epoch * event.epochs
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(
            f"epoch {event.epoch + 1}/{event.epochs}", total=total, completed=event.step, facts=""
        )

    def _move(self, event: Progressed) -> None:
        if self._task is not None:
            self._bar.update(
                self._task,
                completed=event.step,
                description=f"epoch {min(event.epoch + 1, self._epochs)}/{self._epochs}",
                facts=progress_words(event),
            )

    def _change(self, event: Paused | Continued | CheckpointSaved | RunEnded) -> None:
        if isinstance(event, Paused):
            self.say(f"paused at step {event.step:,}; go on: netwright resume {self._run}")
        elif isinstance(event, Continued):
            self.say(f"going on from step {event.step:,}")
        elif isinstance(event, RunEnded):
            self._bar.stop()
            for words in end_words(event):
                self.say(words)
            if event.status in ("interrupted", "stopped"):
                self.say(f"go on: netwright resume {self._run}")

    def say(self, words: str) -> None:
        """Print a line that stays."""
        self._console.print(escape(plain_text(words)), soft_wrap=True)


def progress_words(event: Progressed) -> str:
    """Say loss, speed and time, as the moving line shows them."""
    remaining = "" if event.remaining is None else f", {duration(event.remaining)} left"
    speed = f"{event.rows_per_second:,.0f} rows/s"
    return f"loss {event.loss:.4g}  {speed}  {duration(event.elapsed)}{remaining}"


def epoch_words(event: EpochEnded, epochs: int) -> str:
    """Say how an epoch was judged."""
    mark = "  best so far" if event.best else ""
    of = f"/{epochs}" if epochs else ""
    return f"epoch {event.epoch}{of}  {numbers(event.metrics)}  {duration(event.seconds)}{mark}"


def notice_words(event: Noticed) -> str:
    """Say a notice and what to do about it."""
    hint = f" ({event.hint})" if event.hint else ""
    return f"{event.severity}: {event.message}{hint}"


def end_words(event: RunEnded) -> list[str]:
    """Say how a run ended, in a line or two."""
    best = f", best epoch {event.best_epoch}" if event.best_epoch is not None else ""
    said = f"{event.status} at step {event.step:,}{best}"
    if event.message and event.status != "failed":
        said += f": {event.message}"
    return [said, numbers(event.metrics)] if event.metrics else [said]


def numbers(metrics: Mapping[str, float]) -> str:
    """Say metrics in a line."""
    return "  ".join(f"{name} {value:.4g}" for name, value in metrics.items())


def duration(seconds: float) -> str:
    """Say a duration as a person would: `8 s`, `3:05`, `2:00:01`."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

"""What runs there are, each in a line; quick even for thousands, because only tails are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nnspec.problems import Problem
from trainers.events import EpochEnded, Event, Paused, Progress, RunEnded, RunStarted
from trainers.history import State
from trainers.journal import last_events
from trainers.runs import RunFolder

RUNS_SUFFIX: Final = ".runs"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in a line.

    Attributes:
        state: as `trainers.history`; a run nobody works on that has not ended has crashed.
        metrics: of the end, else of the newest epoch.
        problem: why the run cannot be read, or None.
    """

    run: RunFolder
    name: str
    state: State | None
    spec_name: str | None = None
    created: str | None = None
    step: int = 0
    epoch: int = 0
    epochs: int | None = None
    metrics: Mapping[str, float] | None = None
    problem: Problem | None = None


def list_runs(folder: Path) -> list[RunSummary]:
    """Return all runs in `folder` and in the `.runs` folders directly below it, newest first."""
    found = [summarise(RunFolder(path)) for path in _run_paths(folder)]
    return sorted(found, key=lambda summary: (summary.created or "", summary.name), reverse=True)


def summarise(run: RunFolder) -> RunSummary:
    """Say in a line what a run is and where it stands."""
    record = run.record()
    if isinstance(record, Problem):
        return RunSummary(run, run.name, None, problem=record)
    try:
        events = last_events(run.events_path)
    except OSError as error:
        words = error.strerror or "cannot be read"
        return RunSummary(run, run.name, None, problem=run.damage("events.jsonl", words))
    step, epoch, metrics = _progress(events)
    started = _last(events, RunStarted)
    return RunSummary(
        run,
        run.name,
        state_of(run, events),
        record.name,
        record.created,
        step,
        epoch,
        started.epochs if isinstance(started, RunStarted) else None,
        metrics,
    )


def state_of(run: RunFolder, events: list[Event] | None = None) -> State:
    """Return what a run is doing, from its last events and from whether somebody works on it."""
    told = last_events(run.events_path) if events is None else events
    ended = next((e for e in reversed(told) if isinstance(e, RunEnded | RunStarted)), None)
    if run.is_held():
        if isinstance(ended, RunEnded) or not told:
            return "starting"
        last = next((e for e in reversed(told) if isinstance(e, Paused | Progress)), None)
        return "paused" if isinstance(last, Paused) and run.wish() == "pause" else "running"
    if isinstance(ended, RunEnded):
        return ended.status
    return "crashed" if run.events_path.exists() else "starting"


def _run_paths(folder: Path) -> Iterator[Path]:
    if (folder / "run.json").is_file():
        yield folder
        return
    try:
        below = sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return
    for path in below:
        if (path / "run.json").is_file():
            yield path
        elif path.name.endswith(RUNS_SUFFIX):
            yield from (run for run in sorted(path.iterdir()) if (run / "run.json").is_file())


def _progress(events: list[Event]) -> tuple[int, int, Mapping[str, float] | None]:
    where = next(
        (e for e in reversed(events) if isinstance(e, RunEnded | EpochEnded | Progress)), None
    )
    judged = _last(events, RunEnded) or _last(events, EpochEnded)
    metrics = judged.metrics if isinstance(judged, RunEnded | EpochEnded) else None
    return (where.step, where.epoch, metrics) if where else (0, 0, metrics)


def _last(events: list[Event], kind: type[Event]) -> Event | None:
    return next((event for event in reversed(events) if isinstance(event, kind)), None)

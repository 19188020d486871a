"""Say whether a run is whole: its record, its text, its journal, every checkpoint."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from nnspec.problems import Problem
from trainers.event_lines import from_line
from trainers.events import CheckpointSaved
from trainers.exits import DAMAGED, OK, refusal
from trainers.journal import read_events
from trainers.manifest import (
    Pointer,
    names_newest_first,
    pointed,
    repoint,
    set_aside,
    sweep,
    verify,
)
from trainers.reporting import report
from trainers.runs import RunFolder, open_run


@dataclass(slots=True)
class _Finding:
    """What was found: problems are damage, notes are not."""

    problems: list[Problem] = field(default_factory=list[Problem])
    notes: list[str] = field(default_factory=list[str])
    checkpoints: int = 0
    events: int = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("run", metavar="RUN", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="put damaged checkpoints aside and point to the newest whole one",
    )


def run(arguments: argparse.Namespace) -> int:
    """Verify the run; 0 when it is whole, 7 when not. Changes nothing without --rebuild."""
    opened = open_run(arguments.run)
    if isinstance(opened, Problem):
        return report([opened], str(arguments.run), "", as_json=arguments.json)
    if arguments.rebuild:
        problem = _rebuild(opened)
        if problem is not None:
            return report([problem], str(opened.path), "", as_json=arguments.json)
    finding = _Finding()
    _check_journal(opened, finding)
    _check_checkpoints(opened, finding)
    if finding.checkpoints and not finding.events:
        words = "holds no event, although there are checkpoints"
        finding.problems.append(opened.damage("events.jsonl", words))
    elif not finding.checkpoints and _saved(opened):
        words = "holds no checkpoint, although some were saved"
        finding.problems.append(opened.damage("checkpoints", words))
    _tell(opened, finding, as_json=arguments.json)
    return DAMAGED if finding.problems else OK


def _tell(opened: RunFolder, finding: _Finding, *, as_json: bool) -> None:
    report(finding.problems, str(opened.path), "", as_json=as_json)
    if as_json:
        facts = {
            "ok": not finding.problems,
            "run": str(opened.path),
            "events": finding.events,
            "checkpoints": finding.checkpoints,
            "notes": finding.notes,
        }
        sys.stdout.write(json.dumps(facts) + "\n")
        return
    for note in finding.notes:
        sys.stderr.write(f"note: {note}\n")
    if not finding.problems:
        sys.stdout.write(
            f"whole: {finding.events:,} events, {finding.checkpoints} checkpoints verified\n"
        )


def _check_journal(opened: RunFolder, finding: _Finding) -> None:
    try:
        with opened.events_path.open("rb") as file:
            damaged: list[int] = []
            number = 0
            for number, line in enumerate(file, start=1):
                if from_line(line.decode("utf-8", "replace")) is None:
                    damaged.append(number)
    except FileNotFoundError:
        return
    finding.events = number - len(damaged)
    if damaged and damaged[-1] == number:
        # A killed worker leaves this; the next one cuts it off.
        damaged.pop()
        finding.notes.append("the last line of events.jsonl is torn; resuming repairs it")
    if damaged:
        words = f"has {len(damaged)} damaged lines, the first is line {damaged[0]}"
        finding.problems.append(opened.damage("events.jsonl", words))


def _check_checkpoints(opened: RunFolder, finding: _Finding) -> None:
    damage = [verify(opened, name) for name in names_newest_first(opened)]
    # A running worker may have deleted old ones meanwhile.
    names = names_newest_first(opened)
    finding.checkpoints = len(names)
    finding.problems += [found for found in damage if found and _still_there(opened, found)]
    pointers: tuple[Pointer, ...] = ("last", "best")
    for pointer in pointers:
        file = opened.checkpoints_path / f"{pointer}.json"
        name = pointed(opened, pointer)
        if (file.exists() or (names and pointer == "last")) and name not in names:
            words = "names no checkpoint of this run"
            finding.problems.append(opened.damage(f"checkpoints/{pointer}.json", words))
    aside = sorted(path.name for path in opened.checkpoints_path.glob("*.damaged"))
    finding.notes += [f"{name} was put aside" for name in aside]


def _saved(opened: RunFolder) -> bool:
    """Whether the journal tells of a checkpoint."""
    return any(isinstance(event, CheckpointSaved) for event in read_events(opened.events_path))


def _still_there(opened: RunFolder, damage: Problem) -> bool:
    folder = Path(damage.file or opened.path).parent
    return folder.exists()


def _rebuild(opened: RunFolder) -> Problem | None:
    lock = opened.lock()
    if isinstance(lock, Problem):
        return lock
    try:
        sweep(opened)
        for name in names_newest_first(opened):
            if verify(opened, name) is not None:
                set_aside(opened, name)
        repoint(opened)
    except OSError as error:
        return refusal(error, opened.path)
    finally:
        lock.release()
    return None

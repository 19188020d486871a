"""Go on with a run: from its newest checkpoint, or where it was paused."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from trainers.exits import refusal, trouble
from trainers.record import RunRecord
from trainers.reporting import report
from trainers.run_list import state_of
from trainers.runs import RunFolder, open_run
from trainers.terminal import attend

_PATIENCE: Final = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("run", metavar="RUN", type=Path)
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda", "mps"), help="compute elsewhere"
    )
    parser.add_argument(
        "--accept-changed", action="store_true", help="go on although the data has changed"
    )
    parser.add_argument("--json", action="store_true", help="print one event a line")


def run(arguments: argparse.Namespace) -> int:
    """Let a paused worker go on, or work on the run here; the exit code says how it ended."""
    opened = open_run(arguments.run)
    if isinstance(opened, Problem):
        return report([opened], str(arguments.run), "", as_json=arguments.json)
    if opened.is_held() and opened.wish() == "pause":
        problem = _let_go_on(opened)
    else:
        problem = _move(opened, arguments.device)
        if problem is None:
            changed = arguments.accept_changed
            return attend(
                opened, Catalog.discover(), as_json=arguments.json, accept_changed=changed
            )
    return report([problem] if problem else [], str(opened.path), "", as_json=arguments.json)


def _let_go_on(paused: RunFolder) -> Problem | None:
    """Take the wish to pause back and wait until the worker has seen it."""
    paused.clear("pause")
    deadline = time.monotonic() + _PATIENCE
    while state_of(paused) == "paused":
        if time.monotonic() > deadline:
            return trouble("run.locked", f"the run does not go on: {paused.path}", file=paused.path)
        time.sleep(0.05)
    sys.stderr.write(f"{paused.name} goes on\n")
    return None


def _move(stopped: RunFolder, device: str | None) -> Problem | None:
    record = stopped.record()
    if device is None or not isinstance(record, RunRecord) or stopped.is_held():
        return None
    try:
        stopped.write_record(replace(record, device=device))
    except OSError as error:
        return refusal(error, stopped.path)
    return None

"""Pause a run: it saves a checkpoint and waits; resume lets it go on."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from nnspec.problems import Problem
from trainers.exits import OK, refusal, trouble
from trainers.reporting import report
from trainers.run_list import state_of
from trainers.runs import RunFolder, open_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("run", metavar="RUN", type=Path)
    parser.add_argument("--json", action="store_true", help="print errors as JSON")
    parser.add_argument(
        "--timeout", type=float, default=600.0, metavar="SECONDS", help="how long to wait"
    )


def run(arguments: argparse.Namespace) -> int:
    """Ask the worker and wait until it pauses; 2 when nobody works on the run."""
    opened = open_run(arguments.run)
    problem = opened if isinstance(opened, Problem) else _pause(opened, arguments.timeout)
    if problem is not None:
        return report([problem], str(arguments.run), "", as_json=arguments.json)
    sys.stderr.write(f"paused; go on with: netwright resume {arguments.run}\n")
    return OK


def _pause(opened: RunFolder, seconds: float) -> Problem | None:
    if not opened.is_held():
        return trouble("run.idle", f"the run is not training: {opened.path}", file=opened.path)
    try:
        opened.request("pause")
    except OSError as error:
        return refusal(error, opened.path)
    deadline = time.monotonic() + seconds
    while (state := state_of(opened)) != "paused":
        if not opened.is_held():
            opened.clear("pause")
            return trouble("run.idle", f"the run has ended: {state}", file=opened.path)
        if time.monotonic() > deadline:
            return trouble("run.locked", f"the run has not paused yet: {opened.path}")
        time.sleep(0.05)
    return None

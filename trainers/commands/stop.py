"""Stop a run: it saves a checkpoint at the next step and can be resumed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnspec.problems import Problem
from trainers.exits import OK, refusal, trouble
from trainers.locks import wait_until_free
from trainers.reporting import report
from trainers.run_list import state_of
from trainers.runs import open_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("run", metavar="RUN", type=Path)
    parser.add_argument("--json", action="store_true", help="print errors as JSON")
    parser.add_argument(
        "--timeout", type=float, default=600.0, metavar="SECONDS", help="how long to wait"
    )


def run(arguments: argparse.Namespace) -> int:
    """Ask the worker and wait until it has left; a run nobody works on is as it should be."""
    opened = open_run(arguments.run)
    if isinstance(opened, Problem):
        return report([opened], str(arguments.run), "", as_json=arguments.json)
    if opened.is_held():
        try:
            opened.request("stop")
        except OSError as error:
            return report([refusal(error, opened.path)], "", "", as_json=arguments.json)
        if not wait_until_free(opened.path, arguments.timeout):
            late = trouble("run.locked", f"the run has not stopped yet: {opened.path}")
            return report([late], str(opened.path), "", as_json=arguments.json)
    sys.stderr.write(f"{opened.name}: {state_of(opened)}\n")
    return OK

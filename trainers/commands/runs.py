"""List the runs in a folder, the newest first."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from trainers.exits import OK, trouble
from trainers.reporting import plain_text, report
from trainers.run_list import RunSummary, list_runs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "folder", metavar="DIR", type=Path, nargs="?", default=Path(), help="here by default"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each run."""
    folder: Path = arguments.folder
    if not folder.is_dir():
        problem = trouble("run.missing", f"there is no folder {folder}", file=folder)
        return report([problem], str(folder), "", as_json=arguments.json)
    found = list_runs(folder)
    if arguments.json:
        sys.stdout.write(json.dumps([summary_json(summary) for summary in found]) + "\n")
    else:
        sys.stdout.write(table(found, folder))
    return OK


def summary_json(summary: RunSummary) -> dict[str, Any]:
    """Return a run as plain data; numbers that are not finite are null."""
    metrics = summary.metrics or {}
    return {
        "run": str(summary.run.path),
        "name": summary.name,
        "status": summary.state,
        "spec": summary.spec_name,
        "created": summary.created,
        "step": summary.step,
        "epoch": summary.epoch,
        "epochs": summary.epochs,
        "metrics": {name: v if math.isfinite(v) else None for name, v in metrics.items()},
        "problem": summary.problem.message if summary.problem else None,
    }


def table(summaries: list[RunSummary], folder: Path) -> str:
    """Return the list as text with aligned columns."""
    if not summaries:
        return f"no runs in {plain_text(str(folder))}\n"
    rows = [("run", "status", "epoch", "metrics"), *map(_row, summaries)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = (
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _row(summary: RunSummary) -> tuple[str, str, str, str]:
    of = f"/{summary.epochs}" if summary.epochs else ""
    metrics = "  ".join(f"{name} {value:.4g}" for name, value in (summary.metrics or {}).items())
    said = summary.problem.message if summary.problem else metrics
    return (
        plain_text(_shown(summary.run.path)),
        summary.state or "damaged",
        f"{summary.epoch}{of}",
        plain_text(said),
    )


def _shown(path: Path) -> str:
    """The path as the next command takes it: from the current folder when it lies below."""
    whole, here = path.resolve(), Path.cwd()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)

"""Judge a trained run on rows it was not trained on: metrics and confusion matrix."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from trainers.exits import OK, trouble
from trainers.reporting import plain_text, report, report_notices
from trainers.runs import open_run

if TYPE_CHECKING:
    from trainers.evaluation import Evaluation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("run", metavar="RUN", type=Path)
    parser.add_argument("--data", metavar="FILE", type=Path, help="judge on all rows of this file")
    parser.add_argument(
        "--split",
        choices=("test", "validation", "train"),
        help="the part of the run's own data to judge on; test by default",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print how good the run is; problems and notices go to stderr."""
    opened = open_run(arguments.run)
    if isinstance(opened, Problem):
        return report([opened], str(arguments.run), "", as_json=arguments.json)
    if arguments.data is not None and arguments.split is not None:
        problem = trouble("usage", "--data and --split exclude each other")
        return report([problem], "evaluate", "", as_json=arguments.json)
    from trainers.evaluation import evaluate
    from trainers.trained import Trained, load_trained

    name, as_json = str(opened.spec_path), arguments.json
    trained = load_trained(opened, Catalog.discover())
    if not isinstance(trained, Trained):
        return report(trained, name, "", as_json=as_json)
    judged = evaluate(trained, split=arguments.split or "test", data=arguments.data)
    text = "" if arguments.data else opened.text()
    if isinstance(judged, tuple):
        return report(judged, name, text, as_json=as_json)
    report_notices(trained.notices, as_json=as_json)
    report(judged.notices, name, text, as_json=as_json)
    sys.stdout.write(json.dumps(judged.to_json()) + "\n" if as_json else words(judged))
    return OK


def words(judged: Evaluation) -> str:
    """Return the verdict as lines for people."""
    told = judged.to_json()
    where = "the file" if judged.split == "data" else f"the {judged.split} part"
    lines = [f"{told['rows']:,} rows of {where}", ""]
    wide = max(12, *(len(name) + 2 for name in told["metrics"]))
    lines += [f"  {name:<{wide}}{value:.6g}" for name, value in told["metrics"].items()]
    for name, counts in judged.judgement.confusions.items():
        of = f"{name}: " if len(judged.labels) > 1 else ""
        lines += ["", f"{of}true class (rows) by predicted class (columns)", ""]
        lines += _matrix([plain_text(label) for label in judged.labels[name]], counts.tolist())
    return "\n".join(lines) + "\n"


def _matrix(labels: list[str], matrix: list[list[int]]) -> list[str]:
    wide = max(len(text) for text in (*labels, *(str(n) for row in matrix for n in row)))
    head = f"  {'':<{wide}}  " + "  ".join(f"{label:>{wide}}" for label in labels)
    rows = (
        f"  {label:<{wide}}  " + "  ".join(f"{count:>{wide}}" for count in row)
        for label, row in zip(labels, matrix, strict=True)
    )
    return [head, *rows]

"""Let a trained run answer for every row of a file: a row out for every row in, same order."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from trainers.exits import OK, trouble
from trainers.reporting import report, report_notices
from trainers.runs import open_run

if TYPE_CHECKING:
    from trainers.prediction import Predictions

MOST_TOKENS = 1_000_000
HOTTEST = 100.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("run", metavar="RUN", type=Path)
    parser.add_argument("data", metavar="DATA", type=Path, help="a file, or a folder of pictures")
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="where to write; the terminal by default"
    )
    parser.add_argument(
        "--length",
        metavar="N",
        type=int,
        default=200,
        help="how many tokens a language model adds to each text (default: 200)",
    )
    parser.add_argument(
        "--temperature",
        metavar="T",
        type=float,
        help="how boldly texts are written: 0 takes the likeliest token, 1 draws as the network "
        "believes (default: 0.8 to continue a text, 0 to answer with one)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a row instead of CSV")


def run(arguments: argparse.Namespace) -> int:
    """Write the predictions; problems and notices go to stderr."""
    opened = open_run(arguments.run)
    if isinstance(opened, Problem):
        return report([opened], str(arguments.run), "", as_json=arguments.json)
    from trainers.generation import Wish
    from trainers.prediction import Predictions, predict
    from trainers.prediction_files import output_refused, save
    from trainers.trained import Trained, load_trained

    name, as_json = str(opened.spec_path), arguments.json
    refused = _unusable(arguments.length, arguments.temperature)
    if refused:
        return report([refused], name, "", as_json=as_json)
    output = arguments.output
    refused = output and output_refused(output, keep=(arguments.data, *opened.parts()))
    if refused:
        return report([refused], name, "", as_json=as_json)
    trained = load_trained(opened, Catalog.discover())
    if not isinstance(trained, Trained):
        return report(trained, name, "", as_json=as_json)
    wish = Wish(arguments.length, arguments.temperature)
    found = predict(trained, arguments.data, wish)
    if not isinstance(found, Predictions):
        return report(found, name, "", as_json=as_json)
    report_notices(trained.notices, as_json=as_json)
    report(found.notices, name, "", as_json=as_json)
    if arguments.output is None:
        return _print(found, as_json=as_json)
    refused = save(found, arguments.output, as_json=as_json)
    if refused is not None:
        return report([refused], name, "", as_json=as_json)
    sys.stderr.write(f"{found.rows:,} rows: {arguments.output}\n")
    return OK


def _unusable(length: int, temperature: float | None) -> Problem | None:
    """What cannot be meant by how texts are to be written."""
    if not 1 <= length <= MOST_TOKENS:
        hint = f"give a number from 1 to {MOST_TOKENS:,}"
        return trouble("usage", f"--length {length} cannot be written", hint=hint)
    if temperature is not None and not 0 <= temperature <= HOTTEST:  # nor nan
        hint = f"give a number from 0 (the likeliest token) to {HOTTEST:g}"
        return trouble("usage", f"--temperature {temperature:g} has no meaning", hint=hint)
    return None


def _print(found: Predictions, *, as_json: bool) -> int:
    from trainers.prediction_files import write

    try:
        write(found, sys.stdout, as_json=as_json)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; the interpreter flushes at exit and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK

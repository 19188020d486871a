"""Train what a spec describes, with a progress bar."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nnspec.catalog import Catalog
from nnspec.problems import Problem, has_errors
from trainers.check import check, override
from trainers.exits import trouble
from trainers.reporting import read_spec_file, report
from trainers.runs import create
from trainers.terminal import attend


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("spec", metavar="SPEC", type=Path)
    parser.add_argument("--run", metavar="DIR", type=Path, help="the run folder to make")
    parser.add_argument(
        "--set", action="append", default=[], metavar="K=V", help="change a setting first"
    )
    parser.add_argument("--device", help="auto, cpu, cuda, mps: where to compute")
    parser.add_argument("--seed", type=int, help="fixes every random choice")
    parser.add_argument("--json", action="store_true", help="print one event a line")


def run(arguments: argparse.Namespace) -> int:
    """Check, make a run folder, train; the exit code says how it ended."""
    spec, as_json = arguments.spec, arguments.json
    text, code = read_spec_file(spec, as_json=as_json)
    if text is None:
        return code
    text, refused = override(text, arguments.set)
    catalog = Catalog.discover()
    checked = check(text, spec.absolute().parent, catalog)
    problems = (*refused, *_usage(arguments), *checked.problems)
    code = report(problems, str(spec), text, as_json=as_json)
    if has_errors(problems):
        if not as_json:
            sys.stderr.write(f"{_counted(problems)}. Nothing was trained.\n")
        return code
    place = _place(arguments.device or checked.analysis.spec.train.settings.device)
    if isinstance(place, Problem):
        return report([place], str(spec), "", as_json=as_json)
    made = create(
        text,
        spec_path=spec,
        path=arguments.run,
        name=checked.analysis.spec.name,
        device=arguments.device,
        seed=arguments.seed,
    )
    if isinstance(made, Problem):
        return report([made], str(spec), text, as_json=as_json)
    return attend(made, catalog, as_json=as_json)


def _place(device: str) -> str | Problem:
    """A device that is not there is told before a run is made; others need no look."""
    if device not in ("cuda", "mps"):
        return device
    from trainers.devices import choose_device

    return choose_device(device)


def _counted(problems: Sequence[Problem]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    return f"{errors} problem{'s' * (errors != 1)}"


def _usage(arguments: argparse.Namespace) -> list[Problem]:
    problems: list[Problem] = []
    if arguments.seed is not None and not 0 <= arguments.seed < 2**63:
        problems.append(trouble("usage", "--seed takes a whole number from 0 to 2^63 - 1"))
    if arguments.device not in (None, "auto", "cpu", "cuda", "mps"):
        problems.append(
            trouble(
                "usage", f"there is no device '{arguments.device}'", hint="auto, cpu, cuda or mps"
            )
        )
    return problems

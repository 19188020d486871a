"""List every problem of a spec, then its layers with shapes and counts."""

from __future__ import annotations

import argparse
import json
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from nnspec.catalog import Catalog
from nnspec.graph import Graph, Node
from nnspec.problems import Problem
from trainers.check import Checked, check, override
from trainers.durable import atomic_write
from trainers.exits import exit_code, refusal, trouble
from trainers.forecast import Forecast, forecast_of, forecast_words
from trainers.mending import Mended, mend
from trainers.reporting import plain_text, problem_json, read_spec_file, report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("spec", metavar="SPEC", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--set", action="append", default=[], metavar="K=V", help="change a setting first"
    )
    parser.add_argument("--fix", action="store_true", help="apply the fixes that are certain")


def run(arguments: argparse.Namespace) -> int:
    """Check and print; 0 when sound, else the code that the first error calls for."""
    text, code = read_spec_file(arguments.spec, as_json=arguments.json)
    if text is None:
        return code
    if arguments.fix and arguments.set:
        problem = trouble("usage", "--fix changes the file, --set does not: use one of them")
        return report([problem], "check", "", as_json=arguments.json)
    fixed: tuple[Problem, ...] = ()
    if arguments.fix:
        mended = _mended(arguments.spec, text)
        if isinstance(mended, Problem):
            return report([mended], str(arguments.spec), "", as_json=arguments.json)
        text, fixed = mended.text, mended.fixed
        _tell(fixed, arguments.spec, as_json=arguments.json)
    text, refused = override(text, arguments.set)
    catalog = Catalog.discover()
    checked = check(text, arguments.spec.resolve().parent, catalog)
    sound = checked.sound and not refused
    expected = None if refused else forecast_of(checked, catalog)
    problems = (*refused, *checked.problems)
    if arguments.json:
        told = _told(checked, problems, fixed if arguments.fix else None, expected, ok=sound)
        print(json.dumps(told))
        return exit_code(problems)
    report(problems, str(arguments.spec), text, as_json=False)
    if sound:
        print_layers(checked)
        _print_forecast(expected)
        if not problems:
            print("No problems.", file=sys.stderr)
        return 0
    print("Nothing was trained.", file=sys.stderr)
    return exit_code(problems)


def _print_forecast(expected: Forecast | None) -> None:
    if expected is not None:
        print(f"training: {forecast_words(expected)} on this machine")


def _told(
    checked: Checked,
    problems: tuple[Problem, ...],
    fixed: tuple[Problem, ...] | None,
    expected: Forecast | None,
    *,
    ok: bool,
) -> dict[str, object]:
    told: dict[str, object] = {
        "ok": ok,
        "problems": [problem_json(problem) for problem in problems],
        "model": model_json(checked.analysis.graph),
    }
    if fixed is not None:
        told["fixed"] = [_fixed_json(problem) for problem in fixed]
    if expected is not None:
        told["forecast"] = {
            "memory": expected.memory.total,
            "seconds_per_epoch": expected.seconds_per_epoch,
        }
    return told


def _mended(path: Path, text: str) -> Mended | Problem:
    """Apply the fixes to the file at `path`, which holds `text`; a Problem when it stays as it is.

    The file is replaced in one step, or not touched where there is nothing to fix.
    """
    mended = mend(text, path.resolve().parent, Catalog.discover())
    if mended.text == text:
        return mended
    try:
        if not path.stat().st_mode & stat.S_IWUSR:  # a new file in its place would be no obstacle
            words = f"{path} may not be changed: it is read-only"
            hint = "allow writing to it, or fix a copy"
            return trouble("resource.permission", words, hint=hint, file=path)
        atomic_write(path.resolve(), mended.text)
    except OSError as error:
        return refusal(error, path)
    return mended


def _tell(fixed: tuple[Problem, ...], path: Path, *, as_json: bool) -> None:
    if as_json:
        return
    for problem in fixed:
        words = f"{path}:{problem.line}:{problem.column}  fixed  {problem.message}"
        sys.stderr.write(f"{plain_text(words)}: {problem.fix.words if problem.fix else ''}\n")


def _fixed_json(problem: Problem) -> dict[str, object]:
    return {**problem_json(problem), "fix": problem.fix.words if problem.fix else None}


def model_json(graph: Graph) -> dict[str, object]:
    """Return the layer table as plain data."""
    return {
        "parameters": sum(node.parameters for node in graph.nodes),
        "layers": [
            {
                "name": node.id,
                "kind": node.kind.name if node.kind else "",
                "output": list(node.shape.sizes) if node.shape else None,
                "parameters": node.parameters,
            }
            for node in graph.nodes
        ],
    }


def print_layers(checked: Checked) -> None:
    """Print the layer table of a sound spec; of several models one below the other."""
    graph = checked.analysis.graph
    rows: list[_Row] = [("layer", "kind", "output", "parameters", "MACs")]
    for name, model in graph.models.items():
        prefix = f"{name}/"
        nodes = [node for node in graph.nodes if node.id.startswith(prefix)]
        rows += [
            (prefix + role, "input", str(x or "?"), "", "") for role, x in model.inputs.items()
        ]
        rows += [*map(_row, nodes), _sum(name, nodes), _BLANK]
    if not graph.models:
        rows += [(name, "input", str(shape), "", "") for name, shape in graph.inputs.items()]
        rows += map(_row, graph.nodes)
    rows.append(_sum("total", graph.nodes))
    _print(rows)


_Row: TypeAlias = tuple[str, str, str, str, str]
_BLANK: _Row = ("", "", "", "", "")


def _row(node: Node) -> _Row:
    kind = f"{node.kind.name} {node.kind.inner.name}" if node.kind.inner else node.kind.name
    return (node.id, kind, str(node.shape or "?"), f"{node.parameters:,}", f"{node.macs:,}")


def _sum(name: str, nodes: Sequence[Node]) -> _Row:
    parameters = sum(node.parameters for node in nodes)
    return (name, "", "", f"{parameters:,}", f"{sum(node.macs for node in nodes):,}")


def _print(rows: Sequence[_Row]) -> None:
    """Print columns side by side, the numbers at the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        left = "  ".join(cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True))
        right = "  ".join(
            cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)
        )
        print(f"{left}  {right}".rstrip())

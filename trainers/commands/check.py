"""List every problem of a spec, then its layers with shapes and counts."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from nnspec.catalog import Catalog
from nnspec.graph import Graph
from trainers.check import Checked, check, override
from trainers.exits import exit_code
from trainers.reporting import problem_json, read_spec_file, report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("spec", metavar="SPEC", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--set", action="append", default=[], metavar="K=V", help="change a setting first"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check and print; 0 when sound, else the code that the first error calls for."""
    text, code = read_spec_file(arguments.spec, as_json=arguments.json)
    if text is None:
        return code
    text, refused = override(text, arguments.set)
    checked = check(text, arguments.spec.resolve().parent, Catalog.discover())
    sound = checked.sound and not refused
    problems = (*refused, *checked.problems)
    if arguments.json:
        print(
            json.dumps(
                {
                    "ok": sound,
                    "problems": [problem_json(problem) for problem in problems],
                    "model": model_json(checked.analysis.graph),
                }
            )
        )
        return exit_code(problems)
    report(problems, str(arguments.spec), text, as_json=False)
    if sound:
        print_layers(checked)
        if not problems:
            print("No problems.", file=sys.stderr)
        return 0
    print("Nothing was trained.", file=sys.stderr)
    return exit_code(problems)


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
    """Print the layer table of a sound spec."""
    graph = checked.analysis.graph
    rows = [("layer", "kind", "output", "parameters", "MACs")]
    rows += [(name, "input", str(shape), "", "") for name, shape in graph.inputs.items()]
    rows += [
        (
            node.id,
            node.kind.name if node.kind else "",
            str(node.shape or "?"),
            f"{node.parameters:,}",
            f"{node.macs:,}",
        )
        for node in graph.nodes
    ]
    rows.append(
        (
            "total",
            "",
            "",
            f"{sum(node.parameters for node in graph.nodes):,}",
            f"{sum(node.macs for node in graph.nodes):,}",
        )
    )
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        left = "  ".join(cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True))
        right = "  ".join(
            cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)
        )
        print(f"{left}  {right}".rstrip())

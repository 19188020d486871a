"""Say what two specs or runs differ in, in meaning: data, layers, training."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import cast

from nnspec.catalog import Catalog
from nnspec.comparison import Difference, Side, compare
from nnspec.problems import Problem, Problems
from nnspec.syntax import read
from nnspec.tree import Plain, plain
from trainers.check import check
from trainers.exits import OK
from trainers.filled import filled
from trainers.reporting import plain_text, read_spec_file, report
from trainers.runs import open_run

_ELSEWHERE = ("data.", "source.", "resource.")
"""Problems of the data's files; a spec can be compared where its data is not."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("one", metavar="A", type=Path, help="a spec or a run")
    parser.add_argument("other", metavar="B", type=Path, help="another")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print the differences; 0 whether there are any or not, else what kept from comparing."""
    catalog = Catalog.discover()
    sides: list[Side] = []
    for path in (arguments.one, arguments.other):
        side = _side(path, catalog, as_json=arguments.json)
        if isinstance(side, int):
            return side
        sides.append(side)
    found = compare(*sides)
    if arguments.json:
        told = {"same": not found, "differences": [_json(each) for each in found]}
        sys.stdout.write(json.dumps(told) + "\n")
        return OK
    for each in found:
        sys.stdout.write(plain_text(f"{each.section:<6} {each.words}") + "\n")
    if not found:
        sys.stdout.write("No difference in meaning.\n")
    return OK


def _json(found: Difference) -> dict[str, object]:
    return {
        "section": found.section,
        "change": found.change,
        "what": [found.what, *found.also],
        "setting": found.setting or None,
        "before": found.before,
        "after": found.after,
        "words": found.words,
    }


def _side(path: Path, catalog: Catalog, *, as_json: bool) -> Side | int:
    """Return one side, or the exit code when it cannot be compared."""
    text: str | None
    folder = path.resolve().parent
    if path.is_dir():
        opened = open_run(path)
        if isinstance(opened, Problem):
            return report([opened], str(path), "", as_json=as_json)
        text, folder, name = opened.text(), opened.source_folder(), str(opened.spec_path)
    else:
        text, code = read_spec_file(path, as_json=as_json)
        name = str(path)
        if text is None:
            return code
    checked = check(text, folder, catalog)
    grave = [each for each in checked.problems if not each.code.startswith(_ELSEWHERE)]
    if any(each.severity == "error" for each in grave):
        return report(grave, name, text, as_json=as_json)
    whole = filled(checked, catalog)
    data = cast("dict[str, Plain]", plain(read(whole, Problems(whole))))
    kept = {
        section: value
        for section, value in data.items()
        if section not in ("netwright", "name", "params", "blocks", "model")
    }
    if "models" in kept:  # their layers are compared as a graph
        models = cast("dict[str, dict[str, Plain]]", kept["models"])
        kept["models"] = {name: {"input": model["input"]} for name, model in models.items()}
    return Side(checked.analysis.graph, kept)

"""Print a spec with every default filled in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnspec.catalog import Catalog
from trainers.check import check
from trainers.filled import filled
from trainers.reporting import read_spec_file, report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("spec", metavar="SPEC", type=Path)


def run(arguments: argparse.Namespace) -> int:
    """Print the filled-in form; 2 when the spec has errors."""
    text, code = read_spec_file(arguments.spec, as_json=False)
    if text is None:
        return code
    catalog = Catalog.discover()
    checked = check(text, arguments.spec.resolve().parent, catalog)
    if not checked.sound:
        report(checked.problems, str(arguments.spec), text, as_json=False)
        return 2
    sys.stdout.write(filled(checked, catalog))
    return 0

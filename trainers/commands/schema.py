"""Print the JSON Schema of the language, or of one spec with exactly its blocks and parameters."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from nnspec.catalog import Catalog
from nnspec.problems import Problems, has_errors
from nnspec.reader import read_spec
from nnspec.schema import schema, schema_of
from nnspec.syntax import read
from trainers.reporting import read_spec_file, report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "spec", metavar="SPEC", type=Path, nargs="?", help="know this spec's blocks"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    catalog = Catalog.discover()
    if arguments.spec is None:
        print(json.dumps(schema(catalog), indent=2))
        return 0
    text, code = read_spec_file(arguments.spec, as_json=False)
    if text is None:
        return code
    problems = Problems(text)
    tree = read(text, problems)
    if tree is None or has_errors(problems):
        return report(problems, str(arguments.spec), text, as_json=False)
    # Other mistakes do no harm: an editor wants the schema while the text is being written.
    print(json.dumps(schema_of(catalog, read_spec(tree, catalog, problems)), indent=2))
    return 0

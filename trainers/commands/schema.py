"""Print the JSON Schema of the language."""

from __future__ import annotations

import argparse
import json

from nnspec.catalog import Catalog
from nnspec.schema import schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command takes nothing."""
    del parser


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    del arguments
    print(json.dumps(schema(Catalog.discover()), indent=2))
    return 0

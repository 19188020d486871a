"""The commands of the command line, one file each; a new file here is a new command.

A command's module has `add_arguments(parser)` and `run(arguments) -> int`; the first line of its
docstring is its help. Only the module of the chosen command is imported, so that `netwright check`
never waits for torch.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from trainers.exits import INVALID, trouble
from trainers.reporting import report

COMMANDS: tuple[str, ...] = tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a usage in the form the user asked for: words, or a JSON line."""

    as_json = False

    def error(self, message: str) -> NoReturn:
        hint = f"{self.prog} --help"
        if not self.as_json:
            self.print_usage(sys.stderr)
        problem = trouble("usage", message, hint=hint)
        report([problem], self.prog, "", as_json=self.as_json)
        raise SystemExit(INVALID)


def run_command(argv: Sequence[str]) -> int:
    """Run the command named by the first word and return its exit code."""
    name, *words = argv
    module = importlib.import_module(f"{__name__}.{name}")
    parser = _Parser(prog=f"netwright {name}", description=summary(name), allow_abbrev=False)
    parser.as_json = "--json" in words
    module.add_arguments(parser)
    try:
        arguments = parser.parse_args(words)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else INVALID
    try:
        return int(module.run(arguments))
    except KeyboardInterrupt:
        return 130


def summary(name: str) -> str:
    """Return the first line of a command's docstring, without importing the command."""
    spec = importlib.util.find_spec(f"{__name__}.{name}")
    if spec is None or spec.origin is None or not Path(spec.origin).exists():
        module = importlib.import_module(f"{__name__}.{name}")
        return (module.__doc__ or "").strip().partition("\n")[0]
    tree = ast.parse(Path(spec.origin).read_bytes())
    return (ast.get_docstring(tree) or "").partition("\n")[0]

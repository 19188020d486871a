"""Look at data and write a complete, commented spec that trains."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from trainers.reporting import report
from trainers.starter import start


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("data", metavar="DATA", type=Path, help="a file, a folder or a zip")
    parser.add_argument(
        "--target",
        action="append",
        metavar="COL",
        help="the column to predict: its name, its number from 1, or 'last'",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="SPEC", help="where to write the spec")
    parser.add_argument("--json", action="store_true", help="print errors as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write the spec and say what was found; never overwrites a file."""
    spec_path = arguments.output or free_name(Path.cwd(), arguments.data.resolve().stem)
    text, notes, problems = start(arguments.data, arguments.target, spec_path)
    report(problems, str(arguments.data), "", as_json=arguments.json)
    if text is None:
        return 2
    for note in notes:
        print(note, file=sys.stderr)
    try:
        with spec_path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        print(f"{spec_path} exists already; name another file with -o", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{spec_path} cannot be written: {error.strerror}", file=sys.stderr)
        return 4
    print(f"wrote {spec_path}")
    print(f"train it with: netwright train {os.path.relpath(spec_path)}")
    return 0


def free_name(folder: Path, stem: str) -> Path:
    """The first of `stem.yaml`, `stem-2.yaml` … that is not taken."""
    path, number = folder / f"{stem}.yaml", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.yaml"
    return path

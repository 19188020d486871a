"""Look at data and write a complete, commented spec that trains."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from trainers.durable import write_new
from trainers.exits import refusal, trouble
from trainers.reporting import plain_text, report
from trainers.starter import start
from trainers.template_fitting import put_to
from trainers.templates import Template, nearest_template, template


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "data", metavar="DATA", type=Path, nargs="?", help="a file, a folder or a zip"
    )
    parser.add_argument(
        "--target",
        action="append",
        metavar="COL",
        help="the column to predict: its name, its number from 1, or 'last'",
    )
    parser.add_argument(
        "--template",
        metavar="NAME",
        help="use this network of the gallery; without DATA, with its own sample",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="SPEC", help="where to write the spec")
    parser.add_argument("--json", action="store_true", help="print errors as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write the spec and say what was found; never overwrites a file."""
    chosen = template(arguments.template) if arguments.template else None
    refused = _refused(arguments, chosen)
    if refused is not None:
        return report([refused], "netwright new", "", as_json=arguments.json)
    stem = _stem(arguments.data) if arguments.data else arguments.template
    spec_path = arguments.output or free_name(Path.cwd(), stem)
    text, notes, problems = _text(arguments, chosen, spec_path)
    code = report(problems, str(arguments.data), "", as_json=arguments.json)
    if text is None:
        return code
    refused = _write(text, spec_path)
    if refused is not None:
        return report([refused], str(spec_path), "", as_json=arguments.json)
    if not arguments.json:  # standard error then holds errors only, a JSON line each
        sys.stderr.write("".join(f"{plain_text(note)}\n" for note in notes))
    print(f"wrote {spec_path}")
    print(f"train it with: netwright train {os.path.relpath(spec_path)}")
    return 0


def _refused(arguments: argparse.Namespace, chosen: Template | None) -> Problem | None:
    """What is missing or unknown in the way the command was called."""
    if arguments.template and chosen is None:
        near = nearest_template(arguments.template)
        words = f"there is no template '{arguments.template}'"
        hint = f"did you mean '{near}'?" if near else "netwright templates lists them all"
        return trouble("template.unknown", words, hint=hint)
    if arguments.data is None and chosen is None:
        return trouble("usage", "name the data, or a template", hint="netwright new DATA")
    return None


def _text(
    arguments: argparse.Namespace, chosen: Template | None, spec_path: Path
) -> tuple[str | None, list[str], tuple[Problem, ...]]:
    """The text of the spec, what was decided about it, and problems."""
    if arguments.data is None:
        return (chosen.text() if chosen else None), [], ()
    text, notes, problems = start(arguments.data, arguments.target, spec_path)
    if text is None or chosen is None:
        return text, notes, problems
    made = put_to(text, chosen, spec_path.absolute().parent, Catalog.discover())
    if isinstance(made, Problem):
        return None, notes, (made,)
    return made, [*notes, f"the network is the template '{chosen.name}'"], ()


def _write(text: str, spec_path: Path) -> Problem | None:
    try:
        write_new(spec_path, text.encode("utf-8"))
    except FileExistsError:
        words = f"{spec_path} " + ("is a folder" if spec_path.is_dir() else "exists already")
        return trouble("spec.exists", words, hint="name another file with -o", file=spec_path)
    except OSError as error:
        return refusal(error, spec_path)
    return None


def _stem(data: Path) -> str:
    """The name of the data without its ending, short enough for a file."""
    return Path(os.path.normpath(Path.cwd() / data)).stem[:60] or "data"


def free_name(folder: Path, stem: str) -> Path:
    """The first of `stem.yaml`, `stem-2.yaml` … that is not taken."""
    path, number = folder / f"{stem}.yaml", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.yaml"
    return path

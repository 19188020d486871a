"""Write a network for use elsewhere, load it again and compare it with the live one."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nnspec.catalog import Catalog
from nnspec.params import complete
from nnspec.problems import Problem, Problems, Span, has_errors, suggestion
from nnspec.settings import Place, read_settings
from nnspec.syntax import read
from nnspec.tree import Mapping
from trainers.check import check
from trainers.exits import OK, trouble
from trainers.reporting import read_spec_file, report, report_notices
from trainers.runs import open_run

if TYPE_CHECKING:
    from trainers.exporting import Exportable, Format


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("run", metavar="RUN", type=Path, help="a run, or a spec for first weights")
    parser.add_argument("--format", metavar="NAME", required=True, help="what to write: python, …")
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="where to write; here by default"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="K=V", help="a setting of the format"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Write and compare; the exit code says whether the file can be relied on."""
    as_json, name = arguments.json, str(arguments.run)
    catalog = Catalog.discover()
    made = chosen(catalog, arguments.format, arguments.set)
    if isinstance(made, tuple):
        return report(cast("tuple[Problem, ...]", made), "export", "", as_json=as_json)
    path = arguments.output or Path(f"{_stem(arguments.run)}{made.suffix}")
    refused = _refused(path, made)
    if refused is not None:
        return report([refused], name, "", as_json=as_json)
    network = _network(arguments.run, catalog, as_json=as_json)
    if isinstance(network, int):
        return network
    if isinstance(network, Problem):
        return report([network], name, "", as_json=as_json)
    from trainers.exporting import export

    done = export(network, made, path)
    if isinstance(done, Problem):
        return report([done], name, "", as_json=as_json)
    if as_json:
        sys.stdout.write(json.dumps({"format": arguments.format, **done.to_json()}) + "\n")
        return OK
    sys.stdout.write("".join(f"{file}\n" for file in done.files))
    sys.stderr.write(
        f"Loaded again and compared on random inputs: largest difference {done.difference:g}.\n"
    )
    return OK


def _refused(path: Path, made: Format) -> Problem | None:
    """Why nothing is written to `path`: nothing that is there already is ever overwritten."""
    if path.suffix != made.suffix or not path.stem:
        words = f"'{path.name}' does not end in {made.suffix}, as a file of this format does"
        hint = f"write: -o {path.stem or 'network'}{made.suffix}"
        return trouble("output.suffix", words, hint=hint, file=path)
    if not path.absolute().parent.is_dir():
        words = f"the folder of {path} does not exist"
        return trouble("output.folder", words, hint="make it first, or name another with -o")
    for file in made.files(path):
        if file.exists() or file.is_symlink():
            words = f"{file} is there already, and is not overwritten"
            hint = "name another file with -o, or delete it first"
            return trouble("output.exists", words, hint=hint, file=file)
    return None


def chosen(catalog: Catalog, name: str, settings: list[str]) -> Any:
    """Return the format with its settings, or a tuple of the problems."""
    kind = catalog.get("export", name)
    if kind is None:
        known = catalog.names("export")
        near = catalog.nearest("export", name)
        hint = f"did you mean '{near}'?" if near else suggestion(name, known, kinds="known are")
        return (trouble("export.unknown", f"there is no format '{name}'", hint=hint),)
    text = "\n".join(": ".join(setting.split("=", 1)) for setting in settings)
    problems = Problems(text)
    root = read(text, problems)
    entries = root.entries if isinstance(root, Mapping) else ()
    values = read_settings(kind.make, entries, Place("", f"'{name}'"), problems, span=Span(0, 0))
    if has_errors(problems) or not complete(kind.make, values):
        return tuple(problems)
    return kind.make(**values)


def _stem(path: Path) -> str:
    """Name a file after a run or a spec, so that it can be imported."""
    whole = path.resolve()
    stem = whole.stem if path.is_file() else f"{whole.parent.stem}_{whole.stem}"
    letters = "".join(c if c.isalnum() else "_" for c in stem)
    return letters if letters.isidentifier() else f"network_{letters}"


def _network(path: Path, catalog: Catalog, *, as_json: bool) -> Exportable | Problem | int:
    """Return the network of a run or a spec, or the exit code when there is none."""
    if path.is_file():
        return _of_spec(path, catalog, as_json=as_json)
    opened = open_run(path)
    if isinstance(opened, Problem):
        return report([opened], str(path), "", as_json=as_json)
    from trainers.exporting import of_run
    from trainers.trained import Trained, load_trained

    trained = load_trained(opened, catalog, device="cpu")
    if not isinstance(trained, Trained):
        return report(trained, str(opened.spec_path), "", as_json=as_json)
    report_notices(trained.notices, as_json=as_json)
    return of_run(trained)


def _of_spec(path: Path, catalog: Catalog, *, as_json: bool) -> Exportable | Problem | int:
    text, code = read_spec_file(path, as_json=as_json)
    if text is None:
        return code
    checked = check(text, path.resolve().parent, catalog)
    if not checked.sound:
        return report(checked.problems, str(path), text, as_json=as_json)
    from trainers.exporting import of_spec

    return of_spec(checked)

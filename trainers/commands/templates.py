"""List the gallery of networks."""

from __future__ import annotations

import argparse
import json
import textwrap

from trainers.exits import OK
from trainers.templates import Template, templates

_WIDTH = 98


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--json", action="store_true", help="print the list as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print name, title and when to choose each template, by what data it is for."""
    gallery = templates()
    if arguments.json:
        print(json.dumps([_told(each) for each in gallery], indent=1))
        return OK
    width = max((len(each.name) for each in gallery), default=0) + 4
    for group in dict.fromkeys(each.group for each in gallery):
        print(f"{group}")
        for each in (each for each in gallery if each.group == group):
            print(_lines(each, width))
        print()
    print("use one: netwright new DATA --template NAME (without DATA: on its own sample)")
    return OK


def _told(each: Template) -> dict[str, str]:
    return {"name": each.name, "title": each.title, "group": each.group, "when": each.when}


def _lines(each: Template, width: int) -> str:
    return textwrap.fill(
        f"{each.title}. {each.when}",
        _WIDTH,
        initial_indent=f"  {each.name:<{width - 2}}",
        subsequent_indent=" " * width,
    )

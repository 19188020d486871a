"""The one entry point: command line, worker or window, decided before anything heavy loads."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence

USAGE = """usage: netwright [SPEC or DATA]        opens the window
       netwright --sample               opens the window with the sample
       netwright COMMAND --help         helps with one command

commands:"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    multiprocessing.freeze_support()
    # Read once, when torch loads: a thread that waits sleeps instead of burning the core that
    # another program, or the window, needs. On a busy machine a step is several times faster so.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    argv = list(sys.argv[1:] if arguments is None else arguments)
    match argv:
        case ["--worker", *rest]:
            from trainers.worker import main as worker

            return worker(rest)
        case ["--look", folder]:
            return _look(folder)
        case ["-h" | "--help", *_]:
            return _help()
        case ["--version", *_]:
            from trainers.versions import version

            print(f"netwright {version()}")
            return 0
        case _:
            pass
    from trainers.commands import COMMANDS, run_command

    if not argv or argv[0] not in COMMANDS:
        return _window(argv)
    try:
        code = run_command(argv)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever reads has seen enough; the interpreter flushes at exit and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _help() -> int:
    from trainers.commands import COMMANDS, summary

    print(USAGE)
    for name in COMMANDS:
        print(f"  {name:<10} {summary(name)}")
    return 0


def _look(folder: str) -> int:
    """Look at the data of the spec on standard input and print what was found."""
    from pathlib import Path

    from nnspec.catalog import Catalog
    from trainers.check import look, to_json

    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    found, problems = look(text, Path(folder), Catalog.discover())
    print(to_json(found, problems))
    return 0


def _window(argv: Sequence[str]) -> int:
    if len(argv) > 1 and not argv[0].startswith("-"):
        refused = _unopenable(argv[0])
        if refused:
            print(f"netwright: {refused}", file=sys.stderr)
            return 2
    unknown = [word for word in argv if word.startswith("-") and word != "--sample"]
    if unknown or len(argv) > 1:
        word = (unknown or list(argv[1:]))[0]
        print(
            f"netwright: '{word}' is not understood; see netwright --help",
            file=sys.stderr,
        )
        return 2
    if argv and not argv[0].startswith("-"):
        refused = _unopenable(argv[0])
        if refused:
            print(f"netwright: {refused}", file=sys.stderr)
            return 2
    from app.start_up import open_window

    return open_window(argv)


def _unopenable(word: str) -> str | None:
    """Why a word names nothing to open: a mistyped command or a missing file."""
    from pathlib import Path

    from nnspec.problems import nearest
    from trainers.commands import COMMANDS

    if Path(word).exists():
        return None
    near = nearest(word, COMMANDS)
    looks_like_file = "." in word or "/" in word
    if near and not looks_like_file:
        return f"there is no command or file '{word}'; did you mean '{near}'?"
    return f"there is no file '{word}'"


if __name__ == "__main__":
    sys.exit(main())

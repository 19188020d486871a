"""Exit codes, and a `Problem` that belongs to no place in a text.

Other programs rely on these numbers. A problem's code decides the number, so that a mistake found
deep below leaves the program with the right one without anyone passing it up.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from nnspec.problems import Problem

OK = 0
INVALID = 2
UNSAFE = 3
RESOURCE = 4
FAILED = 5
LOCKED = 6
DAMAGED = 7
INTERRUPTED = 130
TERMINATED = 143

BY_CODE: Mapping[str, int] = MappingProxyType(
    {
        "run.damaged": DAMAGED,
        "run.newer": DAMAGED,
        "run.locked": LOCKED,
        "data.unsafe": UNSAFE,
        "unsafe": UNSAFE,
        "resource": RESOURCE,
        "training": FAILED,
    }
)
"""Exit code by problem code or by what stands before its first dot; all others are `INVALID`."""


def trouble(
    code: str, message: str, *, hint: str | None = None, file: object | None = None
) -> Problem:
    """Make a problem that lies outside the spec's text: in a folder, on the disk, in a machine."""
    where = None if file is None else str(file)
    return Problem(code, "error", "", None, 0, 0, message, hint, file=where)


def exit_code(problems: Iterable[Problem]) -> int:
    """Return the exit code of the first error, or `OK` when nothing forbids going on."""
    for problem in problems:
        if problem.severity == "error":
            family = problem.code.partition(".")[0]
            return BY_CODE.get(problem.code, BY_CODE.get(family, INVALID))
    return OK


def refusal(error: OSError, path: object) -> Problem:
    """Say in a sentence what the system refused: space, permission, or reading and writing."""
    if error.errno in _FULL:
        return trouble(
            "resource.disk_full", f"no space left for {path}", hint="free some space", file=path
        )
    if error.errno in _FORBIDDEN:
        return trouble(
            "resource.permission",
            f"no permission to write {path}",
            hint="choose another folder with --run, or change its permissions",
            file=path,
        )
    words = error.strerror or str(error)
    return trouble("resource.io", f"cannot use {path}: {words}", file=path)


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}

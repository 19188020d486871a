"""Whole lines in, whole lines out: indenting and commenting, as pure functions."""

from __future__ import annotations

from collections.abc import Sequence

INDENT = "  "


def indented(lines: Sequence[str]) -> list[str]:
    """Every line a step to the right."""
    return [INDENT + line if line.strip() else line for line in lines]


def outdented(lines: Sequence[str]) -> list[str]:
    """Every line a step to the left."""
    return [line[min(2, len(line) - len(line.lstrip(" "))) :] for line in lines]


def commented(lines: Sequence[str]) -> list[str]:
    """Every line a comment, the signs in one column."""
    column = min((len(x) - len(x.lstrip(" ")) for x in lines if x.strip()), default=0)
    return [f"{line[:column]}# {line[column:]}" if line.strip() else line for line in lines]


def uncommented(lines: Sequence[str]) -> list[str]:
    """Every line without its comment sign."""
    return [
        line.replace("# ", "", 1) if "# " in line else line.replace("#", "", 1) for line in lines
    ]

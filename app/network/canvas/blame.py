"""Which item of the canvas each problem belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from nnspec.problems import Problem, Span
from nnspec.spec import Block, Item, Spec

Severity = Literal["", "warning", "error"]


@dataclass(slots=True)
class Blame:
    """Which items each problem belongs to: the one whose span holds it, and uses of its block."""

    problems: Sequence[Problem]
    items: Sequence[Item]
    spec: Spec
    _found: dict[int, list[Problem]] = field(default_factory=dict[int, list[Problem]])

    def __post_init__(self) -> None:
        for problem in self.problems:
            if problem.span is None or problem.file:
                continue
            for index in self._owners(problem.span):
                self._found.setdefault(index, []).append(problem)

    def _owners(self, span: Span) -> list[int]:
        inside = [index for index, item in enumerate(self.items) if _holds(item.span, span)]
        if inside:
            return inside
        blocks = {name for name, block in self.spec.blocks.items() if _inside(block, span)}
        return [index for index, item in enumerate(self.items) if item.kind in blocks]

    def of(self, index: int) -> tuple[Severity, str]:
        """The worst severity of that item and its problems in words."""
        found = self._found.get(index, [])
        if not found:
            return "", ""
        worst: Severity = "error" if any(p.severity == "error" for p in found) else "warning"
        return worst, "\n".join(_sentence(problem) for problem in found)


def _inside(block: Block, span: Span) -> bool:
    return _holds(block.span, span) or any(_holds(item.span, span) for item in block.items)


def _holds(whole: Span, part: Span) -> bool:
    return whole.start <= part.start <= max(whole.end - 1, whole.start)


def _sentence(problem: Problem) -> str:
    lines = [problem.message, *problem.details]
    return "\n".join([*lines, problem.hint] if problem.hint else lines)

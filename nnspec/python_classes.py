"""Uses of a block that differ only in values become one class, the values its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from nnspec.python_blocks import Setting, Step
from nnspec.python_calls import Argument, Call, Expression, Parameter, form, unify
from nnspec.shapes import Shape


@dataclass(frozen=True, slots=True)
class BlockClass:
    """The class that stands for all uses of a block that differ in values only.

    `shapes` holds, for each step, the shape that leaves it in each use.
    """

    name: str
    block: str
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]
    lines: tuple[tuple[Expression, tuple[Setting, ...]], ...]
    shapes: tuple[tuple[Shape | None, ...], ...]


def classes(
    steps: tuple[Step, ...], taken: set[str]
) -> tuple[tuple[Step, ...], tuple[BlockClass, ...]]:
    """Give every use of a block the call of a class; return the steps so, and the classes.

    Args:
        steps: those of the network.
        taken: names that classes cannot have; grows by those given.
    """
    made: list[BlockClass] = []
    while uses := list(_ready(steps)):
        groups: dict[object, list[Step]] = {}
        for use in uses:
            groups.setdefault(_key(use), []).append(use)
        calls: dict[int, Expression] = {}
        for group in groups.values():
            one, found = _class_of(group, taken)
            made.append(one)
            calls |= {id(use): call for use, call in zip(group, found, strict=True)}
        steps = _with_calls(steps, calls)
    return steps, tuple(made)


def _ready(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the uses of blocks whose own inner uses have their calls."""
    for step in steps:
        if step.call is None:
            inner = list(_ready((*step.steps, *step.parts)))
            yield from inner
            if step.steps and not inner:
                yield step


def _with_calls(steps: tuple[Step, ...], calls: Mapping[int, Expression]) -> tuple[Step, ...]:
    return tuple(
        replace(
            step,
            call=calls.get(id(step), step.call),
            steps=_with_calls(step.steps, calls),
            parts=_with_calls(step.parts, calls),
        )
        for step in steps
    )


def _key(use: Step) -> object:
    """What uses of a block have in common when one class can stand for them."""
    places = dict.fromkeys(use.sources, -1)
    places |= {step.result: number for number, step in enumerate(use.steps)}
    return (
        use.block,
        places[use.result],
        tuple(
            (
                step.attribute,
                step.again,
                form(step.made),
                tuple((setting.path, form(setting.value)) for setting in step.settings),
                tuple(places[source] for source in step.sources),
            )
            for step in use.steps
        ),
    )


def _class_of(uses: list[Step], taken: set[str]) -> tuple[BlockClass, list[Expression]]:
    found: dict[tuple[str, ...], Parameter] = {}
    rows = list(zip(*(use.steps for use in uses), strict=True))
    lines = tuple(
        (unify([step.made for step in row], found), _unified_settings(row, found)) for row in rows
    )
    name = camel_case(uses[0].block, taken)
    parameters = tuple(found.values())
    shapes = tuple(tuple(step.shape for step in row) for row in rows)
    one = BlockClass(name, uses[0].block, parameters, uses[0].steps, lines, shapes)
    calls = [
        Call(name, tuple(Argument(each.name, each.values[place]) for each in parameters))
        for place in range(len(uses))
    ]
    return one, list[Expression](calls)


def _unified_settings(
    row: tuple[Step, ...], found: dict[tuple[str, ...], Parameter]
) -> tuple[Setting, ...]:
    return tuple(
        Setting(
            settings[0].path,
            unify([one.value for one in settings], found, settings[0].path.rpartition(".")[2]),
        )
        for settings in zip(*(step.settings for step in row), strict=True)
    )


def camel_case(name: str, taken: set[str]) -> str:
    """Return a name for a class, not among `taken`, and add it there."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in name).split()
    made = "".join(word[0].upper() + word[1:] for word in words)
    base = made if made[:1].isalpha() else f"Network{made}"
    number, free = 1, base
    while free in taken:
        number += 1
        free = f"{base}{number}"
    taken.add(free)
    return free

"""A class of PyTorch as text: its layers in `__init__`, its steps in `forward`."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Mapping, Sequence

from nnspec.python_blocks import Setting, Step
from nnspec.python_calls import Argument, Call, Expression, Parameter, Text, written
from nnspec.python_classes import BlockClass
from nnspec.shapes import Shape

_BODY = " " * 8


def block_class(block: BlockClass) -> str:
    """Return the class of a block; its input is `x`."""
    entry = block.steps[0].sources[0] if block.steps[0].sources else ""
    entries = {source for step in block.steps for source in step.sources}
    entries -= {step.result for step in block.steps}
    names = dict.fromkeys(entries or {entry}, "x")
    result = block.steps[-1].result
    lines = _forward(block.steps, names, (result,), _shapes_in_words(block))
    return _class(
        block.name,
        f"The block '{block.block}'.",
        block.parameters,
        _layers(block.steps, block.lines),
        _def_forward(("x",), "Tensor", lines),
    )


def network_class(
    name: str,
    words: str,
    steps: Sequence[Step],
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
) -> str:
    """Return the class of the whole network.

    Args:
        name: of the class.
        words: its docstring.
        steps: of its forward pass.
        inputs: the argument of `forward` for each input.
        outputs: the id of the result for each target; one is returned as it is, several by name.
    """
    shapes = [str(step.shape) if step.shape else "" for step in steps]
    lines = _forward(steps, inputs, tuple(outputs.values()), shapes)
    if len(outputs) > 1:
        results = ast.literal_eval(lines.pop().removeprefix("return "))
        named = ", ".join(
            f"{target!r}: {one}" for target, one in zip(outputs, results, strict=True)
        )
        lines.append(f"return {{{named}}}".replace("'", '"'))
    made = [(step.made, step.settings) for step in steps]
    returns = "Tensor" if len(outputs) == 1 else "dict[str, Tensor]"
    forward = _def_forward(tuple(inputs.values()), returns, lines)
    return _class(name, words, (), _layers(steps, made), forward)


def _class(
    name: str,
    words: str,
    parameters: Sequence[Parameter],
    layers: Sequence[str],
    forward: Sequence[str],
) -> str:
    given = "".join(f", {each.name}: {_type_of(each.values)}" for each in parameters)
    lines = [
        f"class {name}(nn.Module):",
        f'    """{words}"""',
        "",
        f"    def __init__(self{given}) -> None:",
        f"{_BODY}super().__init__()",
        *(f"{_BODY}{line}" for line in layers),
        "",
        *forward,
    ]
    return "\n".join(lines)


def _layers(
    steps: Sequence[Step], made: Sequence[tuple[Expression, tuple[Setting, ...]]]
) -> list[str]:
    lines: list[str] = []
    for step, (expression, settings) in zip(steps, made, strict=True):
        if step.again:
            continue
        target = f"self.{step.attribute}"
        text = written(_shortened(expression), 8, len(target) + 11)
        lines.append(f"{target} = {text}")
        lines += [f"{target}{one.path} = {written(one.value)}" for one in settings]
    return lines


def _shortened(expression: Expression) -> Expression:
    """Write a sequence of equal layers as a loop."""
    if not isinstance(expression, Call):
        return expression
    values = [one.value for one in expression.arguments]
    if expression.name != "nn.Sequential" or len(values) < 2 or len(set(values)) > 1:
        return expression
    text = f"*({written(values[0], 0, -(10**6))} for _ in range({len(values)}))"
    return Call("nn.Sequential", (Argument("layers", Text(text), bare=True),))


def _def_forward(arguments: tuple[str, ...], returns: str, lines: Sequence[str]) -> list[str]:
    given = "".join(f", {name}: Tensor" for name in arguments)
    head = f"    def forward(self{given}) -> {returns}:"
    return [head, *(f"{_BODY}{line}" for line in lines)]


def _forward(
    steps: Sequence[Step],
    entries: Mapping[str, str],
    results: tuple[str, ...],
    shapes: Sequence[str],
) -> list[str]:
    """Return the lines of a forward pass, the last of which returns the results."""
    names = _variables(steps, entries, results)
    lines: list[str] = []
    for step, shape in zip(steps, shapes, strict=True):
        given = ", ".join(names[source] for source in step.sources)
        line = f"{names[step.result]} = self.{step.attribute}({given})"
        lines.append(f"{line}  # {shape}" if shape else line)
    return [*lines, "return " + _joined([names[result] for result in results])]


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else str(tuple(names))


def _variables(
    steps: Sequence[Step], entries: Mapping[str, str], results: tuple[str, ...]
) -> dict[str, str]:
    """Name every result: the running variable, or its own name where it is needed later."""
    readers: dict[str, set[int]] = {}
    for place, step in enumerate(steps):
        for source in step.sources:
            readers.setdefault(source, set()).add(place)
    for result in results:
        readers.setdefault(result, set()).add(len(steps))
    taken = set(entries.values())
    later = {name for id, name in entries.items() if readers.get(id, set()) - {0}}
    running = next(name for name in ("x", "out", "running") if name not in later)
    names, taken = dict(entries), taken | {running, "self"}
    following = [*(step.sources for step in steps[1:]), results]
    for place, step in enumerate(steps):
        alone = following[place] == (step.result,)
        if alone and readers.get(step.result, set()) <= {place + 1}:
            names[step.result] = running
        else:
            names[step.result] = _variable(step.name, taken)
    return names


def _variable(name: str, taken: set[str]) -> str:
    base = name.replace("/", "_").replace(".", "_turn_")
    number, free = 1, base
    while free in taken or keyword.iskeyword(free):
        number += 1
        free = f"{base}_{number}"
    taken.add(free)
    return free


def _shapes_in_words(block: BlockClass) -> list[str]:
    """The shape of each step: numbers where all uses have the same, else a parameter's name."""
    columns = {each.values: each.name for each in block.parameters}
    return [_shape_in_words(shapes, columns) for shapes in block.shapes]


def _shape_in_words(
    shapes: tuple[Shape | None, ...], columns: Mapping[tuple[Expression, ...], str]
) -> str:
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes) or len({len(shape) for shape in known}) > 1:
        return ""
    sizes = zip(*(shape.sizes for shape in known), strict=True)
    words: list[str] = []
    for row in sizes:
        same = str(row[0]) if len(set(row)) == 1 else "?"
        words.append(columns.get(tuple(Text(str(size)) for size in row), same))
    return " x ".join(words)


def _type_of(values: Sequence[Expression]) -> str:
    found: set[str] = set()
    for value in values:
        try:
            made = ast.literal_eval(value.text if isinstance(value, Text) else "...")
        except (ValueError, SyntaxError):
            return "object"
        found.add("None" if made is None else type(made).__name__)
    names = {"tuple": "tuple[int, ...]", "list": "list[int]"}
    if found == {"int", "float"}:
        found = {"float"}
    return " | ".join(names.get(name, name) for name in sorted(found, key=lambda n: n == "None"))

"""What a file of PyTorch source tells of the data: what was fitted, and the way back to units."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite
from pprint import PrettyPrinter
from string import Template
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnspec.python_source import NetworkSource
    from trainers.fitted_columns import FittedColumn
    from trainers.trained import Trained

_COLUMNS = """\
# What was learned of each column that the network reads, from the rows it was trained on. Building
# the inputs out of raw rows, as these facts say, is left to the reader of this file.
COLUMNS = $columns

# The same of each column that it answers for.
TARGET_COLUMNS = $targets"""

_RESTORING = '''
def in_own_unit(answers: Tensor, column: dict) -> Tensor:
    """Undo the scale of a column, in float64; answers of a column without one stay as they are."""
    state = column.get("state", {})
    if "center" not in state:
        return answers
    spread, center = (torch.tensor(state[n], dtype=torch.float64) for n in ("spread", "center"))
    bent = answers.detach().cpu().double() * spread + center
    if column["settings"].get("scale") == "log":
        return bent.sign() * bent.abs().expm1()
    return bent


def restore(answers: $kind) -> $kind:
    """Bring answers of the network to the unit of the data, float64.

    The network answers in the scaled units that it was trained in: of each target the centre is
    taken away and the rest divided by the spread (see TARGET_COLUMNS), with the scale log after
    sign(x) log(1 + |x|). This brings the numbers back$others.
    """
    return $restored
'''

_ONE = "in_own_unit(answers, TARGET_COLUMNS[TARGET])"
_SEVERAL = """{
        name: in_own_unit(each, TARGET_COLUMNS.get(name, {})) for name, each in answers.items()
    }"""


def is_scaled(column: FittedColumn) -> bool:
    """Whether a target has a unit that the network's answers are not in."""
    return not column.labels and "center" in column.state


def restoring(trained: Trained | None, source: NetworkSource) -> str:
    """Write the function `restore`; "" where the network answers for no scaled target."""
    targets = trained.fitted.targets if trained else ()
    if not any(target.name in source.outputs and is_scaled(target) for target in targets):
        return ""
    single = len(source.outputs) == 1
    return Template(_RESTORING.strip()).substitute(
        kind="Tensor" if single else "dict[str, Tensor]",
        others="" if single else "; other answers stay as they are",
        restored=_ONE if single else _SEVERAL,
    )


def data_facts(trained: Trained) -> Iterator[str]:
    """Yield what a caller has to know of the data: columns, classes, how pixels are scaled."""
    fitted = trained.fitted
    yield Template(_COLUMNS).substitute(
        columns=_literal(fitted.columns), targets=_literal(fitted.targets)
    )
    for target in trained.targets:
        if target.labels:
            yield f"# The classes of {one_line(target.name)}, in the order of the outputs:"
            yield f"{_constant(target.name)}_CLASSES = {names(target.labels)}"
    for name, scale in fitted.pixel_scales.items():
        yield f"# Pixels of {one_line(name)} go in as (byte - mean) / deviation, for each channel:"
        yield f"{_constant(name)}_MEAN = {scale.mean}"
        yield f"{_constant(name)}_DEVIATION = {scale.deviation}"


class _Literals(PrettyPrinter):
    """Prints plain data so that Python reads it again, numbers that are not finite included."""

    def format(
        self,
        object: object,  # noqa: A002 - named by the standard library
        context: dict[int, int],
        maxlevels: int,
        level: int,
    ) -> tuple[str, bool, bool]:
        if isinstance(object, float) and not isfinite(object):
            return f'float("{object}")', True, False
        return super().format(object, context, maxlevels, level)


def _literal(columns: tuple[FittedColumn, ...]) -> str:
    """Write columns by name, with all that was learned of them."""
    facts: dict[str, Any] = {}
    for column in columns:
        facts[column.name] = column.to_json()
        del facts[column.name]["name"]
    return _Literals(width=100, compact=True, sort_dicts=False).pformat(facts)


def one_line(text: str) -> str:
    """Return text that may stand in a comment or between quotes."""
    return " ".join(text.replace("\\", " ").replace('"', "'").split()).rstrip(".")


def _constant(name: str) -> str:
    letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in name).upper()
    return letters if letters[:1].isalpha() else f"COLUMN_{letters}"


def names(values: tuple[str, ...]) -> str:
    """Write names as a tuple."""
    line = "(" + ", ".join(json.dumps(each) for each in values) + ("," * (len(values) == 1)) + ")"
    if len(line) <= 80:
        return line
    return "(\n" + "".join(f"    {json.dumps(each)},\n" for each in values) + ")"

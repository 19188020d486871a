"""What may be written inside a formula of training, and where formulas stand. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nnspec.catalog import Catalog
from nnspec.functions import FUNCTIONS
from nnspec.read_terms import takes_of
from nnspec.spec import Spec

_KEY = re.compile(r"(?:^|[\s{,-])([^\W\d][\w-]*)\s*:\s")
_PAIRS = {"(": 1, "[": 1, ")": -1, "]": -1}


def roles(catalog: Catalog) -> frozenset[str]:
    """The keys that formulas stand behind: what losses take, and weights."""
    taken = (role for kind in catalog.of("loss") for role in takes_of(kind))
    return frozenset({*taken, "of", "against", "weight"})


def in_formula(line: str, above: tuple[str, ...], catalog: Catalog) -> bool:
    """Whether the end of this much of a line stands inside a formula.

    Args:
        line: up to the cursor.
        above: the keys that enclose the line, the innermost first.
        catalog: the known losses.
    """
    keys = list(_KEY.finditer(line))
    if not keys or not {"losses", "steps", "let", "preview", "train"} & {*above, _first(keys)}:
        return False
    key, rest = keys[-1].group(1), line[keys[-1].end() :]
    if "{" in rest or "}" in rest or _ended(rest):
        return False
    let = "let" in (above[0] if above else "", keys[-2].group(1) if len(keys) > 1 else "")
    return let or key == "preview" or key in roles(catalog)


def _first(keys: list[re.Match[str]]) -> str:
    return keys[0].group(1)


def _ended(rest: str) -> bool:
    """Whether a comma outside of brackets ends the value."""
    depth = 0
    for sign in rest:
        depth += _PAIRS.get(sign, 0)
        if sign == "," and depth <= 0:
            return True
    return False


def formula_words(spec: Spec) -> Iterator[tuple[str, str, str]]:
    """Every name a formula may hold: the word, what is written for it, and a line about it."""
    for name in spec.models:
        yield name, f"{name}(", "a model of this spec"
    data = spec.data
    targets = [column.name for column in data.targets] if data else []
    inputs = [each.like for model in spec.models.values() for each in model.inputs if each.like]
    columns = [name for name in data.columns if name not in targets] if data else []
    for name in dict.fromkeys([*inputs, *columns]):
        yield name, name, "an input of the data"
    for name in targets:
        yield name, name, "a target of the data"
    lets = (let.name for step in spec.train.steps for let in step.let)
    for name in dict.fromkeys(lets):
        yield name, name, "named in let:"
    items = [item.name.name for item in spec.model or () if item.name]
    for name in [*items, *(["output"] if spec.model else [])]:
        yield name, name, "what a layer gives"
    for name, function in FUNCTIONS.items():
        yield name, f"{name}(", f"{function.usage}: {function.help}"

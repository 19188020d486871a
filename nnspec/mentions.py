"""Where formulas, steps and `outputs:` mention an item or a model: what a new name has to mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from nnspec.formulas import Attribute, Call, Formula, Name, walk
from nnspec.problems import Edit, Span
from nnspec.spec import Spec, Train

ONLY = "model"
"""How formulas call the network of `model:`."""

_SHAPES = {
    "name": r"(?<![\w.$'])'?{}'?(?![\w'])(?!\s*\()",
    "item": r"(?<=\.)(\s*)'?{}'?(?![\w'])",
    "call": r"(?<![\w.$']){}(?=\s*\()",
    "word": r"(?<!\w){}(?!\w)",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at its place; `span` is the whole scalar where the place in it cannot be known."""

    span: Span
    role: Literal["name", "item", "call", "word"]


def formulas(train: Train) -> Iterator[Formula]:
    """Every formula of a `train:` section."""
    for step in train.steps:
        yield from (let.formula for let in step.let)
        for term in step.losses:
            yield from (*term.arguments.values(), term.weight)
    if train.preview:
        yield train.preview.of


def of_item(spec: Spec, item: str, model: str = "") -> tuple[Mention, ...]:
    """Where a named item is mentioned outside of its list of layers.

    Args:
        spec: the document.
        item: its name.
        model: the one of several models that it belongs to; "" for the only one.
    """
    parts = [part for formula in formulas(spec.train) for part in walk(formula)]
    found = [
        Mention(part.span, "item")
        for part in parts
        if isinstance(part, Attribute) and part.name == item and part.of.function == (model or ONLY)
    ]
    if not model:
        found += [Mention(p.span, "name") for p in parts if isinstance(p, Name) and p.name == item]
        found += [Mention(r.span, "word") for r in spec.outputs.values() if r.name == item]
    return tuple(found)


def of_model(spec: Spec, model: str) -> tuple[Mention, ...]:
    """Where one of several models is mentioned: called, updated, or answering for a target."""
    parts = [part for formula in formulas(spec.train) for part in walk(formula)]
    calls = [part for part in parts if isinstance(part, Call) and part.function == model]
    named = [name for step in spec.train.steps for name in step.update]
    named += spec.outputs.values()
    words = [Mention(name.span, "word") for name in named if name.name == model]
    return (*(Mention(call.name_span, "call") for call in calls), *words)


def mended(text: str, mentions: Iterable[Mention], old: str, new: str) -> tuple[Edit, ...]:
    """The splices that write `new` wherever `mentions` say `old`.

    Where a formula is folded or escaped its characters do not stand side by side in the text; then
    the name is looked for in the formula as it is written; an item's is mended there for every
    model that has one of that name.
    """
    roles: dict[Span, set[str]] = {}
    for mention in mentions:
        roles.setdefault(mention.span, set()).add(mention.role)
    edits: list[Edit] = []
    for span, wanted in roles.items():
        before = after = text[span.start : span.end]
        if before.strip("'\"") == old:
            after = before.replace(old, new)
        else:
            for role in sorted(wanted):
                after = _replaced(after, role, old, new)
        edits.append(Edit(span.start, span.end, after))
    return tuple(edit for edit in edits if edit.text != text[edit.start : edit.end])


def _replaced(source: str, role: str, old: str, new: str) -> str:
    pattern = re.compile(_SHAPES[role].format(re.escape(old)))
    return pattern.sub(lambda found: found[0].replace(old, new), source)

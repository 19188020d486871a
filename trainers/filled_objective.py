"""What training makes small, and several networks' inputs, as `netwright show` prints them.

Formulas stay as they were written, so that they still name parameters.
"""

from __future__ import annotations

from typing import cast

from nnspec.params import params_of, settings_of
from nnspec.section_settings import When
from nnspec.spec import Path, Step, Term, Train
from nnspec.tree import Mapping, Node, Plain, plain
from nnspec.tree import Sequence as SequenceNode


def filled_objective(train: Train, root: Node | None) -> dict[str, Plain]:
    """Return `losses`, `let`, `steps` and `preview` with all defaults; {} where none is written.

    Args:
        train: the section as it was read.
        root: the whole text it was read from.
    """
    section = _at(root, ("train",))
    written: dict[str, Plain] = {}
    if isinstance(section, Mapping) and section.get("losses") is not None:
        let = section.get("let")
        written |= {"let": plain(let)} if let is not None else {}
        written["losses"] = [_term(term, root) for step in train.steps for term in step.losses]
    elif train.steps:
        written["steps"] = [_step(step, root) for step in train.steps]
    if train.preview:
        preview = _written(_at(root, train.preview.path))
        of = preview["of"] if preview else plain(_at(root, train.preview.path))
        written["preview"] = {"of": of, "count": train.preview.count}
    return written


def inputs_of(name: str, root: Node | None) -> Plain:
    """Return the inputs of a model as they are written."""
    return plain(_at(root, ("models", name, "input")))


def _step(step: Step, root: Node | None) -> dict[str, Plain]:
    given = _written(_at(root, step.path))
    filled: dict[str, Plain] = {"update": given["update"]} if given.get("update") else {}
    for setting in params_of(When):
        filled[setting.name] = given.get(setting.name, cast("Plain", setting.default))
    for name, choice in (("optimizer", step.optimizer), ("schedule", step.schedule)):
        if choice:
            filled[name] = {choice.kind.name: settings_of(choice.made)}
    if given.get("let"):
        filled["let"] = given["let"]
    if step.losses:
        filled["losses"] = [_term(term, root) for term in step.losses]
    return filled


def _term(term: Term, root: Node | None) -> Plain:
    node = _at(root, term.path)
    given = _written(node)
    roles: dict[str, Plain] = {
        role: given[role] if given else plain(node) for role in term.arguments
    }
    weight = {"weight": given.get("weight", 1)}
    return {term.loss.kind.name: {**roles, **settings_of(term.loss.made), **weight}}


def _written(node: Node | None) -> dict[str, Plain]:
    found = plain(node) if isinstance(node, Mapping) else {}
    return found if isinstance(found, dict) else {}


def _at(root: Node | None, path: Path) -> Node | None:
    """The node at an address of keys and numbers."""
    here = root
    for step in path:
        if isinstance(here, Mapping) and isinstance(step, str):
            here = here.get(step)
        elif isinstance(here, SequenceNode) and isinstance(step, int):
            here = here.items[step] if step < len(here.items) else None
        else:
            return None
    return here

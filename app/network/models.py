"""What is done to one of several models as a whole. Pure functions from the text to one splice."""

from __future__ import annotations

from app.network.drafts import Change, fresh
from nnspec.document import Analysis
from nnspec.edits import EditRefused, apply_all, delete, minimal, rename_key, set_value
from nnspec.functions import FUNCTIONS
from nnspec.mentions import mended, of_model
from nnspec.problems import Problems
from nnspec.shapes import Shape
from nnspec.syntax import read
from nnspec.tree import Plain

NOISE = 16
WIDTH = 8


def added(analysis: Analysis) -> tuple[str, Change | EditRefused]:
    """Add a model that takes what the data offers; its name comes with the change."""
    name = fresh("network", {*analysis.spec.models, *FUNCTIONS})
    edit = set_value(analysis.text, analysis.tree, ("models", name), _starter(analysis))
    return name, edit if isinstance(edit, EditRefused) else Change(f"Add {name}", edit)


def _starter(analysis: Analysis) -> Plain:
    interface = analysis.interface
    name = next(iter(interface.main), None) if interface else _liked(analysis)
    shape = interface.inputs.get(name) if interface and name else None
    flat: list[Plain] = ["flatten"] if shape and _is_picture(shape) else []
    taken: Plain = name or {"z": [NOISE]}
    return {"input": taken, "layers": [*flat, {"linear": WIDTH}]}


def _liked(analysis: Analysis) -> str | None:
    """An input of the data that another model takes, while the data is not known."""
    models = analysis.spec.models.values()
    return next((each.like for model in models for each in model.inputs if each.like), None)


def _is_picture(shape: Shape) -> bool:
    return len(shape) > 2


def removed(analysis: Analysis, model: str) -> Change | EditRefused:
    """Take a model out; what trains or calls it is then a problem of the text."""
    edit = delete(analysis.text, analysis.tree, ("models", model))
    return edit if isinstance(edit, EditRefused) else Change(f"Remove {model}", edit)


def renamed(analysis: Analysis, old: str, new: str) -> Change | EditRefused:
    """Name a model anew, and mend its calls, `update:` and `outputs:` in the same step."""
    if not new.isidentifier():
        return EditRefused("rename.form", "a name has letters, digits and _, no digit first")
    if new in FUNCTIONS:
        return EditRefused("rename.taken", f"'{new}' is a function of formulas")
    if new in analysis.spec.models:
        return EditRefused("rename.taken", f"another model is named '{new}' already")
    text = apply_all(analysis.text, mended(analysis.text, of_model(analysis.spec, old), old, new))
    edit = rename_key(text, read(text, Problems(text)), ("models", old), new)
    if isinstance(edit, EditRefused):
        return edit
    return Change(f"Rename {old} to {new}", minimal(analysis.text, edit.apply(text)))

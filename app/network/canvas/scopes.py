"""Which list of layers is open: the only model's, that of one of several models, or a block's.

A scope is a text, so that views can pass it on: "" is the only model, `painter/` one of several
models (its nodes' ids begin so in the graph), and a bare name is a block.
"""

from __future__ import annotations

from nnspec.spec import Item, Model, Path, Spec


def home(spec: Spec) -> str:
    """Where the canvas begins: at the only model, or at the first of several."""
    return next((scope_of(name) for name in spec.models), "")


def scope_of(model: str) -> str:
    """The scope of one of several models."""
    return f"{model}/"


def is_block(scope: str) -> bool:
    """Whether a scope is a block, which may be used in many places."""
    return bool(scope) and not scope.endswith("/")


def scopes(spec: Spec) -> tuple[str, ...]:
    """All there are: the models first, or the only one, then the blocks."""
    return (*(map(scope_of, spec.models) if spec.models else ("",)), *spec.blocks)


def title(scope: str) -> str:
    """What a scope is called; "" for the only model."""
    return scope.removesuffix("/")


def model_in(spec: Spec, scope: str) -> Model | None:
    """The one of several models that a scope names, or None."""
    return spec.models.get(title(scope)) if scope.endswith("/") else None


def items_of(spec: Spec, scope: str) -> tuple[Item, ...]:
    """The list of layers that `scope` names."""
    if not scope:
        return spec.model or ()
    found = spec.blocks.get(scope) if is_block(scope) else model_in(spec, scope)
    return found.items if found else ()


def list_path(scope: str) -> Path:
    """Where that list stands in the document."""
    if not scope:
        return ("model",)
    return ("blocks" if is_block(scope) else "models", title(scope), "layers")

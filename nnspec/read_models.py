"""Several networks in one spec: the section `models:`, their inputs and their layers."""

from __future__ import annotations

import math
from collections.abc import Iterator

from nnspec.expressions import Scope, bind
from nnspec.functions import FUNCTIONS
from nnspec.read_model import read_items
from nnspec.reading import Reading, address
from nnspec.shapes import Shape
from nnspec.spec import Item, Model, ModelInput, Path
from nnspec.tree import Entry, Mapping, Node, Scalar, Sequence, plain, unread

MOST_SIZE = 2**31
MOST_NUMBERS = 10**9


def read_models(reading: Reading, entry: Entry, scope: Scope) -> dict[str, Model]:
    """Read `models:`; a model that cannot be read is left out. Inputs may use `scope`."""
    if not isinstance(entry.value, Mapping) or not entry.value.entries:
        reading.wrong(
            entry.value,
            ("models",),
            "models is a mapping of names to networks",
            "write: models: {painter: {input: {z: [64]}, layers: [...]}}",
        )
        return {}
    models = (_model(reading, part, scope) for part in entry.value.entries)
    return {model.name: model for model in models if model}


def _model(reading: Reading, entry: Entry, scope: Scope) -> Model | None:
    path: Path = ("models", entry.key)
    if not _named(reading, entry, path):
        return None
    node = entry.value
    if not isinstance(node, Mapping):
        reading.wrong(node, path, "a model is a mapping", "write: {input: image, layers: [...]}")
        return None
    for part in node.entries:
        if part.key not in ("input", "layers") and not part.key.startswith("x-"):
            words = f"a model has no setting '{part.key}'"
            reading.unknown(part, ("input", "layers"), address(path), "key.unknown", words)
    written = node.get("input")
    inputs = ()
    if written is None:
        reading.problems.add(
            "value.missing",
            entry.key_span,
            f"model '{entry.key}' needs 'input'",
            path=address(path),
            hint="add input: and an input of the data, or {z: [64]} for one of your own",
        )
    else:
        bound = bind(written, scope, address((*path, "input")), reading.problems)
        inputs = tuple(_inputs(reading, bound, (*path, "input")))
    return Model(entry.key, inputs, _layers(reading, entry, node, path), path, entry.key_span)


def _named(reading: Reading, entry: Entry, path: Path) -> bool:
    if not reading.identifier(entry.key, entry.key_span, path):
        return False
    if entry.key in FUNCTIONS:
        reading.problems.add(
            "name.reserved",
            entry.key_span,
            f"'{entry.key}' is a function of formulas",
            path=address(path),
            hint="give the model another name",
        )
        return False
    return True


def _layers(reading: Reading, entry: Entry, node: Mapping, path: Path) -> tuple[Item, ...]:
    written = node.get("layers")
    items = read_items(reading, written, (*path, "layers")) if written else ()
    if not items and (written is None or plain(written) in (None, [])):
        reading.problems.add(
            "model.empty",
            entry.key_span,
            f"model '{entry.key}' has no layers",
            path=address(path),
            hint="add layers: and a list of layers",
        )
    return items


def _inputs(reading: Reading, node: Node, path: Path) -> Iterator[ModelInput]:
    match node:
        case Mapping(entries=entries) if entries:
            for entry in entries:
                yield _input(reading, entry, (*path, entry.key))
        case Sequence(items=items) if items:
            for part in items:
                yield from _inputs(reading, part, path)
        case Scalar() if isinstance(node.value, str):
            yield ModelInput(node.text, node.text, None, node.span)
        case _ if unread(node):
            return
        case _:
            reading.wrong(node, path, "an input is a name", "write: image, or {z: [64]}")


def _input(reading: Reading, entry: Entry, path: Path) -> ModelInput:
    """Read `image:` (null), `left: image`, `z: [64]` or `tokens: {sizes: [16], int: true}`.

    One that cannot be read has no shape, and so fits everything.
    """
    node = entry.value
    if unread(node):
        return ModelInput(entry.key, None, None, entry.key_span)
    if plain(node) is None:
        return ModelInput(entry.key, entry.key, None, entry.key_span)
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return ModelInput(entry.key, node.text, None, node.span)
    whole = False
    sizes: Node | None = node
    if isinstance(node, Mapping):
        sizes, flag = node.get("sizes"), plain(node.get("int"))
        whole = flag is True
        if set(node.keys()) - {"sizes", "int"} or flag not in (None, True, False):
            sizes = None
    shape = _shape(sizes, whole=whole)
    if shape is None:
        reading.wrong(
            node,
            path,
            "an input of one's own has sizes, each 1 or more",
            f"write: {entry.key}: [64], or {{sizes: [16], int: true}} for whole numbers",
        )
    elif math.prod(size for size in shape.sizes if isinstance(size, int)) > MOST_NUMBERS:
        reading.problems.add(
            "input.too_large",
            node.span,
            f"the input '{entry.key}' has too many numbers: {shape}",
            path=address(path),
            hint=f"an input has up to {MOST_NUMBERS:,} numbers a sample",
        )
        return ModelInput(entry.key, None, None, entry.key_span)
    return ModelInput(entry.key, None, shape, entry.key_span)


def _shape(node: Node | None, *, whole: bool) -> Shape | None:
    parts = node.items if isinstance(node, Sequence) else (node,)
    sizes: list[int] = []
    for part in parts:
        size = plain(part)
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MOST_SIZE:
            return None
        sizes.append(size)
    return Shape(tuple(sizes), "int" if whole else "float")

"""What makes a layer fit what it is given: layers tried out before it, on shapes alone.

Nothing here knows a rule of a layer: a candidate is offered when its own rule takes the shape that
arrives and the layer behind it takes what it gives.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nnspec.catalog import Catalog, Kind
from nnspec.mends import Layer, changed_to, put_after, put_before, removed
from nnspec.params import complete
from nnspec.problems import Edit, Fix, Problems
from nnspec.shapes import Fault, Shape, Size
from nnspec.spec import Item
from nnspec.tree import Plain

LARGEST_VECTOR = 8192
"""Longer vectors are pooled instead of flattened: a layer behind would have too many weights."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A layer that cannot take what arrives.

    Attributes:
        layer: it with its settings.
        shapes: what arrives, in the order of its inputs.
    """

    item: Item
    kind: Kind
    layer: object
    shapes: tuple[Shape, ...]


def fitting(problems: Problems, catalog: Catalog, misfit: Misfit) -> Fix | None:
    """Return the fix that puts layers before one input of `misfit`, or changes or removes it."""
    item, sources = misfit.item, misfit.item.sources
    sibling = _sibling(catalog, misfit)
    if sibling:
        edit = Edit(item.kind_span.start, item.kind_span.end, sibling)
        return Fix(f"Change it to '{sibling}'", edit)
    for place in range(len(misfit.shapes)):
        for layers in _candidates(place, misfit.shapes):
            if _fits(catalog, misfit, place, layers):
                if sources and any(each.name == "previous" for each in sources):
                    return None
                return put_before(problems, item, layers, sources[place] if sources else None)
    return _replaced(problems, misfit)


def _sibling(catalog: Catalog, misfit: Misfit) -> str | None:
    """The same layer for as many axes as arrive: `conv1d` for `conv2d` behind a sequence."""
    name, (x, *others) = misfit.kind.name, misfit.shapes
    written = name != misfit.item.kind or others or x.dtype == "int"
    if written or name[-2:] not in ("1d", "2d", "3d"):
        return None
    kind = catalog.get("layer", f"{name[:-2]}{len(x) - 1}d")
    if kind is None or kind.name == name:
        return None
    known = {each.name for each in kind.params}
    settings = {each.name: getattr(misfit.layer, each.name) for each in misfit.kind.params}
    kept = {
        key: one for key, one in settings.items() if key in known and not isinstance(one, tuple)
    }
    if len(kept) < len(settings) or not complete(kind.make, kept):
        return None
    return kind.name if isinstance(kind.make(**kept).shape(x), Shape) else None


def _replaced(problems: Problems, misfit: Misfit) -> Fix | None:
    """For a vector, a convolution becomes linear, and pooling has nothing to do."""
    item, (x, *others) = misfit.item, misfit.shapes
    if others or len(x) != 1 or x.dtype == "int":
        return None
    channels = getattr(misfit.layer, "out_channels", None)
    if misfit.kind.group == "Convolution" and isinstance(channels, int | str):
        return changed_to(problems, item, ("linear", {"out_features": channels}))
    plain = item.name is None and item.sources is None and item.path[-1] != 0
    if misfit.kind.group == "Pooling" and plain:
        return removed(problems, item.path, f"Remove '{item.kind}'")
    return None


def _fits(catalog: Catalog, misfit: Misfit, place: int, layers: tuple[Layer, ...]) -> bool:
    shapes = list(misfit.shapes)
    for name, settings in layers:
        given = _through(catalog, name, settings, shapes[place])
        if given is None:
            return False
        shapes[place] = given
    return isinstance(misfit.layer.shape(*shapes), Shape)  # type: ignore[attr-defined]


def _through(catalog: Catalog, name: str, settings: dict[str, Plain], x: Shape) -> Shape | None:
    kind = catalog.get("layer", name)
    if kind is None:
        return None
    made = {key: tuple(one) if isinstance(one, list) else one for key, one in settings.items()}
    shape: Shape | Fault = kind.make(**made).shape(x)
    return shape if isinstance(shape, Shape) else None


def _candidates(place: int, shapes: tuple[Shape, ...]) -> Iterator[tuple[Layer, ...]]:
    x = shapes[place]
    if x.dtype == "int":
        yield (_embedding(x),)
        return
    others = [y for at, y in enumerate(shapes) if at != place and y != x]
    for y in others:
        yield from _towards(x, y)
    if not others:
        yield from _forms(x)


def _embedding(x: Shape) -> Layer:
    return "embedding", {"num_embeddings": x.count or 1000, "embedding_dim": 64}


def _towards(x: Shape, y: Shape) -> Iterator[tuple[Layer, ...]]:
    """Layers that bring `x` to the sizes of `y`, or near enough to be joined with it."""
    flat: tuple[Layer, ...] = (("flatten", {}),)
    pool: tuple[Layer, ...] = (("global_avg_pool", {}),)
    if len(y) == 1 and len(x) > 1:
        linear: Layer = ("linear", {"out_features": y.sizes[0]})
        yield from (flat, pool) if _volume(x) <= LARGEST_VECTOR else (pool, flat)
        yield (*pool, linear)
        yield (*flat, linear)
    if len(x) != len(y):
        return
    if len(x) in (1, 2) and isinstance(y.sizes[-1], int):
        yield (("linear", {"out_features": y.sizes[-1]}),)
    if len(x) == 3:
        yield from _pictures(x, y)


def _pictures(x: Shape, y: Shape) -> Iterator[tuple[Layer, ...]]:
    high, (channels, *target) = x.sizes[1], y.sizes
    small, large = target[0], high
    if not isinstance(small, int) or not isinstance(large, int) or small > large:
        return
    stride = max(1, -(-large // small))
    step: dict[str, Plain] = {"stride": stride} if stride > 1 else {}
    yield (("conv2d", {"out_channels": channels, "kernel_size": 1, **step}),)
    yield (("adaptive_avg_pool2d", {"output_size": [small, target[1]]}),)
    yield (
        ("adaptive_avg_pool2d", {"output_size": [small, target[1]]}),
        ("conv2d", {"out_channels": channels, "kernel_size": 1}),
    )


def _forms(x: Shape) -> Iterator[tuple[Layer, ...]]:
    """Other forms of what is one form: a vector of a picture, a sequence of a vector."""
    flat: tuple[Layer, ...] = (("flatten", {}),)
    pool: tuple[Layer, ...] = (("global_avg_pool", {}),)
    sizes: list[Size] = list(x.sizes)
    if len(x) == 1:
        yield from _of_vector(sizes[0])
        return
    if len(x) == 2:
        yield pool
        yield from _reshaped([1, *sizes])
    if len(x) in (3, 4):
        yield from (flat, pool) if _volume(x) <= LARGEST_VECTOR else (pool, flat)
        yield from _reshaped([sizes[0], math.prod(_known(sizes[1:]))])
    yield flat


def _of_vector(size: Size) -> Iterator[tuple[Layer, ...]]:
    if not isinstance(size, int):
        return
    for channels in (1, 3):
        side = math.isqrt(size // channels)
        if size == channels * side * side and side > 3:
            yield from _reshaped([channels, side, side])
    yield from _reshaped([size, 1])


def _reshaped(sizes: list[Size]) -> Iterator[tuple[Layer, ...]]:
    if all(isinstance(size, int) for size in sizes):
        yield (("reshape", {"sizes": [*sizes]}),)


def _known(sizes: list[Size]) -> list[int]:
    return [size if isinstance(size, int) else 1 for size in sizes]


def _volume(x: Shape) -> int:
    return math.prod(_known(list(x.sizes)))


def answering(problems: Problems, item: Item, need: Shape, shape: Shape) -> Fix | None:
    """Return the fix that brings what the last layer gives to the form of the target."""
    if len(need) == 1 and len(shape) in (2, 3, 4):
        name = "flatten" if len(shape) == 4 else "global_avg_pool"
        unnamed = item.sources is None and item.kind == "linear"
        if unnamed:
            return put_before(problems, item, ((name, {}),), None)
        return put_after(problems, item, ((name, {}),), f"Put {name} behind '{item.kind}'")
    return None

"""Values that a setting can be given where none, or an unusable one, is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nnspec.params import REQUIRED, Param
from nnspec.problems import nearest
from nnspec.tree import Node, Plain, Scalar, Sequence, plain, resolve

_USUAL: dict[str, Plain] = {
    "out_features": 64,
    "out_channels": 32,
    "hidden_size": 64,
    "num_embeddings": 1000,
    "kernel_size": 3,
    "num_heads": 1,
    "nhead": 1,
    "num_groups": 1,
    "embed_dim": 64,
    "patch_size": 4,
    "output_size": 1,
    "scale_factor": 2,
    "dim": 0,
}
"""What people usually begin with, where the language has no default."""

Fits = Callable[[Plain], bool]


def usual(setting: Param, fits: Fits) -> Plain:
    """A value that a missing setting may be given; None where there is none to choose."""
    return next((value for value in _usual(setting) if value is not None and fits(value)), None)


def _usual(setting: Param) -> Iterator[Plain]:
    yield _USUAL.get(setting.name)
    default = setting.default
    if default is not REQUIRED and isinstance(default, int | float | str):
        yield default
    yield from setting.choices
    if {"int", "float"} & {*setting.types}:
        yield from (2, 1, 0.5, setting.low, 0)


def instead(node: Node, setting: Param, fits: Fits) -> Plain:
    """What was probably meant by a value that does not fit; None where nobody can tell."""
    return next(
        (value for value in _near(node, setting) if value is not None and fits(value)), None
    )


def _near(node: Node, setting: Param) -> Iterator[Plain]:
    value = plain(node)
    if isinstance(node, Sequence):
        items = [plain(item) for item in node.items]
        for length in setting.length:
            yield (items + items[-1:] * length)[:length]
        yield items[0] if items else None
    if isinstance(node, Scalar) and isinstance(value, str):
        yield nearest(value, setting.choices)
        yield {"yes": True, "on": True, "no": False, "off": False}.get(value.lower())
        value = resolve(value.strip())
    if isinstance(setting.default, str):
        yield setting.default  # a word such as "same" that does the right thing
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53:
        yield from (value, round(value), abs(value), setting.low, setting.high)
    yield from _usual(setting)

"""Completion: the right words at the right place, also in a text that is not YAML yet."""

from __future__ import annotations

import pytest

from app.network.completion import offers
from nnspec.catalog import Catalog
from nnspec.document import analyse

GOOD = """\
netwright: 1
params: {width: 8}
blocks:
  twice:
    layers: [relu]
model:
  - relu:
    name: r
"""


def words(text: str, catalog: Catalog) -> list[str]:
    spec = analyse(GOOD, catalog).spec
    at = text.index("|")
    return [offer.word for offer in offers(text.replace("|", ""), at, catalog, spec)]


@pytest.mark.parametrize(("text", "first"), [
    ("mo|", "model"),
    ("model:\n  - conv2|", "conv2d"),
    ("model:\n- conv2|", "conv2d"),
    ("model:\n  - twi|", "twice"),
    ("blocks:\n  b:\n    layers:\n      - batch|", "batch_norm"),
    ("model:\n  - conv2d: {kern|", "kernel_size"),
    ("model:\n  - conv2d: {out_channels: 3, str|", "stride"),
    ("model:\n  - conv2d:\n      kern|", "kernel_size"),
    ("model:\n  - relu\n  - conv2d: 3\n    na|", "name"),
    ("model:\n  - relu:\n    from: |", "input"),
    ("model:\n  - linear: $w|", "$width"),
    ("train:\n  ep|", "epochs"),
    ("train:\n  optimizer: ad|", "adam"),
    ("train:\n  optimizer: {sgd: {mom|", "momentum"),
    ("train:\n  device: cu|", "cuda"),
    ("data:\n  spl|", "split"),
    ("data:\n  split: {val|", "validation"),
])  # fmt: skip
def test_the_likeliest_word_comes_first(text: str, first: str, catalog: Catalog) -> None:
    assert words(text, catalog)[0] == first


def test_nothing_is_offered_in_a_comment_or_for_a_finished_word(catalog: Catalog) -> None:
    assert words("model:\n  # con|", catalog) == []
    assert words("model:\n  - relu|", catalog) == []


def test_all_layers_are_offered_at_a_dash(catalog: Catalog) -> None:
    assert {"twice", *catalog.names("layer")} <= set(words("model:\n  - |", catalog))

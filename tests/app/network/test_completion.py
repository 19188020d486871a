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


MANY = """\
netwright: 1
data: {source: {sample: shapes}, target: {shape: category, caption: text}}
models:
  painter:
    input: {z: [16]}
    layers: [{linear: 4}]
  critic:
    input: image
    layers: [flatten]
train:
  steps:
    - update: critic
      let: {fake: painter(normal(16))}
      losses: [{minimize: {of: critic(fake)}}]
"""


def many(text: str, catalog: Catalog) -> list[str]:
    spec = analyse(MANY, catalog).spec
    at = text.index("|")
    return [offer.word for offer in offers(text.replace("|", ""), at, catalog, spec)]


@pytest.mark.parametrize(("text", "first"), [
    ("outp|", "outputs"),
    ("models:\n  painter:\n    inp|", "input"),
    ("models:\n  painter: {lay|", "layers"),
    ("models:\n  painter:\n    layers:\n      - conv2|", "conv2d"),
    ("outputs:\n  cap|", "caption"),
    ("outputs: {shape: cri|", "critic"),
    ("train:\n  los|", "loss"),
    ("train:\n  losse|", "losses"),
    ("train:\n  prev|", "preview"),
    ("train:\n  preview:\n    cou|", "count"),
    ("train:\n  losses:\n    - kl_n|", "kl_normal"),
    ("train:\n  losses:\n    - mse: {aga|", "against"),
    ("train:\n  losses:\n    - mse:\n        wei|", "weight"),
    ("train:\n  losses:\n    - mse: {of: critic(image), wei|", "weight"),
    ("train:\n  losses:\n    - mse:\n        of: pai|", "painter"),
    ("train:\n  losses:\n    - mse: {of: critic(im|", "image"),
    ("train:\n  losses:\n    - mse: {of: critic(mix(image, fa|", "fake"),
    ("train:\n  losses:\n    - mse: {of: norma|", "normal"),
    ("train:\n  losses:\n    - mse: {weight: \"exp(-|", "painter"),
    ("train:\n  preview: painter(uni|", "uniform"),
    ("train:\n  preview: {of: painter(nor|", "normal"),
    ("train:\n  let:\n    bad: softm|", "softmax"),
    ("train:\n  steps:\n    - upd|", "update"),
    ("train:\n  steps:\n    - update: cr|", "critic"),
    ("train:\n  steps:\n    - update: critic\n      clip|", "clip_weights"),
])  # fmt: skip
def test_objectives_are_completed(text: str, first: str, catalog: Catalog) -> None:
    assert many(text, catalog)[0] == first


def test_a_function_is_offered_with_its_use(catalog: Catalog) -> None:
    text = "train:\n  losses:\n    - mse: {of: stop_g"
    found = offers(text, len(text), catalog, analyse(MANY, catalog).spec)[0]
    assert found.text == "stop_gradient("
    assert found.note.startswith("stop_gradient(x): ")


def test_formulas_do_not_reach_into_the_rest(catalog: Catalog) -> None:
    assert "normal" not in many("data:\n  source: nor|", catalog)
    assert many("train:\n  optimizer: ad|", catalog)[0] == "adam"
    assert many("models:\n  painter:\n    layers:\n      - relu:\n        from: z|", catalog) == []

"""The JSON Schema: valid itself, takes what the reader takes, flags what the reader flags."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from nnspec.catalog import Catalog
from nnspec.problems import Problems
from nnspec.reader import read_spec
from nnspec.resources import resource
from nnspec.schema import schema, schema_of
from nnspec.syntax import plain, read


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    made = schema(Catalog.discover())
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


def data(text: str) -> Any:
    return plain(read(text, Problems(text)))


GOOD = """netwright: 1
name: Residual
params: {width: 32}
data:
  source: {csv: {path: a.csv, header: false, names: [a, b, y]}}
  target: {y: {number: {scale: log}}}
  columns: {a: number, b: {category: {max_categories: 5}}}
  split: {validation: 0.1, test: 0.2, stratify: null, seed: 7}
blocks:
  pair:
    params: {units: null}
    layers:
      - linear: $units
        name: body
      - relu
      - add: [body, input]
model:
  - linear: {out_features: "${width * 2}"}
  - pair: {units: 64}
    repeat: 2
  - dropout: 0.5
  - linear: auto
train:
  epochs: 8
  optimizer: {sgd: {lr: 0.05, momentum: 0.9}}
  schedule: {cosine: {warmup: 0.05}}
  loss: mse
  metrics: [rmse, mae]
  early_stopping: {monitor: val_loss, patience: 3}
x-note: free
"""


def test_a_full_spec_is_valid(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(data(GOOD))


@pytest.mark.parametrize("name", ["digits", "breast_cancer"])
def test_the_samples_are_valid(validator: jsonschema.Draft202012Validator, name: str) -> None:
    text = resource("samples", name, f"{name}.yaml").read_text("utf-8")
    validator.validate(data(text))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("netwright: 1", "netwright: 2"),
        ("train:", "trainr:"),
        ("epochs: 8", "epochz: 8"),
        ("epochs: 8", "epochs: many"),
        ("epochs: 8", "epochs: 0"),
        ("momentum: 0.9", "momentun: 0.9"),
        ("sgd:", "sdg:"),
        ("{number: {scale: log}}", "{number: {scale: logg}}"),
        ("{number: {scale: log}}", "{numbr: {scale: log}}"),
        ("header: false", "headr: false"),
        ("out_features:", "out_feature:"),
        ("repeat: 2", "repeat: 0"),
        ("layers:", "layer:"),
        ("patience: 3", "patiense: 3"),
        ("validation: 0.1", "validation: -0.1"),
        ("[rmse, mae]", "[rmsee]"),
    ],
)
def test_typos_are_flagged(
    validator: jsonschema.Draft202012Validator, right: str, wrong: str
) -> None:
    assert right in GOOD
    assert not validator.is_valid(data(GOOD.replace(right, wrong, 1)))


PLAIN = (
    "netwright: 1\ndata: {source: a.csv, target: y}\nmodel: [{linear: 8}, relu, {linear: auto}]\n"
)


@pytest.mark.parametrize(("right", "wrong"), [("relu", "relux"), ("linear: 8", "linea: 8")])
def test_without_blocks_layer_names_are_closed(
    validator: jsonschema.Draft202012Validator, right: str, wrong: str
) -> None:
    assert validator.is_valid(data(PLAIN))
    assert not validator.is_valid(data(PLAIN.replace(right, wrong, 1)))


@pytest.fixture(scope="module")
def own() -> jsonschema.Draft202012Validator:
    """The schema of the one spec GOOD."""
    catalog, problems = Catalog.discover(), Problems(GOOD)
    made = schema_of(catalog, read_spec(read(GOOD, problems), catalog, problems))
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("- pair: {units: 64}", "- pai: {units: 64}"),
        ("- pair: {units: 64}", "- pair: {unit: 64}"),
        ("- pair: {units: 64}", "- pair"),
        ("- relu", "- rellu"),
        ("- dropout: 0.5", "- dropot: 0.5"),
        ("linear: $units", "linear: $unit"),
    ],
)
def test_the_schema_of_a_spec_knows_its_blocks_and_parameters(
    own: jsonschema.Draft202012Validator, right: str, wrong: str
) -> None:
    assert own.is_valid(data(GOOD))
    assert own.is_valid(data(GOOD.replace("pair: {units: 64}", "pair: 64")))
    assert right in GOOD
    assert not own.is_valid(data(GOOD.replace(right, wrong, 1)))

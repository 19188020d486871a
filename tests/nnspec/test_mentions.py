"""Names in formulas: a new one is written wherever the old one was meant, and nowhere else."""

from __future__ import annotations

import pytest

from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.mentions import Mention, mended, of_item, of_model
from nnspec.problems import Span
from nnspec.splices import apply_all

CATALOG = Catalog.discover()
ONE = """\
netwright: 1
data: {source: {sample: digits}, target: label}
model:
  - linear: 8
    name: mean
  - linear: 10
    name: scores
outputs: {label: scores}
train:
  let: {a: "mean + 2 * 'mean'", b: model(features).mean}
  losses:
    - mse: {of: "mean(mean)", against: a * b, weight: "1"}
    - cross_entropy: {of: scores, against: label}
  preview: {of: "reshape(mean, 1, 2, 4)", count: 4}
"""
SEVERAL = """\
netwright: 1
data: {source: {sample: bars}}
models:
  encoder: {input: image, layers: [flatten, {linear: 8, name: mean}, linear: 4]}
  decoder:
    input: {z: [8]}
    layers: [{linear: 64, name: mean}, {reshape: [1, 8, 8]}]
train:
  let:
    z: encoder(image).mean
    fake: >
      decoder(z) +
      0 * decoder(encoder(image).mean).mean
  losses:
    - mse: {of: 'decoder(z)', against: image}
    - minimize: {of: mean(fake)}
outputs: {label: encoder}
"""


def renamed_item(text: str, old: str, new: str, model: str = "") -> str:
    spec = analyse(text, CATALOG).spec
    return apply_all(text, mended(text, of_item(spec, old, model), old, new))


def renamed_model(text: str, old: str, new: str) -> str:
    spec = analyse(text, CATALOG).spec
    return apply_all(text, mended(text, of_model(spec, old), old, new))


def test_an_item_of_the_only_model() -> None:
    made = renamed_item(ONE, "mean", "mu")
    assert made == (
        ONE.replace("mean + 2 * 'mean'", "mu + 2 * 'mu'")
        .replace("model(features).mean", "model(features).mu")
        .replace('"mean(mean)"', '"mean(mu)"')
        .replace("reshape(mean", "reshape(mu")
    )
    made = renamed_item(ONE, "scores", "logits")
    assert "outputs: {label: logits}" in made
    assert "{of: logits, against: label}" in made
    assert made.count("scores") == 1  # the layer itself, which is renamed by another edit


def test_an_item_of_one_of_several_models() -> None:
    made = renamed_item(SEVERAL, "mean", "mu", "encoder")
    assert "z: encoder(image).mu\n" in made
    assert "decoder(encoder(image).mu)" in made  # folded: found in the formula as it is written
    assert made.count("name: mean") == 2
    plain = SEVERAL.replace("    fake: >\n      decoder(z) +\n      0", "    fake: decoder(z) + 0")
    made = renamed_item(plain, "mean", "mu", "encoder")
    assert made == plain.replace("encoder(image).mean", "encoder(image).mu")


def test_a_model_is_renamed_in_calls_updates_and_outputs() -> None:
    made = renamed_model(SEVERAL, "encoder", "eye")
    assert made == SEVERAL.replace("encoder(", "eye(").replace("label: encoder", "label: eye")
    made = renamed_model(SEVERAL, "decoder", "painter")
    assert made == SEVERAL.replace("decoder(", "painter(")


@pytest.mark.parametrize("update", ["critic", '"critic"', "[critic, painter]", "['critic']"])
def test_updates_are_mended_as_they_are_written(update: str) -> None:
    text = (
        "netwright: 1\ndata: {source: {sample: bars}}\nmodels:\n"
        "  painter: {input: {z: [4]}, layers: [linear: 64, reshape: [1, 8, 8]]}\n"
        "  critic: {input: image, layers: [flatten, linear: 1]}\n"
        f"train:\n  steps:\n    - update: {update}\n"
        "      losses: [minimize: {of: critic(image) - critic(painter(normal(4)))}]\n"
    )
    made = renamed_model(text, "critic", "judge")
    assert f"update: {update.replace('critic', 'judge')}\n" in made
    assert "{of: judge(image) - judge(painter(normal(4)))}" in made
    before, after = analyse(text, CATALOG), analyse(made, CATALOG)
    assert not [problem for problem in before.problems if problem.severity == "error"]
    assert "critic" not in made.replace("  critic: {input", "")
    found = {problem.code for problem in after.problems if problem.severity == "error"}
    assert found == {"formula.call", "update.unknown"}


def test_words_that_only_look_like_the_name_stay() -> None:
    text = "f: meaner + mean(x) + y.mean + mean + 'mean' + $mean"
    whole = Span(3, len(text))
    made = apply_all(text, mended(text, [Mention(whole, "name")], "mean", "mu"))
    assert made == "f: meaner + mean(x) + y.mean + mu + 'mu' + $mean"

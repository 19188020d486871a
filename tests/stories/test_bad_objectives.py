"""Clumsy and hostile specs around models, outputs, losses, steps and formulas: a sentence each.

Every case is checked with real data, as `netwright check` does. A case lists the error that has to
be told, as (code, line), and a word of its message or its remedy.
"""

# ruff: noqa: E501 (a case is a line)
from __future__ import annotations

import re
from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from trainers.check import check

CATALOG = Catalog.discover()
HEAD = (
    "netwright: 1\ndata: {source: {sample: {name: digits, rows: 200}}, columns: {label: ignore}}\n"
)
HOMES = "netwright: 1\ndata: {source: homes.csv, target: [price, kind]}\n"
ONE = HEAD + "model: [flatten, {linear: 64}, {reshape: [1, 8, 8]}]\ntrain:\n  losses:\n"
DUEL = HEAD + (
    "models:\n"
    "  painter: {input: {z: [16]}, layers: [{linear: 64}, {reshape: [1, 8, 8]}]}\n"
    "  critic: {input: image, layers: [flatten, {linear: 1}]}\n"
    "train:\n"
)
STEP = "  steps:\n    - update: painter\n      losses:\n        - mse: {of: 'critic(painter(normal(16)))', against: 1}\n"
BOTH = (
    HOMES
    + "model:\n  - linear: 8\n  - relu:\n    name: body\n  - linear: auto\n    name: price\n  - linear: auto\n    from: body\n    name: kind\n"
)


def one(loss: str) -> str:
    """A network that gives a picture, with one loss on line 6."""
    return f"{ONE}    - {loss}\n"


def duel(steps: str) -> str:
    """Two models, with `train:` on line 6."""
    return DUEL + steps


CASES: dict[str, tuple[str, str, int, str]] = {
    "a name that is nowhere": (one("mse: {of: output, against: imgae}"), "formula.name", 6, "image"),
    "a function that is nowhere": (one("mse: {of: meen(output), against: 1}"), "formula.call", 6, "mean"),
    "Python in a formula": (one("mse: {of: \"__import__('os')\", against: 1}"), "formula.call", 6, "__import__"),
    "a lambda": (one("mse: {of: 'lambda: 1', against: 1}"), "formula.syntax", 6, "no meaning"),
    "an index": (one("mse: {of: 'output[0]', against: 1}"), "formula.syntax", 6, "["),
    "a bracket too few": (one("mse: {of: 'mean(output', against: 1}"), "formula.syntax", 6, ")"),
    "a bracket too many": (one("mse: {of: 'mean(output))', against: 1}"), "formula.syntax", 6, ")"),
    "an empty formula": (one("mse: {of: '', against: image}"), "formula.syntax", 6, "needed"),
    "no formula": (one("mse: {of: null, against: image}"), "formula.syntax", 6, "formula"),
    "a list for a formula": (one("mse: {of: [output], against: image}"), "formula.syntax", 6, "formula"),
    "a comparison": (one("mse: {of: 'output > 1', against: 1}"), "formula.syntax", 6, ">"),
    "a bomb of brackets": (one(f"mse: {{of: '{'(' * 120}1{')' * 120}', against: 1}}"), "formula.syntax", 6, "deep"),
    "a formula of a thousand terms": (one(f"mse: {{of: '{'1 + ' * 999}1', against: 1}}"), "formula.syntax", 6, "let"),
    "a number beyond numbers": (one("mse: {of: output, against: '1e999'}"), "formula.syntax", 6, "large"),
    "a loss of one formula too few": (one("mse: {of: output}"), "value.missing", 6, "against"),
    "a loss with no formulas": (one("mse"), "spec.shape", 6, "of"),
    "a setting that no loss has": (one("mse: {of: output, against: image, wieght: 2}"), "key.unknown", 6, "weight"),
    "two losses in one item": (one("mse: {of: output, against: image}\n      mae: {of: output, against: image}"), "kind.several", 7, "- "),
    "a misspelt loss": (one("msee: {of: output, against: image}"), "loss.unknown", 6, "mse"),
    "shapes that do not meet": (one("mse: {of: 'reshape(output, 8, 8)', against: 'normal(3, 3)'}"), "loss.shape", 6, "different"),
    "a weight that is a picture": (one("mse: {of: output, against: image, weight: image}"), "loss.weight", 6, "mean"),
    "too many random numbers": (one("mse: {of: output, against: 'normal(99999, 99999)'}"), "formula.shape", 6, "many"),
    "a slope by no name": (one("mse: {of: 'derivative(output, 2 * image)', against: 0}"), "formula.derivative", 6, "name"),
    "an axis that is not there": (one("mse: {of: 'mean(output, axis=9)', against: 0}"), "formula.shape", 6, "axes"),
    "an option that is not there": (one("mse: {of: 'mean(output, dim=1)', against: 0}"), "formula.arguments", 6, "axis"),
    "losses that are no list": (HEAD + "model: [flatten, {linear: 64}]\ntrain:\n  losses: {mse: {of: output, against: 1}}\n", "spec.shape", 5, "list"),
    "losses and steps": (duel("  losses: [{mse: {of: 'critic(image)', against: 1}}]\n" + STEP), "objective.both", 7, "step"),
    "let beside steps": (duel("  let: {a: 'normal(16)'}\n" + STEP), "objective.both", 7, "step"),
    "let without losses": (HEAD + "model: [flatten, {linear: 4}]\ntrain:\n  let: {a: output}\n", "objective.both", 5, "losses"),
    "a name given twice": (duel(STEP.replace("losses:", "let: {critic: 'normal(1)'}\n      losses:")), "name.taken", 9, "another"),
    "let as a list": (duel(STEP.replace("losses:", "let: [a]\n      losses:")), "spec.shape", 9, "mapping"),
    "steps that are no list": (duel("  steps: {update: painter}\n"), "spec.shape", 7, "update"),
    "a step of one word": (duel("  steps: [painter]\n"), "spec.shape", 7, "mapping"),
    "a model that is not there": (duel(STEP.replace("update: painter", "update: paniter")), "update.unknown", 8, "painter"),
    "a step that never ends": (duel(STEP.replace("losses:", "times: 100000000000\n      losses:")), "value.range", 9, "times"),
    "a step with an unknown setting": (duel(STEP.replace("losses:", "evrey: 2\n      losses:")), "key.unknown", 9, "every"),
    "an input of another size": (duel(STEP.replace("normal(16)", "normal(17)")), "formula.shape", 10, "16"),
    "too many inputs": (duel(STEP.replace("normal(16)", "normal(16), 1")), "formula.inputs", 10, "1 input"),
    "no objective": (DUEL.replace("train:\n", ""), "objective.missing", 4, "losses"),
    "a model named like a function": (duel(STEP).replace("painter", "mean"), "name.reserved", 4, "another"),
    "a model named like a column": (duel(STEP).replace("painter", "image"), "name.taken", 4, "another"),
    "a model without input": (duel(STEP).replace("input: {z: [16]}, ", ""), "value.missing", 4, "input"),
    "a model without layers": (duel(STEP).replace("layers: [flatten, {linear: 1}]", "layers: []"), "model.empty", 5, "layers"),
    "a model that is a list": (duel(STEP).replace("{input: image, layers: [flatten, {linear: 1}]}", "[flatten]"), "spec.shape", 5, "mapping"),
    "an input below nothing": (duel(STEP).replace("z: [16]", "z: [-16]"), "spec.shape", 4, "1 or more"),
    "an input that the data has not": (duel(STEP).replace("input: image", "input: imgae"), "input.unknown", 5, "image"),
    "model and models": (duel(STEP) + "model: [flatten]\n", "model.both", 11, "models"),
    "a preview of no picture": (one("mse: {of: output, against: image}") + "  preview: 'mean(output)'\n", "preview.shape", 7, "picture"),
    "a preview of too many": (one("mse: {of: output, against: image}") + "  preview: {of: output, count: 100000}\n", "value.range", 7, "256"),
    "a preview of nothing": (one("mse: {of: output, against: image}") + "  preview: {count: 4}\n", "value.missing", 7, "of"),
    "an answer of no layer": (BOTH + "outputs: {price: prise, kind: kind}\n", "output.unknown", 12, "price"),
    "an answer to no target": (BOTH + "outputs: {prize: price, kind: kind}\n", "output.target", 12, "price"),
    "outputs that are a list": (BOTH + "outputs: [price, kind]\n", "spec.shape", 12, "mapping"),
    "a target twice": (BOTH.replace("[price, kind]", "[price, price]"), "data.target_twice", 2, "remove"),
    "a target in a list in a list": (BOTH.replace("[price, kind]", "[[price]]"), "spec.shape", 2, "NAME"),
    "a loss for no target": (BOTH + "train: {loss: {prize: mse, kind: cross_entropy}}\n", "loss.target", 12, "price"),
    "a loss of classes for numbers": (BOTH + "train: {loss: {price: cross_entropy, kind: cross_entropy}}\n", "loss.unsuitable", 12, "mse"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table with two targets."""
    place = tmp_path_factory.mktemp("objectives")
    rows = "".join(f"{n % 31},{n * 7 % 13},{n * 3.5},{'ab'[n % 2]}\n" for n in range(80))
    (place / "homes.csv").write_text("rooms,floor,price,kind\n" + rows, "utf-8")
    return place


@pytest.mark.parametrize("name", CASES)
def test_a_plain_sentence_on_its_line(folder: Path, name: str):
    text, code, line, word = CASES[name]
    errors = [p for p in check(text, folder, CATALOG).problems if p.severity == "error"]
    told = [p for p in errors if (p.code, p.line) == (code, line)]
    assert told, [(p.code, p.line, p.message) for p in errors]
    problem = told[0]
    assert "\n" not in problem.message
    assert len(problem.message) < 200
    assert problem.hint or problem.fix
    assert word in " ".join((problem.message, problem.hint or "", *problem.details))
    assert not re.search(r"Error|Traceback|None|object at", problem.message)
    assert len(errors) <= 3, [(p.code, p.line, p.message) for p in errors]

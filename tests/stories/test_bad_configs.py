"""The twenty mistakes that trip the peers, in our language: each is told at its place, all at once.

Every case runs the real command on a real file. A case lists what has to be found as (code, line,
column, part of the remedy); an empty list means that what fails elsewhere is legal here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Found = tuple[str, int, int, str]

HEAD = "netwright: 1\ndata:\n  source: people.csv\n  target: kind\n"
MODEL = "model:\n  - linear: 8\n  - relu\n  - linear: auto\n"

CASES: dict[str, tuple[str, list[Found]]] = {
    "01 unknown layer": (
        HEAD + "model:\n  - dens: 8\n  - linear: auto\n",
        [("layer.unknown", 6, 5, "linear")],
    ),
    "02 misspelt training setting": (
        HEAD + MODEL + "train:\n  learning_rte: 0.1\n",
        [("key.unknown", 10, 3, "lr")],
    ),
    "03 target column not in the file": (
        "netwright: 1\ndata:\n  source: people.csv\n  target: knd\n" + MODEL,
        [("data.unknown_column", 4, 11, "kind")],
    ),
    "04 negative batch size": (
        HEAD + MODEL + "train:\n  batch_size: -4\n",
        [("value.range", 10, 15, "1")],
    ),
    "05 indentation": (
        "netwright: 1\ndata:\n  source: people.csv\n target: kind\n",
        [("yaml.syntax", 4, 2, "align")],
    ),
    "06 no target": (
        "netwright: 1\ndata:\n  source: people.csv\n" + MODEL,
        [("data.no_target", 3, 11, "target")],
    ),
    "07 unknown column type": (
        HEAD + "  columns: {age: numerc}\n" + MODEL,
        [("column.unknown", 5, 18, "number")],
    ),
    "08 unknown optimiser": (
        HEAD + MODEL + "train:\n  optimizer: adamm\n",
        [("optimizer.unknown", 10, 14, "adam")],
    ),
    "09 misspelt section": (
        HEAD + MODEL + "trainr:\n  epochs: 3\n",
        [("section.unknown", 9, 1, "train")],
    ),
    "10 text column typed number": (
        HEAD + "  columns: {city: number}\n" + MODEL,
        [("data.text_in_number", 5, 13, "category")],
    ),
    "11 text where a number is needed": (
        HEAD + MODEL + "train:\n  epochs: many\n",
        [("value.type", 10, 11, "whole number")],
    ),
    "12 a section that does not exist": (
        HEAD + MODEL + "hyperopt:\n  goal: minimize\n",
        [("section.unknown", 9, 1, "")],
    ),
    "13 misspelt setting in a layer": (
        HEAD + "model:\n  - linear: {out_features: 8, baas: false}\n  - linear: auto\n",
        [("key.unknown", 6, 31, "bias")],
    ),
    "14 misspelt layer that joins": (
        HEAD + "model:\n  - linear: 8\n    name: a\n  - relu:\n    name: b\n"
        "  - concatt: [a, b]\n  - linear: auto\n",
        [("layer.unknown", 10, 5, "concat")],
    ),
    "15 three classes as binary": (
        "netwright: 1\ndata:\n  source: people.csv\n  target: {kind: binary}\n" + MODEL,
        [("data.third_value", 4, 12, "category")],
    ),
    "16 heads that do not divide": (
        HEAD + "model:\n  - linear: 30\n  - reshape: [1, 30]\n"
        "  - multi_head_attention: {num_heads: 8}\n  - flatten\n  - linear: auto\n",
        [("shape.mismatch", 8, 28, "6")],
    ),
    "17 a setting the layer does not use": (
        HEAD + "model:\n  - linear: 8\n  - tanh: {kernel_size: 3}\n  - linear: auto\n",
        [("key.unknown", 7, 12, "")],
    ),
    "18 a number with an exponent": (
        HEAD + MODEL + "train:\n  optimizer: {adamw: {lr: 1e-3}}\n",
        [],
    ),
    "19 a column called on": (
        "netwright: 1\ndata:\n  source: people.csv\n  target: on\n" + MODEL,
        [],
    ),
    "20 a key written twice": (
        HEAD + MODEL + "train:\n  epochs: 3\n  epochs: 5\n",
        [("yaml.duplicate", 11, 3, "line 10")],
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small table: numbers, a text column, three classes, a column named on."""
    place = tmp_path_factory.mktemp("bad")
    cities, kinds = ("Rome", "Oslo", "Bern"), ("a", "b", "c")
    rows = [
        f"{20 + index % 50},{cities[index % 3]},{('x', 'y')[index % 2]},{kinds[index * 7 % 3]}"
        for index in range(120)
    ]
    (place / "people.csv").write_text("\n".join(["age,city,on,kind", *rows, ""]), "utf-8")
    return place


def check(folder: Path, text: str, name: str) -> tuple[int, dict[str, object], str]:
    spec = folder / f"{name}.yaml"
    spec.write_text(text, "utf-8")
    environment = os.environ | {"NETWRIGHT_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "app.main", "check", str(spec), "--json"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.mark.parametrize("name", CASES)
def test_mistake(name: str, folder: Path) -> None:
    text, expected = CASES[name]
    code, answer, errors = check(folder, text, name[:2])
    problems = [p for p in answer["problems"] if p["severity"] == "error"]  # type: ignore[union-attr]
    found = [(p["code"], p["line"], p["column"]) for p in problems]
    assert [place[:3] for place in expected] == found, answer
    for problem, (_, _, _, part) in zip(problems, expected, strict=True):
        assert problem["hint"]
        assert part in f"{problem['hint']} {problem['message']}"
    assert code == (2 if expected else 0)
    assert answer["ok"] == (not expected)
    assert "Traceback" not in errors


def test_all_mistakes_of_one_file_at_once(folder: Path) -> None:
    text = (
        "netwright: 1\ndata: {source: people.csv, target: knd}\n"
        "model:\n  - dens: 8\n  - relu: {q: 1}\n  - linear: auto\n"
        "train: {epochs: many, epochs: 2, batch_size: -4, optimizer: adamm}\ntrainr: 1\n"
    )
    code, answer, _ = check(folder, text, "all")
    found = {p["code"] for p in answer["problems"]}  # type: ignore[union-attr]
    assert code == 2
    assert found >= {
        "data.unknown_column", "layer.unknown", "key.unknown", "value.type", "yaml.duplicate",
        "value.range", "optimizer.unknown", "section.unknown",
    }  # fmt: skip
    assert all(p["line"] > 0 for p in answer["problems"])  # type: ignore[union-attr]

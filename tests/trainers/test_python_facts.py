"""Exported Python files of trained runs: units, facts, whole graphs, and what is left out."""

import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.trainers.small_runs import FLOWERS, HOUSES, flowers, houses, network_of, trained_run
from trainers.exporting import Exported, export, of_run
from trainers.exports.python import Python

SCHEDULED = "{epochs: 2, batch_size: 16, seed: 1, schedule: {cosine: {warmup: 0.1}}}"
FORECAST = """
netwright: 1
data:
  source: {series: {path: sales.csv, look_back: 6, horizon: 3}}
  target: future
  columns: {past: series, future: {series: {scale: SCALE}}}
model: [flatten, {linear: auto}]
train: {epochs: 2, batch_size: 16, seed: 1}
"""
GRAPH = """
netwright: 1
data: {source: {graph: g}, split: {validation: 0}}
model:
  - gcn_conv: 4
    from: [features, edges]
  - relu
  - gcn_conv: auto
    from: [previous, edges]
train: {epochs: 12, seed: 1, optimizer: {adam: {lr: 0.05}}}
"""


def sales(path: Path) -> None:
    """A hundred months of two series, one of them below zero at times."""
    steps = np.arange(100)
    first, second = 500 + 300 * np.sin(steps / 4), 40 * np.cos(steps / 3)
    rows = [f"{2000 + i // 12}-{i % 12 + 1:02d},{first[i]:.3f},{second[i]:.3f}" for i in steps]
    path.write_text("\n".join(["month,sales,warmth", *rows]) + "\n")


def graph(path: Path) -> None:
    """Twelve nodes in a ring, half of them for training, with more edges than nodes."""
    path.mkdir()
    parts = ["train", "test"]
    nodes = [f"n{i},{'ab'[i // 6]},{parts[i % 2]}" for i in range(12)]
    edges = [f"n{i},n{(i + step) % 12}" for i in range(12) for step in (1, 2)]
    (path / "nodes.csv").write_text("\n".join(["node,label,split", *nodes]) + "\n")
    (path / "edges.csv").write_text("\n".join(["source,target", *edges]) + "\n")


def written(folder: Path, spec: str, file: str, make):
    """Train, write the file; return the run's network, the names and the text of the file."""
    run, _, code = trained_run(folder, spec, file, make)
    assert code == 0
    trained = network_of(run)
    path = folder / "net.py"
    found = export(of_run(trained), Python(), path)
    assert isinstance(found, Exported), found
    return trained, runpy.run_path(str(path)), path.read_text("utf-8")


def assert_restores(trained, names, answers):
    target = trained.targets[0].name
    found = names["restore"](torch.as_tensor(answers))
    expected = trained.fitted.restore(target, answers)
    assert found.dtype == torch.float64
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["standard", "min_max", "log", "none"])
def test_answers_come_back_in_the_unit_of_a_number(tmp_path, scale):
    spec = HOUSES.replace("rooms: number", f"rooms: number, price: {{number: {{scale: {scale}}}}}")
    trained, names, text = written(tmp_path, spec, "houses.csv", houses)
    answers = np.array([[-2.5], [0.0], [0.7], [3.0]], dtype=np.float32)
    assert_restores(trained, names, answers)
    assert "answers in the scaled units" in names["restore"].__doc__
    assert "answers = restore(network(features))" in text
    assert "scaled as TARGET_COLUMNS says" in text


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["standard", "min_max", "log", "per_window", "none"])
def test_answers_come_back_in_the_unit_of_a_series(tmp_path, scale):
    spec = FORECAST.replace("SCALE", scale)
    trained, names, _ = written(tmp_path, spec, "sales.csv", sales)
    answers = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)
    assert_restores(trained, names, answers)


@pytest.mark.slow
def test_several_answers_are_restored_by_name_and_classes_stay(tmp_path):
    spec = """
netwright: 1
data: {source: flowers.csv, target: [kind, width], columns: {length: number, colour: category}}
model:
  - linear: 8
    name: both
  - linear: auto
    name: kind
  - linear: auto
    from: both
    name: width
train: {epochs: 2, batch_size: 16, seed: 1}
"""
    trained, names, _ = written(tmp_path, spec, "flowers.csv", flowers)
    answers = {"kind": torch.randn(4, 3), "width": torch.randn(4, 1)}
    found = names["restore"](answers)
    assert torch.equal(found["kind"], answers["kind"])
    expected = trained.fitted.restore("width", answers["width"].numpy())
    np.testing.assert_allclose(found["width"].numpy(), expected, rtol=1e-12)


@pytest.mark.slow
def test_all_that_was_fitted_stands_in_the_file_and_what_is_left_out_is_said(tmp_path):
    spec = FLOWERS.replace("length: number", "length: {number: {bins: 64}}")
    spec = spec[: spec.index("train:")] + f"train: {SCHEDULED}\n"
    trained, names, text = written(tmp_path, spec, "flowers.csv", flowers)
    whole = trained.fitted.to_json()
    for constant, columns in (("COLUMNS", "columns"), ("TARGET_COLUMNS", "targets")):
        known = {column["name"]: column for column in whole[columns]}
        assert {n: {"name": n, **facts} for n, facts in names[constant].items()} == known
    assert len(names["COLUMNS"]["length"]["state"]["edges"]) > 50
    assert "is left to the reader" in text
    assert "left out: the schedule of the learning rate (cosine)" in text
    assert "restore" not in names


@pytest.mark.slow
def test_the_written_loop_trains_a_graph_as_a_whole(tmp_path):
    trained, names, text = written(tmp_path, GRAPH, "g", graph)
    edges = np.array([[i, (i + step) % 12] for i in range(12) for step in (1, 2)])
    classes = np.repeat([0, 1], 6)
    mask = np.arange(12) % 2 == 0
    arrays = {"features": np.eye(12, dtype=np.float32), "edges": edges}
    # The targets of other rows are not looked at: no class at all would be an error.
    arrays |= {names["TARGET"]: np.where(mask, classes, 99), "training_mask": mask}
    np.savez(tmp_path / "arrays.npz", **arrays)
    done = subprocess.run(
        [sys.executable, "-I", "net.py", "arrays.npz"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    losses = [float(line.split()[-1]) for line in done.stdout.splitlines()]
    assert len(losses) == trained.train.settings.epochs
    assert losses[-1] < losses[0]
    assert "mask: True for the rows to learn from" in text

"""Exports: written, loaded by a fresh process, compared; and what is said when they differ."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from nnspec.catalog import Catalog
from nnspec.problems import Problem
from nnspec.resources import resource
from tests.nnspec.objective_specs import GAN, LABELLED, analysed
from tests.trainers.small_runs import FLOWERS, HOUSES, SHAPES, flowers, houses, shapes, trained_run
from trainers.check import Checked, check
from trainers.commands import run_command
from trainers.exporting import Exported, difference, export, of_spec
from trainers.exports.python import Python

SPEC = """netwright: 1
name: Digits
data: {source: digits.zip, target: label}
model:
  - conv2d: 4
  - batch_norm
  - relu
  - global_avg_pool
  - linear: auto
train: {seed: 3, batch_size: 32, optimizer: {sgd: {lr: 0.1, momentum: 0.9}}}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "digits.zip").write_bytes(resource("samples", "digits", "digits.zip").read_bytes())
    path = tmp_path / "digits.yaml"
    path.write_text(SPEC)
    return path


@pytest.mark.parametrize("output", [[], ["-o", "mine.py"], ["-o", "digits.txt"], ["-o", "no/a.py"]])
def test_nothing_that_is_there_is_overwritten(spec, monkeypatch, capsys, output):
    monkeypatch.chdir(spec.parent)
    held = {"digits.safetensors": "a", "mine.py": "b", "digits.txt": "c"}
    for name, text in held.items():
        (spec.parent / name).write_text(text)
    assert run_command(["export", "digits.yaml", "--format", "python", *output]) == 2
    said = capsys.readouterr().err
    assert "is there already" in said or "does not end in .py" in said or "does not exist" in said
    assert all((spec.parent / name).read_text() == text for name, text in held.items())
    assert not (spec.parent / "digits.py").exists()


@pytest.mark.slow
def test_a_spec_is_written_and_computes_the_same_elsewhere(spec, monkeypatch, capsys):
    monkeypatch.chdir(spec.parent)
    assert run_command(["export", "digits.yaml", "--format", "python", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "format": "python",
        "files": ["digits.py", "digits.safetensors"],
        "difference": 0.0,
        "relative": 0.0,
    }
    assert run_command(["export", "digits.yaml", "--format", "python"]) == 2  # is there already
    text = (spec.parent / "digits.py").read_text()
    assert "torch.optim.AdamW" in text  # without data read by the format, the usual one
    assert "nnspec" not in text
    assert "trainers" not in text


@pytest.mark.slow
def test_the_written_script_trains_without_netwright(spec, monkeypatch):
    monkeypatch.chdir(spec.parent)
    assert run_command(["export", "digits.yaml", "--format", "python"]) == 0
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, 64)
    images = random.standard_normal((64, 1, 8, 8)).astype(np.float32) + labels[:, None, None, None]
    np.savez("arrays.npz", image=images.astype(np.float32), label=labels)
    # -I: neither the current folder nor the environment lends the script a module of ours
    done = subprocess.run(
        [sys.executable, "-I", "digits.py", "arrays.npz"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    losses = [float(line.split()[-1]) for line in done.stdout.splitlines()]
    assert len(losses) == 10
    assert losses[-1] < losses[0]


@dataclass(frozen=True)
class Wrong(Python):
    """A format that writes something else than it was given."""

    suffix: ClassVar[str] = ".py"

    def answers(self, path, inputs):
        return {name: value + 0.5 for name, value in super().answers(path, inputs).items()}


@pytest.mark.slow
def test_a_file_that_computes_other_numbers_is_not_called_good(spec, tmp_path):
    checked = check(SPEC, tmp_path, Catalog.discover())
    found = export(of_spec(checked), Wrong(), tmp_path / "wrong.py")
    assert isinstance(found, Problem)
    assert found.code == "export.differs"
    assert "differ by 0.5" in found.message
    good = export(of_spec(checked), Python(), tmp_path / "good.py")
    assert isinstance(good, Exported)
    assert good.difference == 0


@pytest.mark.slow
def test_several_networks_are_classes_of_one_file(tmp_path):
    text = GAN.replace("- linear: 784", "- spectral_norm: {linear: 784}")
    checked = Checked(analysed(text, LABELLED), None, ())
    found = export(of_spec(checked), Python(), tmp_path / "pair.py")
    assert isinstance(found, Exported), found
    assert found.difference == 0
    source = (tmp_path / "pair.py").read_text("utf-8")
    assert "class Painter(nn.Module)" in source
    assert "class Critic(nn.Module)" in source
    assert "spectral_norm(nn.Linear(64, 784))" in source
    assert "# steps:" in source
    assert "#       - bce_with_logits: {of: critic(image), against: 1, weight: 1}" in source


@dataclass(frozen=True)
class Single(Python):
    """A format for one network."""

    several: ClassVar[bool] = False


def test_a_format_for_one_network_refuses_several(tmp_path):
    checked = Checked(analysed(GAN, LABELLED), None, ())
    found = export(of_spec(checked), Single(), tmp_path / "pair.py")
    assert isinstance(found, Problem)
    assert found.code == "export.several"
    assert not list(tmp_path.iterdir())


def test_differences_are_seen():
    one = {"y": np.array([1.0, 100.0])}
    assert difference(one, {"y": np.array([1.0, 100.5])}) == (0.5, 0.005)
    assert difference(one, {"z": one["y"]})[0] == float("inf")
    assert difference(one, {"y": np.array([1.0, np.nan])})[0] == float("inf")
    assert difference(one, {"y": np.array([1.0])})[0] == float("inf")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["digits.yaml", "--format", "pythn"], "did you mean 'python'"),
        (["digits.yaml", "--format", "pytorch"], "did you mean 'python'"),
        (["digits.yaml", "--format", "python", "--set", "trainig=false"], "training"),
        (["nowhere", "--format", "python"], "nowhere"),
    ],
)
def test_mistakes_are_said(spec, monkeypatch, capsys, words, said):
    monkeypatch.chdir(spec.parent)
    assert run_command(["export", *words]) in (2, 4, 7)
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_without_training_there_is_no_loop(spec, monkeypatch):
    monkeypatch.chdir(spec.parent)
    words = ["export", "digits.yaml", "--format", "python", "--set", "training=false", "-o", "n.py"]
    assert run_command(words) == 0
    assert "def train(" not in Path("n.py").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "file", "spec", "told"),
    [
        (flowers, "flowers.csv", FLOWERS, "functional.cross_entropy("),
        (houses, "houses.csv", HOUSES, "functional.mse_loss("),
        (shapes, "shapes", SHAPES, "IMAGE_DEVIATION = "),
    ],
    ids=["classes", "numbers", "pictures"],
)
def test_a_run_is_written_with_its_weights_and_facts(tmp_path, monkeypatch, make, file, spec, told):
    run, _, code = trained_run(tmp_path, spec, file, make)
    assert code == 0
    monkeypatch.chdir(tmp_path)
    assert run_command(["export", str(run.path), "--format", "python", "-o", "net.py"]) == 0
    text = Path("net.py").read_text()
    assert told in text
    assert "its trained weights" in text
    done = subprocess.run(
        [sys.executable, "-I", "-c", USE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("torch.Size([5, ")


USE = """
import runpy, torch
names = runpy.run_path("net.py")
network = names["load"]()
first = next(iter(network.parameters()))
shape = (5, first.shape[1], 16, 16) if first.ndim == 4 else (5, first.shape[1])
print(network(torch.zeros(shape)).shape)
"""

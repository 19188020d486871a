"""Every template: checked, shown, trained, exported, and put to the data of other people."""

import csv
import json
import math
import re
import wave
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.resources import resource
from tests.trainers.small_plans import Kept, ended, run
from trainers.check import check
from trainers.commands import run_command
from trainers.events import EpochEnded
from trainers.exporting import Exported, export, of_spec
from trainers.exports.python import Python
from trainers.filled import filled
from trainers.plan import Plan, make_plan
from trainers.templates import templates

CATALOG = Catalog.discover()
EVERY = {each.name: each for each in templates()}
DUELS = {"dcgan", "wgan"}
"""Their losses rise and fall with the opponent and say nothing of progress."""

each_template = pytest.mark.parametrize("name", EVERY)


def shrunk(name: str, *, rows: int = 300, epochs: int = 4) -> str:
    """A template with fewer rows and epochs."""
    text = EVERY[name].text()
    for key, most in (("rows", rows), ("epochs", epochs), ("pretraining", 1)):
        text = re.sub(
            rf"\b{key}: (\d+)", lambda found, k=key, m=most: f"{k}: {min(m, int(found[1]))}", text
        )
    return text


def planned(text: str) -> Plan:
    plan = make_plan(text, Path(), CATALOG, device="cpu", threads=1)
    assert isinstance(plan, Plan), plan
    return plan


@each_template
def test_it_is_without_problems(name):
    checked = check(EVERY[name].text(), EVERY[name].folder, CATALOG)
    assert [str(problem.message) for problem in checked.problems] == []


@each_template
def test_what_show_prints_is_the_same_network(name):
    checked = check(EVERY[name].text(), EVERY[name].folder, CATALOG)
    text = filled(checked, CATALOG)
    again = check(text, EVERY[name].folder, CATALOG)
    assert [problem.message for problem in again.problems] == []
    before, after = checked.analysis.graph, again.analysis.graph
    assert [(node.id, node.shape) for node in before.nodes] == [
        (node.id, node.shape) for node in after.nodes
    ]


@pytest.mark.slow
@each_template
def test_it_trains_and_its_loss_falls(name):
    kept = Kept()
    events, _ = run(planned(shrunk(name)), kept=kept)
    assert ended(events).status == "finished"
    losses = [event.metrics["train_loss"] for event in events if isinstance(event, EpochEnded)]
    assert len(losses) == 4
    assert all(map(math.isfinite, losses))
    if name not in DUELS:
        fine = losses[1:] if name == "deep_belief_net" else losses  # the first epoch has no labels
        assert min(fine[1:]) < fine[0]
    for weights in kept.last.model.values():
        assert bool(torch.isfinite(weights.float()).all())


@pytest.mark.slow
@each_template
def test_its_source_in_pytorch_computes_the_same(name, tmp_path: Path):
    checked = check(EVERY[name].text(), EVERY[name].folder, CATALOG)
    network = of_spec(checked)
    written = export(network, Python(), tmp_path / "network.py")
    assert isinstance(written, Exported), written
    assert written.difference == 0.0


def test_a_broken_template_is_seen():
    text = EVERY["lenet"].text().replace("linear: 120", "linear: -120")
    assert not check(text, Path(), CATALOG).sound
    assert shrunk("lenet", rows=50, epochs=2) != EVERY["lenet"].text()
    assert "epochs: 2\n" in shrunk("lenet", rows=50, epochs=2)


def table(path: Path) -> list[str]:
    """A table of numbers and categories, and the class of each row."""
    random = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["age", "colour", "height", "kind"])
        for _ in range(200):
            age, height = random.normal(40, 9), random.normal(170, 8)
            colour = random.choice(["red", "green"])
            writer.writerow([f"{age:.1f}", colour, f"{height:.1f}", "ab"[int(age > 40)]])
    return [str(path), "--target", "kind"]


def messages(path: Path) -> list[str]:
    """A table of texts with a class each."""
    words = ("good fine nice well", "bad poor sad wrong")
    random = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["review", "mood"])
        for row in range(200):
            told = [str(random.choice(words[row % 2].split())) for _ in range(3)]
            writer.writerow([f"it was {told[0]} and {told[1]}, really {told[2]} {row}", row % 2])
    return [str(path), "--target", "mood"]


def pictures(path: Path) -> list[str]:
    """A zip of pictures, a folder per class."""
    target = path.with_suffix(".zip")
    target.write_bytes(resource("samples", "digits", "digits.zip").read_bytes())
    return [str(target)]


def sounds(path: Path) -> list[str]:
    """A folder of sounds, a folder per class."""
    random = np.random.default_rng(0)
    time = np.arange(2400) / 8000
    for name, pitch in (("low", 300), ("high", 900)):
        folder = path.with_suffix("") / name
        folder.mkdir(parents=True)
        for row in range(20):
            tone = 9000 * np.sin(2 * np.pi * pitch * time + row) + random.normal(0, 500, 2400)
            with wave.open(str(folder / f"{row}.wav"), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(8000)
                file.writeframes(tone.astype("<i2").tobytes())
    return [str(path.with_suffix(""))]


def people(path: Path) -> list[str]:
    """A folder with the nodes and edges of a graph."""
    random = np.random.default_rng(0)
    folder = path.with_suffix("")
    folder.mkdir()
    links = [(one, (one + 2 * int(random.integers(1, 39))) % 80) for one in range(80)] * 2
    tables = {
        "nodes": [("id", "team"), *((f"n{one}", "ab"[one % 2]) for one in range(80))],
        "edges": [("from", "to"), *((f"n{one}", f"n{other}") for one, other in links)],
        "features": [("id", "x"), *((f"n{one}", one % 2 + random.normal()) for one in range(80))],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)
    return [str(folder)]


def months(path: Path) -> list[str]:
    """A series: a number for each month."""
    random = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["month", "riders"])
        for month in range(240):
            riders = 100 + month + 20 * math.sin(month * math.pi / 6) + random.normal(0, 3)
            writer.writerow([f"{1990 + month // 12}-{month % 12 + 1:02d}-01", f"{riders:.1f}"])
    return [str(path)]


def cells(path: Path) -> list[str]:
    """Pictures, and a mask for each."""
    folder = path.with_suffix("")
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    for row in range(30):
        mask = np.zeros((32, 32), np.uint8)
        mask[8:20, 5 : 8 + row % 20] = 255
        Image.fromarray(mask // 2 + 40).save(folder / "images" / f"{row}.png")
        Image.fromarray(mask).save(folder / "masks" / f"{row}.png")
    return [str(folder)]


STRANGERS = {
    "perceptron": table,
    "tabular_mlp": table,
    "kan": table,
    "neural_ode": table,
    "mixture_of_experts": table,
    "small_cnn": pictures,
    "resnet": pictures,
    "vit": pictures,
    "gru_text_classifier": messages,
    "cnn1d_text_classifier": messages,
    "transformer_text_classifier": messages,
    "autoencoder": pictures,
    "denoising_autoencoder": pictures,
    "variational_autoencoder": pictures,
    "dcgan": pictures,
    "deep_belief_net": pictures,
    "audio_cnn": sounds,
    "gcn": people,
    "gat": people,
    "dlinear_forecaster": months,
    "lstm_forecaster": months,
    "unet_segmentation": cells,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", STRANGERS)
def test_it_is_put_to_data_of_other_people(name, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    data = STRANGERS[name](tmp_path / "theirs.csv")
    status = run_command(["new", *data, "--template", name, "-o", "mine.yaml", "--json"])
    said = capsys.readouterr()
    assert status == 0, said.err
    text = (tmp_path / "mine.yaml").read_text()
    assert f"# The network: {EVERY[name].title}." in text
    assert "{sample:" not in text
    found = check(text, tmp_path, CATALOG)
    assert [problem.message for problem in found.problems if problem.severity == "error"] == []
    assert found.analysis.graph.nodes
    status = run_command(["check", "mine.yaml", "--json"])
    assert status == 0
    assert json.loads(capsys.readouterr().out)


def test_the_text_that_is_checked_is_the_text_that_is_read():
    text = EVERY["small_cnn"].text()
    assert analyse(text, CATALOG, None).text == text

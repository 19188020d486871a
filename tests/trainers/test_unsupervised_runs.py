"""Runs without a target, from the text to the folder: trained, judged, used, resumed."""

from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from trainers.evaluation import Evaluation, evaluate
from trainers.prediction import Predictions, predict
from trainers.runs import RunFolder, create
from trainers.trained import Trained, load_trained
from trainers.worker import work

pytestmark = pytest.mark.slow
CATALOG = Catalog.discover()
ALONE = """\
netwright: 1
data: {source: {sample: {name: digits, rows: 200}}}
model: [flatten, {linear: 8}, tanh, {linear: 64}, {reshape: [1, 8, 8]}]
train:
  epochs: 2
  seed: 1
  device: cpu
  losses: [mse: {of: output, against: image}]
  preview: output
"""
PAIR = """\
netwright: 1
data: {source: {sample: {name: digits, rows: 200}}}
models:
  painter: {input: {z: [8]}, layers: [{linear: 64}, {reshape: [1, 8, 8]}]}
  critic: {input: image, layers: [flatten, {linear: 1}]}
train:
  epochs: 1
  seed: 1
  device: cpu
  steps:
    - update: critic
      losses:
        - hinge: {of: critic(image), against: 1}
        - hinge: {of: "critic(painter(normal(8)))", against: 0}
    - update: painter
      losses: [wasserstein: "critic(painter(normal(8)))"]
"""


def worked(folder: Path, text: str) -> RunFolder:
    spec = folder / "spec.yaml"
    spec.write_text(text)
    run = create(text, spec_path=spec, name="a", device="cpu", seed=1)
    assert isinstance(run, RunFolder)
    assert work(run, CATALOG, [].append) == 0
    return run


def loaded(run: RunFolder) -> Trained:
    trained = load_trained(run, CATALOG)
    assert isinstance(trained, Trained), trained
    return trained


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import numpy as np
    from PIL import Image

    folder = tmp_path_factory.mktemp("new")
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 255, (8, 8)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def test_one_model_gives_its_output(tmp_path: Path, pictures: Path) -> None:
    run = worked(tmp_path, ALONE)
    assert (run.path / "previews" / "epoch_0002.png").is_file()
    judged = evaluate(loaded(run), split="validation")
    assert isinstance(judged, Evaluation), judged
    assert judged.to_json()["metrics"].keys() == {"loss"}
    said = predict(loaded(run), pictures)
    assert isinstance(said, Predictions), said
    assert said.header() == ["row", "file", *(f"output_{n}" for n in range(1, 65))]
    assert len(list(said.lines())) == 3


def test_several_models_without_a_target_have_nothing_to_predict(
    tmp_path: Path, pictures: Path
) -> None:
    run = worked(tmp_path, PAIR)
    judged = evaluate(loaded(run), split="train")
    assert isinstance(judged, Evaluation), judged
    assert judged.to_json()["metrics"].keys() == {"loss", "critic_loss", "painter_loss"}
    (problem,) = predict(loaded(run), pictures)  # type: ignore[misc]
    assert problem.code == "predict.no_target"

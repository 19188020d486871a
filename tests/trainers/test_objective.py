"""Objectives at work: exact from any step, each step with its own models, optimiser and loss."""

import math

import numpy as np
import pytest
import torch
from PIL import Image

from nnspec.shapes import Interface, Shape
from tests.trainers.objective_plans import GAN, LABELLED, PICTURES, VAE, WGAN, pictures, plan_of
from tests.trainers.small_plans import bits, ended, run, small_plan
from trainers.batches import Batch
from trainers.events import EpochEnded, Previewed
from trainers.fitted import Part
from trainers.learner import Learner
from trainers.objective import compile_objective
from trainers.updates import Place


def epochs(events):
    return [event for event in events if isinstance(event, EpochEnded)]


@pytest.mark.parametrize("text", [GAN, VAE, WGAN], ids=["gan", "vae", "wgan"])
def test_stopped_at_any_step_and_resumed_gives_the_same_bits(text):
    plan = plan_of(text)
    whole, kept = run(plan)
    assert ended(whole).status == "finished"
    for step in range(0, ended(whole).step, 2):
        before, early = run(plan, *["go"] * step, "stop")
        assert ended(before).step == step
        torch.manual_seed(step)
        after, late = run(plan, start=early.last)
        assert bits(late.last) == bits(kept.last)
        again = {e.epoch: e.metrics for e in [*epochs(before), *epochs(after)]}
        assert again == {e.epoch: e.metrics for e in epochs(whole)}


def test_each_step_has_an_optimiser_and_a_loss_of_its_own():
    events, kept = run(plan_of(GAN))
    slots = {name for name in kept.last.training if name.startswith("optimizer.")}
    assert {name.split(".")[1] for name in slots} == {"critic", "painter"}
    assert all(f".{name.split('.')[1]}." in name.replace("_", ".") for name in slots)
    metrics = epochs(events)[0].metrics
    parts = metrics["train_critic_loss"] + metrics["train_painter_loss"]
    assert metrics["train_loss"] == pytest.approx(parts)
    assert metrics["val_loss"] == pytest.approx(
        metrics["val_critic_loss"] + metrics["val_painter_loss"]
    )


def test_of_steps_against_each_other_the_last_epoch_is_kept():
    events, kept = run(plan_of(GAN))
    assert ended(events).best_epoch == 3
    assert kept.snapshots[-1][0].step == ended(events).step
    single, _ = run(plan_of(VAE))
    losses = [event.metrics["val_loss"] for event in epochs(single)]
    assert ended(single).best_epoch == 1 + int(np.argmin(losses))


def test_a_step_changes_only_what_it_updates():
    learner = Learner(plan_of(GAN))
    before = learner.weights()
    image = torch.randn(8, 1, 8, 8)
    critic = learner._updates[0]
    loss = critic.step.objective.loss(Batch({"image": image}, {}, 8), 1)
    critic.take(loss, 0.1)
    changed = {name for name, x in learner.weights().items() if not torch.equal(x, before[name])}
    assert changed
    assert all(name.startswith("critic") for name in changed)
    assert all(parameter.grad is None for parameter in learner.network.parameters())


def test_weights_are_clipped_and_steps_are_taken_in_their_epochs():
    text = GAN.replace("- update: critic", "- update: critic\n      clip_weights: 0.01")
    text = text.replace("- update: painter", "- update: painter\n      first_epoch: 2")
    text = text.replace("epochs: 3", "epochs: 1")
    plan = plan_of(text)
    fresh = Learner(plan).weights()
    _, kept = run(plan)
    for name, weight in kept.last.model.items():
        if name.startswith("critic"):
            assert weight.abs().max() <= 0.01
        else:
            assert torch.equal(weight, fresh[name])


def test_every_and_times():
    plan = plan_of(WGAN)
    learner = Learner(plan)
    due = [learner._updates[1].is_due(Place(step, 6, 3, step // 3)) for step in range(6)]
    assert due == [False, True, False, True, False, True]
    _, kept = run(plan)
    counts = {n: x for n, x in kept.last.training.items() if ".step." in n}
    assert {int(x) for n, x in counts.items() if ".critic." in n} == {12}
    assert {int(x) for n, x in counts.items() if ".painter." in n} == {3}


def test_the_written_objective_of_a_target_is_the_usual_one():
    body = "netwright: 1\ndata: {source: x/, target: label}\nmodel: [flatten, {linear: auto}]\n"
    written = (
        body
        + "train: {epochs: 2, batch_size: 8, losses: [cross_entropy: {of: output, against: label}]}"
    )
    usual = body + "train: {epochs: 2, batch_size: 8}"
    label = np.random.default_rng(0).integers(0, 3, 24)
    parts = {
        name: pictures(24, seed, label=label) for seed, name in enumerate(("train", "validation"))
    }
    ours, one = run(plan_of(written, LABELLED, parts))
    theirs, other = run(plan_of(usual, LABELLED, parts))
    assert bits(one.last) == bits(other.last)
    mine, wanted = epochs(ours)[-1].metrics, epochs(theirs)[-1].metrics
    assert mine.keys() == wanted.keys()
    assert mine == pytest.approx(wanted)


def test_judging_changes_no_random_number():
    plan = plan_of(VAE)
    events, kept = run(plan)
    alone = plan_of(VAE, parts={"train": plan.parts["train"]})
    _, same = run(alone)
    weights = [{n: b for n, b in bits(k.last).items() if "best" not in n} for k in (kept, same)]
    assert weights[0] == weights[1]
    assert all(math.isfinite(event.metrics["val_loss"]) for event in epochs(events))


def test_previews_are_drawn_after_every_epoch(tmp_path):
    events, _ = run(plan_of(GAN, run=str(tmp_path)))
    drawn = [event for event in events if isinstance(event, Previewed)]
    assert [event.path for event in drawn] == [f"previews/epoch_000{n}.png" for n in (1, 2, 3)]
    sheet = np.asarray(Image.open(tmp_path / drawn[-1].path))
    assert sheet.shape == (32, 32, 3)
    assert len(np.unique(sheet)) > 20
    first = (tmp_path / drawn[0].path).read_bytes()
    run(plan_of(GAN, run=str(tmp_path)))
    assert (tmp_path / drawn[0].path).read_bytes() == first


def test_previews_of_the_data_are_the_bytes_of_the_data(tmp_path):
    text = VAE.replace('of: "decoder(normal(4))"', "of: image").replace("epochs: 3", "epochs: 1")
    plan = plan_of(text, run=str(tmp_path))
    run(plan)
    sheet = np.asarray(Image.open(tmp_path / "previews/epoch_0001.png"))
    wanted = plan.parts["validation"].inputs["image"][0, 0]
    assert (sheet[2:10, 2:10, 0] == wanted).all()


WHOLE = """\
netwright: 1
data: {source: x/, target: label}
model:
  - graph_conv: {out_features: 8}
    from: [features, edges]
  - relu
  - graph_conv: auto
    from: [previous, edges]
"""


def whole_parts(values=None):
    random = np.random.default_rng(0)
    features = random.normal(size=(20, 4)).astype(np.float32) if values is None else values
    edges = np.stack([np.arange(20), (np.arange(20) + 1) % 20], axis=1)
    label = (features[:, 0] > 0).astype(np.int64)
    inputs = {"features": features, "edges": np.concatenate([edges, edges[:, ::-1]])}
    rows = {"train": np.arange(0, 10), "validation": np.arange(10, 15), "test": np.arange(15, 20)}
    return {n: Part(inputs, {"label": label[r]}, r, whole=True) for n, r in rows.items()}


class Neighbours(torch.nn.Module):
    """Answers for every node from its own row and the next."""

    def __init__(self):
        super().__init__()
        self.body = torch.nn.Linear(4, 3)
        self.seen = []

    def forward(self, inputs):
        self.seen.append(len(inputs["features"]))
        x = self.body(inputs["features"])
        source, target = inputs["edges"].T
        return {"y": x + torch.zeros_like(x).index_add(0, target, x[source])}


def test_where_all_rows_are_one_batch_the_parts_choose_who_counts():
    made = {
        n: Part(p.inputs, {"y": p.targets["label"]}, p.rows, True) for n, p in whole_parts().items()
    }
    network = Neighbours()
    from dataclasses import replace

    plan = replace(small_plan(epochs=4), parts=made, network=lambda: network)
    events, kept = run(plan)
    assert set(network.seen) == {20}
    assert ended(events).step == 4
    assert ended(events).metrics["test_accuracy"] >= 0
    for step in range(4):
        _, early = run(replace(plan, network=Neighbours), *["go"] * step, "stop")
        _, late = run(replace(plan, network=Neighbours), start=early.last)
        _, clean = run(replace(plan, network=Neighbours))
        assert bits(late.last) == bits(clean.last)
    assert kept.last.step == 4


def test_the_loss_of_a_whole_graph_is_that_of_its_part():
    interface = Interface({"features": Shape((4,))}, {"label": Shape((3,))}, "features")
    text = (
        "netwright: 1\ndata: {source: x/, target: label}\nmodel: [{linear: auto}]\n"
        "train: {losses: [cross_entropy: {of: output, against: label}]}"
    )
    parts = whole_parts()
    plan = plan_of(text, interface, parts)
    learner = Learner(plan)
    features = torch.from_numpy(parts["train"].inputs["features"])
    chosen = torch.from_numpy(parts["validation"].rows)
    label = torch.from_numpy(parts["validation"].targets["label"])
    batch = Batch({"features": features}, {"label": label}, len(label), chosen)
    (step,) = compile_objective(plan.train, learner.network, plan.targets, "cpu")
    answers = learner.network({"features": features})["label"]
    wanted = torch.nn.functional.cross_entropy(answers[chosen], label)
    torch.testing.assert_close(step.objective.loss(batch, 1), wanted)


def test_a_derivative_is_the_slope_and_can_be_judged():
    interface = Interface({"x": Shape((1,))}, {"y": Shape((1,))}, "x")
    text = (
        "netwright: 1\ndata: {source: x/, target: y}\nmodel: [{linear: 8}, tanh, {linear: 1}]\n"
        "train:\n  epochs: 2\n  batch_size: 8\n  losses:\n"
        '    - residual: "derivative(derivative(output, x), x) + output"\n'
        "    - mse: {of: output, against: y}\n"
    )
    x = np.linspace(-1, 1, 24, dtype=np.float32)[:, None]
    parts = {
        name: Part({"x": x}, {"y": np.sin(x)}, np.arange(24)) for name in ("train", "validation")
    }
    plan = plan_of(text, interface, parts)
    learner = Learner(plan)
    given = torch.from_numpy(x)
    loss = learner.steps[0].objective.loss(
        Batch({"x": given}, {"y": torch.from_numpy(parts["train"].targets["y"])}, 24), 1
    )
    by_hand = given.clone().requires_grad_()
    y = learner.network({"x": by_hand})["output"]
    (first,) = torch.autograd.grad(y.sum(), by_hand, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), by_hand, create_graph=True)
    wanted = (second + y).square().mean() + torch.nn.functional.mse_loss(y, torch.sin(given))
    torch.testing.assert_close(loss, wanted, rtol=1e-4, atol=1e-5)
    assert not given.requires_grad
    events, _ = run(plan)
    assert math.isfinite(epochs(events)[-1].metrics["val_loss"])
    assert "val_rmse" in epochs(events)[-1].metrics


def test_penalties_of_modules_are_added_while_training():
    body = "netwright: 1\ndata: {source: x/}\nmodel: [flatten, {restricted_boltzmann: 12}]\n"
    text = body + "train: {epochs: 1, batch_size: 8, steps: [{times: 1}]}"
    plan = plan_of(text, PICTURES)
    fresh = Learner(plan).weights()
    events, kept = run(plan)
    assert ended(events).status == "finished"
    assert epochs(events)[0].metrics["train_loss"] != 0
    assert any(not torch.equal(x, fresh[n]) for n, x in kept.last.model.items())

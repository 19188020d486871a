"""The loop that trains a network written as PyTorch source, as the spec says it is trained."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from string import Template
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from nnspec.params import settings_of
from nnspec.python_source import NetworkSource
from trainers.python_facts import is_scaled
from trainers.targets import Target

if TYPE_CHECKING:
    from nnspec.spec import Choice, Train
    from trainers.exporting import Exportable


_TRAINING = '''
def train(network: $network, inputs: list[Tensor], targets: Tensor$mask) -> None:
    """Train the network in a plain loop.

    Args:
        network: what to train, changed in place.
        inputs: $inputs for each argument of `forward`.
        targets: $targets for each row.$about_mask
    """
    # $left_out
    optimizer = $optimizer
    for epoch in range($epochs):
        network.train()
$steps


if __name__ == "__main__":
    # python this_file.py arrays.npz: trains on its arrays INPUTS and TARGET$named_mask.
    import numpy

    arrays = numpy.load(sys.argv[1])
    model = $network()  # or load(), to go on from the weights beside this file
    values = [torch.from_numpy(arrays[name]) for name in INPUTS]
    train(model, values, torch.from_numpy(arrays[TARGET])$given_mask)
    torch.save(model.state_dict(), "trained.pt")
'''

_IN_BATCHES = """\
        total = 0.0
        for rows in torch.randperm(len(targets)).split($batch):
            outputs = network(*(values[rows] for values in inputs))
            loss = $loss
            optimizer.zero_grad()
            loss.backward()$clip
            optimizer.step()
            total += loss.item() * len(rows)
        print(f"epoch {epoch + 1}: loss {total / len(targets):.4f}")"""

_WHOLE = """\
        # Some inputs (edges of a graph, say) belong to all rows together: a step takes them all.
        outputs = network(*inputs)
        loss = $loss
        optimizer.zero_grad()
        loss.backward()$clip
        optimizer.step()
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}")"""

_ABOUT_MASK = (
    "\n        mask: True for the rows to learn from; the targets of others are not looked at."
)


def training_loop(network: Exportable, source: NetworkSource) -> str:
    """Write the loop, and what runs it when the file is started; for a single target."""
    train = network.trained.train if network.trained else None
    target = next(iter(network.trained.targets), None) if network.trained else None
    answers = set((network.graph.outputs or network.graph.named).values())
    shape = next(node.shape for node in network.graph.nodes if node.id in answers)
    classes = bool(target.labels) if target else bool(shape and shape.sizes[0] != 1)
    whole = bool(network.trained and network.trained.fitted.whole)
    return Template(_TRAINING.strip()).substitute(
        _mask_words() if whole else dict.fromkeys(_mask_words(), ""),
        optimizer=_optimizer(train),
        epochs=train.settings.epochs if train else 10,
        steps=_steps(train, target, classes=classes, whole=whole),
        network=source.name,
        inputs="all there is" if whole else "rows",
        targets=_target_words(network, classes=classes),
        left_out=_left_out(train),
    )


def _mask_words() -> dict[str, str]:
    return {
        "mask": ", mask: Tensor",
        "about_mask": _ABOUT_MASK,
        "given_mask": ', torch.from_numpy(arrays["training_mask"])',
        "named_mask": " (and training_mask)",
    }


def _steps(train: Train | None, target: Target | None, *, classes: bool, whole: bool) -> str:
    """Write what an epoch does: batches of rows, or one step with all of them."""
    indent = "\n" + " " * (8 if whole else 12)
    return Template(_WHOLE if whole else _IN_BATCHES).substitute(
        batch=train.settings.batch_size if train else 128,
        loss=_loss(train, target, classes=classes, whole=whole),
        clip=_clip(train, indent),
    )


def _target_words(network: Exportable, *, classes: bool) -> str:
    if classes:
        return "a class number"
    columns = network.trained.fitted.targets if network.trained else ()
    scaled = columns and is_scaled(columns[0])
    return "a row of numbers, scaled as TARGET_COLUMNS says," if scaled else "a row of numbers"


def _left_out(train: Train | None) -> str:
    """Say which part of the spec the loop does not follow."""
    if train is None:
        return "The usual loss and optimizer: those of the spec, and its schedule, are left out."
    left_out: list[str] = []
    if train.schedule and train.schedule.kind.name != "constant":
        left_out.append(f"the schedule of the learning rate ({train.schedule.kind.name})")
    if train.early_stopping:
        left_out.append("early stopping")
    if train.steps:
        left_out.append("the losses, for which a usual one stands here")
    if not left_out:
        return "As the spec says; the learning rate stays the same."
    return f"Of the spec is left out: {'; '.join(left_out)}."


def _clip(train: Train | None, indent: str) -> str:
    norm = train.settings.clip_gradient_norm if train else None
    if norm is None:
        return ""
    return f"{indent}nn.utils.clip_grad_norm_(network.parameters(), {norm})"


def _optimizer(train: Train | None) -> str:
    choice = train.optimizer if train else None
    name = choice.kind.name.replace("_", "") if choice else "adamw"
    found = next((each for each in dir(torch.optim) if each.lower() == name), None)
    if choice is None or found is None:
        return "torch.optim.AdamW(network.parameters(), lr=0.001)"
    known = inspect.signature(getattr(torch.optim, found)).parameters
    settings = {
        setting: tuple(value) if isinstance(value, list) else value
        for setting, value in settings_of(choice.made).items()
        if setting in known and value is not None
    }
    given = "".join(
        f", {setting}={value!r}"
        for setting, value in settings.items()
        if value != known[setting].default or setting == "lr"
    )
    return f"torch.optim.{found}(network.parameters(){given})"


def _loss(train: Train | None, target: Target | None, *, classes: bool, whole: bool) -> str:
    usual = "functional.cross_entropy" if classes else "functional.mse_loss"
    choice = _loss_choice(train, target)
    called = _called(choice.made.build(target, "cpu")) if choice else None
    name, rest = called or (usual, "")
    pair = "outputs[mask], targets[mask]" if whole else "outputs, targets[rows]"
    return f"{name}({pair}{rest})"


def _loss_choice(train: Train | None, target: Target | None) -> Choice | None:
    if train is None or target is None:
        return None
    return train.target_losses.get(target.name)


def _called(loss: Callable[..., Any]) -> tuple[str, str] | None:
    """Return name and further arguments of a loss that is PyTorch's own function, else None."""
    keywords: dict[str, Any] = {}
    if isinstance(loss, partial):
        keywords, loss = dict(loss.keywords), loss.func
    name = getattr(loss, "__name__", "")
    if getattr(functional, name, None) is not loss:
        return None
    defaults = inspect.signature(loss).parameters
    given = {n: value for n, value in keywords.items() if _differs(value, defaults[n].default)}
    return f"functional.{name}", "".join(f", {n}={_number(value)}" for n, value in given.items())


def _differs(value: Any, default: Any) -> bool:
    return isinstance(value, torch.Tensor) or value != default


def _number(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return f"torch.tensor({[round(float(each), 6) for each in value]})"
    return repr(value)

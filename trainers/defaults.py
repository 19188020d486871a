"""What a spec leaves open about training, chosen by what is to be predicted.

Classes get cross-entropy and are judged by accuracy, F1 and AUROC; numbers get the squared error
and are judged by RMSE, MAE and R2. AdamW at its usual rate, kept constant, does for both. Early
stopping stays off unless asked for: the epochs written are the epochs done, and the best epoch's
weights are what is kept. `netwright show`, the window and the worker all ask here, so they agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

from nnspec.catalog import Catalog, Family
from nnspec.mends import set_at
from nnspec.problems import Fix, Problems, Span, suggestion
from nnspec.reading import address
from nnspec.shapes import Interface
from nnspec.spec import Choice, Step, Train
from nnspec.syntax import Mapping as MappingNode
from nnspec.syntax import Scalar, read
from trainers.targets import Metric, Task

LOSS: Mapping[Task, str] = MappingProxyType(
    {
        "classification": "cross_entropy",
        "regression": "mse",
    }
)
METRICS: Mapping[Task, tuple[str, ...]] = MappingProxyType(
    {
        "classification": ("accuracy", "f1", "auroc"),
        "regression": ("rmse", "mae", "r2"),
    }
)
OF_ARRAYS: Mapping[int, tuple[str, ...]] = MappingProxyType({2: ("accuracy",), 3: ("dice", "iou")})
"""Metrics of classes for each position of a sequence (2) and each pixel of a picture (3)."""

OPTIMIZER = "adamw"
SCHEDULE = "constant"


class About(Protocol):
    """What is known of the data: a profile, or anything else that knows the tasks."""

    @property
    def tasks(self) -> Mapping[str, Task]:
        """Whether classes or numbers are predicted, by target."""
        ...

    @property
    def interface(self) -> Interface:
        """What the network is offered and has to answer."""
        ...


def resolve_train(train: Train, about: About, catalog: Catalog) -> Train:
    """Return `train` with every kind chosen that the spec leaves open."""
    names = dict.fromkeys(name for target in about.tasks for name in _usual(target, about))
    metrics = tuple(_choices(tuple(names), catalog))
    losses = {
        target: train.target_losses.get(target)
        or train.loss
        or _choice(catalog, "loss", LOSS[task])
        for target, task in about.tasks.items()
    }
    known = {target: loss for target, loss in losses.items() if loss is not None}
    return replace(
        train,
        optimizer=train.optimizer or _choice(catalog, "optimizer", OPTIMIZER),
        schedule=train.schedule or _choice(catalog, "schedule", SCHEDULE),
        loss=train.loss or next(iter(known.values()), None),
        target_losses={**train.target_losses, **known},
        metrics=metrics if train.metrics is None else train.metrics,
    )


def _usual(target: str, about: About) -> tuple[str, ...]:
    """The metrics that a target is judged by where the spec names none."""
    axes = len(about.interface.targets[target])
    arrayed = OF_ARRAYS.get(axes) if about.tasks[target] == "classification" else None
    return arrayed or METRICS[about.tasks[target]]


def judge_train(train: Train, about: About, problems: Problems, *, validated: bool = True) -> None:
    """Report what does not suit the task in a resolved `train:` section.

    Args:
        train: as `resolve_train` returns it.
        about: what is known of the data.
        problems: collects what is found.
        validated: whether there are rows to judge epochs by.
    """
    told: list[Choice] = []
    for target, loss in train.target_losses.items():
        if target not in about.tasks:
            problems.add(
                "loss.target",
                loss.span,
                f"'{target}' is no target of the data",
                path=address(loss.path),
                hint=suggestion(target, tuple(about.tasks), kinds="targets"),
            )
        elif about.tasks[target] not in loss.made.tasks and loss not in told:
            told.append(loss)
            _unsuitable(loss, about.tasks[target], LOSS[about.tasks[target]], problems)
    for metric in train.metrics or ():
        tasks = tuple(about.tasks.values())
        if tasks and not any(task in metric.made.tasks for task in tasks):
            _unsuitable(metric, tasks[0], METRICS[tasks[0]][0], problems)
    _judge_monitor(train, about, problems, validated=validated)


def _unsuitable(choice: Choice, task: Task, better: str, problems: Problems) -> None:
    tasks = choice.made.tasks
    words = f"is for {tasks[0]}" if tasks else "needs formulas of its own, under losses:"
    problems.add(
        f"{choice.kind.family}.unsuitable",
        choice.span,
        f"'{choice.kind.name}' {words}; this is {task}",
        path=address(choice.path),
        hint=suggestion(better, [LOSS[task], *METRICS[task]], kinds="suitable ones"),
        fix=_instead(choice, better, problems),
    )


def _instead(choice: Choice, better: str, problems: Problems) -> Fix | None:
    """Write a kind that suits in the place of one that does not, settings included."""
    path = choice.path[:-1] if choice.path and choice.path[-1] == choice.kind.name else choice.path
    return set_at(problems, path, better, f"Change it to '{better}'") if choice.span.end else None


def _judge_monitor(train: Train, about: About, problems: Problems, *, validated: bool) -> None:
    stopping = train.early_stopping
    if stopping is None:
        return
    known = ("train_loss", *monitors(train, about)) if validated else ("train_loss",)
    if stopping.monitor in known:
        return
    words = f"early_stopping watches '{stopping.monitor}', which is not measured here"
    hint = suggestion(stopping.monitor, known, kinds="measured")
    if not validated:
        hint = "give the split a validation share, or remove early_stopping"
    path = ("train", "early_stopping", "monitor")
    span = _span(problems.text, path)
    problems.add("train.monitor", span, words, path=address(path), hint=hint)


def _span(text: str, path: tuple[str, ...]) -> Span | None:
    """Where the last step of `path` that the text has stands."""
    node, found = read(text, Problems(text)), None
    for step in path:
        entry = node.entry(step) if isinstance(node, MappingNode) else None
        if entry is None:
            break
        node, found = entry.value, entry.key_span
    return node.span if isinstance(node, Scalar) else found


def monitors(train: Train, about: About) -> tuple[str, ...]:
    """Every number of the validation rows that an epoch is judged by."""
    several = len(about.tasks) > 1
    measured = (
        metric_name(choice.kind.name, target, several=several)
        for target, task in about.tasks.items()
        for choice in train.metrics or ()
        if task in choice.made.tasks
    )
    steps = (f"{name}_loss" for name in step_names(train.steps) if name)
    return ("val_loss", *(f"val_{name}" for name in (*steps, *measured)))


def step_names(steps: Sequence[Step]) -> tuple[str, ...]:
    """What the losses of steps are called: by the models they update; "" for a single step."""
    if len(steps) == 1:
        return ("",)
    names: list[str] = []
    for step in steps:
        name = "_".join(reference.name for reference in step.update) or "model"
        same = sum(other == name or other.startswith(f"{name}_") for other in names)
        names.append(f"{name}_{same + 1}" if same else name)
    return tuple(names)


def metric_name(metric: str, target: str, *, several: bool) -> str:
    """What a metric of a target is called: by its own name, unless there are several targets."""
    return f"{target}_{metric}" if several else metric


def better(train: Train, monitor: str) -> str:
    """Whether `monitor` is good when it is large ("max") or small ("min")."""
    for choice in train.metrics or ():
        made: Metric = choice.made
        if monitor == f"val_{choice.kind.name}" or monitor.endswith(f"_{choice.kind.name}"):
            return made.better
    return "min"


def _choices(names: tuple[str, ...], catalog: Catalog) -> Iterator[Choice]:
    for name in names:
        choice = _choice(catalog, "metric", name)
        if choice is not None:
            yield choice


def _choice(catalog: Catalog, family: Family, name: str) -> Choice | None:
    kind = catalog.get(family, name)
    section = "metrics" if family == "metric" else family
    return kind and Choice(kind, kind.make(), ("train", section), Span(0, 0))

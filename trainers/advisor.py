"""Suggests a network and its training for given data, and says why.

The sizes were tried on the data sets the project is tested with: small enough to train in about a
minute on two cores, large enough to come near what is published for networks of their kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nnspec.emit import emit_key
from nnspec.shapes import Shape
from trainers.profile import Profile, TargetProfile
from trainers.template_advice import suggestion
from trainers.text_advice import suggest, texts_of


@dataclass(frozen=True, slots=True)
class Advice:
    """A suggestion.

    Attributes:
        model: the items of `model:` as plain data, each with a comment or "".
        blocks: the lines of a `blocks:` section, or ().
        train: the `train:` section as plain data.
        why: one sentence for the network, one for the training.
    """

    model: tuple[tuple[str, str], ...]
    train: dict[str, Any]
    why: tuple[str, str]
    blocks: tuple[str, ...] = field(default=())

    @property
    def network_lines(self) -> list[str]:
        """The lines of `blocks:` and `model:`, comments aligned."""
        return [*self.blocks, *model_lines(self)]

    @property
    def training_lines(self) -> list[str]:
        """The lines of `train:`."""
        return ["train:", *(f"  {name}: {value}" for name, value in self.train.items())]


@dataclass(frozen=True, slots=True)
class Ready:
    """A suggestion whose text is there already, from the gallery."""

    network_lines: list[str]
    training_lines: list[str]
    why: tuple[str, str]


def advise(profile: Profile) -> Advice | Ready:
    """Suggest a network and settings for the data of `profile`."""
    found = suggestion(profile)
    if found is not None:
        return Ready(found.network.split("\n"), found.training.split("\n"), found.why)
    for shape in profile.interface.inputs.values():
        if len(shape) == 3:
            return _pictures(profile, shape)
    if texts_of(profile):
        items, train, why = suggest(profile, _heads(profile))
        return Advice(tuple(items), train, why)
    return _table(profile)


def default_model_text(profile: Profile) -> str:
    """Return the YAML of `blocks:` and `model:` that a spec without a network gets."""
    return "".join(f"{line}\n" for line in advise(profile).network_lines)


def model_lines(advice: Advice) -> list[str]:
    """Return the lines of the `model:` section, comments aligned."""
    width = max(len(item) for item, _ in advice.model if "\n" not in item)
    return [
        "model:",
        *(
            f"  - {item:<{width}}  # {comment}" if comment and "\n" not in item else f"  - {item}"
            for item, comment in advice.model
        ),
    ]


def why(profile: Profile) -> str:
    """Say in two sentences why this network and these settings are suggested."""
    return " ".join(advise(profile).why)


def _table(profile: Profile) -> Advice:
    rows = profile.rows["train"]
    width, layers, dropout = _sizes(rows)
    model: list[tuple[str, str]] = []
    for number in range(layers):
        units = width if number == 0 else max(8, width // 2)
        model.append((f"linear: {units}", "mixes all columns" if number == 0 else ""))
        if rows >= 500:
            model.append(("batch_norm", "keeps the numbers in a good range" if number == 0 else ""))
        model.append(("relu", ""))
        if dropout:
            model.append(
                (f"dropout: {dropout}", "against learning rows by heart" if number == 0 else "")
            )
    model += _heads(profile)
    columns = sum(column.type != "ignore" for column in profile.columns) - len(profile.targets)
    units = (
        f"one layer of {width} units"
        if layers == 1
        else (f"{layers} layers of {width} and fewer units")
    )
    reason = (
        f"A table of {columns} columns and {rows:,} training rows suits {units}: more would "
        "learn the rows by heart."
    )
    return Advice(tuple(model), *_table_training(profile, rows, reason))


def _sizes(rows: int) -> tuple[int, int, float]:
    """Width of the first layer, number of layers and dropout for a number of rows."""
    for most, sizes in (
        (500, (32, 1, 0.1)),
        (3000, (64, 2, 0.2)),
        (10_000, (128, 2, 0.2)),
        (100_000, (128, 2, 0.2)),
    ):
        if rows < most:
            return sizes
    return 256, 3, 0.1


def _table_training(
    profile: Profile, rows: int, reason: str
) -> tuple[dict[str, Any], tuple[str, str]]:
    batch = 16 if rows < 500 else 32 if rows < 3000 else 128 if rows < 20_000 else 256
    regression = profile.task == "regression"
    steps = 6_000 if regression else 1_200
    epochs = max(12, min(100, round(steps * batch / max(1, rows))))
    rate = 0.003 if regression else 0.001
    train = {
        "epochs": epochs,
        "batch_size": batch,
        "seed": 0,
        "optimizer": f"{{adamw: {{lr: {rate}}}}}",
        "schedule": "cosine",
    }
    if not profile.rows["validation"]:
        return train, (reason, "The learning rate falls along a cosine to settle down.")
    return train, (
        reason,
        f"The learning rate falls along a cosine over {epochs} epochs; the weights "
        "of the epoch that validates best are kept.",
    )


def _pictures(profile: Profile, shape: Shape) -> Advice:
    rows = profile.rows["train"]
    items, channels, size = _stages(min(int(size) for size in shape.sizes[1:]))
    items.append((f"residual: {{channels: {channels}}}", "defined above"))
    items.append(
        ("flatten", "one number per filter and place")
        if size <= 8
        else ("global_avg_pool", "one number per filter")
    )
    items.append(("dropout: 0.3", "against learning pictures by heart"))
    items += _heads(profile)
    epochs = max(6, min(40, round(100_000 / max(1, rows))))
    train = {
        "epochs": epochs,
        "batch_size": 32 if rows < 3000 else 128,
        "seed": 0,
        "optimizer": "{adamw: {lr: 0.003}}",
        "schedule": "cosine",
    }
    reasons = (
        f"Pictures of {shape} suit a small convolutional network with a residual block: it uses "
        "its filters at every place and trains in minutes without a GPU.",
        f"The learning rate falls along a cosine over {epochs} epochs; the weights of the epoch "
        "that validates best are kept.",
    )
    return Advice(tuple(items), train, reasons, _RESIDUAL)


def _stages(size: int) -> tuple[list[tuple[str, str]], int, int]:
    """Convolutions, halving the picture until it is small; then its channels and its size."""
    channels = 16 if size >= 64 else 32
    items: list[tuple[str, str]] = []
    for stage in range(_MOST_STAGES):
        items.append(
            (
                f"conv2d: {{out_channels: {channels}, kernel_size: 3}}",
                "looks for edges and spots" if not stage else "puts them together",
            )
        )
        items += [("batch_norm", ""), ("relu", "")]
        if size > 8:
            items.append(("max_pool2d: 2", "halves height and width" if not stage else ""))
            size //= 2
        if size <= 8:
            break
        channels = min(128, channels * 2)
    return items, channels, size


def _heads(profile: Profile) -> list[tuple[str, str]]:
    """The last layer: one that answers for the target, or one beside the other for each."""
    if len(profile.targets) == 1:
        return [("linear: auto", _answers(profile.targets[0]))]
    items = [("identity: {}\n    name: seen", "")]
    for target in profile.targets:
        name = emit_key(target.name)
        items.append((f"linear: auto\n    from: seen\n    name: {name}", _answers(target)))
    return items


def _answers(target: TargetProfile) -> str:
    if target.task == "regression":
        return f"one number: {target.name}"
    return f"one output per class of {target.name} ({len(target.labels)})"


_MOST_STAGES = 6

_RESIDUAL = (
    "blocks:",
    "  residual:               # two ways that are added: what is learned, and the input",
    "    params: {channels: null}",
    "    layers:",
    "      - conv2d: {out_channels: $channels, kernel_size: 3}",
    "      - batch_norm",
    "      - relu",
    "      - conv2d: {out_channels: $channels, kernel_size: 3}",
    "      - batch_norm:",
    "        name: body",
    "      - add: [body, input]",
    "      - relu",
)

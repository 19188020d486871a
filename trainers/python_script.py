"""The whole file of a network written as PyTorch source: facts, classes, weights, training."""

from __future__ import annotations

import inspect
import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from string import Template
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from nnspec.params import settings_of
from nnspec.python_source import NetworkSource
from trainers.targets import Target

if TYPE_CHECKING:
    from nnspec.spec import Choice, Train
    from trainers.exporting import Exportable
    from trainers.trained import Trained

_LONGEST_NOTE = 300

READING = '''
def read_weights(path: Path = WEIGHTS) -> dict[str, Tensor]:
    """Read a safetensors file: the length of a JSON header, the header, the raw numbers."""
    data = bytearray(path.read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        kind = DTYPES[entry["dtype"]]
        count = (last - first) // kind.itemsize
        numbers = torch.empty(0, dtype=kind)
        if count:
            numbers = torch.frombuffer(data, dtype=kind, count=count, offset=start + first)
        tensors[name] = numbers.reshape(entry["shape"]).clone()
    return tensors

'''

_LOADING = '''def load(path: Path = WEIGHTS) -> NETWORK:
    """Return the network with the weights of the file, ready to use."""
    network = NETWORK()
    network.load_state_dict(read_weights(path))
    return network.eval()
'''

_DTYPES = {
    "F64": "torch.float64",
    "F32": "torch.float32",
    "F16": "torch.float16",
    "BF16": "torch.bfloat16",
    "I64": "torch.int64",
    "I32": "torch.int32",
    "I16": "torch.int16",
    "I8": "torch.int8",
    "U8": "torch.uint8",
    "BOOL": "torch.bool",
}

_TRAINING = '''
def train(network: $network, inputs: list[Tensor], targets: Tensor) -> None:
    """Train the network in a plain loop.

    Args:
        network: what to train, changed in place.
        inputs: rows for each argument of `forward`.
        targets: $targets for each row.
    """
    optimizer = $optimizer
    for epoch in range($epochs):
        network.train()
        total = 0.0
        for rows in torch.randperm(len(targets)).split($batch):
            outputs = network(*(values[rows] for values in inputs))
            loss = $loss
            optimizer.zero_grad()
            loss.backward()$clip
            optimizer.step()
            total += loss.item() * len(rows)
        print(f"epoch {epoch + 1}: loss {total / len(targets):.4f}")


if __name__ == "__main__":
    # python this_file.py arrays.npz: trains on the arrays INPUTS and TARGET of the file.
    import numpy

    arrays = numpy.load(sys.argv[1])
    model = $network()  # or load(), to go on from the weights beside this file
    values = [torch.from_numpy(arrays[name]) for name in INPUTS]
    train(model, values, torch.from_numpy(arrays[TARGET]))
    torch.save(model.state_dict(), "trained.pt")
'''


def script(network: Exportable, source: NetworkSource, *, training: bool) -> str:
    """Return the text of the file.

    Args:
        network: what is written.
        source: its classes.
        training: whether a loop that trains it is written too; there is one for a single target.
    """
    written = training and len(source.outputs) == 1
    body = [
        *facts(network, _names(source)),
        *source.definitions,
        READING.strip(),
        _LOADING.strip().replace("NETWORK", source.name),
    ]
    if written:
        body.append(_training(network, source))
    needed = {"from torch.nn import functional"} if "functional." in body[-1] else set[str]()
    modules = {"from torch import nn", *source.imports, *needed}
    modules |= {"import sys"} if written else set[str]()
    use = f"network = load(); answers = network({', '.join(source.inputs.values())})"
    return whole_file(summary(network, use), modules, body)


def whole_file(words: str, modules: set[str], body: Iterable[str]) -> str:
    """Put a file together: docstring, imports, then pieces with two blank lines between them."""
    usual = {
        "import json",
        "from pathlib import Path",
        "import torch",
        "from torch import Tensor",
    }
    lines = ['"""' + words, '"""', "", "from __future__ import annotations", ""]
    lines += [*_imports(usual | modules), "", "\n\n\n".join(body), ""]
    return "\n".join(lines)


def summary(network: Exportable, use: str) -> str:
    """Return the words at the top of the file; `use` is how it is used."""
    kept = "its trained weights are" if network.trained else "its first weights are"
    words = (
        f"Written by Netwright; needs torch alone, and {kept} in the .safetensors file beside it. "
        f"Use it so: {use}"
    )
    return f"{_quiet(network.title)}.\n\n" + "\n".join(textwrap.wrap(words, 100))


def _quiet(text: str) -> str:
    return " ".join(text.replace("\\", " ").replace('"', "'").split()).rstrip(".")


def _imports(lines: Iterable[str]) -> Iterator[str]:
    """Sort import lines as usual: the standard library, a blank line, torch and others."""
    merged: dict[str, set[str]] = {}
    plain: set[str] = set()
    for line in lines:
        words = line.split()
        if words[0] == "from":
            merged.setdefault(words[1], set()).add(line.partition(" import ")[2])
        else:
            plain.add(line)
    whole = plain | {
        f"from {name} import {', '.join(sorted(each))}" for name, each in merged.items()
    }
    own = {line for line in whole if line.split()[1].partition(".")[0] in _STANDARD}
    for group in (own, whole - own):
        yield from sorted(group, key=lambda line: (line.startswith("from"), line))
        if group is own:
            yield ""


_STANDARD = sys.stdlib_module_names


def _names(source: NetworkSource) -> str:
    """The lines that say what goes into a single network and what comes out."""
    single = len(source.outputs) == 1
    answers = f"TARGET = {_written(source.outputs[0])}"
    answers = answers if single else f"TARGETS = {_written(source.outputs)}"
    return f"INPUTS = {_written(tuple(source.inputs))}\n{answers}"


def facts(network: Exportable, lines: str) -> Iterator[str]:
    """Yield what a caller has to know, `lines` on inputs and answers among it."""
    kinds = "".join(f'    "{name}": {dtype},\n' for name, dtype in _DTYPES.items())
    yield "\n".join(
        (
            'WEIGHTS = Path(__file__).with_suffix(".safetensors")',
            f"DTYPES = {{\n{kinds}}}",
            lines,
        )
    )
    if network.trained:
        yield "\n".join(_data_facts(network.trained))


def _data_facts(trained: Trained) -> Iterator[str]:
    """What a caller has to know of the data: columns, classes, and how pixels are scaled."""
    yield "# What the network was trained on, column by column, with what was learned of each:"
    for column in trained.fitted.columns:
        state = json.dumps(column.state, ensure_ascii=True)
        note = f"{_quiet(column.name)} ({column.kind}): {state}"
        note = note if len(note) <= _LONGEST_NOTE else note[:_LONGEST_NOTE] + " ..."
        yield from textwrap.wrap(note, 96, initial_indent="# - ", subsequent_indent="#   ")
    for target in trained.targets:
        if target.labels:
            yield f"# The classes of {_quiet(target.name)}, in the order of the outputs:"
            yield f"{_constant(target.name)}_CLASSES = {_written(target.labels)}"
    for name, scale in trained.fitted.pixel_scales.items():
        yield f"# Pixels of {_quiet(name)} go in as (byte - mean) / deviation, for each channel:"
        yield f"{_constant(name)}_MEAN = {scale.mean}"
        yield f"{_constant(name)}_DEVIATION = {scale.deviation}"


def _constant(name: str) -> str:
    letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in name).upper()
    return letters if letters[:1].isalpha() else f"COLUMN_{letters}"


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True) if isinstance(value, str) else names(value)


def names(values: tuple[str, ...]) -> str:
    """Write names as a tuple."""
    line = "(" + ", ".join(json.dumps(each) for each in values) + ("," * (len(values) == 1)) + ")"
    if len(line) <= 80:
        return line
    return "(\n" + "".join(f"    {json.dumps(each)},\n" for each in values) + ")"


def _training(network: Exportable, source: NetworkSource) -> str:
    train = network.trained.train if network.trained else None
    target = network.trained.targets[0] if network.trained else None
    answers = set((network.graph.outputs or network.graph.named).values())
    shape = next(node.shape for node in network.graph.nodes if node.id in answers)
    classes = bool(target.labels) if target else bool(shape and shape.sizes[0] != 1)
    return Template(_TRAINING.strip()).substitute(
        optimizer=_optimizer(train),
        epochs=train.settings.epochs if train else 10,
        batch=train.settings.batch_size if train else 128,
        loss=_loss(train, target, classes=classes),
        clip=_clip(train),
        network=source.name,
        targets="a class number" if classes else "a row of numbers",
    )


def _clip(train: Train | None) -> str:
    norm = train.settings.clip_gradient_norm if train else None
    if norm is None:
        return ""
    return f"\n            nn.utils.clip_grad_norm_(network.parameters(), {norm})"


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


def _loss(train: Train | None, target: Target | None, *, classes: bool) -> str:
    usual = "functional.cross_entropy" if classes else "functional.mse_loss"
    choice = _loss_choice(train, target)
    called = _called(choice.made.build(target, "cpu")) if choice else None
    name, rest = called or (usual, "")
    return f"{name}(outputs, targets[rows]{rest})"


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

"""The whole file of a network written as PyTorch source: facts, classes, weights, training."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from nnspec.python_source import NetworkSource
from trainers.python_facts import data_facts, names, one_line, restoring
from trainers.python_training import training_loop

if TYPE_CHECKING:
    from trainers.exporting import Exportable

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


def script(network: Exportable, source: NetworkSource, *, training: bool) -> str:
    """Return the text of the file.

    Args:
        network: what is written.
        source: its classes.
        training: whether a loop that trains it is written too; there is one for a single target.
    """
    written = training and len(source.outputs) == 1
    restore = restoring(network.trained, source)
    body = [
        *facts(network, _names(source)),
        *source.definitions,
        READING.strip(),
        _LOADING.strip().replace("NETWORK", source.name),
        *([restore] if restore else []),
    ]
    if written:
        body.append(training_loop(network, source))
    needed = {"from torch.nn import functional"} if "functional." in body[-1] else set[str]()
    modules = {"from torch import nn", *source.imports, *needed}
    modules |= {"import sys"} if written else set[str]()
    call = f"network({', '.join(source.inputs.values())})"
    use = f"network = load(); answers = {f'restore({call})' if restore else call}"
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
    return f"{one_line(network.title)}.\n\n" + "\n".join(textwrap.wrap(words, 100))


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
        yield "\n".join(data_facts(network.trained))


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True) if isinstance(value, str) else names(value)

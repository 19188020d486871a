"""The whole file of several networks written as PyTorch source: weights, what they learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnspec.python_source import ModelsSource
from trainers.python_facts import names
from trainers.python_script import READING, facts, summary, whole_file

if TYPE_CHECKING:
    from trainers.exporting import Exportable

_LOADING_MODELS = '''
def load(path: Path = WEIGHTS) -> dict[str, nn.Module]:
    """Return the networks by name with the weights of the file, ready to use."""
    weights = read_weights(path)
    networks = {}
    for name, made in MODELS.items():
        networks[name] = made()
        own = {key: value for key, value in weights.items() if key.startswith(f"{name}.")}
        networks[name].load_state_dict({key[len(name) + 1 :]: own[key] for key in own})
        networks[name].eval()
    return networks
'''


def models_script(network: Exportable, source: ModelsSource, objective: str) -> str:
    """Return the text of a file of several networks.

    Args:
        network: what is written.
        source: their classes.
        objective: the part of the spec that says what they learn; stands as a comment.
    """
    inputs = {name: tuple(model.inputs) for name, model in source.models.items()}
    made = "".join(f'    "{name}": {model.name},\n' for name, model in source.models.items())
    takes = "".join(f'    "{name}": {names(roles)},\n' for name, roles in inputs.items())
    comment = "\n".join(f"# {line}".rstrip() for line in objective.splitlines())
    name, model = next(iter(source.models.items()))
    body = [
        *facts(network, f"INPUTS = {{\n{takes}}}"),
        *source.definitions,
        f"MODELS = {{\n{made}}}",
        READING.strip(),
        _LOADING_MODELS.strip(),
        *([f"# What the networks learned, as the spec says it:\n#\n{comment}"] if comment else []),
    ]
    given = ", ".join(model.inputs.values())
    use = f'networks = load(); answers = networks["{name}"]({given})'
    modules = {"from torch import nn", *source.imports}
    return whole_file(summary(network, use), modules, body)

"""A readable PyTorch module, its weights beside it; both need torch alone."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from nnspec.catalog import kind
from nnspec.params import param
from trainers.durable import atomic_write

if TYPE_CHECKING:
    from nnspec.python_source import ModelsSource, NetworkSource
    from trainers.exporting import Exportable
    from trainers.texts import Array


@kind("Source code", also=("pytorch", "torch", "py", "script"))
@dataclass(frozen=True, slots=True)
class Python:
    """A PyTorch module that people can read, with its weights beside it.

    The file needs torch and nothing of Netwright: one attribute for each layer, named as in the
    spec, a class for each block, and a plain loop that trains the same network on arrays.
    """

    suffix: ClassVar[str] = ".py"
    several: ClassVar[bool] = True

    training: bool = param(True, help="Whether a loop that trains the network is written too.")

    def files(self, path: Path) -> tuple[Path, ...]:
        """The module, and its weights beside it."""
        return path, path.with_suffix(".safetensors")

    def write(self, network: Exportable, path: Path) -> tuple[Path, ...]:
        """Write the module to `path` and the weights, as safetensors, beside it."""
        import safetensors.torch

        from nnspec.python_source import ModelsSource, models_source, network_source
        from trainers.python_models import models_script
        from trainers.python_script import script

        source: NetworkSource | ModelsSource
        if network.graph.models:
            source = models_source(network.graph)
        else:
            source = network_source(network.graph, network.title)
        _, weights = self.files(path)
        renamed = _renamed(network.network, source)
        atomic_write(weights, safetensors.torch.save(renamed))
        if isinstance(source, ModelsSource):
            atomic_write(path, models_script(network, source, network.objective))
        else:
            atomic_write(path, script(network, source, training=self.training))
        return self.files(path)

    def answers(self, path: Path, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Import the file, load its weights and compute."""
        import torch

        spec = importlib.util.spec_from_file_location("exported_network", path.absolute())
        if spec is None or spec.loader is None:
            raise ImportError(str(path))
        module: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        network = module.load()
        if hasattr(module, "MODELS"):
            return _all_answers(network, module.INPUTS, inputs)
        with torch.no_grad():
            answer: Any = network(*(torch.as_tensor(inputs[name]) for name in module.INPUTS))
        single: bool = hasattr(module, "TARGET")
        named: dict[str, Any] = {module.TARGET: answer} if single else answer
        return {name: value.numpy() for name, value in named.items()}


def _renamed(live: Any, source: NetworkSource | ModelsSource) -> dict[str, Any]:
    """Return the weights by their names in the file; with several networks, theirs before each."""
    from nnspec.python_source import NetworkSource

    parts: dict[str, tuple[Any, NetworkSource]] = (
        {"": (live, source)}
        if isinstance(source, NetworkSource)
        else {f"{name}.": (live[name], one) for name, one in source.models.items()}
    )
    return {
        f"{prefix}{new}": value.clone()
        for prefix, (network, written) in parts.items()
        for name, value in network.state_dict().items()
        if (new := written.state_name(name))
    }


def _all_answers(
    networks: Mapping[str, Any],
    roles: Mapping[str, tuple[str, ...]],
    inputs: Mapping[str, Array],
) -> dict[str, Array]:
    """Compute with each of several networks, from inputs named `model/input`."""
    import torch

    answers: dict[str, Array] = {}
    with torch.no_grad():
        for name, network in networks.items():
            given = (torch.as_tensor(inputs[f"{name}/{role}"]) for role in roles[name])
            answers[name] = network(*given).numpy()
    return answers

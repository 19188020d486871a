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

    training: bool = param(True, help="Whether a loop that trains the network is written too.")

    def write(self, network: Exportable, path: Path) -> tuple[Path, ...]:
        """Write the module to `path` and the weights, as safetensors, beside it."""
        import safetensors.torch

        from nnspec.python_source import network_source
        from trainers.python_script import script

        source = network_source(network.graph, network.title)
        weights = path.with_suffix(".safetensors")
        state = network.network.state_dict()
        names = {name: source.state_name(name) for name in state}
        renamed = {new: state[name].clone() for name, new in names.items() if new}
        atomic_write(weights, safetensors.torch.save(renamed))
        atomic_write(path, script(network, source, training=self.training))
        return path, weights

    def answers(self, path: Path, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Import the file, load its weights and compute."""
        import torch

        spec = importlib.util.spec_from_file_location("exported_network", path.absolute())
        if spec is None or spec.loader is None:
            raise ImportError(str(path))
        module: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        network = module.load()
        with torch.no_grad():
            answer: Any = network(*(torch.as_tensor(inputs[name]) for name in module.INPUTS))
        single: bool = hasattr(module, "TARGET")
        named: dict[str, Any] = {module.TARGET: answer} if single else answer
        return {name: value.numpy() for name, value in named.items()}

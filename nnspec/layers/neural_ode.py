"""Features that flow along a learned field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import features, needs_vectors, volume
from nnspec.shapes import Fault, Requirement, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Dynamics", also=("ode", "node", "odeint"))
@dataclass(frozen=True, slots=True)
class NeuralOde:
    """Lets features flow along a learned field for a while (Chen et al. 2018).

    The field is a small network; the solver follows it from time 0 to the end.
    """

    hidden_size: int = param(64, help="How wide the network of the field is.", low=1)
    solver: Literal["euler", "midpoint", "rk4", "dopri5"] = param(
        "rk4",
        help="How it is followed: 1, 2 or 4 looks a step; dopri5 chooses its own steps.",
        also=("method",),
    )
    steps: int = param(
        4, help="How many equal steps are taken; not for dopri5.", low=1, high=10_000
    )
    end_time: float = param(1.0, help="How long they flow.", above=0)
    tolerance: float = param(
        1e-4, help="How large an error dopri5 allows.", above=0, advanced=True, also=("rtol",)
    )

    def requires(self) -> Requirement | None:
        """Return the library that the adaptive solver needs."""
        return Requirement("torchdiffeq", "ode", "solver") if self.solver == "dopri5" else None

    def shape(self, x: Shape) -> Shape | Fault:
        return needs_vectors(x) or x

    def parameters(self, x: Shape) -> int:
        width = features(x)
        return self.hidden_size * (2 * width + 1) + width

    def macs(self, x: Shape) -> int:
        looks = {"euler": 1, "midpoint": 2, "rk4": 4, "dopri5": 6}[self.solver]
        return looks * self.steps * 2 * volume(x.sizes) * self.hidden_size

    def kept(self, x: Shape) -> int:
        """What every look at the field computes."""
        looks = {"euler": 1, "midpoint": 2, "rk4": 4, "dopri5": 6}[self.solver]
        return looks * self.steps * (self.hidden_size + volume(x.sizes))

    def calls(self, x: Shape) -> int:
        """Kernels one after another."""
        return 6 * self.steps * {"euler": 1, "midpoint": 2, "rk4": 4, "dopri5": 6}[self.solver]

    def build(self, x: Shape) -> nn.Module:
        from nnspec.modules_dynamics import NeuralOde as Module

        return Module(
            features(x), self.hidden_size, self.solver, self.steps, self.end_time, self.tolerance
        )

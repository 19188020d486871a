"""RMSprop: gradients scaled by their recent size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param

if TYPE_CHECKING:
    from torch import Tensor


@kind("Optimizer")
@dataclass(frozen=True, slots=True)
class RMSprop:
    """Scales each step by the recent size of the gradient; known from recurrent networks."""

    lr: float = param(0.01, above=0, help="How large a step is.", also=("learning_rate",))
    alpha: float = param(
        0.99,
        low=0,
        below=1,
        help="How long the mean of squared gradients remembers.",
        advanced=True,
    )
    eps: float = param(1e-8, above=0, help="Keeps tiny gradients from large steps.", advanced=True)
    weight_decay: float = param(0.0, low=0, help="Pulls weights towards 0, against overfitting.")
    momentum: float = param(0.0, low=0, below=1, help="How much of the last step is kept.")

    @property
    def remembered(self) -> int:
        """Numbers kept for each parameter: the mean of squares and the momentum."""
        return 2 if self.momentum else 1

    def slots(self, parameters: list[Tensor]) -> dict[str, list[Tensor]]:
        """The mean of squares, the momentum and a step count for each parameter."""
        import torch

        return {
            "square_avg": [torch.zeros_like(p) for p in parameters],
            "momentum_buffer": [torch.zeros_like(p) for p in parameters] if self.momentum else [],
            "step": [torch.zeros((), dtype=torch.float32) for _ in parameters],
        }

    def update(
        self,
        parameters: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        lr: float,
    ) -> None:
        """Do one step in place."""
        from torch.optim.rmsprop import rmsprop

        rmsprop(
            parameters,
            gradients,
            slots["square_avg"],
            [],
            slots["momentum_buffer"],
            slots["step"],
            foreach=True,
            lr=lr,
            alpha=self.alpha,
            eps=self.eps,
            weight_decay=self.weight_decay,
            momentum=self.momentum,
            centered=False,
        )

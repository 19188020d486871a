"""Adam, adaptive moment estimation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param

if TYPE_CHECKING:
    from torch import Tensor


@kind("Optimizer")
@dataclass(frozen=True, slots=True)
class Adam:
    """Steps by a running mean of gradients scaled by their size; works well untuned."""

    lr: float = param(0.001, above=0, help="How large a step is.", also=("learning_rate",))
    betas: tuple[float, ...] = param(
        (0.9, 0.999),
        low=0,
        below=1,
        length=(2,),
        advanced=True,
        help="How long the means of gradients and of their squares remember.",
    )
    eps: float = param(1e-8, above=0, help="Keeps tiny gradients from large steps.", advanced=True)
    weight_decay: float = param(0.0, low=0, help="Pulls weights towards 0, against overfitting.")

    @property
    def remembered(self) -> int:
        """Numbers kept for each parameter: two means."""
        return 2

    def slots(self, parameters: list[Tensor]) -> dict[str, list[Tensor]]:
        """Two running means and a step count for each parameter."""
        import torch

        return {
            "exp_avg": [torch.zeros_like(p) for p in parameters],
            "exp_avg_sq": [torch.zeros_like(p) for p in parameters],
            "step": [torch.zeros((), dtype=torch.float32, device=p.device) for p in parameters],
        }

    def update(
        self,
        parameters: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        lr: float,
    ) -> None:
        """Do one step in place."""
        from torch.optim.adam import adam

        fused = parameters[0].device.type in ("cpu", "cuda", "mps")
        adam(
            parameters,
            gradients,
            slots["exp_avg"],
            slots["exp_avg_sq"],
            [],
            slots["step"],
            fused=fused,
            foreach=not fused,
            amsgrad=False,
            beta1=self.betas[0],
            beta2=self.betas[1],
            lr=lr,
            weight_decay=self.weight_decay,
            eps=self.eps,
            maximize=False,
        )

"""Samples of a normal distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnspec.catalog import kind
from nnspec.params import param
from nnspec.rules import Weightless, needs_floats
from nnspec.shapes import Fault, Shape

if TYPE_CHECKING:
    from torch import nn


@kind("Merge", takes=("mean", "log_variance"), also=("sampling", "gaussian_sample"))
@dataclass(frozen=True, slots=True)
class Reparameterize(Weightless):
    """Draws random numbers of a given mean and variance; the middle of a variational autoencoder.

    The second input is the logarithm of the variance. After training the mean itself leaves.
    """

    kl_weight: float = param(
        0.0,
        help="Adds this many times the divergence from a standard normal to the loss; 0 for none.",
        low=0,
        also=("beta",),
    )

    @property
    def penalizes(self) -> bool:
        """Whether it asks for something beyond the losses."""
        return self.kl_weight > 0

    def shape(self, mean: Shape, log_variance: Shape) -> Shape | Fault:
        fault = needs_floats(mean) or needs_floats(log_variance)
        if fault:
            return fault
        if mean != log_variance:
            return Fault(
                f"receives a mean of {mean} and a log_variance of {log_variance}",
                "both need the same shape",
            )
        return mean

    def build(self, mean: Shape, log_variance: Shape) -> nn.Module:
        from nnspec.modules_axes import Reparameterize as Module

        return Module(self.kl_weight)

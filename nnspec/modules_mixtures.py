"""PyTorch modules that mix or sample: experts, restricted Boltzmann machines, mixture densities.

What they ask of training beyond the loss is left in `penalty`, a scalar, while they train.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class MixtureOfExperts(nn.Module):
    """Small networks of which a gate chooses `top_k` for each vector (Shazeer et al. 2017).

    While it trains, `penalty` is the load-balancing loss of Fedus et al. (2021, Switch) times
    `balance_weight`: the number of experts times the sum of (share of choices x mean probability),
    which is 1 times the weight where all experts are used alike. All experts are computed and
    those not chosen count 0.
    """

    def __init__(
        self,
        features: int,
        out_features: int,
        experts: int,
        top_k: int,
        hidden_size: int,
        balance_weight: float = 0.01,
    ) -> None:
        super().__init__()
        self.features, self.out_features, self.experts = features, out_features, experts
        self.top_k, self.hidden_size, self.balance_weight = top_k, hidden_size, balance_weight
        self.gate = nn.Linear(features, experts, bias=False)
        near, far = features**-0.5, hidden_size**-0.5
        self.weight1 = nn.Parameter(
            torch.empty(experts, features, hidden_size).uniform_(-near, near)
        )
        self.bias1 = nn.Parameter(torch.zeros(experts, hidden_size))
        self.weight2 = nn.Parameter(
            torch.empty(experts, hidden_size, out_features).uniform_(-far, far)
        )
        self.bias2 = nn.Parameter(torch.zeros(experts, out_features))
        self.penalty: Tensor | None = None

    def forward(self, input: Tensor) -> Tensor:
        """Return `... x out_features`."""
        probabilities = self.gate(input).softmax(-1)
        best, chosen = probabilities.topk(self.top_k, -1)
        if self.top_k > 1:  # of one alone the probability itself counts, or the gate learns nothing
            best = best / best.sum(-1, keepdim=True)
        shares = torch.zeros_like(probabilities).scatter(-1, chosen, best)
        self.penalty = self.balance(probabilities, chosen) if self.training else None
        hidden = torch.einsum("...f,efh->...eh", input, self.weight1) + self.bias1
        results = torch.einsum("...eh,eho->...eo", functional.relu(hidden), self.weight2)
        return ((results + self.bias2) * shares[..., None]).sum(-2)

    def balance(self, probabilities: Tensor, chosen: Tensor) -> Tensor:
        """Return the load-balancing loss for gates `... x experts` and choices `... x top_k`."""
        picked = functional.one_hot(chosen, self.experts).to(probabilities.dtype)
        load = picked.flatten(0, -2).mean(0)
        mean = probabilities.flatten(0, -2).mean(0)
        return self.balance_weight * self.experts * (load * mean).sum()


class RestrictedBoltzmann(nn.Module):
    """A restricted Boltzmann machine (Smolensky 1986) trained by contrastive divergence.

    While it trains, `penalty` is `weight` times free energy of the data minus free energy of what
    `steps` rounds of Gibbs sampling make of it (Hinton 2002, CD-k). Visible numbers are taken as
    probabilities, 0 to 1.
    """

    def __init__(
        self, visible_size: int, hidden_size: int, steps: int = 1, weight: float = 1.0
    ) -> None:
        super().__init__()
        self.visible_size, self.hidden_size = visible_size, hidden_size
        self.steps, self.weight = steps, weight
        self.synapses = nn.Parameter(torch.randn(hidden_size, visible_size) * 0.01)
        self.bias = nn.Parameter(torch.zeros(visible_size + hidden_size))
        self.penalty: Tensor | None = None

    def forward(self, input: Tensor) -> Tensor:
        """Return the probabilities of the hidden units, `batch x hidden_size`."""
        self.penalty = self.divergence(input.detach()) if self.training else None
        return self.hidden(input)

    def hidden(self, visible: Tensor) -> Tensor:
        """Return the probabilities of the hidden units."""
        return torch.sigmoid(visible @ self.synapses.mT + self.bias[self.visible_size :])

    def visible(self, hidden: Tensor) -> Tensor:
        """Return the probabilities of the visible units."""
        return torch.sigmoid(hidden @ self.synapses + self.bias[: self.visible_size])

    def free_energy(self, visible: Tensor) -> Tensor:
        """Return minus the logarithm of each sample's probability but for a constant, `batch`."""
        pull = visible @ self.synapses.mT + self.bias[self.visible_size :]
        return -visible @ self.bias[: self.visible_size] - functional.softplus(pull).sum(-1)

    def divergence(self, data: Tensor) -> Tensor:
        """Return the contrastive divergence of a batch, a scalar."""
        dreamt = self.dream(data)
        return self.weight * (self.free_energy(data) - self.free_energy(dreamt)).mean()

    @torch.no_grad()
    def dream(self, visible: Tensor) -> Tensor:
        """Return samples after `steps` rounds of Gibbs sampling that begin at `visible`."""
        for _ in range(self.steps):
            visible = torch.bernoulli(self.visible(torch.bernoulli(self.hidden(visible))))
        return visible


class MixtureDensity(nn.Module):
    """Parameters of a mixture of Gaussians for one number (Bishop 1994).

    Side by side leave `components` logits of the weights, as many means, as many logarithms of
    deviations. Means begin spread over a standardised target.
    """

    def __init__(self, features: int, components: int) -> None:
        super().__init__()
        self.features, self.components = features, components
        self.linear = nn.Linear(features, 3 * components)
        with torch.no_grad():
            self.linear.bias.zero_()
            self.linear.bias[components : 2 * components].normal_()

    def forward(self, input: Tensor) -> Tensor:
        """Return `batch x 3 components`."""
        return self.linear(input)

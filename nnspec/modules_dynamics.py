"""PyTorch modules with dynamics: selective state spaces, continuous-time cells, neural ODEs.

Sequences are `batch x length x features`. Each class stands for itself and cites its paper.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


class StateSpace(nn.Module):
    """A selective state space block (Gu, Dao 2023, Mamba), its scan step by step.

    A position sees itself and those before it. Sizes: `expand * features` channels, each with
    `state_size` numbers of memory, a convolution over `kernel_size` positions before, and step
    sizes from `rank` numbers.
    """

    def __init__(
        self,
        features: int,
        state_size: int = 16,
        expand: int = 2,
        kernel_size: int = 4,
        rank: int = 1,
    ) -> None:
        super().__init__()
        self.features, self.state_size, self.expand = features, state_size, expand
        self.kernel_size, self.rank = kernel_size, rank
        inner = expand * features
        self.in_proj = nn.Linear(features, 2 * inner, bias=False)
        self.conv = nn.Conv1d(inner, inner, kernel_size, groups=inner)
        self.selection = nn.Linear(inner, rank + 2 * state_size, bias=False)
        self.step_size = nn.Linear(rank, inner)
        decay = torch.arange(1, state_size + 1, dtype=torch.float32).log()
        self.log_decay = nn.Parameter(decay.repeat(inner, 1))
        self.skip = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, features, bias=False)
        self._spread_step_sizes()

    def _spread_step_sizes(self) -> None:
        """Let steps begin between 0.001 and 0.1, evenly in the logarithm (as in the paper)."""
        with torch.no_grad():
            bound = self.rank**-0.5
            self.step_size.weight.uniform_(-bound, bound)
            low, high = math.log(0.001), math.log(0.1)
            steps = torch.empty_like(self.step_size.bias).uniform_(low, high).exp()
            self.step_size.bias.copy_(steps + (-torch.expm1(-steps)).log())  # softplus undone

    def forward(self, input: Tensor) -> Tensor:
        """Return a sequence of the same shape."""
        x, gate = self.in_proj(input).chunk(2, -1)
        x = functional.pad(x.transpose(1, 2), (self.kernel_size - 1, 0))
        x = functional.silu(self.conv(x).transpose(1, 2))
        sizes = (self.rank, self.state_size, self.state_size)
        step, write, read = self.selection(x).split(sizes, -1)
        step = functional.softplus(self.step_size(step))
        result = self.scan(x, step, write, read) + x * self.skip
        return self.out_proj(result * functional.silu(gate))

    def scan(self, x: Tensor, step: Tensor, write: Tensor, read: Tensor) -> Tensor:
        """Run `h = exp(step A) h + step write x`, `y = read h` along the length.

        `x`, `step` and the result are `batch x length x channels`, `write` and `read` `batch x
        length x state_size`.
        """
        decay = torch.exp(step[..., None] * -self.log_decay.exp())
        drive = (step * x)[..., None] * write[:, :, None]
        state = torch.zeros_like(drive[:, 0])
        states: list[Tensor] = []
        for kept, added in zip(decay.unbind(1), drive.unbind(1), strict=True):
            state = torch.addcmul(added, kept, state)
            states.append(state)
        return torch.einsum("blcs,bls->blc", torch.stack(states, 1), read)


class Cfc(nn.Module):
    """A closed-form continuous-time recurrent layer (Hasani et al. 2022, CfC).

    Between two learned states it slides by a gate that depends on time, here 1 from position to
    position.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        backbone_units: int = 128,
        backbone_layers: int = 1,
        *,
        last: bool = False,
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.backbone_units, self.backbone_layers, self.last = backbone_units, backbone_layers, last
        widths = [input_size + hidden_size, *[backbone_units] * backbone_layers]
        self.backbone = nn.ModuleList(nn.Linear(narrow, wide) for narrow, wide in pairwise(widths))
        self.start = nn.Linear(widths[-1], hidden_size)
        self.goal = nn.Linear(widths[-1], hidden_size)
        self.speed = nn.Linear(widths[-1], hidden_size)
        self.phase = nn.Linear(widths[-1], hidden_size)

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return `batch x length x hidden_size`, or the last real state `batch x hidden_size`."""
        state = input.new_zeros(input.shape[0], self.hidden_size)
        states: list[Tensor] = []
        for x in input.unbind(1):
            state = self.step(x, state)
            states.append(state)
        if not self.last:
            return torch.stack(states, 1)
        if lengths is None:
            return state
        places = lengths.clamp(1, len(states)) - 1
        every = torch.stack(states, 1)
        return every.gather(1, places[:, None, None].expand(-1, 1, every.shape[2])).squeeze(1)

    def step(self, x: Tensor, state: Tensor, time: float = 1.0) -> Tensor:
        """Return the state `time` later, `batch x hidden_size`."""
        mixed = torch.cat((x, state), -1)
        for layer in self.backbone:
            mixed = 1.7159 * torch.tanh(0.666 * layer(mixed))
        gate = torch.sigmoid(self.speed(mixed) * time + self.phase(mixed))
        return torch.tanh(self.start(mixed)) * (1 - gate) + gate * torch.tanh(self.goal(mixed))


class Ltc(nn.Module):
    """A liquid time-constant recurrent layer with the fused solver (Hasani et al. 2021, LTC).

    Neurons leak towards a resting value and excite or inhibit each other through synapses whose
    conductance is a sigmoid of the sender; each position is `unfolds` steps of the solver.
    """

    def __init__(
        self, input_size: int, hidden_size: int, unfolds: int = 6, *, last: bool = False
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.unfolds, self.last = unfolds, last
        self.input_weight = nn.Parameter(torch.ones(input_size))
        self.input_bias = nn.Parameter(torch.zeros(input_size))
        self.leak = nn.Parameter(torch.empty(hidden_size).uniform_(0.001, 1))
        self.rest = nn.Parameter(torch.empty(hidden_size).uniform_(-0.2, 0.2))
        self.capacity = nn.Parameter(torch.empty(hidden_size).uniform_(0.4, 0.6))
        # Senders are the inputs and then the neurons: conductance, slope, threshold and reversal.
        synapses = (input_size + hidden_size, hidden_size)
        self.conductance = nn.Parameter(torch.empty(synapses).uniform_(0.001, 1))
        self.slope = nn.Parameter(torch.empty(synapses).uniform_(3, 8))
        self.threshold = nn.Parameter(torch.empty(synapses).uniform_(0.3, 0.8))
        self.reversal = nn.Parameter(torch.randint(0, 2, synapses) * 2.0 - 1)

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return `batch x length x hidden_size`, or the last real state `batch x hidden_size`."""
        state = input.new_zeros(input.shape[0], self.hidden_size)
        states: list[Tensor] = []
        for x in (input * self.input_weight + self.input_bias).unbind(1):
            state = self.step(x, state)
            states.append(state)
        if not self.last:
            return torch.stack(states, 1)
        if lengths is None:
            return state
        places = lengths.clamp(1, len(states)) - 1
        every = torch.stack(states, 1)
        return every.gather(1, places[:, None, None].expand(-1, 1, every.shape[2])).squeeze(1)

    def step(self, x: Tensor, state: Tensor) -> Tensor:
        """Return the state one position later, `batch x hidden_size`."""
        outer = slice(0, self.input_size)
        inner = slice(self.input_size, None)
        sensed = self._open(x, outer)
        sensed_current = (sensed * self.reversal[outer]).sum(1)
        leak = functional.softplus(self.leak)
        capacity = functional.softplus(self.capacity) * self.unfolds
        for _ in range(self.unfolds):
            own = self._open(state, inner)
            current = (own * self.reversal[inner]).sum(1) + sensed_current
            above = capacity * state + leak * self.rest + current
            state = above / (capacity + leak + own.sum(1) + sensed.sum(1))
        return state

    def _open(self, sender: Tensor, rows: slice) -> Tensor:
        """How far the synapses of `sender` are open: `batch x senders x hidden_size`."""
        above = sender[..., None] - self.threshold[rows]
        return functional.softplus(self.conductance[rows]) * torch.sigmoid(self.slope[rows] * above)


class NeuralOde(nn.Module):
    """Features that flow along a learned field for a while (Chen et al. 2018, Neural ODE).

    `euler`, `midpoint` and `rk4` take `steps` equal steps; `dopri5` chooses its own so that the
    error stays below `tolerance` (needs torchdiffeq).
    """

    def __init__(
        self,
        features: int,
        hidden_size: int,
        solver: str = "rk4",
        steps: int = 4,
        end_time: float = 1.0,
        tolerance: float = 1e-4,
    ) -> None:
        super().__init__()
        self.features, self.hidden_size, self.solver = features, hidden_size, solver
        self.steps, self.end_time, self.tolerance = steps, end_time, tolerance
        self.field: nn.Module = nn.Sequential(
            nn.Linear(features, hidden_size), nn.Tanh(), nn.Linear(hidden_size, features)
        )

    def forward(self, input: Tensor) -> Tensor:
        """Return where the features are at the end, in the same shape."""
        if self.solver == "dopri5" and not input.is_meta:  # errors cannot be read on meta
            return self._adaptive(input)
        size = self.end_time / self.steps
        place = input
        for _ in range(self.steps):
            place = place + size * self._slope(place, size)
        return place

    def _slope(self, x: Tensor, size: float) -> Tensor:
        """The mean slope over one step."""
        first: Tensor = self.field(x)
        if self.solver == "euler":
            return first
        second: Tensor = self.field(x + size / 2 * first)
        if self.solver == "midpoint":
            return second
        third: Tensor = self.field(x + size / 2 * second)
        fourth: Tensor = self.field(x + size * third)
        return (first + 2 * second + 2 * third + fourth) / 6

    def _adaptive(self, input: Tensor) -> Tensor:
        from torchdiffeq import odeint  # pyright: ignore[reportMissingImports, reportMissingTypeStubs, reportUnknownVariableType]

        times = torch.tensor([0.0, self.end_time], device=input.device)
        path: tuple[Tensor, ...] = odeint(  # pyright: ignore[reportUnknownVariableType, reportAssignmentType]
            lambda _, x: self.field(x),  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
            input,
            times,
            method="dopri5",
            rtol=self.tolerance,
            atol=self.tolerance,
        )
        return path[-1]

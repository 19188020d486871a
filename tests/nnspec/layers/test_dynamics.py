"""State spaces, continuous time, experts and densities: against formulas, and ncps where it is."""

import math
import sys
import time

import pytest
import torch
from torch import nn

from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.layers.cfc import Cfc
from nnspec.layers.ltc import Ltc
from nnspec.layers.mixture_density import MixtureDensity
from nnspec.layers.mixture_of_experts import MixtureOfExperts
from nnspec.layers.neural_ode import NeuralOde
from nnspec.layers.restricted_boltzmann import RestrictedBoltzmann
from nnspec.layers.state_space import StateSpace
from nnspec.shapes import Fault, Interface, Shape

SEQUENCE = Shape((6, 4))
COUNT = Shape((), "int")


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(3)


def test_the_selective_scan_is_the_recurrence():
    module = StateSpace(state_size=3).build(SEQUENCE)
    x, step = torch.randn(2, 6, 8), torch.rand(2, 6, 8)
    write, read = torch.randn(2, 6, 3), torch.randn(2, 6, 3)
    rate = -module.log_decay.exp()
    found = module.scan(x, step, write, read)
    for row in range(2):
        for channel in range(8):
            state = torch.zeros(3)
            for place in range(6):
                size = step[row, place, channel]
                state = (size * rate[channel]).exp() * state
                state = state + size * write[row, place] * x[row, place, channel]
                expected = read[row, place] @ state
                assert torch.allclose(found[row, place, channel], expected, atol=1e-5)


def test_a_state_space_sees_all_that_was_and_nothing_that_comes():
    module = StateSpace().build(Shape((12, 4)))
    x = torch.randn(1, 12, 4, requires_grad=True)
    module(x)[0, 8].sum().backward()
    assert x.grad[0].abs().sum(-1).nonzero().flatten().tolist() == list(range(9))


def test_steps_of_a_state_space_begin_between_a_thousandth_and_a_tenth():
    module = StateSpace().build(Shape((12, 64)))
    steps = nn.functional.softplus(module.step_size.bias)
    assert 0.00099 < steps.min() < 0.01
    assert 0.01 < steps.max() < 0.101


def test_a_state_space_is_quick_enough():
    module = StateSpace().build(Shape((128, 32)))
    x = torch.randn(8, 128, 32)
    module(x).sum().backward()
    started = time.process_time()
    module(x).sum().backward()
    assert time.process_time() - started < 2


@pytest.mark.slow
def test_a_state_space_learns_to_remember():
    module = nn.Sequential(StateSpace(4).build(Shape((6, 4))), nn.Linear(4, 1))
    optimizer = torch.optim.Adam(module.parameters(), 0.05)

    def error(rows):
        x = torch.randn(rows, 6, 4)
        return (module(x)[:, -1] - x[:, :, :1].sum(1) / 6**0.5).square().mean()

    for _ in range(200):
        loss = error(64)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert error(1000) < 0.7  # five sixths for one that knows the last position alone


@pytest.mark.parametrize("kind", [Cfc, Ltc])
def test_the_last_state_is_the_last_real_one(kind):
    torch.manual_seed(0)
    whole = kind(5, output="sequence").build(SEQUENCE)
    last = kind(5).build(SEQUENCE)
    last.load_state_dict(whole.state_dict())
    x, lengths = torch.randn(3, 6, 4), torch.tensor([6, 2, 0])
    states = whole(x)
    expected = torch.stack((states[0, 5], states[1, 1], states[2, 0]))
    assert torch.equal(last(x, lengths), expected)
    assert torch.equal(last(x), states[:, -1])


def test_a_closed_form_cell_is_the_formula():
    module = Cfc(3, backbone_units=5).build(SEQUENCE)
    x, state = torch.randn(2, 4), torch.randn(2, 3)
    mixed = 1.7159 * (0.666 * module.backbone[0](torch.cat((x, state), -1))).tanh()
    early, late = module.start(mixed).tanh(), module.goal(mixed).tanh()
    for moment in (0.0, 1.0, 30.0):
        share = (module.speed(mixed) * moment + module.phase(mixed)).sigmoid()
        found = module.step(x, state, moment)
        assert torch.allclose(found, early + share * (late - early), atol=1e-6)


def test_a_liquid_cell_follows_its_differential_equation():
    """Many small fused steps are the flow `c v' = g (r - v) + sum w s(v) (e - v)`."""
    module = Ltc(3, unfolds=500).build(SEQUENCE)
    x, state = torch.randn(2, 4), torch.randn(2, 3)
    found = module.step(x, state)
    soft = nn.functional.softplus
    for _ in range(500):
        senders = torch.cat((x, state), -1)[..., None]
        opened = soft(module.conductance) * (module.slope * (senders - module.threshold)).sigmoid()
        pull = (opened * (module.reversal - state[:, None])).sum(1)
        flow = soft(module.leak) * (module.rest - state) + pull
        state = state + flow / soft(module.capacity) / 500
    assert torch.allclose(found, state, atol=1e-2)


def test_a_liquid_state_stays_within_its_potentials():
    module = Ltc(5, output="sequence").build(SEQUENCE)
    states = module(100 * torch.randn(16, 6, 4))
    assert states.abs().max() <= 1.0 + 1e-5


def test_cfc_equals_that_of_ncps():
    ncps = pytest.importorskip("ncps.torch")
    module = Cfc(5, backbone_units=7, output="sequence").build(SEQUENCE)
    other = ncps.CfC(4, 5, backbone_units=7, backbone_layers=1, backbone_dropout=0.0)
    cell = other.rnn_cell
    pairs = {
        cell.backbone[0]: module.backbone[0],
        cell.ff1: module.start,
        cell.ff2: module.goal,
        cell.time_a: module.speed,
        cell.time_b: module.phase,
    }
    for theirs, ours in pairs.items():
        theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 6, 4)
    assert torch.allclose(module(x), other(x)[0], atol=1e-6)


def test_ltc_equals_that_of_ncps():
    ncps = pytest.importorskip("ncps.torch")
    module = Ltc(5, output="sequence").build(SEQUENCE)
    other = ncps.LTC(4, 5, implicit_param_constraints=True, output_mapping=None)
    cell = other.rnn_cell
    names = {"w": "conductance", "sigma": "slope", "mu": "threshold", "erev": "reversal"}
    with torch.no_grad():
        for theirs, ours in names.items():
            value = getattr(module, ours)
            cell._params[f"sensory_{theirs}"].copy_(value[:4])
            cell._params[theirs].copy_(value[4:])
        for theirs, ours in {"gleak": "leak", "vleak": "rest", "cm": "capacity"}.items():
            cell._params[theirs].copy_(getattr(module, ours))
    x = torch.randn(2, 6, 4)
    assert torch.allclose(module(x), other(x)[0], atol=1e-5)


ROTATION = torch.tensor([[0.0, -1.0], [1.0, 0.0]])


class Turning(nn.Module):
    """The field whose flow turns the plane."""

    def forward(self, x):
        return x @ ROTATION.T


@pytest.mark.parametrize(
    ("solver", "error"),
    [
        ("euler", 0.05),
        ("midpoint", 1e-3),
        ("rk4", 1e-6),
        pytest.param("dopri5", 1e-5, marks=pytest.mark.slow),
    ],
)
def test_solvers_turn_the_plane_by_the_end_time(solver, error):
    if solver == "dopri5":
        pytest.importorskip("torchdiffeq")
    module = NeuralOde(4, solver, steps=20, end_time=1.2, tolerance=1e-6).build(Shape((2,)))
    module.field = Turning()
    x = torch.eye(2)
    turned = torch.tensor([[math.cos(1.2), math.sin(1.2)], [-math.sin(1.2), math.cos(1.2)]])
    found = (module(x) - turned).abs().max()
    assert found < error
    assert solver == "dopri5" or found > error / 100  # each solver has the error of its order


@pytest.mark.parametrize(("solver", "order"), [("euler", 1), ("midpoint", 2), ("rk4", 4)])
def test_half_the_step_has_an_error_smaller_by_the_order(solver, order):
    errors = []
    for steps in (4, 8):
        module = NeuralOde(4, solver, steps=steps, end_time=2.0).build(Shape((2,)))
        module.field = Turning()
        x = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
        module.field.forward = lambda x: x @ ROTATION.T.double()
        end = torch.tensor([[math.cos(2.0), math.sin(2.0)]], dtype=torch.float64)
        errors.append((module(x) - end).norm().item())
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.5)


@pytest.mark.parametrize("installed", [True, False])
@pytest.mark.parametrize("solver", ["rk4", "dopri5"])
def test_the_adaptive_solver_asks_for_an_extra_where_it_is_absent(solver, installed, monkeypatch):
    if not installed:
        monkeypatch.setitem(sys.modules, "torchdiffeq", None)
    elif solver == "dopri5":
        pytest.importorskip("torchdiffeq")
    text = (
        "netwright: 1\ndata: {source: data.csv, target: y}\n"
        f"model:\n  - neural_ode: {{solver: {solver}}}\n  - linear: auto\n"
    )
    interface = Interface({"features": Shape((8,))}, {"y": Shape((1,))}, "features")
    analysis = analyse(text, Catalog.discover(), interface)
    told = [problem for problem in analysis.problems if problem.code == "layer.extra"]
    assert bool(told) == (solver == "dopri5" and not installed)
    assert [node.shape for node in analysis.graph.nodes] == [Shape((8,)), Shape((1,))]
    for problem in told:
        assert problem.message == (
            "'neural_ode' with solver: dopri5 needs torchdiffeq, which is not installed"
        )
        assert "netwright[ode]" in problem.hint
        assert text[problem.span.start : problem.span.end] == "solver"


def test_experts_are_mixed_by_the_gates_choice():
    module = MixtureOfExperts(4, top_k=2, hidden_size=3, out_features=5).build(Shape((6,)))
    x = torch.randn(7, 6)
    shares = module.gate(x).softmax(-1)
    result = module(x)
    for row in range(7):
        best = shares[row].argsort(descending=True)[:2]
        weights = shares[row, best] / shares[row, best].sum()
        expected = torch.zeros(5)
        for weight, expert in zip(weights, best, strict=True):
            hidden = (x[row] @ module.weight1[expert] + module.bias1[expert]).relu()
            expected += weight * (hidden @ module.weight2[expert] + module.bias2[expert])
        assert torch.allclose(result[row], expected, atol=1e-6)


def test_the_penalty_of_experts_is_least_when_all_are_used_alike():
    module = MixtureOfExperts(4, top_k=1, balance_weight=1.0).build(Shape((6,)))
    even = module.balance(torch.eye(4), torch.arange(4)[:, None])
    assert even == pytest.approx(1.0)
    collapsed = torch.eye(4)[torch.zeros(4, dtype=torch.long)]
    assert module.balance(collapsed, torch.zeros(4, 1, dtype=torch.long)) == pytest.approx(4.0)
    assert module.penalty is None
    module(torch.randn(9, 6))
    assert module.penalty >= 1.0 - 1e-6
    assert module.penalty.requires_grad
    module.eval()(torch.randn(9, 6))
    assert module.penalty is None


def test_the_penalty_of_experts_brings_idle_ones_back():
    module = MixtureOfExperts(4, top_k=1, balance_weight=1.0).build(Shape((6,)))
    with torch.no_grad():
        module.gate.weight[0] += 2.0
    x = torch.rand(64, 6)
    assert len(module.gate(x).argmax(-1).unique()) == 1
    for _ in range(60):
        descend(module, x, 0.5)
    assert len(module.gate(x).argmax(-1).unique()) > 1
    assert module.penalty < 2.0


def descend(module, x, rate):
    """Take one step down the penalty (without torch.optim, whose import takes a second)."""
    module(x)
    parameters = list(module.parameters())
    slopes = torch.autograd.grad(module.penalty, parameters, allow_unused=True)
    with torch.no_grad():
        for parameter, slope in zip(parameters, slopes, strict=True):
            if slope is not None:
                parameter.sub_(rate * slope)


def test_more_experts_than_there_are_cannot_be_chosen():
    fault = MixtureOfExperts(3, top_k=4).shape(Shape((6,)))
    assert isinstance(fault, Fault)
    assert fault.fix == ("top_k", 3)


def exact_likelihood(module, x):
    """Mean log-probability by summing over all visible states."""
    count = module.visible_size
    states = (torch.arange(2**count)[:, None] >> torch.arange(count) & 1).float()
    normal = torch.logsumexp(-module.free_energy(states), 0)
    return (-module.free_energy(x) - normal).mean().item()


def test_contrastive_divergence_learns_the_data():
    module = RestrictedBoltzmann(6).build(Shape((4,)))
    x = torch.tensor([[1.0, 1, 0, 0], [0, 0, 1, 1]]).repeat(50, 1)
    other = torch.tensor([[1.0, 0, 1, 0], [0, 1, 0, 1]])
    before = exact_likelihood(module, x)
    for _ in range(200):
        descend(module, x, 0.5)
    assert exact_likelihood(module, x) > before + 1.0
    with torch.no_grad():
        assert module.free_energy(x).mean() < module.free_energy(other).mean() - 2


def test_free_energy_sums_the_hidden_units_out():
    module = RestrictedBoltzmann(3).build(Shape((4,)))
    with torch.no_grad():
        module.synapses.normal_()
        module.bias.normal_()
    x = torch.rand(5, 4).round()
    hidden = (torch.arange(8)[:, None] >> torch.arange(3) & 1).float()
    energy = (
        -(x @ module.bias[:4])[:, None]
        - hidden @ module.bias[4:]
        - x @ module.synapses.T @ hidden.T
    )
    assert torch.allclose(module.free_energy(x), -torch.logsumexp(-energy, 1), atol=1e-5)


def test_a_boltzmann_machine_leaves_its_input_alone_and_has_no_penalty_when_judged():
    module = RestrictedBoltzmann(3, weight=0.0).build(Shape((4,)))
    x = torch.rand(5, 4, requires_grad=True)
    result = module(x)
    assert ((result > 0) & (result < 1)).all()
    assert module.penalty == 0
    (grad,) = torch.autograd.grad(module.penalty, x, allow_unused=True)
    assert grad is None
    module.eval()(x)
    assert module.penalty is None


def test_a_density_has_three_numbers_for_each_gaussian_and_spread_means():
    layer = MixtureDensity(4)
    module = layer.build(Shape((6,)))
    assert layer.shape(Shape((6,))) == Shape((12,))
    start = module(torch.zeros(1, 6))[0]
    assert torch.equal(start[:4], torch.zeros(4))
    assert torch.equal(start[8:], torch.zeros(4))
    assert start[4:8].std() > 0.1

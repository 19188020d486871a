"""What our own modules for pictures, volumes and vectors compute, against formulas and PyTorch."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from nnspec.layers.depthwise_conv2d import DepthwiseConv2d
from nnspec.layers.fourier_features import FourierFeatures
from nnspec.layers.gaussian_noise import GaussianNoise
from nnspec.layers.geglu import Geglu
from nnspec.layers.kan_linear import KanLinear
from nnspec.layers.lp_pool2d import LpPool2d
from nnspec.layers.prelu import Prelu
from nnspec.layers.radial_basis import RadialBasis
from nnspec.layers.separable_conv2d import SeparableConv2d
from nnspec.layers.squeeze_excite import SqueezeExcite
from nnspec.layers.stochastic_depth import StochasticDepth
from nnspec.layers.swiglu import Swiglu
from nnspec.layers.threshold_unit import ThresholdUnit
from nnspec.shapes import Shape

PICTURE = Shape((4, 6, 5))
VECTOR = Shape((3,))


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_a_depthwise_filter_sees_one_channel():
    module = DepthwiseConv2d(3, depth_multiplier=2, bias=False).build(PICTURE)
    x = torch.zeros(1, 4, 6, 5)
    x[0, 2] = torch.randn(6, 5)
    seen = module(x)[0].abs().sum((1, 2)).nonzero().flatten().tolist()
    assert seen == [4, 5]


def test_a_separable_convolution_is_a_convolution_with_a_product_of_weights():
    module = SeparableConv2d(7, 3).build(PICTURE)
    weight = module.pointwise.weight * module.depthwise.weight.squeeze(1)
    x = torch.randn(2, 4, 6, 5)
    expected = functional.conv2d(x, weight, module.pointwise.bias, padding=1)
    assert torch.allclose(module(x), expected, atol=1e-5)


@pytest.mark.parametrize("ceil", [False, True])
def test_lp_pooling_is_torchs_for_positive_numbers(ceil):
    x = torch.rand(2, 4, 6, 5)
    module = LpPool2d(3.0, 2, ceil_mode=ceil).build(PICTURE)
    assert torch.allclose(module(x), nn.LPPool2d(3, 2, ceil_mode=ceil)(x), atol=1e-6)


def test_lp_pooling_of_a_high_power_is_nearly_the_largest_size():
    x = torch.randn(2, 4, 6, 5)
    largest = functional.max_pool2d(x.abs(), 2)
    ratio = LpPool2d(16.0, 2).build(PICTURE)(x) / largest
    assert (ratio >= 1 - 1e-5).all()
    assert (ratio <= 4 ** (1 / 16) + 1e-5).all()


def test_lp_pooling_of_zeros_has_a_gradient():
    x = torch.zeros(1, 4, 6, 5, requires_grad=True)
    LpPool2d().build(PICTURE)(x).sum().backward()
    assert torch.equal(x.grad, torch.zeros_like(x))


def test_squeeze_excite_weighs_whole_channels():
    x = torch.rand(2, 4, 6, 5) + 1
    weights = SqueezeExcite(2).build(PICTURE)(x) / x
    assert torch.allclose(weights, weights[:, :, :1, :1].expand_as(weights), atol=1e-6)
    assert ((weights > 0) & (weights < 1)).all()


def test_stochastic_depth_drops_whole_samples_and_keeps_the_mean():
    module = StochasticDepth(0.25).build(VECTOR)
    x = torch.ones(20_000, 3)
    result = module(x)
    assert torch.equal(result, result[:, :1].expand_as(result))
    assert result.unique().tolist() == pytest.approx([0, 4 / 3])
    assert result.mean().item() == pytest.approx(1, abs=0.02)
    assert torch.equal(module.eval()(x), x)


def test_noise_is_there_while_training_only():
    module = GaussianNoise(0.5).build(VECTOR)
    x = torch.ones(20_000, 3)
    assert module(x).std().item() == pytest.approx(0.5, abs=0.01)
    assert torch.equal(module.eval()(x), x)


def test_each_feature_of_a_sequence_has_its_own_slope():
    module = Prelu(per_channel=True).build(Shape((5, 3)))
    with torch.no_grad():
        module.weight.copy_(torch.tensor([0.0, 1.0, 2.0]))
    assert torch.equal(module(-torch.ones(1, 5, 3))[0, 4], torch.tensor([-0.0, -1.0, -2.0]))


@pytest.mark.parametrize(("layer", "bent"), [(Geglu, functional.gelu), (Swiglu, functional.silu)])
def test_gated_layers_are_products_of_two_linear_layers(layer, bent):
    module = layer(5).build(VECTOR)
    gate, value = module.project(torch.eye(3)).split(5, dim=-1)
    assert torch.allclose(module(torch.eye(3)), bent(gate) * value)


@pytest.mark.parametrize(("bipolar", "low"), [(False, 0.0), (True, -1.0)])
def test_a_threshold_unit_steps_and_lets_the_gradient_through(bipolar, low):
    x = torch.tensor([[-2.0, 0.5, 0.75]], requires_grad=True)
    result = ThresholdUnit(0.5, bipolar=bipolar).build(VECTOR)(x)
    assert result.tolist() == [[low, low, 1.0]]
    result.backward(torch.tensor([[1.0, 2.0, 3.0]]))
    assert x.grad.tolist() == [[1.0, 2.0, 3.0]]


def test_radial_basis_functions_fall_with_the_distance_from_their_centres():
    module = RadialBasis(6).build(VECTOR)
    assert torch.allclose(module(module.centers).diagonal(), torch.ones(6), atol=1e-5)
    x = torch.randn(9, 3)
    squares = torch.cdist(x, module.centers) ** 2
    assert torch.allclose(module(x), torch.exp(-squares / (2 * 3)), atol=1e-5)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
def test_splines_sum_to_one_on_the_grid_and_are_local(order):
    module = KanLinear(2, grid_size=6, spline_order=order, grid_limit=2.0).build(VECTOR)
    x = torch.linspace(-1.999, 1.999, 101)
    values = module.splines(x)
    assert values.shape == (101, 6 + order)
    assert torch.allclose(values.sum(-1), torch.ones(101), atol=1e-5)
    assert (values >= -1e-6).all()
    assert ((values > 1e-6).sum(-1) <= order + 1).all()


def test_a_kan_layer_can_be_a_wave():
    module = KanLinear(1, grid_size=24).build(Shape((1,)))
    x = torch.linspace(-0.999, 0.999, 200).unsqueeze(1)
    splines = module.splines(x).flatten(1)
    wanted = torch.sin(4 * math.pi * x)
    with torch.no_grad():
        module.base_weight.zero_()
        module.spline_weight.copy_(torch.linalg.lstsq(splines, wanted).solution.T)
    assert (module(x) - wanted).abs().max() < 0.02


def test_fourier_features_are_fixed_kept_and_seeded():
    module = FourierFeatures(8, 2.0).build(VECTOR)
    assert not list(module.parameters())
    assert set(module.state_dict()) == {"frequencies"}
    result = module(torch.randn(5, 3))
    assert torch.allclose(result[:, :8] ** 2 + result[:, 8:] ** 2, torch.ones(5, 8), atol=1e-5)
    torch.manual_seed(0)
    assert torch.equal(FourierFeatures(8, 2.0).build(VECTOR).frequencies, module.frequencies)

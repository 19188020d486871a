"""Recurrent layers, pooling and series: equal to torch where it has them, else to formulas."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nnspec.layers.causal_conv1d import CausalConv1d
from nnspec.layers.class_token import ClassToken
from nnspec.layers.global_avg_pool import GlobalAvgPool
from nnspec.layers.global_max_pool import GlobalMaxPool
from nnspec.layers.gru import Gru
from nnspec.layers.instance_scale import InstanceScale
from nnspec.layers.learned_positional_embedding import LearnedPositionalEmbedding
from nnspec.layers.linear_over_time import LinearOverTime
from nnspec.layers.lstm import Lstm
from nnspec.layers.patch_embedding import PatchEmbedding
from nnspec.layers.reverse import Reverse
from nnspec.layers.rnn import Rnn
from nnspec.layers.series_decomposition import SeriesDecomposition
from nnspec.layers.shift import Shift
from nnspec.layers.take_token import TakeToken
from nnspec.shapes import Fault, Shape

SEQUENCE = Shape((7, 6))
UNKNOWN = Shape(("length", 6))
COUNT = Shape((), "int")
LENGTHS = torch.tensor([7, 3, 1, 0])
REAL = LENGTHS.clamp(min=1)


@pytest.fixture
def x():
    torch.manual_seed(0)
    return torch.randn(4, 7, 6)


def touched(module, x, place):
    """Positions of the input that the result at `place` depends on."""
    x = x.clone().requires_grad_()
    module(x)[0, place].sum().backward()
    return x.grad[0].abs().sum(-1).nonzero().flatten().tolist()


@pytest.mark.parametrize("kind", [Lstm, Gru, Rnn])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("output", ["last", "sequence"])
def test_recurrent_layers_with_lengths_equal_packed_ones_of_torch(kind, bidirectional, output, x):
    layer = kind(5, num_layers=2, bidirectional=bidirectional, output=output)
    module = layer.build(SEQUENCE, COUNT)
    plain = getattr(nn, kind.__name__.upper())(
        6, 5, num_layers=2, batch_first=True, bidirectional=bidirectional
    )
    plain.load_state_dict(module.state_dict())
    packed, state = plain(pack_padded_sequence(x, REAL, batch_first=True, enforce_sorted=False))
    sequence, _ = pad_packed_sequence(packed, batch_first=True, total_length=7)
    hidden = state[0] if kind is Lstm else state
    last = torch.cat((hidden[-2], hidden[-1]), -1) if bidirectional else hidden[-1]
    assert torch.equal(module(x, LENGTHS), sequence if output == "sequence" else last)


@pytest.mark.parametrize("kind", [Lstm, Gru, Rnn])
def test_padding_has_no_say_in_a_recurrent_layer(kind, x):
    module = kind(5, bidirectional=True).build(SEQUENCE, COUNT)
    other = x.clone()
    other[1, 3:] = 9.0
    assert torch.equal(module(x, LENGTHS), module(other, LENGTHS))
    assert not torch.equal(module(x), module(other))
    assert torch.allclose(module(x, LENGTHS)[1], module(x[1:2, :3])[0], atol=1e-6)


@pytest.mark.parametrize("kind", [GlobalAvgPool, GlobalMaxPool, Lstm, TakeToken, Reverse])
def test_what_is_no_count_is_refused_as_lengths(kind):
    layer = kind(5) if kind is Lstm else kind()
    for wrong in (Shape(()), Shape((3,), "int"), SEQUENCE):
        fault = layer.shape(SEQUENCE, wrong)
        assert isinstance(fault, Fault)
        assert "one whole number per sample" in fault.message
    assert isinstance(layer.shape(UNKNOWN, COUNT), Shape)


def test_lengths_of_a_picture_are_refused():
    assert isinstance(GlobalAvgPool().shape(Shape((3, 4, 4)), COUNT), Fault)


def test_pooling_with_lengths_is_pooling_of_what_is_real(x):
    mean = GlobalAvgPool().build(SEQUENCE, COUNT)(x, LENGTHS)
    largest = GlobalMaxPool().build(SEQUENCE, COUNT)(x, LENGTHS)
    for row, real in enumerate(REAL.tolist()):
        assert torch.allclose(mean[row], x[row, :real].mean(0), atol=1e-6)
        assert torch.equal(largest[row], x[row, :real].amax(0))


def test_the_last_token_is_the_last_real_one(x):
    taken = TakeToken("last").build(SEQUENCE, COUNT)(x, LENGTHS)
    assert torch.equal(taken, torch.stack([x[row, real - 1] for row, real in enumerate(REAL)]))
    assert torch.equal(TakeToken("last").build(SEQUENCE)(x), x[:, -1])
    assert torch.equal(TakeToken("first").build(SEQUENCE)(x), x[:, 0])


def test_reversing_keeps_padding_at_the_end_and_undoes_itself(x):
    module = Reverse().build(SEQUENCE, COUNT)
    turned = module(x, LENGTHS)
    assert torch.equal(turned[1, :3], x[1, :3].flip(0))
    assert torch.equal(turned[1, 3:], x[1, 3:])
    assert torch.equal(module(turned, LENGTHS), x)
    assert torch.equal(module(x), x.flip(1))


@pytest.mark.parametrize("steps", [0, 1, 3, -2, 50, -50])
def test_shifting_fills_up_with_zeros(steps, x):
    moved = Shift(steps).build(SEQUENCE)(x)
    for place in range(7):
        source = place - steps
        expected = x[:, source] if 0 <= source < 7 else torch.zeros(4, 6)
        assert torch.equal(moved[:, place], expected)


@pytest.mark.parametrize("kernel", [1, 4, 5, 25])
def test_trend_and_season_make_up_the_series(kernel, x):
    trend = SeriesDecomposition("trend", kernel).build(SEQUENCE)(x)
    season = SeriesDecomposition("seasonal", kernel).build(SEQUENCE)(x)
    assert torch.allclose(trend + season, x, atol=1e-6)
    before = (kernel - 1) // 2
    for place in range(7):
        window = (torch.arange(kernel) + place - before).clamp(0, 6)
        assert torch.allclose(trend[:, place], x[:, window].mean(1), atol=1e-5)


@pytest.mark.parametrize("individual", [False, True])
def test_a_map_over_time_is_a_linear_layer_for_each_feature(individual, x):
    module = LinearOverTime(3, individual=individual).build(SEQUENCE)
    with torch.no_grad():
        module.offset.normal_()
    for feature in range(6):
        row = feature if individual else 0
        expected = nn.functional.linear(x[..., feature], module.weight[row], module.offset[row])
        assert torch.allclose(module(x)[..., feature], expected, atol=1e-6)
    assert LinearOverTime(3).shape(SEQUENCE) == Shape((3, 6))
    assert isinstance(LinearOverTime(3).shape(UNKNOWN), Fault)


@pytest.mark.parametrize("dilation", [1, 2])
def test_a_causal_convolution_sees_only_what_was(dilation, x):
    layer = CausalConv1d(3, 3, dilation=dilation)
    places = touched(layer.build(SEQUENCE), x, 5)
    assert places == [5 - 2 * dilation, 5 - dilation, 5]
    assert layer.shape(UNKNOWN) == Shape(("length", 3))


def test_each_sample_is_scaled_by_itself(x):
    scaled = InstanceScale().build(SEQUENCE)(100 * x + 7)
    assert torch.allclose(scaled.mean(1), torch.zeros(4, 6), atol=1e-4)
    assert torch.allclose(scaled.var(1, correction=0), torch.ones(4, 6), atol=1e-3)
    row = InstanceScale().build(Shape((7,)))(x[..., 0])
    assert torch.allclose(row, nn.functional.layer_norm(x[..., 0], (7,)), atol=1e-5)


def test_patches_are_cut_row_by_row():
    layer = PatchEmbedding(5, (2, 4))
    picture = Shape((3, 4, 8))
    module = layer.build(picture)
    x = torch.randn(2, 3, 4, 8)
    assert layer.shape(picture) == Shape((4, 5))
    patch = x[:, :, 0:2, 4:8].flatten(1)
    weight, bias = module.projection.weight.flatten(1), module.projection.bias
    assert torch.allclose(module(x)[:, 1], nn.functional.linear(patch, weight, bias), atol=1e-5)
    fault = PatchEmbedding(5, 3).shape(picture)
    assert isinstance(fault, Fault)
    assert fault.fix == ("patch_size", 2)


def test_a_class_token_comes_first_and_is_learned(x):
    layer = ClassToken()
    module = layer.build(SEQUENCE)
    result = module(x)
    assert layer.shape(SEQUENCE) == Shape((8, 6))
    assert torch.equal(result[:, 1:], x)
    assert torch.equal(result[2, 0], module.token)
    assert isinstance(layer.shape(UNKNOWN), Fault)


def test_learned_positions_beyond_the_last_share_it(x):
    layer = LearnedPositionalEmbedding(3)
    module = layer.build(UNKNOWN)
    added = module(x) - x
    assert torch.allclose(added[0, :3], module.weight, atol=1e-6)
    assert torch.allclose(added[0, 3:], module.weight[2].expand(4, -1), atol=1e-6)
    assert LearnedPositionalEmbedding().parameters(SEQUENCE) == 42
    fault = LearnedPositionalEmbedding().shape(UNKNOWN)
    assert isinstance(fault, Fault)
    assert fault.fix is not None

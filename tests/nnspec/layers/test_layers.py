"""What single layers promise beyond what torch computes: sizes, layouts, words and mends."""

import pytest
import torch

from nnspec.layers.add import Add
from nnspec.layers.concat import Concat
from nnspec.layers.conv1d import Conv1d
from nnspec.layers.conv2d import Conv2d
from nnspec.layers.conv_transpose2d import ConvTranspose2d
from nnspec.layers.embedding import Embedding
from nnspec.layers.group_norm import GroupNorm
from nnspec.layers.linear import Linear
from nnspec.layers.lstm import Lstm
from nnspec.layers.max_pool2d import MaxPool2d
from nnspec.layers.multi_head_attention import MultiHeadAttention
from nnspec.layers.reshape import Reshape
from nnspec.layers.softmax import Softmax
from nnspec.shapes import Fault, Shape

PICTURE = Shape((3, 9, 7))
SEQUENCE = Shape((10, 6))
VECTOR = Shape((14,))


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, (2, 5)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_means_ceil_of_size_over_stride(kernel, stride, dilation):
    layer = Conv2d(4, kernel, stride, dilation=dilation)
    expected = Shape((4, -(-9 // stride), -(-7 // stride)))
    assert layer.shape(PICTURE) == expected
    assert layer.build(PICTURE)(torch.zeros(2, *PICTURE.sizes)).shape == (2, *expected.sizes)


@pytest.mark.parametrize(
    ("kernel", "stride"), [(1, 1), (3, 1), (2, 2), (3, 2), (4, 2), (2, 3), (5, 3)]
)
def test_same_of_a_transposed_convolution_means_size_times_stride(kernel, stride):
    layer = ConvTranspose2d(4, kernel, stride)
    expected = Shape((4, 9 * stride, 7 * stride))
    assert layer.shape(PICTURE) == expected
    assert layer.build(PICTURE)(torch.zeros(2, *PICTURE.sizes)).shape == (2, *expected.sizes)


def test_a_convolution_over_a_sequence_moves_along_its_length():
    layer = Conv1d(4, 3)
    module = layer.build(SEQUENCE)
    x = torch.randn(2, 10, 6, requires_grad=True)
    module(x)[0, 5].sum().backward()
    touched = x.grad[0].abs().sum(1).nonzero().flatten().tolist()
    assert touched == [4, 5, 6]


def test_an_lstm_gives_its_last_state_from_both_ends():
    layer = Lstm(5, bidirectional=True, num_layers=2)
    module = layer.build(SEQUENCE).eval()
    x = torch.randn(2, 10, 6)
    torch.manual_seed(0)
    whole, (hidden, _) = torch.nn.LSTM.forward(module, x)
    assert torch.equal(module(x), torch.cat((hidden[-2], hidden[-1]), -1))
    assert torch.equal(module(x)[:, :5], whole[:, -1, :5])
    assert layer.shape(SEQUENCE) == Shape((10,))


def test_causal_attention_does_not_look_ahead():
    module = MultiHeadAttention(2, causal=True).build(SEQUENCE).eval()
    x = torch.randn(1, 10, 6)
    changed = x.clone()
    changed[0, 6:] = 0
    assert torch.allclose(module(x)[0, :6], module(changed)[0, :6], atol=1e-6)
    assert not torch.allclose(module(x)[0, 6:], module(changed)[0, 6:], atol=1e-6)


@pytest.mark.parametrize("x", [VECTOR, SEQUENCE, PICTURE])
def test_softmax_sums_to_one_over_the_features(x):
    shares = Softmax().build(x)(torch.randn(2, *x.sizes))
    axis = 1 if len(x) == 3 else -1
    assert torch.allclose(shares.sum(axis), torch.ones(()))


def fault(layer, *inputs):
    result = layer.shape(*inputs)
    assert isinstance(result, Fault), result
    return result


def test_words_for_the_usual_mistakes():
    assert fault(Lstm(4), VECTOR).message == (
        "needs a sequence (length x features) but receives a vector of 14 features"
    )
    assert "reshape: [14, 1]" in (fault(Lstm(4), VECTOR).hint or "")
    assert "picture" in fault(Conv2d(4), VECTOR).message
    assert "flatten or global_avg_pool" in (fault(Linear(4), PICTURE).hint or "")
    assert "whole numbers" in fault(Linear(4), Shape((5,), "int")).message
    assert "embedding" in (fault(Linear(4), Shape((5,), "int")).hint or "")
    assert "real numbers" in (fault(Embedding(9, 4), VECTOR).hint or "")
    assert "5 x 5" in fault(MaxPool2d(5), Shape((3, 4, 4))).message
    assert "12 numbers" in fault(Reshape((5, 2)), Shape((12,))).message


def test_certain_mends():
    assert fault(MaxPool2d(5), Shape((3, 4, 6))).fix == ("kernel_size", 4)
    assert fault(Conv2d(4, 9, padding=0), Shape((3, 5, 6))).fix == ("kernel_size", 5)
    assert fault(GroupNorm(5), Shape((8, 4, 4))).fix == ("num_groups", 4)
    assert fault(MultiHeadAttention(5), Shape((10, 6))).fix == ("num_heads", 6)
    assert fault(Conv2d(4, groups=2), PICTURE).fix == ("groups", 1)


def test_sums_take_shapes_that_are_equal_or_one():
    assert Add().shape(PICTURE, Shape((3, 1, 1))) == PICTURE
    assert fault(Add(), Shape((4, 9, 7)), PICTURE).hint == (
        "put a 1x1 conv2d with 4 channels on the side of 3 x 9 x 7"
    )
    assert (
        fault(Add(), VECTOR, Shape((3,))).hint == "put a linear with 14 features on the side of 3"
    )


def test_concat_joins_channels_or_features():
    assert Concat().shape(PICTURE, Shape((5, 9, 7))) == Shape((8, 9, 7))
    assert Concat().shape(SEQUENCE, Shape((10, 2))) == Shape((10, 8))
    assert Concat(0).shape(SEQUENCE, Shape((2, 6))) == Shape((12, 6))
    assert fault(Concat(), PICTURE, SEQUENCE).message == "receives results of different kinds"


def test_a_sequence_of_unknown_length():
    x = Shape(("length", 6))
    assert Lstm(4).shape(x) == Shape((4,))
    assert Conv1d(4).shape(x) == Shape(("length", 4))
    assert "length" in fault(Conv1d(4, stride=2), x).message

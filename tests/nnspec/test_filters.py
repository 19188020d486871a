"""Sizes and edges of windows over one, two and three axes, against what PyTorch computes."""

import pytest
import torch

from nnspec.filters import Filter, Pool, TransposedFilter, padding_order
from nnspec.layers.conv1d import Conv1d
from nnspec.layers.conv2d import Conv2d
from nnspec.layers.conv3d import Conv3d
from nnspec.layers.conv_transpose1d import ConvTranspose1d
from nnspec.layers.conv_transpose2d import ConvTranspose2d
from nnspec.layers.conv_transpose3d import ConvTranspose3d
from nnspec.shapes import Fault, Shape

KERNELS = pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, 6])
STRIDES = pytest.mark.parametrize("stride", [1, 2, 3, 4])
DILATIONS = pytest.mark.parametrize("dilation", [1, 2])
PICTURE = Shape((3, 6, 5))


def built(layer, x):
    return tuple(layer.build(x)(torch.zeros(2, *x.sizes)).shape[1:])


@KERNELS
@STRIDES
@DILATIONS
def test_same_of_a_transposed_convolution_is_size_times_stride(kernel, stride, dilation):
    for layer, x, expected in (
        (ConvTranspose1d(2, kernel, stride, dilation=dilation), Shape((7, 3)), (7 * stride, 2)),
        (
            ConvTranspose2d(2, kernel, stride, dilation=dilation),
            Shape((3, 4, 5)),
            (2, 4 * stride, 5 * stride),
        ),
        (
            ConvTranspose3d(2, kernel, stride, dilation=dilation),
            Shape((3, 2, 3, 1)),
            (2, 2 * stride, 3 * stride, stride),
        ),
    ):
        assert layer.shape(x) == Shape(expected)
        assert built(layer, x) == expected


@pytest.mark.parametrize("kernel", [2, 4, 6])
def test_an_even_transposed_convolution_mirrors_the_convolution_of_its_size(kernel):
    """For weights that are shared, <conv(x), y> = <x, transposed(y)>."""
    torch.manual_seed(0)
    conv = Conv2d(4, kernel, bias=False).build(PICTURE)
    back = ConvTranspose2d(3, kernel, bias=False).build(Shape((4, 6, 5)))
    back.load_state_dict(conv.state_dict())
    x, y = torch.randn(2, 3, 6, 5), torch.randn(2, 4, 6, 5)
    assert torch.allclose((conv(x) * y).sum(), (x * back(y)).sum(), rtol=1e-4)


@pytest.mark.parametrize(
    ("layer", "x"),
    [
        (Conv1d(4, 3, padding="valid"), Shape((9, 2))),
        (Conv2d(4, (3, 2), padding="valid"), Shape((2, 9, 8))),
        (Conv3d(4, (3, 2, 1), padding="valid"), Shape((2, 9, 8, 7))),
        (ConvTranspose2d(4, 3, 2, padding="valid"), Shape((2, 3, 4))),
    ],
)
def test_valid_is_no_padding(layer, x):
    assert layer.shape(x) == type(layer)(
        layer.out_channels, layer.kernel_size, layer.stride, 0
    ).shape(x)
    assert built(layer, x) == layer.shape(x).sizes


def test_sides_are_written_as_torch_pads():
    sides = Filter.over(3, (4, 3, 2), 1, "same").sides((5, 5, 5))
    assert sides == ((1, 2), (1, 1), (0, 1))
    assert padding_order(sides) == (0, 1, 1, 1, 1, 2)


def test_a_window_moves_by_its_own_size_where_nothing_is_said():
    assert Pool.over(3, (2, 3, 4), None).results((8, 9, 8)) == (4, 3, 2)


@pytest.mark.parametrize(
    ("window", "setting", "fix"),
    [
        (Pool.over(2, 2, None, 2), "padding", ("padding", 0)),
        (Pool.over(2, 9, None), "kernel_size", ("kernel_size", 5)),
        (Filter.over(2, 9, 1, "valid"), "kernel_size", ("kernel_size", 5)),
        (Filter.over(2, 9, 1, 1), "kernel_size", None),
        (TransposedFilter.over(2, 3, 1, 0, 1, 1), "output_padding", ("output_padding", 0)),
        (TransposedFilter.over(2, 1, 1, 3, 0, 1), "padding", None),
    ],
)
def test_what_does_not_fit_is_said_with_its_setting(window, setting, fix):
    fault = window.fits(PICTURE, PICTURE.sizes[1:])
    assert isinstance(fault, Fault)
    assert (fault.setting, fault.fix) == (setting, fix)


def test_a_length_that_is_not_known_stays_or_is_refused():
    x = Shape(("length", 6))
    assert ConvTranspose1d(4).shape(x) == Shape(("length", 4))
    assert "not known" in ConvTranspose1d(4, stride=2).shape(x).message

"""The arithmetic of sliding windows against PyTorch itself."""

from math import ceil

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from nnspec.catalog import Catalog
from nnspec.shapes import Fault, Shape
from nnspec.windows import Window, windows

CATALOG = Catalog.discover()
SMALL = st.integers(1, 4)


def made(name: str, **settings: object):
    kind = CATALOG.get("layer", name)
    assert kind is not None
    return kind.make(**settings)


@given(size=st.integers(1, 40), kernel=st.integers(1, 9), stride=SMALL, dilation=SMALL)
def test_same_gives_input_by_stride_rounded_up(size: int, kernel: int, stride: int, dilation: int):
    window = Window(kernel, stride, dilation, "same")
    before, after = window.pads(size)
    assert window.output(size) == ceil(size / stride)
    assert 0 <= after - before <= 1


@given(
    size=st.integers(1, 12),
    kernel=SMALL,
    stride=SMALL,
    dilation=st.integers(1, 2),
    padding=st.integers(0, 2),
    ceil_mode=st.booleans(),
)
def test_pools_fit_where_pytorch_says_so(
    size: int, kernel: int, stride: int, dilation: int, padding: int, ceil_mode: bool
):
    layer = made(
        "max_pool2d",
        kernel_size=kernel,
        stride=stride,
        dilation=dilation,
        padding=padding,
        ceil_mode=ceil_mode,
    )
    module = nn.MaxPool2d(kernel, stride, padding, dilation, ceil_mode=ceil_mode)
    told = layer.shape(Shape((1, size, size)))
    try:
        leaves = module(torch.zeros(1, 1, size, size)).shape[1:]
    except RuntimeError:
        assert isinstance(told, Fault)
    else:
        assert told == Shape(tuple(leaves))


@given(height=st.integers(1, 9), kernel=st.integers(1, 5), stride=SMALL, dilation=SMALL)
def test_transposed_same_multiplies_by_the_stride(
    height: int, kernel: int, stride: int, dilation: int
):
    layer = made(
        "conv_transpose2d", out_channels=1, kernel_size=kernel, stride=stride, dilation=dilation
    )
    shape = Shape((2, height, 3))
    told = Shape((1, height * stride, 3 * stride))
    assert layer.shape(shape) == told
    assert tuple(layer.build(shape)(torch.zeros(1, 2, height, 3)).shape[1:]) == told.sizes


def test_padding_that_holds_a_whole_filter_is_added_apart():
    """PyTorch 2.13 crashes on it when a sequence of one step arrives with its channels last."""
    assert windows(1, 1, 3, 2, 2)[0].pads_apart
    assert not windows(1, 3, 1, 1, 2)[0].pads_apart
    layer = made("conv1d", out_channels=6, kernel_size=1, stride=3, padding=2, dilation=2)
    module = layer.build(Shape((1, 4)))
    assert any(isinstance(part, nn.ConstantPad1d) for part in module.modules())
    assert module(torch.zeros(2, 1, 4)).shape == (2, 2, 6)

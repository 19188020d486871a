"""What our own modules that cut, join, scale and sample compute, against formulas and PyTorch."""

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from nnspec.layers.batch_norm import BatchNorm
from nnspec.layers.coordinates import Coordinates
from nnspec.layers.crop2d import Crop2d
from nnspec.layers.group_norm import GroupNorm
from nnspec.layers.l2_normalize import L2Normalize
from nnspec.layers.layer_norm import LayerNorm
from nnspec.layers.layer_scale import LayerScale
from nnspec.layers.matmul import Matmul
from nnspec.layers.mean_over import MeanOver
from nnspec.layers.multiply import Multiply
from nnspec.layers.pixel_shuffle import PixelShuffle
from nnspec.layers.pixel_unshuffle import PixelUnshuffle
from nnspec.layers.reparameterize import Reparameterize
from nnspec.layers.rms_norm import RmsNorm
from nnspec.layers.slice import Slice
from nnspec.layers.split import Split
from nnspec.layers.stack import Stack
from nnspec.layers.stop_gradient import StopGradient
from nnspec.layers.zero_pad2d import ZeroPad2d
from nnspec.shapes import Fault, Shape

PICTURE = Shape((4, 6, 5))
SEQUENCE = Shape((7, 4))
VECTOR = Shape((4,))
VOLUME = Shape((4, 3, 2, 5))


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def rows(x, count=2):
    return torch.randn(count, *x.sizes)


@pytest.mark.parametrize("x", [SEQUENCE, PICTURE, VOLUME])
def test_a_vector_weighs_channels_and_features(x):
    large, vector = rows(x), rows(VECTOR)
    channels_last = large.movedim(1, -1) if len(x) > 2 else large
    weights = vector.reshape(2, *(1,) * (len(x) - 1), 4)
    expected = channels_last * weights
    expected = expected.movedim(-1, 1) if len(x) > 2 else expected
    for inputs, values in (((x, VECTOR), (large, vector)), ((VECTOR, x), (vector, large))):
        assert Multiply().shape(*inputs) == x
        assert torch.equal(Multiply().build(*inputs)(*values), expected)


def test_a_picture_of_one_point_weighs_channels():
    point = Shape((4, 1, 1))
    assert Multiply().shape(point, PICTURE) == PICTURE
    assert "different shapes" in Multiply().shape(Shape((3,)), PICTURE).message


def test_cropping_undoes_padding():
    padding = ZeroPad2d((1, 2, 3, 0))
    padded, values = padding.shape(PICTURE), rows(PICTURE)
    back = Crop2d((1, 2, 3, 0))
    assert back.shape(padded) == PICTURE
    assert torch.equal(back.build(padded)(padding.build(PICTURE)(values)), values)


def test_unshuffling_undoes_shuffling():
    shuffled, values = PixelShuffle(2).shape(PICTURE), rows(PICTURE)
    assert PixelUnshuffle(2).shape(shuffled) == PICTURE
    there = PixelShuffle(2).build(PICTURE)(values)
    assert torch.equal(PixelUnshuffle(2).build(shuffled)(there), values)


def test_parts_side_by_side_are_the_whole():
    values = rows(PICTURE)
    parts = [Split(2, part, 1).build(PICTURE)(values) for part in range(2)]
    assert torch.equal(torch.cat(parts, 2), values)
    assert Split(3, 3, 1).shape(PICTURE).fix == ("part", 2)
    assert Split(4, 0, 1).shape(PICTURE).fix == ("parts", 3)


def test_a_slice_counts_from_the_end_too():
    values = rows(SEQUENCE)
    assert torch.equal(Slice(-1, None, 0).build(SEQUENCE)(values), values[:, -1:])
    assert torch.equal(Slice(1, -1).build(SEQUENCE)(values), values[:, :, 1:-1])
    assert Slice(-1, None, 0).shape(Shape(("length", 4))) == Shape((1, 4))
    assert "nothing" in Slice(5, 5).shape(SEQUENCE).message
    assert "cannot count" in Slice(2, None, 0).shape(Shape(("length", 4))).message


def test_stacked_results_lie_along_the_new_axis():
    one, other = rows(SEQUENCE), rows(SEQUENCE)
    result = Stack(2).build(SEQUENCE, SEQUENCE)(one, other)
    assert torch.equal(result[..., 0], one)
    assert torch.equal(result[..., 1], other)


def test_a_mean_over_unknown_length_is_known():
    assert MeanOver(0).shape(Shape(("length", 4))) == VECTOR
    assert MeanOver(3).shape(PICTURE).fix == ("dim", 2)


def test_matrices_are_multiplied_sample_by_sample():
    left, right = Shape((3, 4)), Shape((5, 4))
    a, b = rows(left), rows(right)
    layer = Matmul(transpose_right=True)
    assert layer.shape(left, right) == Shape((3, 5))
    assert torch.allclose(layer.build(left, right)(a, b), torch.einsum("bik,bjk->bij", a, b))
    assert Matmul().shape(left, right).setting == "transpose_right"


def test_no_gradient_passes_the_wall():
    x = rows(VECTOR).requires_grad_()
    (StopGradient().build(VECTOR)(x) * x).sum().backward()
    assert torch.equal(x.grad, x.detach())


@pytest.mark.parametrize("x", [VECTOR, SEQUENCE, PICTURE, VOLUME])
def test_scaling_and_norms_go_along_the_features(x):
    axis = 1 if len(x) > 2 else -1
    values = rows(x)
    scaled = LayerScale(0.5).build(x)
    with torch.no_grad():
        scaled.weight[1] = 2.0
    assert torch.equal(scaled(values).select(axis, 1), 2 * values.select(axis, 1))
    assert torch.equal(scaled(values).select(axis, 0), 0.5 * values.select(axis, 0))
    lengths = L2Normalize().build(x)(values).norm(dim=axis)
    assert torch.allclose(lengths, torch.ones_like(lengths))
    squares = RmsNorm().build(x)(values).square().mean(axis)
    assert torch.allclose(squares, torch.ones_like(squares), atol=1e-4)


def test_volumes_are_normalised_over_the_batch():
    result = BatchNorm().build(VOLUME)(3 + 2 * rows(VOLUME, 8))
    assert torch.allclose(result.mean((0, 2, 3, 4)), torch.zeros(4), atol=1e-5)
    assert torch.allclose(result.std((0, 2, 3, 4), correction=0), torch.ones(4), atol=1e-4)


def test_norms_of_single_numbers_are_refused():
    for layer, x in (
        (LayerNorm(), Shape((1,))),
        (LayerNorm(), Shape((1, 1, 1))),
        (LayerNorm(), Shape((5, 1))),
        (LayerNorm(), Shape(())),
        (GroupNorm(1), Shape((1,))),
        (GroupNorm(1), Shape((1, 1))),
        (GroupNorm(1), Shape(())),
    ):
        assert isinstance(layer.shape(x), Fault), (layer, x)
    assert GroupNorm(4).shape(VECTOR).fix == ("num_groups", 2)
    assert GroupNorm(4).shape(SEQUENCE) == SEQUENCE
    assert GroupNorm(4).shape(Shape(("length", 4))) == Shape(("length", 4))


def test_samples_have_the_mean_and_variance_given():
    mean, log_variance = torch.full((20_000, 4), 3.0), torch.full((20_000, 4), -1.0)
    module = Reparameterize().build(VECTOR, VECTOR)
    result = module(mean, log_variance)
    assert result.mean().item() == pytest.approx(3, abs=0.02)
    assert result.var().item() == pytest.approx(torch.tensor(-1.0).exp().item(), abs=0.02)
    assert module.penalty is None
    assert torch.equal(module.eval()(mean, log_variance), mean)


def test_the_penalty_is_the_divergence_from_a_standard_normal():
    mean, log_variance = rows(VECTOR), rows(VECTOR)
    module = Reparameterize(0.5).build(VECTOR, VECTOR)
    module(mean, log_variance)
    divergence = kl_divergence(Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0))
    assert torch.allclose(module.penalty, 0.5 * divergence.sum(1).mean())
    module.eval()(mean, log_variance)
    assert module.penalty is None


def test_coordinates_run_from_corner_to_corner():
    result = Coordinates().build(PICTURE)(rows(PICTURE))
    assert result[1, 4:, 0, 0].tolist() == [-1, -1]
    assert result[1, 4:, -1, 0].tolist() == [1, -1]
    assert result[1, 4:, 0, -1].tolist() == [-1, 1]

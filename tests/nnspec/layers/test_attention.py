"""Attention: equal to torch's own with the same weights; what is hidden has no say."""

import pytest
import torch
from torch import nn

from nnspec.layers.additive_attention import AdditiveAttention
from nnspec.layers.multi_head_attention import MultiHeadAttention
from nnspec.layers.rotary_embedding import RotaryEmbedding
from nnspec.layers.scaled_dot_product_attention import ScaledDotProductAttention
from nnspec.layers.transformer_decoder_layer import TransformerDecoderLayer
from nnspec.layers.transformer_encoder_layer import TransformerEncoderLayer
from nnspec.shapes import Fault, Shape

QUERY = Shape((5, 8))
MEMORY = Shape((7, 8))
WIDE = Shape((7, 12))
COUNT = Shape((), "int")
LENGTHS = torch.tensor([7, 4, 1])
PADDING = torch.arange(7) >= LENGTHS[:, None]


@pytest.fixture
def query():
    torch.manual_seed(1)
    return torch.randn(3, 5, 8)


@pytest.fixture
def memory():
    torch.manual_seed(2)
    return torch.randn(3, 7, 8)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("causal", [True, False])
def test_self_attention_is_that_of_torch(bias, causal, memory):
    module = MultiHeadAttention(2, bias=bias, causal=causal).build(MEMORY)
    plain = nn.MultiheadAttention(8, 2, bias=bias, batch_first=True)
    plain.load_state_dict(module.state_dict())
    mask = torch.ones(7, 7, dtype=torch.bool).triu(1) if causal else None
    expected, _ = plain(memory, memory, memory, attn_mask=mask)
    assert torch.allclose(module(memory), expected, atol=1e-6)


@pytest.mark.parametrize("causal", [True, False])
def test_self_attention_with_lengths_is_that_of_torch(causal, memory):
    module = MultiHeadAttention(2, causal=causal).build(MEMORY, MEMORY, COUNT)
    plain = nn.MultiheadAttention(8, 2, batch_first=True)
    plain.load_state_dict(module.state_dict())
    mask = torch.ones(7, 7, dtype=torch.bool).triu(1) if causal else None
    expected, _ = plain(memory, memory, memory, attn_mask=mask, key_padding_mask=PADDING)
    assert torch.allclose(module(memory, memory, LENGTHS), expected, atol=1e-6)


@pytest.mark.parametrize("lengths", [LENGTHS, None])
@pytest.mark.parametrize("seen", [MEMORY, WIDE])
def test_cross_attention_is_that_of_torch(lengths, seen, query):
    memory = torch.randn(3, *seen.sizes)
    layer = MultiHeadAttention(4)
    module = layer.build(QUERY, seen)
    width = seen.sizes[1]
    plain = nn.MultiheadAttention(8, 4, kdim=width, vdim=width, batch_first=True)
    plain.load_state_dict(module.state_dict())
    padding = None if lengths is None else PADDING
    expected, _ = plain(query, memory, memory, key_padding_mask=padding)
    assert torch.allclose(module(query, memory, lengths), expected, atol=1e-6)
    assert layer.parameters(QUERY, seen) == sum(p.numel() for p in module.parameters())
    assert layer.shape(QUERY, seen, COUNT) == QUERY


def test_lengths_in_the_place_of_the_memory_are_explained():
    fault = MultiHeadAttention(2).shape(QUERY, COUNT)
    assert isinstance(fault, Fault)
    assert "lengths" in fault.message


@pytest.mark.parametrize("rotary", [True, False])
def test_what_comes_later_has_no_gradient(rotary, memory):
    module = MultiHeadAttention(2, causal=True, rotary=rotary).build(MEMORY)
    memory.requires_grad_()
    module(memory)[0, 3].sum().backward()
    seen = memory.grad.abs().sum((0, 2)).nonzero().flatten().tolist()
    assert seen == [0, 1, 2, 3]


def test_turned_products_depend_on_the_distance_alone():
    module = RotaryEmbedding(num_heads=2).build(Shape((40, 8)))
    q, k = torch.randn(2, 1, 8).expand(2, 40, 8)
    products = module(q[None])[0] @ module(k[None])[0].T
    for distance in (-7, 0, 3):
        line = products.diagonal(distance)
        assert torch.allclose(line, line[0].expand_as(line), atol=1e-4)
    assert not torch.allclose(products[0, 0], products[0, 5], atol=1e-3)
    lengths = module(q[None])[0].norm(dim=-1)
    assert torch.allclose(lengths, q.norm(dim=-1), atol=1e-5)


def test_rotary_attention_is_attention_of_turned_queries_and_keys(memory):
    module = MultiHeadAttention(2, rotary=True).build(MEMORY)
    turn = RotaryEmbedding(num_heads=2).build(MEMORY)
    weights, biases = module.in_proj_weight.chunk(3), module.in_proj_bias.chunk(3)
    q, k, v = (nn.functional.linear(memory, w, b) for w, b in zip(weights, biases, strict=True))
    heads = [x.unflatten(-1, (2, 4)).transpose(1, 2) for x in (turn(q), turn(k), v)]
    looks = (heads[0] @ heads[1].mT / 2).softmax(-1) @ heads[2]
    expected = module.out_proj(looks.transpose(1, 2).flatten(2))
    assert torch.allclose(module(memory), expected, atol=1e-6)


def test_an_odd_head_cannot_be_turned():
    assert isinstance(MultiHeadAttention(2, rotary=True).shape(Shape((5, 6))), Fault)
    assert isinstance(RotaryEmbedding(num_heads=2).shape(Shape((5, 6))), Fault)


@pytest.mark.parametrize("causal", [True, False])
def test_attention_without_weights_is_the_formula(causal, query, memory):
    value = torch.randn(3, 7, 4)
    layer = ScaledDotProductAttention(causal=causal)
    assert layer.shape(QUERY, MEMORY, Shape((7, 4))) == Shape((5, 4))
    scores = query @ memory.mT / 8**0.5
    hidden = PADDING[:, None].expand(3, 5, 7)
    if causal:
        hidden = hidden | (torch.arange(7) > torch.arange(5)[:, None])
    expected = scores.masked_fill(hidden, -torch.inf).softmax(-1) @ value
    module = layer.build(QUERY, MEMORY, Shape((7, 4)), COUNT)
    assert torch.allclose(module(query, memory, value, LENGTHS), expected, atol=1e-6)


def test_keys_and_values_have_to_match():
    layer = ScaledDotProductAttention()
    assert isinstance(layer.shape(QUERY, WIDE, WIDE), Fault)
    assert isinstance(layer.shape(QUERY, MEMORY, QUERY), Fault)


@pytest.mark.parametrize("single", [True, False])
def test_additive_attention_is_bahdanaus_formula(single, query, memory):
    module = AdditiveAttention(6).build(Shape((8,)) if single else QUERY, MEMORY, COUNT)
    asked = query[:, 0] if single else query
    result = module(asked, memory, LENGTHS)
    for row, real in enumerate(LENGTHS.tolist()):
        for place in range(1 if single else 5):
            inner = module.query(query[row, place]) + module.memory(memory[row, :real])
            expected = module.score(inner.tanh()).squeeze(-1).softmax(0) @ memory[row, :real]
            found = result[row] if single else result[row, place]
            assert torch.allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("norm_first", [True, False])
def test_an_encoder_layer_with_lengths_is_that_of_torch(causal, norm_first, memory):
    layer = TransformerEncoderLayer(2, 16, causal=causal, norm_first=norm_first, dropout=0.0)
    module = layer.build(MEMORY, COUNT)
    plain = nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True, norm_first=norm_first)
    plain.load_state_dict(module.state_dict())
    mask = torch.ones(7, 7, dtype=torch.bool).triu(1) if causal else None
    expected = plain(memory, src_mask=mask, src_key_padding_mask=PADDING)
    assert torch.allclose(module(memory, LENGTHS), expected, atol=1e-6)
    with torch.no_grad():  # torch has a quicker way when nothing is learned
        judged = module.eval()(memory, LENGTHS)
    assert torch.allclose(judged[~PADDING], expected[~PADDING], atol=1e-5)


def test_padding_has_no_say_in_an_encoder_layer(memory):
    module = TransformerEncoderLayer(2, 16).build(MEMORY, COUNT).eval()
    other = memory.clone()
    other[1, 4:] = 5.0
    assert torch.allclose(module(memory, LENGTHS)[1, :4], module(other, LENGTHS)[1, :4], atol=1e-5)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("norm_first", [True, False])
def test_a_decoder_layer_is_that_of_torch(causal, norm_first, query, memory):
    layer = TransformerDecoderLayer(2, 16, causal=causal, norm_first=norm_first, dropout=0.0)
    module = layer.build(QUERY, MEMORY, COUNT)
    plain = nn.TransformerDecoderLayer(8, 2, 16, 0.0, batch_first=True, norm_first=norm_first)
    plain.load_state_dict(module.state_dict())
    mask = torch.ones(5, 5, dtype=torch.bool).triu(1) if causal else None
    expected = plain(query, memory, tgt_mask=mask, memory_key_padding_mask=PADDING)
    assert torch.allclose(module(query, memory, LENGTHS), expected, atol=1e-6)


def test_a_decoder_layer_does_not_look_ahead_but_at_all_memory(query, memory):
    module = TransformerDecoderLayer(2, 16).build(QUERY, MEMORY).eval()
    query.requires_grad_()
    memory.requires_grad_()
    module(query, memory)[0, 2, 0].backward()
    assert query.grad[0].abs().sum(-1).nonzero().flatten().tolist() == [0, 1, 2]
    assert (memory.grad[0].abs().sum(-1) > 0).all()


def test_a_memory_of_other_features_is_refused_by_a_decoder_layer():
    assert isinstance(TransformerDecoderLayer(2).shape(QUERY, WIDE), Fault)

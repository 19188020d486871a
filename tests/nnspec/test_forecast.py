"""The forecast of memory and work against what torch really keeps, and as it grows."""

import dataclasses
import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd.graph import saved_tensors_hooks

from nnspec.build import build
from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.forecast import Rows, Work, forward_work, kept_numbers, node_work, training_memory
from nnspec.graph import Graph
from nnspec.passes import Pass
from nnspec.shapes import Interface, Shape

CATALOG = Catalog.discover({"layer": "nnspec.layers"})
HEAD = "netwright: 1\ndata: {source: a.csv, target: y}\nmodel:\n"
ONCE = (Pass({"": 1}),)
OFFERED = {
    "table": Shape((12,)),
    "picture": Shape((1, 16, 16)),
    "series": Shape((20, 6)),
}


def network(given_: str, *layers: str) -> Graph:
    offered = Interface({given_: OFFERED[given_]}, {"y": Shape((3,))}, given_)
    text = HEAD + "".join(f"  - {layer}\n" for layer in (*layers, "linear: auto"))
    return analyse(text, CATALOG, offered).graph


def mlp(*widths: int) -> Graph:
    return network("table", *(line for width in widths for line in (f"linear: {width}", "relu")))


def really_kept(graph: Graph, rows: int) -> int:
    """Bytes of activations that torch keeps for the way back, the batch itself left out."""
    torch.manual_seed(0)
    module = build(graph)
    inputs = {name: torch.randn(rows, *shape.sizes) for name, shape in graph.inputs.items()}
    known = {p.untyped_storage().data_ptr() for p in (*module.parameters(), *module.buffers())}
    known |= {x.untyped_storage().data_ptr() for x in inputs.values()}
    kept: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with saved_tensors_hooks(keep, lambda tensor: tensor):
        answer = module(inputs)["y"]
    kept[answer.untyped_storage().data_ptr()] = answer
    return sum(x.untyped_storage().nbytes() for at, x in kept.items() if at not in known)


@pytest.mark.parametrize(
    "graph",
    [
        mlp(64, 32),
        network("table", "linear: 64", "gelu", "dropout: 0.2", "linear: 32", "batch_norm", "relu"),
        network(
            "picture", "conv2d: {out_channels: 8, kernel_size: 3}", "relu", "max_pool2d: 2",
            "conv2d: {out_channels: 16, kernel_size: 3}", "batch_norm", "relu", "flatten",
        ),
        network("series", "lstm: 32"),
        network("series", "gru: {hidden_size: 16, num_layers: 2, output: sequence}", "flatten"),
        network(
            "series", "linear: 16",
            "transformer_encoder_layer: {nhead: 4, dim_feedforward: 64}", "global_avg_pool",
        ),
        network(
            "series", "linear: 16", "multi_head_attention: {num_heads: 2}", "layer_norm",
            "global_avg_pool",
        ),
        network("series", "ltc: 8"),
        network("table", "neural_ode: 32"),
        network("table", "linear: 12", "kan_linear: 16"),
    ],
    ids=lambda graph: " ".join(node.kind.name for node in graph.nodes),
)  # fmt: skip
def test_what_layers_keep_is_what_torch_keeps(graph: Graph) -> None:
    more, fewer = (really_kept(graph, rows) for rows in (24, 8))
    real = (more - fewer) / 16
    assert 4 * sum(kept_numbers(graph).values()) == pytest.approx(real, rel=0.25)


@given(st.lists(st.integers(1, 300), max_size=4))
@settings(max_examples=15)
def test_weights_are_the_bytes_of_the_parameters(widths: list[int]) -> None:
    graph = mlp(*widths)
    memory = training_memory(graph, ONCE, Rows(100, 10))
    real = sum(4 * p.numel() for p in build(graph).parameters())
    assert memory.weights == memory.gradients == real
    assert memory.optimizer == 2 * real


@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=4),
    st.integers(1, 500),
    st.integers(1, 10_000),
    st.integers(1, 500),
)
@settings(max_examples=25)
def test_it_grows_with_rows_batch_and_width(
    widths: list[int], batch: int, held: int, more: int
) -> None:
    def total(widths: list[int], rows: Rows) -> int:
        return training_memory(mlp(*widths), ONCE, rows).total

    rows = Rows(held, batch)
    least = total(widths, rows)
    assert total(widths, dataclasses.replace(rows, batch=batch + more)) > least
    assert total(widths, dataclasses.replace(rows, held=held + more)) > least
    wider = [*widths]
    wider[random.Random(more).randrange(len(widths))] += more
    assert total(wider, rows) > least


@given(st.lists(st.integers(1, 200), max_size=5))
@settings(max_examples=15)
def test_work_is_the_sum_over_layers(widths: list[int]) -> None:
    graph = mlp(*widths)
    shapes = {**graph.inputs, **{node.id: node.shape for node in graph.nodes}}
    total = sum((node_work(node, shapes) for node in graph.nodes), Work())
    assert forward_work(graph, {"": 1}) == total
    assert forward_work(graph, {"": 3}) == total.times(3, 3)
    assert total.macs == sum(node.macs for node in graph.nodes)


def test_filters_and_views_are_told_apart() -> None:
    graph = network("picture", "conv2d: {out_channels: 8, kernel_size: 3}", "flatten")
    shapes = {**graph.inputs, **{node.id: node.shape for node in graph.nodes}}
    filters, view, sums = (node_work(node, shapes) for node in graph.nodes)
    assert filters.convolution == graph.nodes[0].macs > 0 == filters.macs
    assert view == Work()
    assert sums.macs == graph.nodes[2].macs > 0 == sums.convolution

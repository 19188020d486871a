"""Graph layers: equal to their formulas with dense matrices, and to PyTorch Geometric's layers."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nnspec.build import build
from nnspec.catalog import Catalog
from nnspec.graph import infer
from nnspec.layers.drop_edge import DropEdge
from nnspec.layers.gat_conv import GatConv
from nnspec.layers.gat_v2_conv import GatV2Conv
from nnspec.layers.gcn_conv import GcnConv
from nnspec.layers.gin_conv import GinConv
from nnspec.layers.graph_pool import GraphPool
from nnspec.layers.sage_conv import SageConv
from nnspec.problems import Problems
from nnspec.reader import read_spec
from nnspec.shapes import Fault, Interface, Shape
from nnspec.syntax import read

CATALOG = Catalog.discover()
NODES = Shape((6,))
EDGES = Shape((2,), "int")
WEIGHT = Shape(())
LAYERS = (
    GcnConv(4),
    GcnConv(4, add_self_loops=False),
    GatConv(4, 3),
    GatConv(4, 3, concat=False, add_self_loops=False),
    GatV2Conv(4, 2),
    SageConv(4),
    SageConv(4, "max"),
    SageConv(9, "sum", normalize=True),
    GinConv(4, (5,), train_eps=True),
)
each_layer = pytest.mark.parametrize("layer", LAYERS, ids=str)

# Node 3 has an edge to itself, 4 to 1 is written twice, 5 only tells, 6 is alone.
WRITTEN = torch.tensor([[0, 1], [1, 0], [0, 2], [2, 3], [3, 3], [4, 1], [4, 1], [5, 4], [1, 4]])
COUNT = 7


@pytest.fixture
def x():
    torch.manual_seed(1)
    return torch.randn(COUNT, 6)


@pytest.fixture(autouse=True)
def deterministic():
    before = torch.get_deterministic_debug_mode()
    torch.set_deterministic_debug_mode("error")
    yield
    torch.set_deterministic_debug_mode(before)


def made(layer, *inputs):
    """The module in use rather than in training, with weights none of which is 0 or 1."""
    torch.manual_seed(0)
    module = layer.build(*(inputs or (NODES, EDGES))).eval()
    with torch.no_grad():
        for weight in module.parameters():
            weight.uniform_(-1, 1)
    return module


def adjacency(edges, weight=None):
    """`targets x sources`: how much each node receives of each."""
    matrix = torch.zeros(COUNT, COUNT)
    values = [1.0] * len(edges) if weight is None else weight.tolist()
    for (source, target), value in zip(edges.tolist(), values, strict=True):
        matrix[target, source] += value
    return matrix


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("improved", [False, True])
@pytest.mark.parametrize("loops", [False, True])
@pytest.mark.parametrize("normalize", [False, True])
def test_gcn_is_its_formula(weighted, improved, loops, normalize, x):
    layer = GcnConv(4, improved=improved, add_self_loops=loops, normalize=normalize)
    module = made(layer)
    weight = torch.rand(len(WRITTEN)) + 0.1 if weighted else None
    matrix = adjacency(WRITTEN, weight)
    if loops and normalize:
        own = torch.full((COUNT,), 2.0 if improved else 1.0)
        matrix += torch.diag(own * (matrix.diag() == 0))
    if normalize:
        degree = matrix.sum(1)
        root = torch.where(degree > 0, degree**-0.5, 0.0)
        matrix = root[:, None] * matrix * root
    expected = matrix @ x @ module.linear.weight.T + module.offset
    given = (x, WRITTEN) if weight is None else (x, WRITTEN, weight)
    assert torch.allclose(module(*given), expected, atol=1e-6)


def attended(scores, values, loops):
    """`sum_j softmax_j(scores[i, j]) values[j]` over the edges that are there."""
    times = adjacency(WRITTEN)
    if loops:
        times = times - torch.diag(times.diag()) + torch.eye(COUNT)
    raised = times * scores.exp()
    return raised / raised.sum(1, keepdim=True).clamp(min=1e-30) @ values


@pytest.mark.parametrize("loops", [False, True])
@pytest.mark.parametrize("concat", [False, True])
@pytest.mark.parametrize("version", [GatConv, GatV2Conv])
def test_graph_attention_is_its_formula(version, concat, loops, x):
    module = made(version(4, 3, concat=concat, add_self_loops=loops))
    heads = []
    for head in range(3):
        rows = slice(4 * head, 4 * head + 4)
        if version is GatConv:
            values = x @ module.linear.weight[rows].T
            asked, told = values @ module.att_dst[head], values @ module.att_src[head]
            scores = functional.leaky_relu(asked[:, None] + told, 0.2)
        else:
            values = x @ module.source.weight[rows].T + module.source.bias[rows]
            asked = x @ module.target.weight[rows].T + module.target.bias[rows]
            scores = functional.leaky_relu(asked[:, None] + values, 0.2) @ module.att[head]
        heads.append(attended(scores, values, loops))
    expected = torch.cat(heads, 1) if concat else torch.stack(heads).mean(0)
    assert torch.allclose(module(x, WRITTEN), expected + module.offset, atol=1e-5)


@pytest.mark.parametrize("root", [False, True])
@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("aggr", ["mean", "max", "sum"])
@pytest.mark.parametrize("width", [2, 9])
def test_sage_is_its_formula(width, aggr, normalize, root, x):
    module = made(SageConv(width, aggr, normalize=normalize, root_weight=root))
    matrix = adjacency(WRITTEN)
    if aggr == "max":
        rows = [x[row > 0].amax(0) if row.any() else torch.zeros(6) for row in matrix]
        told = torch.stack(rows)
    else:
        told = matrix @ x / (matrix.sum(1, keepdim=True).clamp(min=1) if aggr == "mean" else 1)
    expected = told @ module.neighbours.weight.T + module.offset
    expected = expected + x @ module.root.weight.T if root else expected
    expected = expected / expected.norm(dim=1, keepdim=True) if normalize else expected
    assert torch.allclose(module(x, WRITTEN), expected, atol=1e-5)


@pytest.mark.parametrize("learned", [False, True])
def test_gin_is_its_formula(learned, x):
    module = made(GinConv(4, (5, 3), eps=0.25, train_eps=learned))
    eps = module.learned_eps if learned else 0.25
    hidden = adjacency(WRITTEN) @ x + (1 + eps) * x
    first, second, third = (module.network[place] for place in (0, 2, 4))
    assert torch.allclose(module(x, WRITTEN), third(second(first(hidden).relu()).relu()), atol=1e-5)


def test_gin_begins_with_the_eps_that_is_written():
    module = GinConv(4, eps=0.5, train_eps=True).build(NODES, EDGES)
    assert module.learned_eps.item() == 0.5


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(COUNT)), place=st.integers(0, len(LAYERS) - 1))
def test_other_numbers_for_the_nodes_change_nothing_else(order, place):
    module = made(LAYERS[place])
    x = torch.randn(COUNT, 6)
    order = torch.tensor(order)
    moved = torch.empty_like(order)
    moved[order] = torch.arange(COUNT)
    assert torch.allclose(module(x[order], moved[WRITTEN]), module(x, WRITTEN)[order], atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(len(WRITTEN))), place=st.integers(0, len(LAYERS) - 1))
def test_the_order_of_the_edges_does_not_matter(order, place):
    module = made(LAYERS[place])
    x = torch.randn(COUNT, 6)
    assert torch.allclose(module(x, WRITTEN[list(order)]), module(x, WRITTEN), atol=1e-5)


@each_layer
def test_a_node_alone_does_not_depend_on_others(layer, x):
    module = made(layer)
    other = torch.cat((torch.randn(COUNT - 1, 6), x[-1:]))
    assert torch.equal(module(x, WRITTEN)[-1], module(other, WRITTEN)[-1])
    assert torch.isfinite(module(x, WRITTEN)).all()


@each_layer
def test_no_edges_at_all(layer, x):
    module = made(layer)
    nothing = torch.empty((0, 2), dtype=torch.long)
    assert torch.allclose(module(x, nothing)[-1], module(x, WRITTEN)[-1], atol=1e-6)
    assert torch.isfinite(module(x, nothing)).all()


@each_layer
def test_news_go_from_source_to_target_only(layer, x):
    module, edge = made(layer), torch.tensor([[0, 1], [2, 0]])
    x.requires_grad_()
    (told,) = torch.autograd.grad(module(x, edge)[0].sum(), x, retain_graph=True)
    assert not told[1].any()
    (told,) = torch.autograd.grad(module(x, edge)[1].pow(2).sum(), x)
    assert told[0].any()
    assert not told[2].any()


@each_layer
def test_the_same_twice_to_the_last_bit_with_finite_gradients(layer, x):
    module = made(layer).train()
    gradients = []
    for _ in range(2):
        module.zero_grad()
        module(x, WRITTEN.repeat(40, 1)).pow(2).sum().backward()
        gradients.append([weight.grad.clone() for weight in module.parameters()])
    assert all(torch.equal(one, other) for one, other in zip(*gradients, strict=True))
    assert all(torch.isfinite(gradient).all() for gradient in gradients[0])


def test_weights_that_cancel_or_are_negative_stay_finite(x):
    module = made(GcnConv(4), NODES, EDGES, WEIGHT)
    weight = torch.tensor([-1.0, -3, 1, 1, -2, 1, -1, 0, 0], requires_grad=True)
    result = module(x, WRITTEN, weight)
    result.pow(2).sum().backward()
    assert torch.isfinite(result).all()
    assert torch.isfinite(weight.grad).all()


def test_edges_are_dropped_only_while_training():
    edges = WRITTEN.repeat(1000, 1)
    module = DropEdge(0.3).build(EDGES)
    torch.manual_seed(0)
    kept = module(edges)
    assert len(kept) / len(edges) == pytest.approx(0.7, abs=0.02)
    assert {tuple(edge) for edge in kept.tolist()} == {tuple(edge) for edge in WRITTEN.tolist()}
    assert torch.equal(module.eval()(edges), edges)


@pytest.mark.parametrize("reduce", ["mean", "max", "sum"])
def test_pooling_gives_each_graph_one_row(reduce, x):
    graph = torch.tensor([0, 2, 0, 2, 2, 0, 0])
    pooled = getattr(torch, {"max": "amax"}.get(reduce, reduce))
    expected = [pooled(x[[0, 2, 5, 6]], 0), torch.zeros(6), pooled(x[[1, 3, 4]], 0)]
    module = GraphPool(reduce).build(NODES, Shape((), "int"))
    assert torch.allclose(module(x, graph), torch.stack(expected), atol=1e-6)
    assert torch.allclose(module(x), pooled(x, 0)[None], atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "inputs", "words"),
    [
        (GcnConv(4), (EDGES, NODES), "receives edges where the nodes should be"),
        (GcnConv(4), (NODES, NODES), "needs as edges two node numbers each"),
        (GatConv(4), (Shape((3, 8, 8)), EDGES), "needs a vector of features for each node"),
        (SageConv(4), (Shape((5,), "int"), EDGES), "needs real numbers"),
        (GinConv(4), (Shape(("length",)), EDGES), "needs a known number of features"),
        (GcnConv(4), (NODES, EDGES, NODES), "needs as edge_weight one real number"),
        (DropEdge(), (NODES,), "needs as edges two node numbers each"),
        (GraphPool(), (NODES, EDGES), "needs as graph one whole number"),
    ],
)
def test_what_does_not_fit_is_said(layer, inputs, words):
    fault = layer.shape(*inputs)
    assert isinstance(fault, Fault)
    assert fault.message.startswith(words)
    assert fault.hint


def test_a_spec_with_edges_becomes_a_network(x):
    text = (
        "netwright: 1\ndata: {source: a.csv, target: y}\nmodel:\n"
        "- gcn_conv: 16\n  from: [features, edges]\n"
        "- relu:\n  name: relu\n"
        "- drop_edge: 0.1\n  from: edges\n  name: fewer\n"
        "- gat_conv: auto\n  from: [relu, fewer]\n"
    )
    interface = Interface({"features": NODES, "edges": EDGES}, {"y": Shape((3,))}, "features")
    problems = Problems(text)
    graph = infer(read_spec(read(text, problems), CATALOG, problems), interface, CATALOG, problems)
    assert not list(problems), list(problems)
    result = build(graph).eval()({"features": x, "edges": WRITTEN})["y"]
    assert result.shape == (COUNT, 3)


GEOMETRIC = (
    (GcnConv(4), "GCNConv", {}),
    (GcnConv(4, improved=True), "GCNConv", {"improved": True}),
    (GcnConv(4, add_self_loops=False), "GCNConv", {"add_self_loops": False}),
    (GcnConv(4, normalize=False), "GCNConv", {"normalize": False}),
    (GatConv(4, 3), "GATConv", {"heads": 3}),
    (GatConv(4, 3, concat=False), "GATConv", {"heads": 3, "concat": False}),
    (GatConv(4, add_self_loops=False), "GATConv", {"add_self_loops": False}),
    (GatV2Conv(4, 3), "GATv2Conv", {"heads": 3}),
    (GatV2Conv(4, share_weights=True), "GATv2Conv", {"share_weights": True}),
    (SageConv(4), "SAGEConv", {}),
    (SageConv(9, "sum", normalize=True), "SAGEConv", {"aggr": "sum", "normalize": True}),
    (SageConv(4, "max", root_weight=False), "SAGEConv", {"aggr": "max", "root_weight": False}),
)
THEIRS = {
    "linear": "lin",
    "source": "lin_l",
    "target": "lin_r",
    "neighbours": "lin_l",
    "root": "lin_r",
}


def told_as_theirs(name, kind):
    """The name that PyTorch Geometric gives a weight."""
    if name == "offset":
        return "lin_l.bias" if kind == "SAGEConv" else "bias"
    first, _, rest = name.partition(".")
    return THEIRS.get(first, first) + ("." + rest if rest else "")


@pytest.mark.parametrize(("layer", "kind", "values"), GEOMETRIC, ids=str)
def test_a_layer_is_that_of_pytorch_geometric(layer, kind, values, x):
    geometric = pytest.importorskip("torch_geometric.nn")
    torch.set_deterministic_debug_mode("default")  # its layers do not promise it
    module = made(layer)
    theirs = getattr(geometric, kind)(6, 4 if kind != "SAGEConv" else layer.out_channels, **values)
    sizes = {name: weight.shape for name, weight in theirs.state_dict().items()}
    weights = {told_as_theirs(name, kind): w for name, w in module.state_dict().items()}
    theirs.load_state_dict({name: w.view(sizes[name]) for name, w in weights.items()})
    # Without weights theirs forgets that `improved` counts a node twice.
    weight = (torch.rand(len(WRITTEN)) + 0.1,) if kind == "GCNConv" else ()
    assert torch.allclose(module(x, WRITTEN, *weight), theirs(x, WRITTEN.T, *weight), atol=1e-5)


@pytest.mark.parametrize("reduce", ["mean", "max", "sum"])
def test_pooling_is_that_of_pytorch_geometric(reduce, x):
    geometric = pytest.importorskip("torch_geometric.nn")
    theirs = getattr(geometric, f"global_{'add' if reduce == 'sum' else reduce}_pool")
    graph = torch.tensor([0, 0, 1, 1, 1, 3, 3])
    module = GraphPool(reduce).build(NODES, Shape((), "int"))
    assert torch.allclose(module(x, graph), theirs(x, graph), atol=1e-6)


@pytest.mark.parametrize(("layer", "kind", "values"), GEOMETRIC, ids=str)
def test_weights_are_drawn_as_wide_as_those_of_pytorch_geometric(layer, kind, values):
    geometric = pytest.importorskip("torch_geometric.nn")
    wide = Shape((300,))
    drawn = layer.build(wide, EDGES).state_dict()
    width = 4 if kind != "SAGEConv" else layer.out_channels
    theirs = getattr(geometric, kind)(300, width, **values).state_dict()
    for name, weight in drawn.items():
        other = theirs[told_as_theirs(name, kind)]
        if weight.numel() > 1000:
            assert float(weight.abs().max()) == pytest.approx(float(other.abs().max()), rel=0.02)
        assert bool(weight.any()) == bool(other.any()), name

"""Law 4: a kind is one file. Written here, it is known everywhere; taken away, it is unknown.

For every family a module is written into a temporary package, nothing else is touched, and the
catalog, the reader, the checks, the JSON Schema and (for a layer) shape inference, the window's
palette and the built network are asked whether they know it.
"""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nnspec.catalog import KIND_PACKAGES, Catalog
from nnspec.document import Analysis, analyse
from nnspec.problems import Problems
from nnspec.schema import schema
from nnspec.shapes import Interface, Shape
from nnspec.syntax import plain, read

NAME = "planted_kind"
INTERFACE = Interface({"features": Shape((8,))}, {"y": Shape((1,))}, "features")

MODULE = '''
"""One file."""

from __future__ import annotations

from dataclasses import dataclass

from nnspec.catalog import kind
from nnspec.params import param


@kind("Planted")
@dataclass(frozen=True, slots=True)
class PlantedKind:
    """Multiplies everything by one number."""

    slope: float = param(2.0, low=0, high=100, help="What to multiply by.")
'''

LAYER_RULES = """
    def shape(self, x):
        return x

    def parameters(self, x):
        return 0

    def macs(self, x):
        return x.sizes[0]

    def build(self, x):
        from torch import nn

        class Multiply(nn.Module):
            def __init__(self, slope):
                super().__init__()
                self.slope = slope

            def forward(self, x):
                return x * self.slope

        return Multiply(self.slope)
"""

# How a spec uses a kind of each family; USE becomes the kind with its settings.
DATA = "netwright: 1\ndata: {source: data.csv, target: y}\n"
USES = {
    "layer": DATA + "model:\n  - USE\n  - linear: auto\n",
    "loss": DATA + "train:\n  loss: {USE}\n",
    "metric": DATA + "train:\n  metrics: [{USE}]\n",
    "optimizer": DATA + "train:\n  optimizer: {USE}\n",
    "schedule": DATA + "train:\n  schedule: {USE}\n",
    "source": "netwright: 1\ndata:\n  source: {USE}\n  target: y\n",
    "column": DATA.replace("target: y", "target: {y: {USE}}"),
}
OUTSIDE = {"export"}  # families that no spec names
families = pytest.mark.parametrize("family", [f for f in KIND_PACKAGES if f not in OUTSIDE])


def spec(family: str, settings: str) -> str:
    return USES[family].replace("USE", f"{NAME}: {settings}")


@pytest.fixture
def planted(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalog]:
    """The catalog with one more module in one more package, and nothing else changed."""
    package = tmp_path / "planted_kinds"
    package.mkdir()
    (package / "__init__.py").write_text("")
    rules = LAYER_RULES if family == "layer" else ""
    (package / f"{NAME}.py").write_text(textwrap.dedent(MODULE) + rules)
    monkeypatch.syspath_prepend(tmp_path)
    yield Catalog.discover({**KIND_PACKAGES, family: (KIND_PACKAGES[family], "planted_kinds")})
    for name in [name for name in sys.modules if name.startswith("planted_kinds")]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def ordinary() -> Catalog:
    """The catalog as it is without the file."""
    return Catalog.discover()


def said(analysis: Analysis) -> list[str]:
    """Return the problems that speak of the planted kind."""
    texts = [f"{p.code}: {p.message} {p.hint or ''}" for p in analysis.problems]
    return [text for text in texts if NAME in text or "slope" in text]


def accepts(catalog: Catalog, text: str) -> bool:
    tree = read(text, Problems(text))
    return jsonschema.Draft202012Validator(schema(catalog)).is_valid(plain(tree))


def test_every_family_is_used_here() -> None:
    assert set(USES) | OUTSIDE == set(KIND_PACKAGES)


@families
def test_the_catalog_has_it_with_words_and_settings(family: Any, planted: Catalog) -> None:
    kind = planted.get(family, NAME)
    assert kind is not None
    assert kind.group == "Planted"
    assert kind.summary == "Multiplies everything by one number."
    assert kind.main is not None
    assert (kind.main.name, kind.main.low, kind.main.high) == ("slope", 0, 100)


@families
def test_the_reader_takes_it(family: str, planted: Catalog) -> None:
    for settings in ("{slope: 3}", "3", "3e0"):
        assert said(analyse(spec(family, settings), planted, INTERFACE)) == []


@families
def test_the_checks_know_its_settings(family: str, planted: Catalog) -> None:
    assert any(
        "slop" in text for text in said(analyse(spec(family, "{slop: 3}"), planted, INTERFACE))
    )
    assert said(analyse(spec(family, "{slope: 300}"), planted, INTERFACE))
    assert said(analyse(spec(family, "{slope: steep}"), planted, INTERFACE))


@families
def test_the_schema_has_it(family: str, planted: Catalog) -> None:
    assert accepts(planted, spec(family, "{slope: 3}"))
    assert not accepts(planted, spec(family, "{slope: steep}"))
    assert not accepts(planted, spec(family, "{slop: 3}"))


@families
def test_without_the_file_it_is_unknown(family: Any, ordinary: Catalog) -> None:
    assert ordinary.get(family, NAME) is None
    assert said(analyse(spec(family, "{slope: 3}"), ordinary, INTERFACE))
    assert NAME not in str(schema(ordinary))


@pytest.mark.parametrize("family", ["layer"])
def test_shape_inference_walks_through_it(family: str, planted: Catalog) -> None:
    graph = analyse(spec(family, "{slope: 3}"), planted, INTERFACE).graph
    node = next(node for node in graph.nodes if node.kind.name == NAME)
    assert node.layer.slope == 3
    assert node.shape == Shape((8,))
    assert (node.parameters, node.macs) == (0, 8)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["layer"])
def test_the_built_network_computes_it(family: str, planted: Catalog) -> None:
    import torch

    from nnspec.build import build

    outputs = []
    for slope in (1, 3):
        torch.manual_seed(0)
        network = build(analyse(spec(family, f"{{slope: {slope}}}"), planted, INTERFACE).graph)
        outputs.append(network({"features": torch.ones(2, 8)})["y"])
    last = next(module for module in network.modules() if isinstance(module, torch.nn.Linear))
    assert torch.allclose((outputs[1] - last.bias), 3 * (outputs[0] - last.bias), atol=1e-5)

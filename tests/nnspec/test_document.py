"""A text under edit: one analysis for one text, and a way back from every change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnspec.catalog import Catalog
from nnspec.document import Document, analyse, joined
from nnspec.problems import Edit
from nnspec.shapes import Interface, Shape

TEXT = "netwright: 1\ndata: {source: a.csv, target: y}\nmodel:\n  - linear: 8\n  - linear: auto\n"
OFFER = Interface({"features": Shape((4,))}, {"y": Shape((3,))}, "features")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


def test_an_analysis_knows_shapes_once_the_data_is_known(catalog: Catalog) -> None:
    document = Document(TEXT, catalog)
    assert [node.shape for node in document.analysis.graph.nodes] == [None, None]
    assert document.analysis.sound
    document.offer(OFFER)
    shapes = [str(node.shape) for node in document.analysis.graph.nodes]
    assert shapes == ["8", "3"]
    assert document.analysis is document.analysis


def test_a_change_and_its_way_back(catalog: Catalog) -> None:
    document = Document(TEXT, catalog, OFFER)
    at = TEXT.index("8")
    back = document.apply((Edit(at, at + 1, "16"), Edit(0, 0, "# note\n")))
    assert document.text == "# note\n" + TEXT.replace("8", "16")
    assert str(document.analysis.graph.nodes[0].shape) == "16"
    document.apply((back,))
    assert document.text == TEXT


def test_an_unreadable_text_is_a_value(catalog: Catalog) -> None:
    analysis = analyse("model: [", catalog)
    assert not analysis.readable
    assert not analysis.sound
    assert analysis.graph.nodes == ()


@given(st.text("ab\n", max_size=12), st.data())
def test_joined_edits_do_what_they_do_one_by_one(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    edits = [Edit(start, end, data.draw(st.text("xy", max_size=3))) for start, end in spans]
    one_by_one = text
    for edit in reversed(edits):
        one_by_one = edit.apply(one_by_one)
    assert joined(text, edits).apply(text) == one_by_one

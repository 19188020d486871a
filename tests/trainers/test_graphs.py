"""Graphs as data: nodes are rows, edges belong to all of them."""

import gzip

import numpy as np
import pytest

from nnspec.catalog import Catalog
from nnspec.problems import Problems
from nnspec.reader import read_spec
from nnspec.syntax import read
from trainers.findings import Findings
from trainers.preparation import prepare
from trainers.sources.graph import Graph

FILES = {
    "nodes.csv": "node,label,split\na,x,train\nb,y,train\nc,x,test\nd,y,none\n",
    "edges.csv": "source,target\na,b\nb,c\nc,b\nd,d\n",
}


def folder(tmp_path, **files):
    path = tmp_path / "g"
    path.mkdir(exist_ok=True)
    for name, text in {**FILES, **{n.replace("__", "."): t for n, t in files.items()}}.items():
        data = gzip.compress(text.encode()) if name.endswith(".gz") else text.encode()
        (path / name).write_bytes(data)
    return path


def opened(path, **settings):
    findings = Findings()
    return Graph(path=path.name, **settings).open(path.parent, findings), list(findings)


def test_nodes_are_rows_and_edges_go_both_ways_once(tmp_path):
    table, findings = opened(folder(tmp_path))
    assert not findings
    assert (table.columns, table.targets) == (("features", "label"), ("label",))
    assert table.part.tolist() == ["train", "train", "test", ""]
    assert table.whole["edges"].tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]
    assert table.whole["edges"].dtype == np.int64
    assert (table.cells["features"].values == np.eye(4)).all()
    directed, _ = opened(tmp_path / "g", directed=True)
    assert directed.whole["edges"].tolist() == [[0, 1], [1, 2], [2, 1]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("features__csv", "node,f0,f1\nc,5,6\na,1,2\nb,3,4\nd,7,8\n"),
        (
            "features_sparse__csv__gz",
            "node,feature,value\na,0,1\na,1,2\nb,0,3\nb,1,4\nc,0,5\nc,1,6\nd,0,7\nd,1,8\n",
        ),
    ],
)
def test_features_come_in_the_order_of_the_nodes(tmp_path, name, text):
    table, findings = opened(folder(tmp_path, **{name: text}))
    assert not findings
    assert table.cells["features"].values.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"edges__csv": "source,target\na,b\nb,z\n"}, "data.unknown_node"),
        ({"edges__csv": "source\na\nb\n"}, "data.edges"),
        ({"features__csv": "node,f0\nz,1\n"}, "data.unknown_node"),
        ({"features__csv": "node,f0\na,much\n"}, "data.text_in_number"),
        ({"features_sparse__csv": "node,feature,value\na,-1,1\n"}, "data.too_wide"),
        ({"features_sparse__csv": "node,feature,value\na,900000000,1\n"}, "data.too_wide"),
    ],
)
def test_what_is_no_graph_is_a_finding(tmp_path, files, code):
    table, findings = opened(folder(tmp_path, **files))
    assert table is None
    assert [one.code for one in findings] == [code]
    assert findings[0].hint


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("edges.csv", "source,target\na,ghost\n", "add the node to nodes.csv"),
        ("edges.csv", "source,target\n", "a row for each edge"),
        ("edges.csv", "source\na\n", "the names of the two nodes"),
        ("edges.csv", None, "a row for each edge"),
        ("nodes.csv", "node,label\n", "a row for each node"),
        ("nodes.csv", None, "a row for each node"),
    ],
)
def test_the_remedy_is_told_and_the_file_is_named(tmp_path, name, text, hint):
    path = folder(tmp_path)
    if text is None:
        (path / name).unlink()
    else:
        (path / name).write_text(text)
    table, findings = opened(path)
    assert table is None
    assert len(findings) == 1
    assert hint in findings[0].hint
    assert name in findings[0].message
    if text is not None:
        assert findings[0].file == name


def test_a_graph_is_prepared_whole_and_judged_in_parts(tmp_path):
    folder(tmp_path)
    text = "netwright: 1\ndata:\n  source: {graph: g}\n  split: {validation: 0}\n"
    problems = Problems(text)
    spec = read_spec(read(text, problems), Catalog.discover(), problems)
    found = prepare(spec.data, tmp_path, problems)
    assert found is not None, list(problems)
    assert {name: part.rows.tolist() for name, part in found.parts.items()} == {
        "train": [0, 1],
        "validation": [],
        "test": [2],
    }
    assert found.parts["test"].inputs["features"].shape == (4, 4)
    assert found.parts["test"].inputs["edges"].shape == (4, 2)
    assert found.interface.default == "features"


def test_cora_is_read_as_it_is(shared_data):
    findings = Findings()
    table = Graph(path="cora").open(shared_data, findings)
    assert not list(findings)
    assert table.rows == 2708
    assert table.whole["edges"].shape == (2 * 5278, 2)
    assert table.cells["features"].values.shape == (2708, 1433)
    assert [(table.part == part).sum() for part in ("train", "validation", "test")] == [
        140,
        500,
        1000,
    ]

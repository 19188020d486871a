"""What form data has, by a look at it, and which template suits it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from trainers.check import check
from trainers.forms import is_series, names_sounds, special_folder
from trainers.starter import start

CATALOG = Catalog.discover()


def rows(path: Path, header: str, lines: list[str]) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


def test_a_time_that_grows_beside_a_few_numbers_is_a_series(tmp_path: Path) -> None:
    days = [f"2020-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    numbered = [f"{day},{index % 7}.5" for index, day in enumerate(days)]
    assert is_series(rows(tmp_path / "a.csv", "day,sold", numbered))
    assert not is_series(rows(tmp_path / "b.csv", "day,sold", numbered[::-1]))
    assert not is_series(rows(tmp_path / "c.csv", "day,sold", numbered[:20]))
    assert not is_series(rows(tmp_path / "d.csv", "day,sold", [f"{day},many" for day in days]))
    wide = [f"{line},1,2,3,4" for line in numbered]
    assert not is_series(rows(tmp_path / "e.csv", "day,sold,a,b,c,d", wide))


def test_a_table_of_sounds_and_folders_of_special_form(tmp_path: Path) -> None:
    table = rows(tmp_path / "index.csv", "path,digit", ["a/1.wav,1", "a/2.wav,2"])
    assert names_sounds(table)
    assert special_folder(tmp_path) == ("audio", table)
    (graph := tmp_path / "graph").mkdir()
    rows(graph / "nodes.csv", "node,label", ["0,a"])
    rows(graph / "edges.csv", "source,target", ["0,0"])
    assert special_folder(graph) == ("graph", graph)
    for name in ("images", "masks"):
        (tmp_path / "cells" / name).mkdir(parents=True)
    assert special_folder(tmp_path / "cells") == ("masks", tmp_path / "cells")
    (empty := tmp_path / "empty").mkdir()
    assert special_folder(empty) is None


@pytest.mark.parametrize(
    ("path", "targets", "kind", "layers"),
    [
        ("airline_passengers/airline-passengers.csv", [], "series", {"series_decomposition"}),
        ("nuclei_segmentation", [], "masks", {"conv_transpose2d", "concat"}),
        ("spoken_digits", ["digit"], "audio", {"conv2d", "concat"}),
        ("sms_spam/SMSSpamCollection", [], "csv", {"embedding"}),
    ],
)
@pytest.mark.slow
def test_data_of_every_form_gets_a_network_that_suits_it(
    shared_data: Path, tmp_path: Path, path: str, targets: list[str], kind: str, layers: set[str]
) -> None:
    spec = tmp_path / "made.yaml"
    text, _, problems = start(shared_data / path, targets, spec)
    assert text is not None, problems
    found = check(text, tmp_path, CATALOG)
    assert found.sound, found.problems
    data = found.analysis.spec.data
    assert data is not None
    assert data.source.kind.name == kind
    assert layers <= {node.kind.name for node in found.analysis.graph.nodes}

"""How often a batch runs each network, as objectives of the gallery call them."""

import pytest

from nnspec.catalog import Catalog
from nnspec.passes import Pass, passes
from trainers.check import check
from trainers.templates import templates

CATALOG = Catalog.discover()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("lenet", (Pass({"": 1}),)),
        ("dcgan", (Pass({"painter": 1, "critic": 2}), Pass({"painter": 1, "critic": 1}))),
        ("siamese", (Pass({"tower": 2}),)),
    ],
)
def test_calls_are_counted_as_written(name: str, wanted: tuple[Pass, ...]) -> None:
    spec = next(each for each in templates() if each.name == name).spec
    checked = check(spec.read_text(encoding="utf-8"), spec.parent, CATALOG)
    assert passes(checked.analysis.graph, checked.analysis.spec.train) == wanted

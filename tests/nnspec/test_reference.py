"""The help pages: one for each kind, true to the catalog, with examples that the reader takes."""

import re
from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.reference import FAMILIES, pages, write

CATALOG = Catalog.discover()
PAGES = pages(CATALOG)
LAYERS = tuple(CATALOG.of("layer"))


def test_every_kind_has_a_page_and_is_listed():
    for family in FAMILIES:
        for kind in CATALOG.of(family):
            text = PAGES[f"{family}/{kind.name}.md"]
            assert kind.summary in text
            assert f"]({kind.name}.md)" in PAGES[f"{family}/index.md"]
            for setting in kind.params:
                assert f"- `{setting.name}`: {setting.help}" in text


def test_links_lead_to_pages():
    for name, text in PAGES.items():
        for target in re.findall(r"\]\(([^)]+)\)", text):
            assert (Path(name).parent / target).as_posix() in PAGES, (name, target)


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.name)
def test_examples_of_layers_are_read(kind):
    example = re.search(r"```yaml\n(.*?)\n```", PAGES[f"layer/{kind.name}.md"], re.DOTALL)[1]
    names = ("one", "other", *(name.removesuffix("?") for name in kind.takes))
    above = "".join(f"  - identity:\n    name: {name}_1\n" for name in dict.fromkeys(names))
    body = "".join(f"  {line}\n" for line in example.splitlines())
    text = f"netwright: 1\ndata: {{source: a.csv, target: y}}\nmodel:\n{above}{body}"
    found = [problem.code for problem in analyse(text, CATALOG).problems]
    wrong = {"layer.unknown", "setting.unknown", "setting.missing", "setting.value", "spec.shape"}
    assert not wrong & set(found), (example, found)


def test_pages_of_kinds_that_are_gone_are_deleted(tmp_path):
    (tmp_path / "layer").mkdir()
    (tmp_path / "layer" / "gone.md").write_text("old")
    write(tmp_path)
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.md")} == set(PAGES)

"""The pictures of the gallery are those of the specs beside them, and are seen to go stale."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest

from nnspec.catalog import Catalog
from trainers.template_pictures import picture
from trainers.templates import Template, templates

CATALOG = Catalog.discover()
EVERY = {each.name: each for each in templates()}
AGAIN = "python -m trainers.template_pictures"


def stale(chosen: Template) -> bool:
    """Whether the picture beside a template is not that of its spec."""
    drawn = picture(chosen, CATALOG)
    return not chosen.picture.exists() or chosen.picture.read_text(encoding="utf-8") != drawn


@pytest.mark.parametrize("name", EVERY)
def test_the_picture_is_that_of_the_spec(name):
    assert not stale(EVERY[name]), f"draw it again with {AGAIN}"


@pytest.mark.parametrize("name", EVERY)
def test_the_picture_is_a_small_svg_inside_its_frame(name):
    text = EVERY[name].picture.read_text(encoding="utf-8")
    assert len(text) < 40_000
    root = ElementTree.fromstring(text)  # noqa: S314 - it is our own
    assert root.attrib["viewBox"] == "0 0 320 160"
    for part in root.iter():
        for key, most in (("x", 320), ("cx", 320), ("y", 160), ("cy", 160)):
            assert 0 <= float(part.attrib.get(key, 0)) <= most


def test_a_stale_picture_is_seen(tmp_path: Path):
    chosen = replace(EVERY["xor_mlp"], folder=tmp_path)
    chosen.spec.write_text(EVERY["xor_mlp"].text().replace("hidden: 8", "hidden: 9"))
    assert stale(chosen)  # there is none
    chosen.picture.write_text(EVERY["xor_mlp"].picture.read_text(encoding="utf-8"))
    assert stale(chosen)  # that of eight units
    chosen.picture.write_text(picture(chosen, CATALOG) or "")
    assert not stale(chosen)


def test_a_spec_with_errors_has_no_picture(tmp_path: Path):
    chosen = replace(EVERY["xor_mlp"], folder=tmp_path)
    chosen.spec.write_text(EVERY["xor_mlp"].text().replace("- tanh", "- tanhh"))
    assert picture(chosen, CATALOG) is None

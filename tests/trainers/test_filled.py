"""Specs with every default written out: sound, of the same meaning, and complete."""

from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnspec.catalog import Catalog
from nnspec.comparison import Side, compare
from nnspec.document import analyse
from nnspec.params import params_of
from nnspec.problems import Problems, Span
from nnspec.section_settings import When
from nnspec.syntax import plain, read
from tests.nnspec.objective_specs import CATALOG, LABELLED, SPECS, VAE, analysed
from tests.nnspec.test_wrapping import PICTURES
from tests.nnspec.test_wrapping import SPEC as WRAPPED
from trainers.check import Checked
from trainers.filled import filled

REAL = Catalog.discover()


def shown(analysis, catalog):
    return filled(Checked(analysis, None, ()), catalog)


def bare(value):
    """The same data without places in a text."""
    if isinstance(value, Span):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.name not in ("path", "kind")]
        return type(value).__name__, {name: bare(getattr(value, name)) for name in names}
    if isinstance(value, tuple | list):
        return [bare(each) for each in value]
    if isinstance(value, dict):
        return {key: bare(each) for key, each in value.items()}
    return value


def assert_the_same(text, interface, catalog):
    before = analyse(text, catalog, interface)
    assert before.problems == ()
    whole = shown(before, catalog)
    after = analyse(whole, catalog, interface)
    assert after.problems == ()
    assert compare(Side(before.graph, {}), Side(after.graph, {})) == ()
    assert bare(replace(before.spec.train, metrics=())) == bare(
        replace(after.spec.train, metrics=())
    )
    assert bare(before.spec.outputs) == bare(after.spec.outputs)
    assert {n: bare(m.inputs) for n, m in before.spec.models.items()} == {
        n: bare(m.inputs) for n, m in after.spec.models.items()
    }
    assert shown(after, catalog) == whole, "what is complete stays as it is"
    return whole


@pytest.mark.parametrize("name", SPECS)
def test_an_objective_with_its_defaults_means_the_same(name):
    text, interface = SPECS[name]
    data = plain(read(assert_the_same(text, interface, CATALOG), Problems("")))
    steps = data["train"].get("steps", [])
    for step in steps:
        assert {setting.name for setting in params_of(When)} <= set(step)
    for terms in [data["train"].get("losses", []), *(step["losses"] for step in steps)]:
        for term in terms:
            assert "weight" in next(iter(term.values()))


def test_layers_that_wrap_others():
    whole = assert_the_same(WRAPPED, PICTURES, REAL)
    inner = plain(read(whole, Problems("")))["model"][0]["spectral_norm"]["conv2d"]
    assert inner["stride"] == 2
    assert inner["groups"] == 1


def test_settings_that_come_with_shared_weights_are_not_written():
    text = (
        "netwright: 1\ndata: {source: digits/, target: label}\nmodel:\n  - flatten\n"
        "  - linear: 8\n  - linear: 8\n    name: one\n  - linear:\n    share: one\n"
        "  - linear: auto\n"
    )
    whole = assert_the_same(text, PICTURES, REAL)
    assert "share: one" in whole


def test_a_loss_stays_beside_a_preview():
    start = VAE[: VAE.index("  losses:")]
    text = start.replace("digits/}", "digits/, target: label}") + "  loss: mse\n  preview: image\n"
    text = text.replace("784\n  - reshape: [1, 28, 28]", "10").replace(", beta: 0.5", "")
    data = plain(read(assert_the_same(text, LABELLED, CATALOG), Problems("")))
    assert "mse" in str(data["train"]["loss"])
    assert data["train"]["preview"] == {"of": "image", "count": 64}


@given(
    times=st.integers(1, 9),
    weight=st.sampled_from(["0.5", "'epoch / 10'", "$w", "'clamp($w * epoch, 0, 1)'", "-1e-3"]),
    update=st.sampled_from(["critic", "[critic]"]),
    of=st.sampled_from(
        ["critic(image)", "'-critic(image)'", "'critic(image).seen * 2'", "'critic(image) * epoch'"]
    ),
)
@settings(max_examples=25, deadline=None)
def test_drawn_steps_mean_the_same(times, weight, update, of):
    text, interface = SPECS["gan"]
    start = text[: text.index("train:")].replace("data:", "params: {w: 0.25}\ndata:", 1)
    text = start + (
        "train:\n  steps:\n"
        f"    - update: {update}\n      times: {times}\n"
        f"      losses: [{{minimize: {{of: {of}, weight: {weight}}}}}]\n"
        "    - losses: [{minimize: critic(painter(normal(64)))}]\n"
    )
    if any(problem.severity == "error" for problem in analysed(text, interface).problems):
        raise AssertionError(text)
    before = analysed(text, interface)
    after = analysed(shown(before, CATALOG), interface)
    assert bare(before.spec.train) == bare(after.spec.train)
    assert [p.code for p in before.problems] == [p.code for p in after.problems]

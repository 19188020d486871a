"""Made-up data: the same for the same seed, through every path that files take."""

from pathlib import Path

import numpy as np
import pytest

from nnspec.catalog import Catalog
from nnspec.problems import Problems
from nnspec.reader import read_spec
from nnspec.section_settings import Split
from nnspec.syntax import read
from trainers.findings import Findings
from trainers.generated import sample_names
from trainers.preparation import prepare
from trainers.sources.sample import Sample
from trainers.splits import split_rows

CATALOG = Catalog.discover()


def made(name, **settings):
    return Sample(name, **{"rows": 60, **settings}).open(Path(), Findings())


def prepared(source, more=""):
    text = f"netwright: 1\ndata:\n  source: {{sample: {source}}}\n{more}"
    problems = Problems(text)
    spec = read_spec(read(text, problems), CATALOG, problems)
    found = prepare(spec.data, Path(), problems)
    assert found is not None, list(problems)
    return found


@pytest.mark.parametrize("name", sample_names())
def test_every_sample_is_prepared_as_its_columns_are_meant(name):
    found = prepared(f"{{name: {name}, rows: 120}}")
    interface = found.interface
    assert set(interface.targets) == set(made(name).targets)
    for part in ("train", "validation", "test"):
        rows = len(found.parts[part].rows)
        assert rows > 0
        for input_name, shape in interface.inputs.items():
            array = found.parts[part].inputs[input_name]
            assert len(array) == rows or found.parts[part].whole
            assert array.ndim == 1 + len(shape)
    assert all(np.isfinite(array).all() for array in found.parts["train"].inputs.values())


@pytest.mark.parametrize("name", sample_names())
def test_the_seed_decides_the_rows(name):
    def content(table):
        return [
            values.decoded(8, 8, 1).tolist()
            if values.form == "pictures"
            else values.values.tolist()
            if values.form == "arrays"
            else [sound.samples.tolist() for sound in values]
            if values.form == "sounds"
            else values.plain()
            for values in table.cells.values()
        ]

    assert content(made(name)) == content(made(name))
    assert content(made(name)) != content(made(name, seed=1))
    assert made(name).fingerprint != made(name, seed=1).fingerprint


def test_xor_without_noise_is_xor():
    table = made("xor", noise=0.0)
    rows = zip(*(table.cells[name].plain() for name in table.columns), strict=True)
    assert set(rows) == {("0", "0", "0"), ("1", "0", "1"), ("0", "1", "1"), ("1", "1", "0")}


def test_the_oscillator_obeys_its_law():
    table = made("oscillator", noise=0.0, rows=400)
    t, x = (table.cells[name].numbers().values for name in ("t", "x"))
    speed = np.gradient(x, t)
    law = np.gradient(speed, t) + 4 * speed + 400 * x
    assert abs(x[0] - 1) < 1e-5
    assert abs(speed[1]) < 2
    assert np.abs(law[5:-5]).max() < 8  # of terms that reach 400


def test_reversed_words_are_reversed():
    table = made("reversed_words")
    pairs = zip(table.cells["word"].plain(), table.cells["reversed"].plain(), strict=True)
    assert all(word == other[::-1] for word, other in pairs)


def test_a_shape_lies_where_its_mask_is():
    table = made("shapes", noise=0.0)
    pixels, masks = table.cells["image"].decoded(32, 32, 3), table.cells["mask"].masks(32, 32)
    assert set(np.unique(masks).tolist()) == {0, 255}
    assert (pixels.max(axis=1) > 100).tolist() == (masks > 0).tolist()
    captions = table.cells["caption"].plain()
    assert all(
        name in text for name, text in zip(table.cells["shape"].plain(), captions, strict=True)
    )


def test_an_unknown_sample_is_a_finding_with_the_nearest():
    findings = Findings()
    assert Sample("moon").open(Path(), findings) is None
    assert [(one.code, one.hint) for one in findings] == [
        ("data.unknown_sample", "did you mean 'moons'?")
    ]


def test_the_numbers_that_make_rows_do_not_divide_them():
    # With one stream for both, the rows kept for the test were those in the middle of the spirals.
    rows = 1000
    table = made("spirals", rows=rows)
    x, y = (table.texts(name).numbers().values for name in ("x", "y"))
    far = np.hypot(x, y)
    parts = split_rows(np.arange(rows), Split(), Findings())
    means = [far[parts[name]].mean() for name in ("train", "validation", "test")]
    assert max(means) - min(means) < 1.0, means

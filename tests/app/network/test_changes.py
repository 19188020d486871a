"""What gestures do to the text, without a window: each change reads back as it was meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.network import changes
from app.network.canvas.picture import item_keys
from app.network.drafts import Change, Layers
from app.network.starters import starter
from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.edits import EditRefused
from nnspec.problems import Problems
from nnspec.syntax import read
from nnspec.tree import plain

HEAD = "netwright: 1\nmodel:\n"


def layers(body: str, catalog: Catalog) -> Layers:
    text = HEAD + body
    items = analyse(text, catalog).spec.model or ()
    return Layers(text, ("model",), items, item_keys(items), catalog)


def after(made: Change | EditRefused, before: Layers) -> object:
    assert isinstance(made, Change), made
    text = made.edit.apply(before.text)
    found = plain(read(text, Problems(text)))
    assert isinstance(found, dict)
    return found["model"]


def test_every_layer_of_the_catalog_can_be_added(catalog: Catalog) -> None:
    before = layers("  - relu\n", catalog)
    kinds = list(catalog.of("layer"))
    assert len(kinds) > 20
    for kind in kinds:
        made = after(changes.add(before, starter(kind), 1), before)
        assert changes.kind_of(made[1]) == kind.name
        text = changes.add(before, starter(kind), 1).edit.apply(before.text)
        problems = analyse(text, catalog).problems
        wrong = [p for p in problems if p.code.startswith(("value.", "key.", "spec.shape"))]
        assert not wrong, (kind.name, wrong)


def test_insert_on_a_wire_that_is_written(catalog: Catalog) -> None:
    before = layers("  - linear: 8\n    name: a\n  - relu\n  - dropout:\n    from: a\n", catalog)
    made = after(changes.insert_on_wire(before, "gelu", "a", 2), before)
    assert made[2:] == [{"gelu": None, "from": "a"}, {"dropout": None}]


def test_connect_replaces_the_input_of_a_plain_layer(catalog: Catalog) -> None:
    before = layers("  - linear: 8\n  - relu\n  - dropout\n", catalog)
    made = after(changes.connect(before, "linear", 2), before)
    assert made == [{"linear": 8, "name": "linear"}, "relu", {"dropout": None, "from": "linear"}]


def test_connect_to_the_layer_above_needs_no_from(catalog: Catalog) -> None:
    before = layers("  - linear: 8\n    name: a\n  - relu\n  - dropout:\n    from: a\n", catalog)
    made = after(changes.connect(before, "relu", 2), before)
    assert made[2] == {"dropout": None}


def test_a_bare_merge_keeps_what_it_had(catalog: Catalog) -> None:
    before = layers("  - linear: 8\n    name: a\n  - relu\n  - add\n", catalog)
    made = after(changes.connect(before, "a", 2), before)
    assert made[2] == {"add": ["previous", "a"]}


@pytest.mark.parametrize(("source", "target", "code"), [
    ("dropout", 1, "connect.order"), ("relu", 1, "connect.order"), ("relu", 2, "connect.twice"),
])  # fmt: skip
def test_what_cannot_be_connected_is_refused(
    source: str, target: int, code: str, catalog: Catalog
) -> None:
    before = layers("  - linear: 8\n  - relu\n  - dropout\n", catalog)
    made = changes.connect(before, source, target)
    assert isinstance(made, EditRefused)
    assert made.code == code


def test_deleting_a_run_heals_to_the_first_that_stays(catalog: Catalog) -> None:
    before = layers(
        "  - linear: 8\n  - relu\n  - gelu:\n    name: b\n  - linear: 8\n    name: c\n"
        "  - add: [b, c]\n", catalog,
    )  # fmt: skip
    made = after(changes.remove(before, [1, 2]), before)
    assert made == [{"linear": 8, "name": "linear"}, {"linear": 8, "name": "c"},
                    {"add": ["linear", "c"]}]  # fmt: skip


def test_deleting_everything_leaves_an_empty_list(catalog: Catalog) -> None:
    before = layers("  - relu\n  - gelu\n", catalog)
    made = changes.remove(before, [0, 1])
    assert after(made, before) == []
    assert made.select == ()


def test_rename_changes_key_references_and_shares(catalog: Catalog) -> None:
    before = layers(
        "  - linear: 8\n    name: a\n  - linear: 8\n    share: a\n    name: b\n"
        "  - add: [a, b]\n  - relu:\n    from: a\n", catalog,
    )  # fmt: skip
    made = after(changes.rename(before, 0, "first"), before)
    assert made[0]["name"] == made[1]["share"] == made[3]["from"] == "first"
    assert made[2] == {"add": ["first", "b"]}
    assert isinstance(changes.rename(before, 0, "b"), EditRefused)


def test_pasted_references_follow_the_pasted_names(catalog: Catalog) -> None:
    before = layers("  - linear: 8\n    name: a\n  - relu:\n    from: a\n", catalog)
    text = changes.copied(before, [0, 1])
    made = after(changes.paste(before, text, 2), before)
    assert made[2:] == [{"linear": 8, "name": "a_2"}, {"relu": None, "from": "a_2"}]


def test_garbage_is_not_pasted(catalog: Catalog) -> None:
    before = layers("  - relu\n", catalog)
    for text in ("{", "a: [", "- x\n: y"):
        assert isinstance(changes.paste(before, text, 1), EditRefused), text


def test_merging_takes_in_what_is_selected(catalog: Catalog) -> None:
    before = layers("  - linear: 8\n  - relu\n  - gelu\n", catalog)
    made = after(changes.merge(before, "concat", [0, 2]), before)
    assert made[0] == {"linear": 8, "name": "linear"}
    assert made[3] == {"concat": ["linear", "gelu"]}


BODY = """\
  # the stem
  - linear: 8  # first
    name: a
  - relu
  - linear: {out_features: 8}   # 🦊
    name: b
  - add: [a, b]
  - dropout: 0.5
  - relu:
    from: b
  - concat: [previous, a]
"""
STEPS = st.tuples(
    st.sampled_from(["add", "move", "connect", "remove", "duplicate", "rename", "wire", "paste"]),
    st.integers(0, 30),
    st.integers(0, 30),
)


def do(step: tuple[str, int, int], now: Layers) -> Change | EditRefused:
    """One random gesture; where it needs an item there is one."""
    name, one, two = step
    count = len(now.items)
    at, other = one % count, two % count
    source = now.sources(at)[two % len(now.sources(at))]
    if source == "previous":
        source = now.keys[at - 1] if at else "input"
    both = sorted({at, other})
    return {
        "add": lambda: changes.add(now, "gelu", one % (count + 1)),
        "move": lambda: changes.move(now, at, other),
        "connect": lambda: changes.connect(now, now.keys[at], other),
        "remove": lambda: changes.remove(now, both),
        "duplicate": lambda: changes.duplicate(now, both),
        "rename": lambda: changes.rename(now, at, f"n{two}"),
        "wire": lambda: changes.insert_on_wire(now, "gelu", source, at),
        "paste": lambda: changes.paste(now, changes.copied(now, both), two % (count + 1)),
    }[name]()


@settings(max_examples=60)
@given(st.lists(STEPS, min_size=1, max_size=8))
def test_any_gestures_leave_a_list_that_reads_and_can_be_undone(
    steps: list[tuple[str, int, int]],
) -> None:
    now = layers(BODY, CATALOG)
    for step in steps:
        if not now.items:
            break
        made = do(step, now)
        if isinstance(made, EditRefused):
            assert made.code in {"connect.order", "connect.twice", "rename.taken", "edit.layout"}
            continue
        text = made.edit.apply(now.text)
        assert made.edit.inverse(now.text).apply(text) == now.text
        analysis = analyse(text, CATALOG)
        assert analysis.readable
        grown = {"add": 1, "wire": 1, "move": 0, "connect": 0, "rename": 0}.get(step[0])
        items = analysis.spec.model or ()
        assert grown is None or len(items) == len(now.items) + grown
        assert all(path[1] < len(items) for path in made.select)
        unknown = [p for p in analysis.problems if p.code == "reference.unknown"]
        assert not unknown, (step, now.text, text, unknown)
        now = Layers(text, ("model",), items, item_keys(items), CATALOG)


CATALOG = Catalog.discover()

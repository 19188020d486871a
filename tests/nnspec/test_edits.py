"""Splices: every one reads back as intended, undoes exactly, and leaves comments alone.

`python -m tests.nnspec.fuzz_edits --edits 20000` runs the random part for longer.
"""

import copy
import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnspec import edits
from nnspec.edits import (
    Edit,
    EditRefused,
    Snippet,
    apply_all,
    checked,
    combine,
    emit,
    find,
    item_span,
    minimal,
    path_at,
)
from nnspec.emit import emit_key, emit_scalar, inline, writable
from nnspec.problems import Problems, has_errors
from nnspec.syntax import Node, plain, read
from tests.nnspec.documents import document
from tests.nnspec.fuzz_edits import EditFailedError, Gesture, Tally, session, try_gesture

NET = """\
# A small net
netwright: 1
params: {width: 32}  # shared
train:
model:
  # the stem
  - conv2d: {out_channels: $width, kernel_size: 3}  # big
  - relu  # act

  # --- classifier ---

  - batch_norm:
    name: body
  # head
  - linear: 64 # classes
  - linear: {
      # inner
      out_features: 3, # three
      bias: true
    }
"""


def tree(text: str) -> Node | None:
    return read(text, Problems(text))


def done(text: str, name: str, *arguments: Any, **options: Any) -> str:
    edit = getattr(edits, name)(text, tree(text), *arguments, **options)
    assert isinstance(edit, Edit), edit
    after = edit.apply(text)
    assert edit.inverse(text).apply(after) == text
    return after


def refused(text: str, name: str, *arguments: Any, **options: Any) -> str:
    edit = getattr(edits, name)(text, tree(text), *arguments, **options)
    assert isinstance(edit, EditRefused), edit
    assert edit.message
    assert "\n" not in edit.message
    return edit.code


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went and the lines that came."""
    old, new = before.splitlines(), after.splitlines()
    return [row for row in old if row not in new], [row for row in new if row not in old]


# ------------------------------------------------------------------------------- random documents


@settings(max_examples=400)
@given(st.integers(0, 2**40))
def test_every_random_edit_reads_back_undoes_exactly_and_keeps_comments(seed: int) -> None:
    tally = Tally()
    session(random.Random(seed), 6, tally)
    assert tally.edits + sum(tally.refused.values()) == 6


def test_random_edits_are_practically_never_refused() -> None:
    tally = Tally()
    for seed in range(150):
        session(random.Random(seed), 6, tally)
    assert sum(tally.refused.values()) <= 0.01 * tally.edits, tally.refused
    assert len(tally.kinds) == 6


@settings(max_examples=300)
@given(st.integers(0, 2**40))
def test_random_documents_read_as_they_were_meant(seed: int) -> None:
    made = document(random.Random(seed))
    problems = Problems(made.text)
    assert repr(plain(read(made.text, problems))) == repr(made.data)
    assert not has_errors(problems)


def test_the_judge_of_random_edits_sees_a_wrong_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(text: str, root: Node | None, path: edits.Path) -> Edit:
        span = item_span(text, root, path)
        assert span is not None
        return Edit(span.start - 6, span.end, "\n")

    monkeypatch.setattr(edits, "delete", wrong)
    gesture = Gesture("delete", (("b",),), {"a": 1}, gone=("b",))
    with pytest.raises(EditFailedError, match="lost comments"):
        try_gesture("a: 1 # <1>\nb: 2\n", gesture, None)


BITS = ("a: ", "- ", "b", "1", "\n", "\n  ", "\r\n", "\r", "{", "}", "[", "]", ", ", "#", " # c",
        '"', "'", "|\n  ", ">-\n ", "? ", ": ", "&a ", "*a", "!t ", "---\n", "...\n", "\ufeff",
        "\u2028",
        "<<: ", "\t", "é", "🙂", "\x00", "\ud800", "%", "@")  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.sampled_from(BITS), max_size=14).map("".join), st.randoms())
def test_odd_texts_are_edited_or_refused_but_never_raise(text: str, rng: random.Random) -> None:
    root = tree(text)
    paths: list[edits.Path] = [(), ("a",), ("a", 0), (0,), ("b", "c"), (0, "a")]
    for path in paths:
        calls = (
            ("set_value", (path, rng.choice((5, "x", {"k": [1]}, [{"a": None}])))),
            ("delete", (path,)),
            ("insert_item", (path, 0, {"a": 1})),
            ("insert_item", (path, 0, Snippet("b # c"))),
            ("move_item", (path, 0, 1)),
            ("duplicate_item", (path, 0)),
            ("rename_key", (path, "z")),
        )
        for name, arguments in calls:
            edit = getattr(edits, name)(text, root, *arguments)
            assert isinstance(edit, Edit | EditRefused)
            if isinstance(edit, Edit):
                assert edit.inverse(text).apply(edit.apply(text)) == text
        item_span(text, root, path)
        path_at(root, len(text) // 2, text)


# ----------------------------------------------------------------------------------------- styles


@pytest.mark.parametrize(
    ("path", "value", "options", "went", "came"),
    [
        (("model", 1, "relu", "inplace"), True, {}, "  - relu  # act",
         ["  - relu: {inplace: true}  # act"]),
        (("model", 1, "name"), "first", {}, "  - relu  # act",
         ["  - relu:  # act", "    name: first"]),
        (("model", 3, "linear", "bias"), False, {"expand": "out_features"},
         "  - linear: 64 # classes", ["  - linear: {out_features: 64, bias: false} # classes"]),
        (("model", 3, "linear", "out_features"), 9, {"expand": "out_features"},
         "  - linear: 64 # classes", ["  - linear: 9 # classes"]),
        (("train", "epochs"), 3, {}, "train:", ["train: {epochs: 3}"]),
        (("params", "rate"), 1e-3, {}, "params: {width: 32}  # shared",
         ["params: {width: 32, rate: 0.001}  # shared"]),
        (("params",), None, {}, "params: {width: 32}  # shared", ["params: null  # shared"]),
        (("model", 2, "name"), "1e-3", {}, "    name: body", ['    name: "1e-3"']),
        (("model", 4, "linear", "x"), "a, b", {}, "      bias: true",
         ["      bias: true,", '      x: "a, b"']),
    ],
)  # fmt: skip
def test_setting_a_value_changes_one_line(
    path: edits.Path, value: Any, options: dict[str, str], went: str, came: list[str]
) -> None:
    assert changed(NET, done(NET, "set_value", path, value, **options)) == ([went], came)


def test_setting_the_same_value_keeps_its_spelling() -> None:
    assert done("lr: 1e-3 # small\n", "set_value", ("lr",), 0.001) == "lr: 1e-3 # small\n"


def test_quotes_stay_as_they_were() -> None:
    assert done("a: 'x'\nb: \"y\"\n", "set_value", ("a",), "it's") == "a: 'it''s'\nb: \"y\"\n"
    assert done("a: 'x'\nb: \"y\"\n", "set_value", ("b",), "z") == "a: 'x'\nb: \"z\"\n"


def test_missing_sections_are_made() -> None:
    text = done("netwright: 1\n", "set_value", ("train", "optimizer", "sgd", "lr"), 0.1)
    assert text == "netwright: 1\ntrain: {optimizer: {sgd: {lr: 0.1}}}\n"
    assert done("", "set_value", ("a",), 1) == "a: 1\n"
    assert done("# only a comment", "set_value", ("a",), 1) == "# only a comment\na: 1\n"
    assert done("---\n...\n", "set_value", ("a",), 1) == "---\na: 1\n...\n"
    assert done("{}\n", "set_value", ("a",), 1) == "a: 1\n"


def test_windows_line_ends_and_byte_order_mark_stay() -> None:
    text = "\ufeffa:\r\n  b: 1 # c\r\nd: 2"
    assert done(text, "set_value", ("a", "e"), [1, {"f": 2}]) == (
        "\ufeffa:\r\n  b: 1 # c\r\n  e:\r\n    - 1\r\n    - f: 2\r\nd: 2"
    )
    assert done(text, "set_value", ("g",), 3) == text + "\r\ng: 3"
    assert done(text, "delete", ("a",)) == "\ufeffd: 2"


def test_a_block_replaced_by_one_value_keeps_the_comment_of_its_key() -> None:
    text = "a: # why\n  # first\n  b: 1\n  c: 2 # two\nd: 3\n"
    assert done(text, "set_value", ("a",), 5) == "a: 5 # why\n  # first\nd: 3\n"
    text = "a: | # why\n  one\n  two\nd: 3\n"
    assert done(text, "set_value", ("a",), 5) == "a: 5 # why\nd: 3\n"
    assert done("a: 5 # why\nd: 3\n", "set_value", ("a",), [{"b": 1}]) == (
        "a: # why\n  - b: 1\nd: 3\n"
    )


def test_deleting_an_item_takes_only_the_comment_glued_above() -> None:
    after = done(NET, "delete", ("model", 2))
    assert changed(NET, after) == (["  - batch_norm:", "    name: body"], [])
    assert "# --- classifier ---" in after
    assert changed(NET, done(NET, "delete", ("model", 3)))[0] == [
        "  # head",
        "  - linear: 64 # classes",
    ]


@pytest.mark.parametrize(
    ("text", "path", "after"),
    [
        ("a:\n  b: 1 # c\nd: 2\n", ("a", "b"), "a: {}\nd: 2\n"),
        ("a: # keep\n  # free\n\n  # glued\n  - 1\nd: 2\n", ("a", 0),
         "a: [] # keep\n  # free\n\nd: 2\n"),
        ("- a: 1\n  b: 2\n", (0, "a"), "- b: 2\n"),
        ("- a: 1 # one\n  # about b\n  b: 2\n", (0, "a"), "-\n  # about b\n  b: 2\n"),
        ("- a: 1 # one\n", (0, "a"), "- {}\n"),
        ("- - 1\n  - 2\n", (0, 0), "- - 2\n"),
        ("a: {b: 1, c: 2}\n", ("a", "b"), "a: {c: 2}\n"),
        ("a: {b: 1, c: 2}\n", ("a", "c"), "a: {b: 1}\n"),
        ("a: { b: 1 }\n", ("a", "b"), "a: {}\n"),
        ("[a: 1, b]\n", (0, "a"), "[{}, b]\n"),
        ("a: [\n  1, # one\n  # two\n  2,\n]\n", ("a", 0), "a: [\n  # two\n  2,\n]\n"),
        ("a: |+\n  x\n\nb: 1\n", ("a",), "b: 1\n"),
        ("a: 1", ("a",), "{}"),
        ("? a\n: 1\nb: 2\n", ("a",), "b: 2\n"),
    ],
)  # fmt: skip
def test_deleting(text: str, path: edits.Path, after: str) -> None:
    assert done(text, "delete", path) == after


def test_inserting_keeps_the_style_of_the_list() -> None:
    layer = {"conv2d": {"out_channels": 8, "kernel_size": 3}, "name": "c"}
    rows = ["  - conv2d: {out_channels: 8, kernel_size: 3}", "    name: c"]
    for index in range(6):
        after = done(NET, "insert_item", ("model",), index, layer)
        assert changed(NET, after) == ([], rows)
    assert done("a: [1, 2]\n", "insert_item", ("a",), 1, "x, y") == 'a: [1, "x, y", 2]\n'
    assert done("a: []\n", "insert_item", ("a",), 0, "relu") == "a:\n  - relu\n"
    assert done("a: # c\n", "insert_item", ("a",), 0, "relu") == "a: # c\n  - relu\n"
    assert done("b: 1", "insert_item", ("a",), 0, "relu") == "b: 1\na:\n  - relu"
    assert done("a:\n- 1\nb: 2\n", "insert_item", ("a",), 1, {"c": None, "d": 1}) == (
        "a:\n- 1\n- c:\n  d: 1\nb: 2\n"
    )


def test_a_snippet_brings_its_comments_and_fits_the_indentation() -> None:
    text = "model:\n    - relu"
    after = done(text, "insert_item", ("model",), 1, Snippet("gru: 3 # keep\nname: g\n"))
    assert after == "model:\n    - relu\n    - gru: 3 # keep\n      name: g"
    several = Snippet("  # two\n  - a\n  - b: |\n      text\n")
    after = done(text, "insert_item", ("model",), 0, several)
    assert after == "model:\n    # two\n    - a\n    - b: |\n        text\n    - relu"
    assert plain(tree(after)) == {"model": ["a", {"b": "text\n"}, "relu"]}


def test_moving_takes_the_comment_along_and_leaves_the_gaps() -> None:
    after = done(NET, "move_item", ("model",), 3, 0)
    assert after.index("# head") < after.index("- linear: 64") < after.index("# the stem")
    assert done(after, "move_item", ("model",), 0, 3) == NET
    assert done("- 1 # a\n# b\n- 2", "move_item", (), 0, 1) == "# b\n- 2\n- 1 # a"
    assert done("a: [x, y, z] # c\n", "move_item", ("a",), 0, 2) == "a: [y, z, x] # c\n"


def test_renaming_and_duplicating() -> None:
    after = done(NET, "rename_key", ("model", 0, "conv2d"), "conv1d")
    assert after == NET.replace("conv2d", "conv1d")
    assert done(NET, "rename_key", ("model", 1, "relu"), "gelu") == NET.replace("relu", "gelu")
    assert done("{a: 1}\n", "rename_key", ("a",), "b, c") == '{"b, c": 1}\n'
    after = done(NET, "duplicate_item", ("model",), 3)
    assert after == NET.replace("  - linear: 64 # classes\n", "  - linear: 64 # classes\n" * 2)


@pytest.mark.parametrize(
    ("text", "call", "code"),
    [
        ("a: 1\nb: 2\n", ("rename_key", ("a",), "b"), "edit.exists"),
        ("a: 1\n", ("rename_key", ("z",), "b"), "edit.missing"),
        ("a: 1\n", ("delete", ("z",)), "edit.missing"),
        ("a: 1\n", ("delete", ()), "edit.root"),
        ("a: 1\n", ("set_value", ("a", "b"), 2), "edit.single_value"),
        ("a: [1]\n", ("set_value", ("a", 4), 2), "edit.missing"),
        ("a: 1\n", ("set_value", ("a",), math.inf), "edit.value"),
        ("a: 1\n", ("set_value", ("a",), "\ud800"), "edit.value"),
        ("a: 1\n", ("set_value", ("a",), 10**5000), "edit.value"),
        ("a: [", ("set_value", ("a",), 1), "edit.unreadable"),
        ("a: 1\n", ("insert_item", ("a",), 0, 1), "edit.not_a_list"),
        ("a: [1]\n", ("insert_item", ("a",), 2, 1), "edit.index"),
        ("a: [1]\n", ("insert_item", ("a",), 0, Snippet("[")), "edit.snippet"),
        ("a: [1]\n", ("move_item", ("a",), 0, 1), "edit.index"),
        ("a: [1]\n", ("duplicate_item", ("a",), -1), "edit.index"),
        # The text below a block scalar cannot begin on a new line without adding to the scalar.
        ("a: |\n  no line end", ("set_value", ("b",), 1), "edit.layout"),
        # The comment would be lost by the only way to write it.
        ("<<: {c: 1} # x\n", ("set_value", ("b",), 1), "edit.layout"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    text: str, call: tuple[Any, ...], code: str
) -> None:
    assert refused(text, *call) == code


def test_a_value_that_is_too_deep_is_refused() -> None:
    value: Any = 1
    for _ in range(100_000):
        value = [value]
    assert refused("a: 1\n", "set_value", ("a",), value) == "edit.value"


# ---------------------------------------------------------------------------------------- writing

SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**60), 10**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(["1e-3", "no", "null", "~", "0x1", "a: b", "- a", "#", "a #b", "<<", "?"])
)  # fmt: skip
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=6).filter(str.isprintable), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(DATA)
def test_what_is_emitted_reads_back(value: Any) -> None:
    assert writable(value)
    for text in (emit(value), f"holding: {inline(value)}", f"[{inline(value, flow=True)}]"):
        read_back = plain(tree(text))
        held = text.startswith("holding: ") and isinstance(read_back, dict)  # longer than any key
        got = read_back["holding"] if held else read_back
        assert repr(got) in (repr(value), repr([value])), text


@settings(max_examples=400)
@given(
    st.text(st.sampled_from("ab1-?:,[]{}#&*!|>'\"%@` ~.\\\té🙂\u2028$"), max_size=7), st.booleans()
)
def test_quotes_are_written_exactly_where_they_are_needed(text: str, flow: bool) -> None:
    written = emit_scalar(text, flow=flow)
    frame = "[{}, 1]" if flow else "k: {}"
    bare = Problems("")
    read_bare = plain(read(frame.format(text), bare))
    needed = len(bare) > 0 or read_bare != ([text, 1] if flow else {"k": text})
    if written == text:
        assert not needed
    elif not needed:  # what libyaml takes without quotes against the letter of YAML 1.2
        marks = text.startswith("...")  # the end of a document, were it to stand first in a line
        odd = any(mark in text for mark in (":", "\t", "\u2028", "  "))
        assert text[0] in "-?:" or marks or odd, text


def test_keys_are_text_and_need_no_quotes_for_numbers() -> None:
    assert [emit_key(key) for key in ("1", "true", "a b", "<<", "", "a: b")] == [
        "1", "true", "a b", '"<<"', '""', '"a: b"',
    ]  # fmt: skip


def test_the_house_style() -> None:
    data = plain(tree(NET))
    assert emit(data).splitlines()[3:] == [
        "model:",
        "  - conv2d: {out_channels: $width, kernel_size: 3}",
        "  - relu",
        "  - batch_norm:",
        "    name: body",
        "  - linear: 64",
        "  - linear: {out_features: 3, bias: true}",
    ]
    assert emit({"a": ["x" * 60, "y" * 60]}) == f"a:\n  - {'x' * 60}\n  - {'y' * 60}"


# -------------------------------------------------------------------------------- splices, places


@given(st.text("ab\n", max_size=20), st.text("ab\n", max_size=20))
def test_minimal_is_right_and_minimal(old: str, new: str) -> None:
    edit = minimal(old, new)
    assert edit.apply(old) == new
    went = old[edit.start : edit.end]
    if went and edit.text:
        assert went[0] != edit.text[0]
        assert went[-1] != edit.text[-1]


def test_edits_of_one_text_are_applied_from_the_end() -> None:
    several = [Edit(0, 1, "AAA"), Edit(4, 5, ""), Edit(2, 2, "x"), Edit(2, 2, "y")]
    assert apply_all("abcde", several) == "AAAbxycd"
    with pytest.raises(ValueError, match="overlap"):
        apply_all("abcde", [Edit(0, 3, ""), Edit(2, 4, "")])
    whole = combine("abcde", several)
    assert isinstance(whole, Edit)
    assert whole.apply("abcde") == "AAAbxycd"
    no = EditRefused("edit.missing", "no")
    assert combine("abc", [Edit(0, 1, ""), no]) is no
    overlapping = combine("abcde", [Edit(0, 3, ""), Edit(2, 4, "")])
    assert isinstance(overlapping, EditRefused)
    assert overlapping.code == "edit.overlap"


def test_checked_refuses_what_reads_otherwise_or_brings_mistakes() -> None:
    assert isinstance(checked("a: 1\n", Edit(3, 4, "2"), {"a": 2}), Edit)
    for edit, meant in ((Edit(3, 4, "2"), {"a": 2.0}), (Edit(3, 4, "["), None), (
        Edit(5, 5, "a: 2\n"), {"a": 1}), (Edit(3, 3, "!t "), {"a": 1})):  # fmt: skip
        assert isinstance(checked("a: 1\n", edit, meant), EditRefused), edit


def test_find() -> None:
    root = tree(NET)
    assert plain(find(root, ("model", 4, "linear", "out_features"))) == 3
    assert find(root, ()) is root
    for path in (("model", 9), ("model", "x"), ("netwright", "x"), ("model", -1), (0,)):
        assert find(root, path) is None
    assert find(None, ("a",)) is None


def test_the_text_cursor_knows_its_node() -> None:
    root = tree(NET)
    places = {
        "32": ("params", "width"),
        "# shared": ("params",),
        "# the stem": ("model", 0, "conv2d"),
        "- conv2d": ("model", 0, "conv2d"),
        "kernel_size": ("model", 0, "conv2d", "kernel_size"),
        "- relu": ("model", 1),
        "# act": ("model", 1),
        "body": ("model", 2, "name"),
        "- linear: 64": ("model", 3, "linear"),
        "# three": ("model", 4, "linear", "out_features"),
    }
    for word, path in places.items():
        assert path_at(root, NET.index(word), NET) == path, word
    assert path_at(root, NET.index("32")) == ("params", "width")
    assert path_at(None, 0) == ()


def test_item_span_is_whole_lines_with_the_glued_comment() -> None:
    def piece(*path: str | int) -> str:
        span = item_span(NET, tree(NET), path)
        assert span is not None
        return NET[span.start : span.end]

    assert piece("model", 3) == "  # head\n  - linear: 64 # classes\n"
    assert piece("model", 1) == "  - relu  # act\n"
    assert piece("model", 2, "name") == "    name: body\n"
    assert piece("model", 2, "batch_norm") == "batch_norm:"
    assert piece("params", "width") == "width: 32"
    assert piece() == NET
    assert item_span(NET, tree(NET), ("nothing",)) is None


def test_arguments_are_not_changed() -> None:
    value = {"a": [1, {"b": 2}]}
    before = copy.deepcopy(value)
    done(NET, "set_value", ("train",), value)
    done(NET, "insert_item", ("model",), 0, value)
    assert value == before

"""Reading YAML: scalars, spans, what is refused and where, and texts that want to do harm."""

import math
import random
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnspec.problems import Problem, Problems, Span
from nnspec.syntax import (
    DEEPEST,
    MOST_CHARACTERS,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    plain,
    read,
    resolve,
    unknown_key,
)
from tests.nnspec.documents import document


def reading(text: str) -> tuple[Node | None, list[Problem]]:
    problems = Problems(text)
    node = read(text, problems)
    return node, list(problems)


def data(text: str) -> Any:
    node, problems = reading(text)
    assert not problems, problems
    return plain(node)


def only(text: str) -> Problem:
    _, problems = reading(text)
    assert len(problems) == 1, problems
    return problems[0]


# ---------------------------------------------------------------------------------------- scalars


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-3", 0.001), ("1E5", 1e5), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("+1.5e+2", 150.0),
        ("010", 10), ("08", 8), ("-0", 0), ("+7", 7), ("0x1F", 31), ("0o17", 15), ("0b1", "0b1"),
        ("no", "no"), ("on", "on"), ("yes", "yes"), ("Off", "Off"), ("y", "y"), ("True", True),
        ("FALSE", False), ("tRUE", "tRUE"), ("null", None), ("~", None), ("Null", None),
        ("nULL", "nULL"),
        ("1_000", "1_000"), ("12:30:45", "12:30:45"), ("2024-01-01", "2024-01-01"), ("1e", "1e"),
        ("=", "="), ("0x", "0x"), ("-", "-"), (".", "."), ("1.2.3", "1.2.3"), ("e3", "e3"),
        ("３", "３"), ("1 ", "1 "), ("-0x1", "-0x1"),
    ],
)  # fmt: skip
def test_the_core_schema(written: str, value: Any) -> None:
    found = resolve(written)
    assert (type(found), found) == (type(value), value)


def test_infinities_are_understood_but_refused() -> None:
    assert resolve("-.inf") == -math.inf
    assert math.isnan(float(str(resolve(".nan"))))
    for text in ("a: .inf", "a: .nan", "a: 1e999"):
        assert only(text).code == "yaml.not_finite"
    assert data("a: '.inf'") == {"a": ".inf"}


def test_numbers_too_long_to_use_are_refused_and_quick() -> None:
    for digits in ("1" * 500_000, "0x" + "f" * 500_000, "0." + "1" * 500_000, "-" + "1" * 401):
        assert only(f"a: {digits}").code == "yaml.number"
    assert data(f"a: '{'1' * 5000}'") == {"a": "1" * 5000}
    assert data("a: " + "9" * 400) == {"a": int("9" * 400)}


def test_quoted_words_stay_text_and_styles_are_told() -> None:
    text = "a: '1'\nb: \"true\"\nc: |\n  3\nd: >-\n  4\ne: 5\n"
    assert data(text) == {"a": "1", "b": "true", "c": "3\n", "d": "4", "e": 5}
    node, _ = reading(text)
    assert isinstance(node, Mapping)
    quoted = [e.value.quoted for e in node.entries if isinstance(e.value, Scalar)]
    assert quoted == [True, True, True, True, False]


def test_keys_are_always_text() -> None:
    assert data("1: a\ntrue: b\n~: c\n1.0: d\n") == {"1": "a", "true": "b", "~": "c", "1.0": "d"}


def test_empty_texts() -> None:
    for text in ("", "\n\n", "# only a comment", "\ufeff"):
        assert reading(text) == (None, [])
    assert data("---\n...\n") is None
    assert data("a:\nb: {c: }\nd: [ ]\n") == {"a": None, "b": {"c": None}, "d": []}


# ------------------------------------------------------------------------------------------ spans


def leaves(node: Node) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Mapping(entries=entries):
            return [leaf for entry in entries for leaf in leaves(entry.value)]
        case Sequence(items=items):
            return [leaf for item in items for leaf in leaves(item)]


@settings(max_examples=300)
@given(st.integers(0, 2**40))
def test_the_span_of_every_scalar_is_its_source(seed: int) -> None:
    made = document(random.Random(seed))
    node, problems = reading(made.text)
    assert node is not None
    assert not problems
    for leaf in leaves(node):
        source = made.text[leaf.span.start : leaf.span.end]
        alone, wrong = reading(f"[{source}]" if source[:1] in ("'", '"') else source)
        assert not wrong
        value = plain(alone)
        assert (value[0] if isinstance(value, list) else value) == leaf.value
        assert source == source.rstrip() or source[0] in "|>"


def test_spans_count_characters_not_bytes() -> None:
    for start in ("", "\ufeff", "# 🙂\r\n"):
        text = f"{start}é🙂: {{数: [α, 'β', 3] }}\r\nx:\r\n  - 数字\r\n"
        node, _ = reading(text)
        assert isinstance(node, Mapping)
        assert [text[e.key_span.start : e.key_span.end] for e in node.entries] == ["é🙂", "x"]
        found = [text[leaf.span.start : leaf.span.end] for leaf in leaves(node)]
        assert found == ["α", "'β'", "3", "数字"]
        flow = node.entries[0].value
        assert text[flow.span.start : flow.span.end] == "{数: [α, 'β', 3] }"


def test_collections_end_with_their_last_leaf() -> None:
    text = "a:\n  - b: 1  # c\n  # d\n\n  - [x: 2 , y]\n# e\nz: 0\n"
    node, _ = reading(text)
    assert isinstance(node, Mapping)
    block = node.entries[0].value
    assert text[block.span.start : block.span.end] == "- b: 1  # c\n  # d\n\n  - [x: 2 , y]"
    assert isinstance(block, Sequence)
    assert not block.flow
    pair = block.items[1]
    assert isinstance(pair, Sequence)
    assert pair.flow
    assert text[pair.items[0].span.start : pair.items[0].span.end] == "x: 2"


def test_mappings_answer_by_key() -> None:
    node, _ = reading("a: 1\nb: 2\n")
    assert isinstance(node, Mapping)
    assert node.keys() == ("a", "b")
    assert plain(node.get("b")) == 2
    assert node.get("c") is None
    assert node.entry("c") is None
    entry = node.entry("a")
    assert isinstance(entry, Entry)
    assert entry.key_span == Span(0, 1)


# ---------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "yaml.duplicate", 3, 1),
        ("m: {x: 1, y: 2, 'x': 3}", "yaml.duplicate", 1, 17),
        ("a: !!int 3", "yaml.tag", 1, 4),
        ("a: !!python/object:os.system x", "yaml.tag", 1, 4),
        ("a:\n  - !x [1]", "yaml.tag", 2, 5),
        ("a: &x 1", "yaml.anchor", 1, 4),
        ("a: {b: &x [1]}", "yaml.anchor", 1, 8),
        ("a: *x", "yaml.alias", 1, 4),
        ("a: 1\n<<: {b: 2}", "yaml.merge", 2, 1),
        ("? [a]\n: 1", "yaml.key", 1, 3),
        ("{a: 1}: 2", "yaml.key", 1, 1),
        ("a\u200bb: 1", "yaml.invisible", 1, 1),
        ("--- a\n--- b", "yaml.documents", 2, 1),
        ("a: x\ufffey", "yaml.character", 1, 5),
        ("é: 🙂\nb: \x00", "yaml.character", 2, 4),
        ("a: \ud800", "yaml.character", 1, 4),
        ("\ufeffa: b: c", "yaml.syntax", 1, 5),
        ("a:\n  b: 1\n c: 2", "yaml.syntax", 3, 2),
        ("a: [1", "yaml.syntax", 1, 6),
    ],
)
def test_what_is_refused_has_its_place(text: str, code: str, line: int, column: int) -> None:
    problem = only(text)
    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert problem.hint


def test_refused_texts_are_still_read_as_far_as_they_go() -> None:
    node, problems = reading("a: 1\na: 2\nb: !t 3\nc: &x 4\nd: *x\n<<: {e: 5}\nf: 6\n")
    assert plain(node) == {"a": 1, "b": 3, "c": 4, "d": None, "f": 6}
    codes = [problem.code.removeprefix("yaml.") for problem in problems]
    assert codes == ["tag", "anchor", "alias", "duplicate", "merge"]
    assert next(p for p in problems if p.code == "yaml.duplicate").hint is not None
    assert "line 1" in str(next(p.hint for p in problems if p.code == "yaml.duplicate"))


BROKEN = (
    'a: "x', "'a", "\ta: 1", "a:\n\t- b", "a: b: c", "- a\nb: 1", "a: @x", "a: `x", "a: %x",
    "{a: 1",
    "[a, {b: 1]", "a: 1\n b: 2", "a: 1\nb\nc: 2", 'a: "\\q"', 'a: "\\ud800"',
    "%YAML 3.0\n---\na: 1",
    "%FOO\na: 1", "a: 1\n...\nb: 2", "a: 1\n... x", 'a: "\n---\n"', "- - a\n -b", "a: |\n x\ny",
    "a: |9x", "[a}", "]", "}", "a: ]", ",", "a: >-\n\tq", "a:\n  - b\n - c", "key: 'it's'",
    'a: "b" c',
    "a: [b] c", "a: *", "a: &", "a: !<", ": a\nb", "a: - b", "{a:, b: 1}", "a: |0\n x", 'a: "\\x4"',
)  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_every_reading_error_is_a_plain_sentence_with_a_place(text: str) -> None:
    node, problems = reading(text)
    assert node is None
    assert len(problems) == 1
    problem = problems[0]
    assert problem.code == "yaml.syntax"
    assert 1 <= problem.line <= text.count("\n") + 1
    assert 1 <= problem.column <= len(text) + 1
    for jargon in ("token", "node content", "scanning", "parsing", "<", "not readable as YAML"):
        assert jargon not in problem.message, problem.message
    assert problem.hint


@settings(max_examples=300)
@given(
    st.text(
        st.sampled_from("ab1:-,[]{}#&*!|>'\"%@`?<~ .\t\n\r\\é🙂\u2028\x85\x00\ud800\ufeff"),
        max_size=24,
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    node, problems = reading(text)
    plain(node)
    for problem in problems:
        assert problem.span is not None
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
        assert problem.hint


# --------------------------------------------------------------------------------------- hostile

HOSTILE = {
    "brackets": "'[' * 200_000",
    "brackets on lines": "'[\\n' * 200_000",
    "braces": "'{a: ' * 200_000",
    "quoted braces": "'{\"a\": ' * 100_000",
    "dashes": "'- ' * 200_000",
    "questions": "'? ' * 200_000",
    "pairs": "\"['a': \" * 100_000",
    "indentation": "''.join(' ' * i + 'a:\\n' for i in range(1400))",
    "too large": "'a' * ((1 << 20) + 1)",
    "one word of 1 MiB": "'a' * (1 << 20)",
    "one quote of 1 MiB": "'\"' + 'x' * ((1 << 20) - 2) + '\"'",
    "open quote": "'a: \"' + 'x' * 1_000_000",
    "backslashes": "'\"' + '\\\\\\\\' * 500_000",
    "60,000 keys": "''.join(f'k{i}: v\\n' for i in range(60_000))",
    "60,000 times one key": "'k: v\\n' * 60_000",
    "items": "'[' + 'a,' * 500_000",
    "lists": "'[' + '[],' * 300_000",
    "aliases": "'a: [' + '*a,' * 300_000",
    "anchors": "'&a ' * 100_000",
    "billion laughs": "'a: &a [x]\\n' + ''.join(f'{chr(98 + i)}: &{chr(98 + i)} [' "
    "+ ', '.join(['*' + chr(97 + i)] * 9) + ']\\n' for i in range(20))",
    "tags": "'- !x a\\n' * 90_000",
    "duplicates in flow": "'{' + 'a: 1, ' * 45_000 + '}'",
    "comments": "'#\\n' * 500_000",
    "blank lines": "'\\n' * 1_000_000",
    "documents": "'---\\n' * 200_000",
    "block scalars": "'- |\\n' * 200_000",
    "tabs": "'\\t' * 1_000_000",
    "digits": "'9' * 1_000_000",
    "directives": "'%a b\\n' * 100_000",
}

PROBE = """
import sys, time
from nnspec.problems import Problems
from nnspec.syntax import plain, read
for name, source in {hostile!r}.items():
    text = eval(source)
    began = time.process_time()
    problems = Problems(text)
    plain(read(text, problems))
    codes = sorted({{problem.code for problem in problems}})
    print(name, round(time.process_time() - began, 3), ",".join(codes), sep="|")
"""


@pytest.mark.slow
def test_hostile_texts_are_read_or_refused_at_once_and_without_a_signal() -> None:
    """In a process of its own: a broken stack would otherwise take the test run along."""
    probe = PROBE.format(hostile=HOSTILE)
    ran = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, (ran.returncode, ran.stderr[-500:])
    rows = [row.split("|") for row in ran.stdout.splitlines()]
    assert [row[0] for row in rows] == list(HOSTILE)
    codes = {name: found for name, _, found in rows}
    assert codes["brackets"] == codes["dashes"] == codes["braces"] == "yaml.too_deep"
    assert codes["too large"] == "yaml.too_large"
    assert codes["60,000 keys"] == codes["items"] == codes["lists"] == "yaml.too_many"
    assert codes["aliases"] == "yaml.alias"  # a hundred of them; then nothing more is collected
    assert codes["one word of 1 MiB"] == codes["comments"] == ""
    # Seconds of processor time: a quadratic reader takes minutes for these, ours about 0.3.
    assert max(float(seconds) for _, seconds, _ in rows) < 5, rows


def test_the_limits_are_exact() -> None:
    assert data("[" * DEEPEST + "]" * DEEPEST) is not None
    assert only("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)).code == "yaml.too_deep"
    assert data("#" * MOST_CHARACTERS) is None
    assert only("#" * (MOST_CHARACTERS + 1)).code == "yaml.too_large"
    assert len(data("[" + "1," * 99_999 + "]")) == 99_999
    assert only("[" + "1," * 100_000 + "]").code == "yaml.too_many"


def test_an_unknown_key_names_its_neighbour() -> None:
    text = "kernel: 3\n"
    problems = Problems(text)
    node = read(text, problems)
    assert isinstance(node, Mapping)
    known = ("kernel_size", "stride")
    unknown_key(node.entries[0], known, "model[0].conv2d", problems, of="conv2d")
    (problem,) = problems
    assert (problem.code, problem.line, problem.column) == ("key.unknown", 1, 1)
    assert problem.path == "model[0].conv2d.kernel"
    assert problem.hint == "did you mean 'kernel_size'?"

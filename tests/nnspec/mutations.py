"""Ways to break a spec: as text, line by line, and as a tree that is written out again."""

# ruff: noqa: E501 (long lists of odd things)
from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from typing import Any

import yaml

from nnspec.catalog import Catalog
from nnspec.functions import FUNCTIONS
from nnspec.problems import Problems
from nnspec.syntax import plain, read

NAMES = Catalog.discover().names
LAYERS = NAMES("layer")
TOKENS = (
    *[
        ":",
        "-",
        "[",
        "]",
        "{",
        "}",
        ",",
        "#",
        "'",
        '"',
        "|",
        ">",
        "&",
        "*",
        "!",
        "%",
        "@",
        "`",
        "$",
        "${",
        "}",
        "${width*2}",
        "~",
        "?",
        "<<",
        ":",
        "-",
    ],
    *[
        "é",
        "🙂",
        "\u2028",
        "\x85",
        "\x07",
        "\ufeff",
        "\xa0",
        "\u202e",
        "\x00",
        "\t",
        "\r",
        "中文",
        "ﬁ",
        "İ",
        "ß",
    ],
    *[
        "null",
        "true",
        "1e999",
        "-1",
        "0",
        "0.5",
        "1e-3",
        ".nan",
        ".inf",
        "010",
        "0x10",
        "1_000",
        "99999999999999999999",
    ],
    "9" * 300,
    "2**9999",
    "${2**9999}",
    "${1/0}",
    "x" * 2_000,
    "[" * 70,
    "{a: " * 40,
    "(" * 200,
    "input",
    "previous",
    "auto",
    "output",
    "epoch",
)
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 3, 7, 1e9, 2**31, 2**63, 10**30, 0.5, -0.5, 1e-30, 1e300,
    "auto", "input", "previous", "$width", "${width * 2}", "${", "$nothing", "${2 ** 9999}", "", "x",
    "é🙂", "a b", [], {}, [[]], [1, 2, 3], [2, 2], {"a": 1}, ["input", "input"], [0], [-1, 10],
    [10**9, 10**9], {"linear": "auto"}, "a" * 500, [None], {"": ""}, "no", "1e-3", {"x-a": 1},
)  # fmt: skip
FORMULAS = (
    "output", "mean(output)", "output.x", "model(image)", "model()", "nothing(1)", "1 +", "((1))",
    "1 / 0", "2 ** 9999", "2 ** 2 ** 2 ** 99", "-" * 60 + "1", "(" * 120 + "1" + ")" * 120,
    "normal(1000000000000)", "normal(9, 9, 9, 9, 9, 9, 9, 9, 9, 9)", "reshape(output, 0)",
    "reshape(output, -1)", "slice(output, 5, 1)", "slice(output, 1.5, 2)", "mean(output, axis=99)",
    "mean(output, axis=1e300)", "one_hot(output, 1e300)", "one_hot(label, 1000000000000)",
    "derivative(output, 1)", "derivative(output, output)", "concat(output)", "concat(1, 2)",
    "'strange name'", "'", "a.b.c", "epoch.x", "uniform(2, low=normal(1))", "clamp(1)", "mix(1, 2)",
    "1e999", "softmax(1)", "norm(2)", "shuffle(3)", "normal()", "normal(1.5)", "f(x)(y)", "a = b",
    "lambda: 1", "__import__('os')", "output[0]", "1 if 2 else 3", "é + 🙂", "mask(output, 2)",
)  # fmt: skip


def mutated(rng: random.Random, text: str) -> str:
    """Break a spec in one to four places."""
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        change = rng.choice(_TEXT) if rng.random() < 0.4 else _tree
        text = change(rng, text)
    return text


def _delete_lines(rng: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    start = rng.randrange(len(lines) + 1)
    return "".join(lines[:start] + lines[start + rng.randint(1, 3) :])


def _repeat_lines(rng: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    start = rng.randrange(len(lines) + 1)
    some = lines[start : start + rng.randint(1, 4)]
    return "".join(lines[:start] + some * rng.choice((2, 2, 3, 300)) + lines[start + len(some) :])


def _swap_lines(rng: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:
        return text
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines)


def _indent(rng: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    place = rng.randrange(len(lines))
    lines[place] = rng.choice((" ", "  ", "\t", "    ", "- ")) + lines[place]
    if rng.random() < 0.5:
        lines[place] = lines[place].lstrip()
        lines[place] = " " * rng.randrange(8) + lines[place]
    return "".join(lines)


def _insert_token(rng: random.Random, text: str) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + rng.choice(("", " ")) + rng.choice(TOKENS) + text[place:]


def _replace_word(rng: random.Random, text: str) -> str:
    words = list(re.finditer(r"[\w.]+", text))
    if not words:
        return text
    word = rng.choice(words)
    new = rng.choice((*TOKENS, *LAYERS, *FUNCTIONS, rng.choice(words)[0]))
    return text[: word.start()] + new + text[word.end() :]


def _cut(rng: random.Random, text: str) -> str:
    return text[: rng.randrange(len(text) + 1)]


def _misspell(rng: random.Random, text: str) -> str:
    if not text:
        return text
    place = rng.randrange(len(text))
    return text[:place] + rng.choice(("", "e", "_", text[place] * 2)) + text[place + 1 :]


def _dos(rng: random.Random, text: str) -> str:
    return text.replace("\n", rng.choice(("\r\n", "\r", "\n\n", "\n\ufeff")))


_TEXT: tuple[Callable[[random.Random, str], str], ...] = (
    _delete_lines, _repeat_lines, _swap_lines, _indent, _insert_token, _insert_token,
    _replace_word, _replace_word, _replace_word, _cut, _misspell, _misspell, _misspell, _dos,
)  # fmt: skip


def _tree(rng: random.Random, text: str) -> str:
    """Change the data of a text; what is no mapping is broken as text."""
    data = plain(read(text, Problems(text)))
    if not isinstance(data, dict) or not data:
        return _insert_token(rng, text)
    data = copy.deepcopy(data)
    for _ in range(rng.choice((1, 1, 2)) if data else 0):
        rng.choice(_CHANGES)(rng, data)
    return written(data, flow=rng.random() < 0.1)


def written(data: Any, *, flow: bool = False) -> str:
    """Data as YAML text; by JSON where YAML's writer cannot."""
    if flow:
        return json.dumps(data, ensure_ascii=False)
    try:
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)  # noqa: TID251 (a stranger)
    except (yaml.YAMLError, RecursionError):
        return json.dumps(data)


def _places(data: Any, kind: type) -> list[Any]:
    found: list[Any] = []
    waiting: list[Any] = [data]
    while waiting:
        here = waiting.pop()
        if isinstance(here, kind) and here:
            found.append(here)
        if isinstance(here, dict | list):
            waiting += here.values() if isinstance(here, dict) else here
    return found


def _slot(rng: random.Random, data: Any) -> tuple[Any, Any]:
    """A container of the data and a key or index in it."""
    data or data.update({"netwright": 1})
    holder = rng.choice(_places(data, dict) + _places(data, list))
    return holder, rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))


def _other_value(rng: random.Random, data: Any) -> None:
    holder, key = _slot(rng, data)
    holder[key] = copy.deepcopy(rng.choice(VALUES))


def _formula(rng: random.Random, data: Any) -> None:
    train = data.get("train")
    holders = [each for each in _places(train, dict) if {"of", "against", "weight"} & each.keys()]
    if not holders:
        data["train"] = {"losses": [{"mse": {"of": rng.choice(FORMULAS), "against": "output"}}]}
        return
    holder = rng.choice(holders)
    holder[rng.choice(list(holder))] = rng.choice(FORMULAS)


def _delete(rng: random.Random, data: Any) -> None:
    holder, key = _slot(rng, data)
    del holder[key]


def _rename(rng: random.Random, data: Any) -> None:
    holder = rng.choice(_places(data, dict) or [data])
    old = rng.choice(list(holder) or [""])
    new = rng.choice((*LAYERS, *FUNCTIONS, "name", "from", "repeat", "share", "layers", "input",
                      "é", "", " ", "a.b", "x-y", "Linear", "a b", f"{old}x", str(old)[1:]))  # fmt: skip
    renamed = {new if key == old else key: value for key, value in holder.items()}
    holder.clear()
    holder.update(renamed)


def _swap_items(rng: random.Random, data: Any) -> None:
    lists = [each for each in _places(data, list) if len(each) > 1]
    if lists:
        items = rng.choice(lists)
        one, other = rng.randrange(len(items)), rng.randrange(len(items))
        items[one], items[other] = items[other], items[one]


def _insert_layer(rng: random.Random, data: Any) -> None:
    lists = _places(data, list)
    if not lists:
        return
    value: Any = rng.choice(LAYERS)
    if rng.random() < 0.7:
        value = {value: copy.deepcopy(rng.choice(VALUES))}
        extra = rng.choice(("name", "from", "repeat", "share", "x-a", "out_features", ""))
        value |= {extra: copy.deepcopy(rng.choice((*VALUES, "body", "relu", 3, 1000)))}
    items = rng.choice(lists)
    items.insert(rng.randrange(len(items) + 1), value)


def _swap_values(rng: random.Random, data: Any) -> None:
    (one, key), (other, name) = _slot(rng, data), _slot(rng, data)
    first, second = copy.deepcopy(one[key]), copy.deepcopy(other[name])
    one[key], other[name] = second, first


def _cycle(rng: random.Random, data: Any) -> None:
    blocks = data.get("blocks")
    names = list(blocks) if isinstance(blocks, dict) and blocks else []
    names = names or ["a", "b"]
    made = {name: {"layers": [rng.choice(names), "relu"]} for name in names}
    data["blocks"] = made | {"deep": {"layers": [names[0]] * 10}}
    if isinstance(data.get("model"), list):
        data["model"].append("deep")


def _bomb(rng: random.Random, data: Any) -> None:
    depth = rng.randint(3, 40)
    data["blocks"] = {
        f"b{n}": {"layers": [{f"b{n + 1}": None, "repeat": 10}] * 10} for n in range(depth)
    } | {f"b{depth}": {"layers": [{"linear": 8}]}}
    if isinstance(data.get("model"), list):
        data["model"].insert(0, "b0")


def _deep(rng: random.Random, data: Any) -> None:
    holder, key = _slot(rng, data)
    value = holder[key]
    for _ in range(rng.choice((3, 30, 70, 200))):
        value = [value] if rng.random() < 0.5 else {"a": value}
    holder[key] = value


_CHANGES: tuple[Callable[[random.Random, Any], None], ...] = (
    _other_value, _other_value, _other_value, _formula, _formula, _delete, _rename, _rename,
    _swap_items, _insert_layer, _insert_layer, _insert_layer, _swap_values, _cycle, _bomb, _deep,
)  # fmt: skip

"""Random edits over random commented documents; each has to do what it says and nothing else.

    python -m tests.nnspec.fuzz_edits --edits 20000 [--seed N]

Prints edits, refusals by code, failures and seconds; exits with 1 on any failure. The Hypothesis
tests run the same `session` on fewer documents.
"""

from __future__ import annotations

import argparse
import copy
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from nnspec import edits
from nnspec.edits import Edit, EditRefused
from nnspec.problems import Problems, Span
from nnspec.syntax import Node, plain, read
from tests.nnspec.documents import KEYS, SCALARS, Comment, Path, document

WORDS = (
    "relu",
    "1e-3",
    "no",
    "",
    "a: b",
    "# x",
    "[",
    "é🙂",
    "two\nlines",
    "null",
    " padded ",
    "'",
    '"',
)
STRANGE = "\u2028\x85\x07\ufeff\u00a0\\"


class EditFailedError(AssertionError):
    """An edit did something else than it was asked to."""


@dataclass
class Tally:
    edits: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)


@dataclass
class Gesture:
    """One random edit: the call, the data that it must lead to, whose comments may go with it."""

    name: str
    arguments: tuple[Any, ...]
    meant: Any
    gone: Path | None = None
    replaced: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)


def session(rng: random.Random, steps: int, tally: Tally) -> None:
    """Write one document and edit it `steps` times, each edit on the outcome of the one before."""
    made = document(rng)
    text, data = made.text, made.data
    comments: list[Comment] | None = made.comments
    for _ in range(steps):
        gesture = random_gesture(rng, data)
        outcome = try_gesture(text, gesture, comments)
        tally.kinds[gesture.name] += 1
        if isinstance(outcome, EditRefused):
            tally.refused[outcome.code] += 1
            continue
        tally.edits += 1
        text, data, comments = outcome, gesture.meant, None


def try_gesture(text: str, gesture: Gesture, comments: list[Comment] | None) -> str | EditRefused:
    """Do one edit and judge it.

    Raises:
        EditFailedError: it read back wrong, lost a comment, or could not be undone exactly.
    """
    root = read(text, Problems(text))
    try:
        edit = getattr(edits, gesture.name)(text, root, *gesture.arguments, **gesture.options)
    except Exception as error:
        raise EditFailedError(
            f"{gesture.name}{gesture.arguments} raised {error!r}\n{text}"
        ) from error
    if isinstance(edit, EditRefused):
        return edit
    after = edit.apply(text)
    _judge(text, after, edit, gesture)
    lost = _marks(text) - _marks(after) - _may_go(text, root, gesture, comments)
    if lost:
        raise EditFailedError(_report(f"lost comments {sorted(lost)}", text, after, gesture))
    return after


def _judge(text: str, after: str, edit: Edit, gesture: Gesture) -> None:
    problems = Problems(after)
    got = plain(read(after, problems))
    if not identical(got, gesture.meant):
        raise EditFailedError(_report(f"read back {got!r}", text, after, gesture))
    faults = [problem for problem in problems if problem.code != "yaml.invisible"]
    if faults:
        raise EditFailedError(_report(f"made problems {faults}", text, after, gesture))
    if edit.inverse(text).apply(after) != text:
        raise EditFailedError(_report("inverse is not exact", text, after, gesture))


def identical(one: Any, other: Any) -> bool:
    """Equal in type, value and order; written without looking at the code under test."""
    return repr(one) == repr(other)


def _marks(text: str) -> set[str]:
    return set(re.findall(r"#\s*(<\d+>)", text))


def _may_go(
    text: str, root: Node | None, gesture: Gesture, comments: list[Comment] | None
) -> set[str]:
    """The comments inside or glued to what was deleted, or inside what was replaced."""
    target = gesture.gone if gesture.gone is not None else gesture.replaced
    if target is None:
        return set()
    if comments is None:
        return _marks(_stretch(text, edits.item_span(text, root, target)))
    length = len(target)
    owned = [c for c in comments if c.owner[:length] == target]
    if gesture.gone is None:
        owned = [c for c in owned if c.inside or len(c.owner) > length]
    return {c.mark for c in owned}


def _stretch(text: str, span: Span | None) -> str:
    """The lines from the comments right above `span` to its last line."""
    if span is None:
        return ""
    start = text.rfind("\n", 0, span.start) + 1
    above = text[:start].splitlines(keepends=True)
    while above and above[-1].lstrip().startswith("#"):
        start -= len(above.pop())
    end = text.find("\n", span.end - 1)
    return text[start : end if end >= 0 else len(text)]


def _report(what: str, text: str, after: str, gesture: Gesture) -> str:
    call = f"{gesture.name}{gesture.arguments}"
    return (
        f"{what}\nafter {call}\nmeant {gesture.meant!r}\n--- before\n{text}\n--- after\n{after}\n"
    )


def random_gesture(rng: random.Random, data: Any) -> Gesture:
    """Choose an edit that is possible on `data`."""
    makers = [
        _set,
        _set,
        _set,
        _add,
        _add,
        _delete,
        _delete,
        _insert,
        _insert,
        _move,
        _rename,
        _duplicate,
    ]
    while True:
        gesture = rng.choice(makers)(rng, copy.deepcopy(data))
        if gesture is not None:
            return gesture


def random_value(rng: random.Random, depth: int = 2) -> Any:
    kind = rng.choices(("scalar", "word", "map", "list"), (4, 2, 2 * (depth > 0), 2 * (depth > 0)))[
        0
    ]
    match kind:
        case "scalar":
            return rng.choice((*(value for _, value in SCALARS), 1e-300, -0.0, 10**30, 2.5e16))
        case "word":
            word = rng.choice(WORDS)
            return word if rng.random() < 0.8 else word + rng.choice(STRANGE)
        case "map":
            keys = rng.sample((*KEYS, "", "a: b", "- x"), rng.randrange(4))
            return {key: random_value(rng, depth - 1) for key in keys}
        case _:
            return [random_value(rng, depth - 1) for _ in range(rng.randrange(4))]


def paths(data: Any, path: Path = ()) -> list[Path]:
    """All addresses below the root."""
    pairs = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [found for key, value in pairs for found in ((*path, key), *paths(value, (*path, key)))]


def at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _put(data: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    at(data, path[:-1])[path[-1]] = value
    return data


def _of_type(rng: random.Random, data: Any, kind: type, least: int = 0) -> Path | None:
    found = [path for path in [(), *paths(data)] if isinstance(at(data, path), kind)]
    found = [path for path in found if len(at(data, path)) >= least]
    return rng.choice(found) if found else None


def _set(rng: random.Random, data: Any) -> Gesture | None:
    found = paths(data)
    if not found:
        return None
    path, value = rng.choice(found), random_value(rng)
    return Gesture("set_value", (path, value), _put(data, path, value), replaced=path)


def _add(rng: random.Random, data: Any) -> Gesture | None:
    """A new key, perhaps some levels below a mapping, an empty value, a word or one value."""
    path = rng.choice([(), *paths(data)])
    node, value = at(data, path), random_value(rng, 1)
    more = rng.sample(("new", "deep er", "relu", "x1"), rng.choice((1, 1, 2)))
    fresh: Any = value
    for key in reversed(more):
        fresh = {key: fresh}
    options: dict[str, Any] = {}
    if isinstance(node, dict) and more[0] not in node:
        meant = {**node, **fresh}
    elif node is None:
        meant = fresh
    elif isinstance(node, str) and path and isinstance(path[-1], int):
        meant = fresh if more[0] == node else {node: None, **fresh}
    elif not isinstance(node, dict) and path:
        options, meant = {"expand": "first"}, {"first": node, **fresh}
    else:
        return None
    gone = None if isinstance(node, dict) else path
    whole = _put(data, path, meant)
    return Gesture("set_value", ((*path, *more), value), whole, replaced=gone, options=options)


def _delete(rng: random.Random, data: Any) -> Gesture | None:
    found = paths(data)
    if not found:
        return None
    path = rng.choice(found)
    del at(data, path[:-1])[path[-1]]
    return Gesture("delete", (path,), data, gone=path)


def _insert(rng: random.Random, data: Any) -> Gesture | None:
    path = _of_type(rng, data, list)
    if path is None:
        return None
    items, value = at(data, path), random_value(rng)
    index = rng.randrange(len(items) + 1)
    items.insert(index, value)
    return Gesture("insert_item", (path, index, copy.deepcopy(value)), data)


def _move(rng: random.Random, data: Any) -> Gesture | None:
    path = _of_type(rng, data, list, least=2)
    if path is None:
        return None
    items = at(data, path)
    old, new = rng.randrange(len(items)), rng.randrange(len(items))
    items.insert(new, items.pop(old))
    return Gesture("move_item", (path, old, new), data)


def _duplicate(rng: random.Random, data: Any) -> Gesture | None:
    path = _of_type(rng, data, list, least=1)
    if path is None:
        return None
    items = at(data, path)
    index = rng.randrange(len(items))
    items.insert(index, copy.deepcopy(items[index]))
    return Gesture("duplicate_item", (path, index), data)


def _rename(rng: random.Random, data: Any) -> Gesture | None:
    path = _of_type(rng, data, dict, least=1)
    if path is None:
        return None
    node = at(data, path)
    old = rng.choice(list(node))
    new = rng.choice(("renamed", "a b", "x: y", "[", "1e-3", "<<", "é", ""))
    if new in node:
        return None
    renamed = {new if key == old else key: value for key, value in node.items()}
    return Gesture("rename_key", ((*path, old), new), _put(data, path, renamed))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tally, documents, began = Tally(), 0, time.perf_counter()
    while tally.edits < options.edits:
        seed = f"{options.seed}-{documents}"
        documents += 1
        try:
            session(random.Random(seed), 5, tally)
        except EditFailedError as error:
            tally.failures.append(f"seed {seed}: {error}")
    refused = sum(tally.refused.values())
    share = 100 * refused / (tally.edits + refused)
    rows = [
        *tally.failures[:5],
        f"edits {tally.edits:,} over {documents:,} documents: {dict(tally.kinds)}",
        f"refusals {refused} ({share:.2f} %): {dict(tally.refused)}",
        f"failures {len(tally.failures)}",
        f"seconds {time.perf_counter() - began:.1f}",
    ]
    sys.stdout.write("\n".join(rows) + "\n")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())

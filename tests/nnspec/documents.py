"""Random commented YAML documents, with the data they hold and who owns which comment.

The writer below knows nothing of the reader or the editor under test: it writes a text in one of
the many styles people use and keeps the data it meant beside it, so that it can judge both.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

KEYS = ("a", "name", "conv2d", "kernel_size", "1", "true", "x-note", "é", "数", "no", "k😀", "a.b")
QUOTED_KEYS = ('"a b"', "'it''s'", '"q\\"\\x41"', '"{"', '"# no"')
QUOTED_KEY_VALUES = ("a b", "it's", 'q"A', "{", "# no")
SCALARS: tuple[tuple[str, Any], ...] = (
    ("3", 3),
    ("-7", -7),
    ("0x10", 16),
    ("010", 10),
    ("0o17", 15),
    ("1e-3", 0.001),
    ("0.05", 0.05),
    ("1.", 1.0),
    (".5", 0.5),
    ("true", True),
    ("False", False),
    ("null", None),
    ("~", None),
    ("relu", "relu"),
    ("no", "no"),
    ("on", "on"),
    ("$width", "$width"),
    ("auto", "auto"),
    ('"1e-3"', "1e-3"),
    ("'3'", "3"),
    ('"null"', "null"),
    ("'it''s'", "it's"),
    ('""', ""),
    ('"a # b"', "a # b"),
    ("a#b", "a#b"),
    ("http://x:8/y", "http://x:8/y"),
    ("two words", "two words"),
    ('"line\\nbreak"', "line\nbreak"),
    ("'${width * 2}'", "${width * 2}"),
    ("🙂 ü 数", "🙂 ü 数"),
    ("2024-01-01", "2024-01-01"),
    ("12:30:45", "12:30:45"),
    ("'[x, y]'", "[x, y]"),
    ("-x", "-x"),
)
NOISE = ("", " note", " a: b", "\ttab", " 'quote", ' "', " {[", " 🙂", " - item", " #", " |", " é:")

Path = tuple[Any, ...]


@dataclass
class Comment:
    """A comment with its own mark, the node it belongs to, and whether it lies inside it."""

    mark: str
    owner: Path
    inside: bool


@dataclass
class Document:
    text: str
    data: Any
    comments: list[Comment] = field(default_factory=list)


@dataclass
class Slot:
    """Where a value is to be written: behind `head`, whose key or dash stands at `indent`."""

    head: str
    indent: int
    path: Path
    depth: int
    dash: bool


class Writer:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.rows: list[str] = []
        self.comments: list[Comment] = []
        self.step = rng.choice((2, 2, 4))
        self.flush_dashes = rng.random() < 0.4
        self.commented = rng.random()
        self.closed = True
        self.explicit = 0.1 if rng.random() < 0.02 else 0.0

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def document(self) -> Document:
        if self.chance(0.1):
            self.rows += ["%YAML 1.2"] if self.chance(0.2) else []
            self.rows.append("---" + self.trailing((), inside=True))
        data = self.sequence(0, (), 3) if self.chance(0.1) else self.mapping(0, (), 4)
        self.free((), 0)
        newline = "\r\n" if self.chance(0.2) else "\n"
        if self.chance(0.08):
            self.rows.append("...")
        text = newline.join(self.rows)
        if self.chance(0.75) or not self.closed:
            text += newline
        return Document("\ufeff" * self.chance(0.1) + text, data, self.comments)

    def mark(self, owner: Path, *, inside: bool) -> str:
        mark = f"<{len(self.comments)}>"
        self.comments.append(Comment(mark, owner, inside))
        return f"#{self.rng.choice((' ', ''))}{mark}{self.rng.choice(NOISE)}"

    def trailing(self, owner: Path, *, inside: bool = False) -> str:
        if not self.chance(0.3 * self.commented):
            return ""
        return self.rng.choice((" ", "  ", "\t")) + self.mark(owner, inside=inside)

    def above(self, path: Path, indent: int) -> None:
        if self.chance(0.2):
            self.rows.append("")
        if self.chance(0.15 * self.commented):
            self.free(path[:-1], indent)
        while self.chance(0.3 * self.commented):
            self.rows.append(" " * indent + self.mark(path, inside=False))

    def free(self, owner: Path, indent: int) -> None:
        if self.chance(0.3 * self.commented):
            self.rows += [" " * indent + self.mark(owner, inside=True), ""]

    def mapping(
        self, indent: int, path: Path, depth: int, first: str | None = None
    ) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for at in range(self.rng.choice((1, 1, 2, 3, 4))):
            written, key = self.key(data)
            head = " " * indent
            if first is not None and not at:
                head = first
            else:
                self.above((*path, key), indent)
            if self.chance(self.explicit):
                self.rows.append(f"{head}? {written}")
                head, written = " " * indent, ""
            gap = " " if self.chance(0.04) and written else ""
            data[key] = self.value(
                f"{head}{written}{gap}:", indent, (*path, key), depth, dash=False
            )
        return data

    def key(self, taken: dict[str, Any]) -> tuple[str, str]:
        if self.chance(0.1):
            at = self.rng.randrange(len(QUOTED_KEYS))
            written, key = QUOTED_KEYS[at], QUOTED_KEY_VALUES[at]
        else:
            written = key = self.rng.choice(KEYS)
        while key in taken:
            written = key = f"k{self.rng.randrange(1000)}"
        return written, key

    def sequence(self, indent: int, path: Path, depth: int, first: str | None = None) -> list[Any]:
        data: list[Any] = []
        for at in range(self.rng.choice((1, 1, 2, 3, 5))):
            head = " " * indent
            if first is not None and not at:
                head = first
            else:
                self.above((*path, at), indent)
            data.append(self.value(f"{head}-", indent, (*path, at), depth, dash=True))
        return data

    def value(self, head: str, indent: int, path: Path, depth: int, *, dash: bool) -> Any:
        self.closed = True
        kinds = [
            self.scalar,
            self.scalar,
            self.flow_line,
            self.flow_lines,
            self.empty,
            self.folded,
            self.below,
            self.literal,
        ]
        weights = [30, 10, 14, 6, 5, 3, 3, 4]
        if depth > 0:
            kinds += [self.block_mapping, self.block_sequence]
            weights += [25, 20]
        kind = self.rng.choices(kinds, weights)[0]
        return kind(Slot(head, indent, path, depth, dash))

    def scalar(self, slot: Slot) -> Any:
        source, value = self.rng.choice(SCALARS)
        self.rows.append(
            f"{slot.head}{' ' * self.rng.choice((1, 1, 1, 2))}{source}{self.trailing(slot.path)}"
        )
        return value

    def empty(self, slot: Slot) -> Any:
        self.rows.append(
            slot.head + self.trailing(slot.path).replace("\t#", " #")
        )  # libyaml: no tab there

    def below(self, slot: Slot) -> Any:
        source, value = self.rng.choice(SCALARS)
        self.rows.append(
            slot.head + self.trailing(slot.path).replace("\t#", " #")
        )  # libyaml: no tab there
        self.rows.append(" " * (slot.indent + self.step) + source + self.trailing(slot.path))
        return value

    def folded(self, slot: Slot) -> Any:
        quote = self.rng.choice(("", "'", '"'))
        self.rows += [
            f"{slot.head} {quote}first",
            " " * (slot.indent + self.step) + f"second{quote}",
        ]
        self.rows[-1] += self.trailing(slot.path)
        return "first second"

    def literal(self, slot: Slot) -> Any:
        style, chomp = self.rng.choice("|>"), self.rng.choice(("", "-"))
        self.rows.append(f"{slot.head} {style}{chomp}{self.trailing(slot.path)}")
        pad = " " * (slot.indent + self.step)
        self.rows += [f"{pad}# no comment: é", f"{pad}two"]
        self.closed = False
        return ("\n" if style == "|" else " ").join(("# no comment: é", "two")) + "\n" * (not chomp)

    def flow_line(self, slot: Slot) -> Any:
        source, data = self.flow(2)
        self.rows.append(f"{slot.head} {source}{self.trailing(slot.path)}")
        return data

    def flow(self, depth: int) -> tuple[str, Any]:
        kind = self.rng.choices(("scalar", "map", "list"), (4, 3 * (depth > 0), 3 * (depth > 0)))[0]
        if kind == "scalar":
            source, value = self.rng.choice(SCALARS)
            return (f"'{value}'", value) if source == "-x" else (source, value)
        pad, sep = self.rng.choice(("", "", " ")), self.rng.choice((", ", ", ", ",  ", " , "))
        count = self.rng.choice((0, 1, 2, 3))
        comma = "," if count and self.chance(0.1) else ""
        if kind == "list":
            parts = [
                self.flow(depth - 1) if self.chance(0.93) else self.pair() for _ in range(count)
            ]
            inner = sep.join(source for source, _ in parts)
            return f"[{pad}{inner}{comma}{pad}]", [value for _, value in parts]
        return self.flow_map(count, depth, pad, sep, comma)

    def pair(self) -> tuple[str, Any]:
        source, value = self.flow(0)
        return f"p: {source}", {"p": value}

    def flow_map(self, count: int, depth: int, pad: str, sep: str, comma: str) -> tuple[str, Any]:
        data: dict[str, Any] = {}
        parts: list[str] = []
        for _ in range(count):
            written, key = self.key(data)
            roll = self.rng.random()
            source, value = self.flow(depth - 1)
            if roll < 0.05:
                source, value = written, None
            elif roll < 0.1:
                source, value = f"{written}: ", None
            else:
                source = f"{written}: {source}"
            data[key] = value
            parts.append(source)
        return f"{{{pad}{sep.join(parts)}{comma}{pad}}}", data

    def flow_lines(self, slot: Slot) -> Any:
        listed = self.chance(0.5)
        self.rows.append(
            f"{slot.head} {'[' if listed else '{'}{self.trailing(slot.path, inside=True)}"
        )
        pad = " " * (slot.indent + self.step)
        data: Any = [] if listed else {}
        count = self.rng.randrange(1, 4)
        leading = self.chance(0.1)
        for at in range(count):
            written, key = self.key({} if listed else data)
            source, value = self.flow(1)
            inner = (*slot.path, at if listed else key)
            while self.chance(0.2 * self.commented):
                self.rows.append(pad + self.mark(inner, inside=False))
            comma = "," if not leading and (at < count - 1 or self.chance(0.3)) else ""
            lead = ", " if leading and at else ""
            body = source if listed else f"{written}: {source}"
            self.rows.append(f"{pad}{lead}{body}{comma}{self.trailing(inner)}")
            if listed:
                data.append(value)
            else:
                data[key] = value
        close = pad if self.chance(0.5) else " " * (slot.indent + 1)
        self.rows.append(f"{close}{']' if listed else '}'}{self.trailing(slot.path)}")
        return data

    def block_mapping(self, slot: Slot) -> Any:
        if slot.dash and self.chance(0.8):
            gap = self.rng.choice((1, 1, 1, 3))
            return self.mapping(
                slot.indent + 1 + gap, slot.path, slot.depth - 1, first=slot.head + " " * gap
            )
        self.rows.append(
            slot.head + self.trailing(slot.path).replace("\t#", " #")
        )  # libyaml: no tab there
        return self.mapping(slot.indent + self.step, slot.path, slot.depth - 1)

    def block_sequence(self, slot: Slot) -> Any:
        if slot.dash and self.chance(0.7):
            gap = self.rng.choice((1, 1, 1, 3))
            return self.sequence(
                slot.indent + 1 + gap, slot.path, slot.depth - 1, first=slot.head + " " * gap
            )
        self.rows.append(
            slot.head + self.trailing(slot.path).replace("\t#", " #")
        )  # libyaml: no tab there
        flush = self.flush_dashes and not slot.dash
        return self.sequence(
            slot.indent if flush else slot.indent + self.step, slot.path, slot.depth - 1
        )


def document(rng: random.Random) -> Document:
    """Write one random document."""
    return Writer(rng).document()

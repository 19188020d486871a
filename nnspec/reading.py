"""What every part of the reader shares: the catalog, the problems, and how a kind is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from nnspec.catalog import Catalog, Family, Kind
from nnspec.mends import renamed
from nnspec.params import REQUIRED, complete
from nnspec.problems import Edit, Fix, Problems, Span, nearest, suggestion
from nnspec.settings import Place, read_settings, read_value
from nnspec.spec import Choice, Path
from nnspec.syntax import Entry, Mapping, Node, Scalar, plain

_NAME = re.compile(r"[^\W\d]\w*\Z")


def address(path: Path) -> str:
    """Write a path as users read it: `model[3].conv2d.kernel_size`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@dataclass(frozen=True, slots=True)
class Reading:
    """One pass over one text: where kinds are looked up and where mistakes are collected."""

    catalog: Catalog
    problems: Problems

    def unknown(
        self, entry: Entry, known: tuple[str, ...], path: str, code: str, message: str
    ) -> None:
        """Report a key that is not among `known`, with the nearest name and a fix."""
        fix = renamed(self.problems, entry, known)
        if code == "section.unknown" and not nearest(entry.key, known):
            fix = None  # it may be long: nobody wants it gone
        self.problems.add(
            code,
            entry.key_span,
            message,
            path=f"{path}.{entry.key}" if path else entry.key,
            hint=suggestion(entry.key, known, kinds="known are"),
            fix=fix,
        )

    def wrong(self, node: Node, path: Path, message: str, hint: str) -> None:
        """Report a node of the wrong form."""
        self.problems.add("spec.shape", node.span, message, path=address(path), hint=hint)

    def identifier(self, name: str, span: Span, path: Path) -> bool:
        """Whether `name` is usable as a name; reports when not."""
        if _NAME.match(name):
            return True
        self.problems.add(
            "name.form",
            span,
            f"'{name}' is not usable as a name",
            path=address(path),
            hint="use letters, digits and _, and begin with a letter",
        )
        return False

    def choice(self, node: Node, family: Family, path: Path, words: str) -> Choice | None:
        """Read `adamw`, `{adamw: {lr: 0.001}}` or `{dropout: 0.5}`."""
        if isinstance(node, Scalar) and node.value is not None:
            return self.kind_of(node.text, node.span, None, family, path)
        if isinstance(node, Mapping):
            named = [entry for entry in node.entries if not entry.key.startswith("x-")]
            if len(named) == 1:
                entry = named[0]
                return self.kind_of(entry.key, entry.key_span, entry.value, family, path)
            if named:
                known = [e for e in named if self.catalog.get(family, e.key)]
                extra = next((e for e in named if e not in known[:1]), named[-1])
                self.problems.add(
                    "kind.several",
                    extra.key_span,
                    f"{words} is one kind; '{extra.key}' is one too many",
                    path=address(path),
                    hint=f"put settings inside: {{{(known or named)[0].key}: {{{extra.key}: …}}}}",
                )
                return None
        self.wrong(
            node,
            path,
            f"{words} is the name of a kind, or a kind with its settings",
            suggestion("", self.catalog.names(family), kinds="known are"),
        )
        return None

    def kind_of(
        self, name: str, span: Span, settings: Node | None, family: Family, path: Path
    ) -> Choice | None:
        """Find the kind `name` of a family and make it from the node of its settings."""
        kind = self.catalog.get(family, name)
        if kind is None:
            names = self.catalog.names(family)
            near = self.catalog.nearest(family, name)
            fix = Fix(f"Change it to '{near}'", Edit(span.start, span.end, near)) if near else None
            self.problems.add(
                f"{family}.unknown",
                span,
                f"unknown {family} '{name}'",
                path=address(path),
                hint=f"did you mean '{near}'?"
                if near
                else suggestion(name, names, kinds="known are"),
                fix=fix,
            )
            return None
        return self.made(kind, settings, span, (*path, name))

    def made(self, kind: Kind, settings: Node | None, span: Span, path: Path) -> Choice | None:
        """Make a kind from its settings; None when one is missing or does not fit."""
        place = Place(address(path), f"'{kind.name}'")
        values: dict[str, Any] = {}
        if isinstance(settings, Mapping):
            values = read_settings(kind.make, settings.entries, place, self.problems, span=span)
        elif settings is not None and plain(settings) is not None:
            if kind.main is None:
                self.wrong(
                    settings, path, f"'{kind.name}' has no settings", f"write just: {kind.name}"
                )
                return None
            value = read_value(settings, kind.main, place.below(kind.main.name), self.problems)
            values = {} if value is REQUIRED else {kind.main.name: value}
        else:
            values = read_settings(kind.make, (), place, self.problems, span=span)
        if not complete(kind.make, values):
            return None
        return Choice(kind, kind.make(**values), path, span)

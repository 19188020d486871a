"""The losses of a step and the names for its formulas: `losses:` and `let:`."""

from __future__ import annotations

from typing import ClassVar, Protocol, cast

from nnspec.catalog import Kind
from nnspec.expressions import Scope
from nnspec.formula_text import parse
from nnspec.formulas import Formula, Number
from nnspec.params import complete
from nnspec.problems import Edit, Fix, Span, suggestion
from nnspec.reading import Reading, address
from nnspec.settings import Place, listed, read_settings
from nnspec.spec import Choice, Let, Path, Term
from nnspec.tree import Entry, Mapping, Node, Scalar, Sequence, plain, unread


class Takes(Protocol):
    """What a loss says of itself: the formulas that it needs."""

    takes: ClassVar[tuple[str, ...]]


def takes_of(kind: Kind) -> tuple[str, ...]:
    """The roles of the formulas that a loss needs."""
    return cast("Takes", kind.make).takes if hasattr(kind.make, "takes") else ("of", "against")


class Terms:
    """Reads losses and formulas; `params` are the values that `$name` stands for."""

    def __init__(self, reading: Reading, params: Scope) -> None:
        self._reading = reading
        self._params = params

    def formula(self, node: Node, path: Path) -> Formula | None:
        """Read a formula."""
        return parse(node, self._reading.problems, address(path), self._params)

    def lets(self, node: Node | None, path: Path) -> tuple[Let, ...]:
        """Read `let: {NAME: FORMULA}`, in the order in which they are worked out."""
        if node is None or plain(node) is None:
            return ()
        if not isinstance(node, Mapping):
            self._reading.wrong(
                node,
                path,
                "let is a mapping of names to formulas",
                'write: let: {fake: "painter(normal(64))"}',
            )
            return ()
        found: list[Let] = []
        for entry in node.entries:
            here: Path = (*path, entry.key)
            formula = self.formula(entry.value, here)
            if self._reading.identifier(entry.key, entry.key_span, here) and formula:
                found.append(Let(entry.key, formula, here, entry.key_span))
        return tuple(found)

    def terms(self, node: Node | None, path: Path) -> tuple[Term, ...]:
        """Read `losses: [{LOSS: {of: FORMULA}}]`."""
        if node is None or plain(node) is None:
            return ()
        if not isinstance(node, Sequence):
            self._reading.wrong(
                node,
                path,
                "losses is a list",
                "write each as: - mse: {of: FORMULA, against: FORMULA}",
            )
            return ()
        terms = (self._term(part, (*path, place)) for place, part in enumerate(node.items))
        return tuple(term for term in terms if term)

    def _term(self, node: Node, path: Path) -> Term | None:
        entry = self._kind_entry(node, path)
        if entry is None:
            return None
        kind = self._reading.catalog.get("loss", entry.key)
        if kind is None:
            self._unknown(entry, path)
            return None
        here: Path = (*path, entry.key)
        takes = takes_of(kind)
        value = entry.value
        if not isinstance(value, Mapping):
            if unread(value):
                return None
            value = self._short(value, takes, entry.key_span, here)
            if value is None:
                return None
        return self._made(kind, entry, value, here)

    def _short(self, value: Node, takes: tuple[str, ...], span: Span, path: Path) -> Mapping | None:
        """A loss of one formula may have it as its value: `- mean: "critic(fake)"`."""
        if len(takes) == 1 and isinstance(value, Scalar) and value.value is not None:
            return Mapping(value.span, (Entry(takes[0], span, value),), flow=True)
        roles = ", ".join(f"{role}: FORMULA" for role in takes)
        self._reading.wrong(
            value,
            path,
            f"'{path[-1]}' needs {_listed(takes)}",
            f"write: {path[-1]}: {{{roles}}}",
        )
        return None

    def _made(self, kind: Kind, entry: Entry, node: Mapping, path: Path) -> Term | None:
        takes = takes_of(kind)
        problems = self._reading.problems
        place = Place(address(path), f"'{kind.name}'")
        values = read_settings(
            kind.make,
            node.entries,
            place,
            problems,
            span=entry.key_span,
            extra=(*takes, "weight"),
        )
        arguments: dict[str, Formula] = {}
        for role in takes:
            written = node.entry(role)
            if written is not None:
                formula = self.formula(written.value, (*path, role))
                arguments |= {role: formula} if formula else {}
        missing = tuple(role for role in takes if node.entry(role) is None)
        if missing:
            problems.add(
                "value.missing",
                entry.key_span,
                f"'{kind.name}' needs {listed(missing)}",
                path=place.path,
                hint=f"add {missing[0]}: and a formula, for example a layer's name",
            )
        weight = node.get("weight")
        factor = self.formula(weight, (*path, "weight")) if weight else Number(1, entry.key_span)
        if factor is None or len(arguments) < len(takes) or not complete(kind.make, values):
            return None
        choice = Choice(kind, kind.make(**values), path, entry.key_span)
        return Term(choice, arguments, factor, path, entry.key_span)

    def _kind_entry(self, node: Node, path: Path) -> Entry | None:
        """The one entry of a term; two losses in one item is a forgotten dash."""
        entries = (
            [entry for entry in node.entries if not entry.key.startswith("x-")]
            if isinstance(node, Mapping)
            else []
        )
        if len(entries) == 1:
            return entries[0]
        if entries:
            self._reading.problems.add(
                "kind.several",
                entries[1].key_span,
                f"one item is one loss; '{entries[1].key}' is one too many",
                path=address(path),
                hint="begin it on a line of its own with '- ', or indent it as a setting",
            )
            return None
        name = node.text if isinstance(node, Scalar) else "mse"
        kind = self._reading.catalog.get("loss", name)
        roles = ", ".join(f"{role}: FORMULA" for role in (takes_of(kind) if kind else ("of",)))
        self._reading.wrong(
            node, path, "a loss with its formulas is expected here", f"write: - {name}: {{{roles}}}"
        )
        return None

    def _unknown(self, entry: Entry, path: Path) -> None:
        names, span = self._reading.catalog.names("loss"), entry.key_span
        near = self._reading.catalog.nearest("loss", entry.key)
        self._reading.problems.add(
            "loss.unknown",
            span,
            f"unknown loss '{entry.key}'",
            path=address(path),
            hint=f"did you mean '{near}'?"
            if near
            else suggestion(entry.key, names, kinds="known are"),
            fix=Fix(f"Change it to '{near}'", Edit(span.start, span.end, near)) if near else None,
        )


def _listed(takes: tuple[str, ...]) -> str:
    *before, last = takes
    return f"{', '.join(before)} and {last}" if before else last

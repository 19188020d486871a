"""What training makes small: `losses:`, `steps:` and `preview:` of the section `train:`."""

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
from nnspec.spec import Choice, Let, Path, Preview, Reference, Step, Term, When
from nnspec.tree import Entry, Mapping, Node, Scalar, Sequence, plain, unread

OBJECTIVE_KEYS = ("losses", "let", "steps", "preview")
STEP_KEYS = ("update", "optimizer", "schedule", "let", "losses")
MOST_PREVIEWS = 256
MOST_STEPS = 100


class Takes(Protocol):
    """What a loss says of itself: the formulas that it needs."""

    takes: ClassVar[tuple[str, ...]]


def takes_of(kind: Kind) -> tuple[str, ...]:
    """The roles of the formulas that a loss needs."""
    return cast("Takes", kind.make).takes if hasattr(kind.make, "takes") else ("of", "against")


def read_steps(reading: Reading, train: Mapping, scope: Scope) -> tuple[Step, ...]:
    """Read the objective of a `train:` section; () where it writes none."""
    return _Objectives(reading, scope).steps(train)


def read_preview(reading: Reading, node: Node | None, scope: Scope) -> Preview | None:
    """Read `preview: {of: FORMULA, count: 64}`."""
    return _Objectives(reading, scope).preview(node)


class _Objectives:
    def __init__(self, reading: Reading, params: Scope) -> None:
        self._reading = reading
        self._params = params

    def steps(self, train: Mapping) -> tuple[Step, ...]:
        losses, steps = train.entry("losses"), train.entry("steps")
        lets = train.entry("let")
        if losses is not None and steps is not None:
            self._clash(losses, "losses", "'losses' and 'steps' stand side by side")
        loss = train.entry("loss")
        if loss is not None and (losses is not None or steps is not None):
            self._idle(loss, "losses" if losses is not None else "steps")
        if steps is not None:
            if lets is not None:
                self._clash(lets, "let", "'let' stands beside 'steps'")
            return self._list(steps.value)
        if losses is None:
            if lets is not None:
                self._clash(lets, "let", "'let' names formulas, but there are no 'losses'")
            return ()
        let = self._lets(lets.value if lets else None, ("train", "let"))
        terms = self._terms(losses.value, ("train", "losses"))
        return (Step(("train",), losses.key_span, let=let, losses=terms),)

    def _clash(self, entry: Entry, key: str, message: str) -> None:
        self._reading.problems.add(
            "objective.both",
            entry.key_span,
            message,
            path=f"train.{key}",
            hint=f"move '{key}' into a step: steps: [{{update: MODEL, {key}: …}}]"
            if message.endswith("by side") or "steps'" in message
            else "remove it, or add losses:",
        )

    def _idle(self, loss: Entry, beside: str) -> None:
        """Warn of the loss of a target: an objective of the spec's own goes before it."""
        self._reading.problems.add(
            "loss.idle",
            loss.key_span,
            f"'loss' has no effect beside '{beside}'",
            path="train.loss",
            hint=f"remove it, or write it as one of '{beside}' with its formulas",
            severity="warning",
        )

    def _list(self, node: Node) -> tuple[Step, ...]:
        path: Path = ("train", "steps")
        if not isinstance(node, Sequence) or not node.items or len(node.items) > MOST_STEPS:
            self._reading.wrong(
                node,
                path,
                f"steps is a list of 1 to {MOST_STEPS} updates",
                "write each as: - update: MODEL, with losses: below it",
            )
            return ()
        steps = (self._step(part, (*path, place)) for place, part in enumerate(node.items))
        return tuple(step for step in steps if step)

    def _step(self, node: Node, path: Path) -> Step | None:
        if not isinstance(node, Mapping):
            self._reading.wrong(
                node, path, "a step is a mapping", "write: - update: MODEL, with losses: below it"
            )
            return None
        values = read_settings(
            When,
            node.entries,
            Place(address(path), "a step"),
            self._reading.problems,
            span=node.span,
            extra=STEP_KEYS,
        )
        entry = node.entry("update")
        return Step(
            path,
            entry.key_span if entry else Span(node.span.start, node.span.start + 1),
            self._update(node, path),
            self._choice(node, "optimizer", path),
            self._choice(node, "schedule", path),
            When(**values),
            self._lets(node.get("let"), (*path, "let")),
            self._terms(node.get("losses"), (*path, "losses")),
        )

    def _choice(self, node: Mapping, key: str, path: Path) -> Choice | None:
        written = node.get(key)
        if written is None or plain(written) is None:
            return None
        family = "optimizer" if key == "optimizer" else "schedule"
        return self._reading.choice(written, family, (*path, key), f"the {key}")

    def _update(self, node: Mapping, path: Path) -> tuple[Reference, ...]:
        written = node.get("update")
        if written is None or plain(written) is None:
            return ()
        names = written.items if isinstance(written, Sequence) else (written,)
        found: list[Reference] = []
        for name in names:
            if isinstance(name, Scalar) and name.value is not None:
                found.append(Reference(name.text, name.span))
            else:
                self._reading.wrong(
                    name,
                    (*path, "update"),
                    "update takes names of models",
                    "write: update: NAME or update: [A, B]",
                )
        return tuple(found)

    def _lets(self, node: Node | None, path: Path) -> tuple[Let, ...]:
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
            formula = self._formula(entry.value, here)
            if self._reading.identifier(entry.key, entry.key_span, here) and formula:
                found.append(Let(entry.key, formula, here, entry.key_span))
        return tuple(found)

    def _formula(self, node: Node, path: Path) -> Formula | None:
        return parse(node, self._reading.problems, address(path), self._params)

    def _terms(self, node: Node | None, path: Path) -> tuple[Term, ...]:
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
                formula = self._formula(written.value, (*path, role))
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
        factor = self._formula(weight, (*path, "weight")) if weight else Number(1, entry.key_span)
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

    def preview(self, node: Node | None) -> Preview | None:
        path: Path = ("train", "preview")
        if node is None or plain(node) is None:
            return None
        if not isinstance(node, Mapping):
            formula = self._formula(node, path)
            return Preview(formula, 64, path, node.span) if formula else None
        for entry in node.entries:
            if entry.key not in ("of", "count") and not entry.key.startswith("x-"):
                words = f"preview has no setting '{entry.key}'"
                self._reading.unknown(entry, ("of", "count"), "train.preview", "key.unknown", words)
        written = node.entry("of")
        if written is None:
            words = "preview needs 'of'"
            self._reading.problems.add(
                "value.missing", node.span, words, path=address(path), hint="add of: and a formula"
            )
            return None
        formula = self._formula(written.value, (*path, "of"))
        count = self._count(node.get("count"), (*path, "count"))
        if formula is None or count is None:
            return None
        return Preview(formula, count, path, written.key_span)

    def _count(self, node: Node | None, path: Path) -> int | None:
        count = 64 if node is None else plain(node)
        if isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= MOST_PREVIEWS:
            return count
        if node is not None and not unread(node):
            self._reading.problems.add(
                "value.range",
                node.span,
                f"count takes a whole number from 1 to {MOST_PREVIEWS}",
                path=address(path),
                hint="write, for example, count: 64",
            )
        return None


def _listed(takes: tuple[str, ...]) -> str:
    *before, last = takes
    return f"{', '.join(before)} and {last}" if before else last

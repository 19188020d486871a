"""What training makes small: `losses:`, `steps:` and `preview:` of the section `train:`."""

from __future__ import annotations

from nnspec.expressions import Scope
from nnspec.problems import Span
from nnspec.read_terms import Terms
from nnspec.reading import Reading, address
from nnspec.section_settings import When
from nnspec.settings import Place, read_settings
from nnspec.spec import Choice, Path, Preview, Reference, Step
from nnspec.tree import Entry, Mapping, Node, Scalar, Sequence, plain, unread

OBJECTIVE_KEYS = ("losses", "let", "steps", "preview")
STEP_KEYS = ("update", "optimizer", "schedule", "let", "losses")
MOST_PREVIEWS = 256
MOST_STEPS = 100


def read_steps(reading: Reading, train: Mapping, scope: Scope) -> tuple[Step, ...]:
    """Read the objective of a `train:` section; () where it writes none."""
    return _Objectives(reading, scope).steps(train)


def read_preview(reading: Reading, node: Node | None, scope: Scope) -> Preview | None:
    """Read `preview: {of: FORMULA, count: 64}`."""
    return _Objectives(reading, scope).preview(node)


class _Objectives:
    def __init__(self, reading: Reading, params: Scope) -> None:
        self._reading = reading
        self._terms = Terms(reading, params)

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
        let = self._terms.lets(lets.value if lets else None, ("train", "let"))
        terms = self._terms.terms(losses.value, ("train", "losses"))
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
            self._terms.lets(node.get("let"), (*path, "let")),
            self._terms.terms(node.get("losses"), (*path, "losses")),
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

    def preview(self, node: Node | None) -> Preview | None:
        path: Path = ("train", "preview")
        if node is None or plain(node) is None:
            return None
        if not isinstance(node, Mapping):
            formula = self._terms.formula(node, path)
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
        formula = self._terms.formula(written.value, (*path, "of"))
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

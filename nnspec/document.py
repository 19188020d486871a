"""A text under edit and the newest reading of it.

`analyse` is a pure function of the text, the catalog and what the data offers; `Document` keeps
the newest result and applies splices. All views of the window and the checker of the command line
stand on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnspec.catalog import Catalog
from nnspec.graph import Graph, infer
from nnspec.objectives import judge_objectives
from nnspec.problems import Edit, Problem, Problems, has_errors
from nnspec.reader import read_spec
from nnspec.shapes import Interface
from nnspec.spec import Spec
from nnspec.splices import apply_all, minimal
from nnspec.syntax import Node, read


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything known of one text. `tree` is None when the text cannot be read as YAML."""

    text: str
    tree: Node | None
    spec: Spec
    graph: Graph
    problems: tuple[Problem, ...]
    interface: Interface | None

    @property
    def readable(self) -> bool:
        """Whether the text is YAML at all; when not, spec and graph are empty."""
        return self.tree is not None

    @property
    def sound(self) -> bool:
        """Whether nothing forbids training."""
        return not has_errors(self.problems)


def analyse(text: str, catalog: Catalog, interface: Interface | None = None) -> Analysis:
    """Read, check and infer one text. Never raises for what a user wrote."""
    problems = Problems(text)
    tree = read(text, problems)
    spec = read_spec(tree, catalog, problems)
    graph = infer(spec, interface, catalog, problems)
    judge_objectives(spec, graph, interface, problems)
    return Analysis(text, tree, spec, graph, problems.sorted(), interface)


def joined(text: str, edits: Sequence[Edit]) -> Edit:
    """Return the one splice that does what `edits`, all computed on `text`, do together."""
    return edits[0] if len(edits) == 1 else minimal(text, apply_all(text, edits))


class Document:
    """A text and its newest analysis. Every change is a splice; `apply` returns the way back."""

    def __init__(self, text: str, catalog: Catalog, interface: Interface | None = None) -> None:
        self._catalog = catalog
        self._interface = interface
        self._text = text
        self._analysis: Analysis | None = None

    @property
    def text(self) -> str:
        """The text as it stands."""
        return self._text

    @property
    def analysis(self) -> Analysis:
        """The analysis of the text as it stands, made when first asked for."""
        if self._analysis is None:
            self._analysis = analyse(self._text, self._catalog, self._interface)
        return self._analysis

    def apply(self, edits: Sequence[Edit]) -> Edit:
        """Apply edits computed on the present text; return the one splice that restores it."""
        whole = joined(self._text, edits)
        inverse = whole.inverse(self._text)
        self._text = whole.apply(self._text)
        self._analysis = None
        return inverse

    def offer(self, interface: Interface | None) -> None:
        """Say what the data offers; shapes are inferred anew."""
        if interface != self._interface:
            self._interface = interface
            self._analysis = None
